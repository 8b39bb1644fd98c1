//! Who may know whom: the crates' imports and words. A shared room that learns of one subject serves no other any more.

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

const DEPENDENCIES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn folder(name: &str) -> PathBuf {
    if name == "relplan" { root() } else { root().join("crates").join(name) }
}

fn manifest(name: &str) -> Table {
    let file = folder(name).join("Cargo.toml");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Every package of the workspace.
fn members() -> Vec<String> {
    let entries = fs::read_dir(root().join("crates")).expect("the workspace has crates");
    let mut names: Vec<_> = entries.map(|entry| entry.expect("it can be listed").file_name()).collect();
    names.push("relplan".into());
    names.into_iter().map(|name| name.into_string().expect("crates have plain names")).collect()
}

/// The packages of the workspace that `table` of a manifest, or of one of its targets, names.
fn members_in(manifest: &Table, table: &str) -> Vec<String> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(|all| all.values());
    let places = targets.filter_map(Value::as_table).chain([manifest]);
    let named = places.filter_map(|place| place.get(table)?.as_table()).flatten();
    let packages = named.map(|(key, value)| value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned());
    let members = members();
    packages.filter(|package| members.contains(package)).collect()
}

/// The text files below `folder`.
fn texts(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            found.extend(texts(&path));
        } else if let Ok(text) = fs::read_to_string(&path) {
            found.push((path, text));
        }
    }
    found
}

/// The lines below `folder` that hold one of `words`, upper and lower case alike, with no letter or digit around it.
fn lines_with(folder: &Path, words: &[String]) -> Vec<String> {
    let says = |line: &str, word: &String| {
        line.match_indices(word.as_str()).any(|(at, _)| {
            let next = line[at + word.len()..].chars().next();
            !line[..at].ends_with(char::is_alphanumeric) && !next.is_some_and(char::is_alphanumeric)
        })
    };
    let mut found = Vec::new();
    for (path, text) in texts(folder) {
        for (index, line) in text.lines().enumerate() {
            let lower = line.to_lowercase();
            if words.iter().any(|word| says(&lower, word)) {
                found.push(format!("{}:{}: {}", path.display(), index + 1, line.trim()));
            }
        }
    }
    found
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// Asserts that the package `name` neither depends on a package of the workspace nor names one in its code.
fn assert_stands_alone(name: &str) {
    let manifest = manifest(name);
    for table in ["dependencies", "build-dependencies"] {
        assert_eq!(members_in(&manifest, table), [""; 0], "{name} depends on the workspace in [{table}]");
    }
    // Nothing else compiles: what is in no table can't be imported, and a module of the package may have the name of a crate.
    let others = members_in(&manifest, "dev-dependencies").into_iter().filter(|other| other != "test-support");
    let paths: Vec<_> = others
        .flat_map(|other| {
            let library = other.replace('-', "_");
            [format!("{library}::"), format!("use {library};"), format!("extern crate {library}")]
        })
        .collect();
    for (path, text) in texts(&folder(name).join("src")) {
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let imports = |part: &String| {
                line.match_indices(part.as_str())
                    .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
            };
            assert!(!paths.iter().any(imports), "{name} imports the workspace: {}: {line}", path.display());
        }
    }
}

#[test]
fn host_knows_no_subject() {
    assert_stands_alone("host");
}

#[test]
fn render_knows_no_subject() {
    assert_stands_alone("render");
}

#[test]
fn the_planner_knows_no_crate_of_the_driver() {
    assert_stands_alone("relplan");
}

#[test]
fn measuring_in_pairs_knows_nothing_of_profiles() {
    let forbidden = words(&["profile", "profiles", "profiled", "profiling", "lto", "pgo"]);
    assert_eq!(lines_with(&folder("paired-bench"), &forbidden), [""; 0]);
}

#[test]
fn the_driver_knows_none_of_its_customers() {
    let forbidden = words(&["relplan", "full_check_flow", "planner-bench", "planner_bench"]);
    assert_eq!(lines_with(&folder("repro-pgo").join("src"), &forbidden), [""; 0]);
}

#[test]
fn nothing_depends_on_the_comparison_of_planners() {
    for name in members() {
        let manifest = manifest(&name);
        for table in DEPENDENCIES {
            let named = members_in(&manifest, table);
            assert!(!named.contains(&"planner-bench".to_owned()), "{name} depends on planner-bench in [{table}]");
        }
    }
}
