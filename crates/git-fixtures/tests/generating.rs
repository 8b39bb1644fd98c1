//! Folders of definitions: known hashes, what may be replaced, what is refused, and the program's exit codes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use git_fixtures::{GenerateError, Options, generate, generate_one, hash_directory, hash_set, load_definitions};

use crate::common::{definition, make};

const SMALL: &str = r#"{"meta": {"name": "small"},
  "packages": [{"name": "app", "path": ".", "initial_version": "1.0.0", "tag": "v1.0.0"}],
  "commits": [{"message": "feat: search", "files": ["src/search.rs"]}],
  "tags": [{"name": "v1.1.0", "at_commit": 0, "annotated": true}],
  "expect": {"check_contains": ["Nothing to release"]}}"#;

const BULK: &str = r#"{"meta": {"name": "bulk"},
  "generate": {"packages": 7, "commits": 120, "seed": 5, "graph": true, "merges": 5, "releases": 3, "depth": 2,
               "files_per_package": 4, "dates": "random", "storage": "delta"}}"#;

/// A change of these hashes means that every repository changes: raise the marker's number in `generate.rs`, and
/// expect every recorded hash of inputs to need recording again.
#[test]
fn known_definitions_have_known_hashes() {
    let folder = tempfile::tempdir().expect("temporary folder");
    for (name, text, expected) in [
        ("small", SMALL, "97740713ee95a934c0f7c2bb15f30aa8e0db5230d37f7ff8885d56a7d648988a"),
        ("bulk", BULK, "d068caa009933c055e1fd10c6d24fc0d2359353cb826362672616628de5ef676"),
    ] {
        let (generated, directory) = make(folder.path(), name, text);
        assert_eq!(generated.sha256.to_string(), expected, "{name}");
        assert_eq!(hash_directory(&directory).expect("readable"), generated.sha256, "the marker does not count");
    }
}

#[test]
fn the_definitions_made_on_demand_are_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/scale");
    let names: Vec<String> =
        load_definitions(&folder).expect("valid definitions").into_iter().map(|definition| definition.name).collect();
    assert_eq!(names, ["linux-shaped", "monorepo", "monorepo-tagged"]);
}

#[test]
fn our_own_definitions_have_no_unknown_fields() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    for folder in ["bench", "bench-held-out", "definitions", "scale", "situations"] {
        for definition in load_definitions(&fixtures.join(folder)).unwrap_or_else(|error| panic!("{error}")) {
            assert_eq!(definition.warnings, [""; 0], "{folder}/{}", definition.name);
        }
    }
}

#[test]
fn a_folder_is_generated_in_name_order_and_by_pattern() {
    let folder = tempfile::tempdir().expect("temporary folder");
    for name in ["b-two", "a-one", "b-three"] {
        definition(folder.path(), name, SMALL);
    }
    let output = folder.path().join("out");
    let all = generate(folder.path(), &output, &Options::default()).expect("made");
    assert_eq!(all.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["a-one", "b-three", "b-two"]);
    assert!(all.iter().all(|it| it.sha256 == all[0].sha256), "the name is not part of the content");
    let only = ["b-t*".to_owned()];
    let some = generate(folder.path(), &output, &Options { only: &only, ..Options::default() }).expect("made");
    assert_eq!(some.len(), 2);
    let left: Vec<_> = fs::read_dir(&output).expect("readable").collect();
    assert_eq!(left.len(), 3, "nothing unfinished is left behind");
}

#[test]
fn only_our_own_folders_are_replaced() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let loaded = definition(folder.path(), "small", SMALL);
    let foreign = folder.path().join("foreign");
    fs::create_dir_all(&foreign).expect("folder");
    fs::write(foreign.join("precious"), "keep").expect("file");
    let refusal = generate_one(&loaded, &foreign, false).expect_err("refused");
    assert!(
        matches!(refusal, GenerateError::NotOurs(_)) && refusal.to_string().contains("was not made by git-fixtures")
    );
    assert!(foreign.join("precious").is_file());

    let (first, ours) = make(folder.path(), "ours", SMALL);
    fs::write(ours.join("stray"), "x").expect("file");
    let second = generate_one(&loaded, &ours, false).expect("replaced");
    assert_eq!(first.sha256, second.sha256);
    assert!(!ours.join("stray").exists());
}

#[test]
fn unchanged_repositories_are_reused_on_request() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let loaded = definition(folder.path(), "small", SMALL);
    let directory = folder.path().join("small");
    let made = |reuse| generate_one(&loaded, &directory, reuse).expect("made");
    assert!(!made(true).reused);
    assert!(made(true).reused);
    assert!(!made(false).reused);
    fs::write(directory.join("stray"), "x").expect("file");
    assert!(!made(true).reused, "a changed repository is made again");
    let other = definition(folder.path(), "small", &SMALL.replace("feat", "fix"));
    assert!(!generate_one(&other, &directory, true).expect("made").reused, "so is one of another definition");
}

#[test]
fn contradictions_name_the_repository_and_the_commit() {
    let folder = tempfile::tempdir().expect("temporary folder");
    for (body, expected) in [
        (
            r#""commits": [{"message": "x", "delete": ["gone"]}]"#,
            "`bad` cannot be carried out: commits[0]: `gone` does not exist",
        ),
        (r#""files": {"a": "", "a/b": ""}"#, "files: `a/b` would be both a file and a folder"),
        (
            r#""commits": [{"message": "x", "merges": ["side"]}, {"message": "y"}], "branches": [{"name": "side", "at_commit": 1, "commits": [{"message": "z"}]}]"#,
            "`side` starts at commit 1",
        ),
    ] {
        let loaded = definition(folder.path(), "bad", &format!("{{\"meta\": {{\"name\": \"bad\"}}, {body}}}"));
        let message = generate_one(&loaded, &folder.path().join("bad"), false).expect_err("refused").to_string();
        assert!(message.contains(expected), "{message}");
        assert!(!folder.path().join("bad").exists());
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_git-fixtures")).args(arguments).current_dir(folder).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_program_prints_hashes_to_stdout() {
    let folder = tempfile::tempdir().expect("temporary folder");
    fs::create_dir(folder.path().join("in")).expect("folder");
    let loaded = definition(&folder.path().join("in"), "small", SMALL);
    let expected = generate_one(&loaded, &folder.path().join("direct"), false).expect("made").sha256;
    let output = run(folder.path(), &["generate", "in", "out"]);
    assert_eq!(text(&output.stdout), format!("{expected}  small\n"));
    assert_eq!(text(&output.stderr), "made small\n");
    let output = run(folder.path(), &["generate", "in", "out", "--json", "--reuse"]);
    let set = hash_set([("small", expected)]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["sha256"], set.to_string());
    assert_eq!(json["repositories"][0]["sha256"], expected.to_string());
    assert_eq!(text(&output.stderr), "kept small\n");
    assert_eq!(text(&run(folder.path(), &["hash", "out/small"]).stdout), format!("{expected}\n"));
    assert_eq!(text(&run(folder.path(), &["validate", "in"]).stderr), "1 definitions are valid\n");
}

#[test]
fn unknown_fields_are_ignored_with_a_warning_each() {
    let folder = tempfile::tempdir().expect("temporary folder");
    fs::create_dir(folder.path().join("in")).expect("folder");
    let known = definition(folder.path(), "small", SMALL);
    let expected = generate_one(&known, &folder.path().join("direct"), false).expect("made").sha256;
    let more = SMALL
        .replacen('{', "{\n \"commit\": [{}],\n", 1)
        .replace("\"path\": \".\",", "\"path\": \".\", \"files\": [],");
    fs::write(folder.path().join("in/small.json"), more).expect("file");
    let warnings = "warning: in/small.json:2:9: commit: unknown field `commit` is ignored; did you mean `commits`?\n\
        warning: in/small.json:4:51: packages[0].files: unknown field `files` is ignored; known here are name, path, \
        initial_version, tag\n";
    let output = run(folder.path(), &["generate", "in", "out"]);
    assert_eq!(text(&output.stdout), format!("{expected}  small\n"), "they change nothing");
    assert_eq!(text(&output.stderr), format!("{warnings}made small\n"));
    let output = run(folder.path(), &["validate", "in"]);
    assert_eq!(text(&output.stderr), format!("{warnings}1 definitions are valid\n"));
}

#[test]
fn the_program_refuses_with_1_and_misuse_with_2() {
    let folder = tempfile::tempdir().expect("temporary folder");
    fs::create_dir(folder.path().join("in")).expect("folder");
    fs::write(folder.path().join("in/bad.json"), "{\n  \"meta\": {\"name\": \"bad\"},\n  \"commits\": 0\n}")
        .expect("file");
    fs::create_dir(folder.path().join("empty")).expect("folder");
    for (arguments, code, message) in [
        (&["validate", "in"][..], 1, "in/bad.json:3:14: commits: invalid type: integer `0`, expected a sequence"),
        (&["generate", "empty", "out"], 1, "no definitions (*.json) in empty"),
        (&["generate", "in", "out", "--only", "x["], 1, "`x[` is no valid pattern"),
        (&["generate", "in", "out", "--only", "nothing*"], 1, "no definition in in matches nothing*"),
        (&["hash", "missing"], 1, "cannot hash missing"),
        (&["generate", "in"], 2, "required arguments"),
    ] {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(text(&output.stderr).contains(message), "{arguments:?}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty());
    }
}
