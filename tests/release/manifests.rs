//! Manifests as people and their tools write them: comments, carriage returns, byte order marks, odd indentation, keys that are
//! there twice. A release changes the version's bytes and no others.

use relplan::config::VersionFileFormat;
use relplan::version_files;

use super::*;

/// A file, its format, and the text up to and behind its version.
type Manifest = (&'static str, &'static str, &'static str, &'static str);

const MANIFESTS: [Manifest; 12] = [
    (
        "Cargo.toml",
        "toml",
        "# Über alles\r\n[package]\r\n  name    = \"x\"\r\n\tversion = '",
        "' # 1.0.0 is first\r\n\r\n[dependencies]\r\ny = \"1.0.0\"\r\n[package.metadata.z]\r\nversion = \"1.0.0\"\r\n",
    ),
    (
        "package.json",
        "json",
        "\u{feff}{\n\t\"config\": { \"version\": \"1.0.0\" },\n\t\"version\": \"0.9.0\",\n\t  \"version\"  :  \"",
        "\",\n\t\"dependencies\": {\"x\": \"1.0.0\"}}",
    ),
    (
        "pyproject.toml",
        "toml",
        "[build-system]\nrequires = [\"x==1.0.0\"]\n\n[project]\nname = \"x\"\ndescription = \"\"\"\nversion = \"1.0.0\"\n\"\"\"\nversion=\"",
        "\"\n[tool.other]\nversion = \"1.0.0\"",
    ),
    (
        "pom.xml",
        "xml",
        "<?xml version=\"1.0.0\"?>\r\n<!-- <version>1.0.0</version> -->\r\n<project>\r\n <parent><version>1.0.0</version></parent>\r\n <version>\r\n  ",
        "\r\n </version>\r\n <dependencies><dependency><version>1.0.0</version></dependency></dependencies>\r\n</project>\r\n",
    ),
    (
        "app.csproj",
        "csproj",
        "\u{feff}<Project Sdk=\"x\">\r\n  <ItemGroup><PackageReference Include=\"y\"><Version>1.0.0</Version></PackageReference></ItemGroup>\r\n  <PropertyGroup>\r\n    <Version>",
        "</Version><!-- 1.0.0 -->\r\n  </PropertyGroup>\r\n</Project>",
    ),
    (
        "Chart.yaml",
        "helm",
        "# version: 1.0.0\napiVersion: v2\nname: x\nversion:   \"",
        "\"   # the chart's\nappVersion: 7.0.0\ndependencies:\n  - name: y\n    version: 1.0.0\n",
    ),
    (
        "build.gradle",
        "gradle",
        "plugins {\n    id 'x' version '3.0.0'\n}\ngroup = 'y'\nversion  =  '",
        "' // 1.0.0\n\n\n",
    ),
    (
        "mix.exs",
        "mixexs",
        "defmodule X do\n  # version: \"1.0.0\"\n  def project do\n    [app: :x,\n     version: \"",
        "\",\n     deps: [{:y, \"1.0.0\"}]]\n  end\nend\n",
    ),
    ("VERSION", "txt", "  v", "\r\n"),
    ("setup.cfg", "setupcfg", "[options]\nversion = 7\n[metadata]\nname = x\nversion = ", "\n; version = 1.0.0\n"),
    ("gradle.properties", "properties", "#VERSION_NAME=1.0.0\r\nGROUP=x\r\nVERSION_NAME = ", "\r\nPOM=1.0.0\r\n"),
    (
        "x.cabal",
        "cabal",
        "cabal-version: 2.4\nname:    x\nversion:        ",
        "\n-- version: 1.0.0\nlibrary\n  build-depends: y ==1.0.0\n",
    ),
];

#[test]
fn only_the_bytes_of_the_version_change() {
    for (file, format, before, behind) in MANIFESTS {
        let site = Site::empty();
        let config = format!(
            "[[package]]\nname = \"x\"\npath = \".\"\nversioned_files = [{{ path = \"{file}\", format = \"{format}\" }}]\n"
        );
        write(&site.root(), "relplan.toml", &config);
        write(&site.root(), file, &format!("{before}1.0.0{behind}"));
        site.start(&["v1.0.0"]);
        site.commit("lib", "feat: add parser");
        site.release(&[]);
        assert_eq!(site.text(file), format!("{before}1.1.0{behind}"), "{file}");
        let committed = site.git(&["show", &format!("HEAD:{file}")]);
        assert_eq!(committed.trim_end(), format!("{before}1.1.0{behind}").trim_end(), "{file}");
    }
}

/// Where files that nobody here wrote lie.
const FOREIGN: &str = "RELPLAN_MANIFESTS";

/// Files by their names, with the format that `init` would give them.
fn format_of(name: &str) -> Option<VersionFileFormat> {
    use VersionFileFormat as Format;
    let ends = |end: &str| name.ends_with(end);
    Some(match name {
        "Cargo.toml" | "Cargo.toml.orig" | "pyproject.toml" => Format::Toml,
        "package.json" | "composer.json" | "jsr.json" | "deno.json" | "manifest.json" => Format::Json,
        "pom.xml" => Format::Xml,
        "build.gradle" | "build.gradle.kts" => Format::Gradle,
        "gradle.properties" => Format::Properties,
        "Chart.yaml" => Format::Helm,
        "pubspec.yaml" => Format::PubspecYaml,
        "galaxy.yml" => Format::GalaxyYml,
        "mix.exs" => Format::MixExs,
        "CMakeLists.txt" => Format::Cmake,
        "setup.cfg" => Format::SetupCfg,
        "setup.py" | "__init__.py" | "_version.py" | "version.py" => Format::Python,
        "VERSION" | "VERSION.txt" | "version.txt" => Format::Txt,
        _ if ends(".csproj") || ends(".props") => Format::Csproj,
        _ if ends(".gemspec") || name == "version.rb" => Format::Gemspec,
        _ if ends(".cabal") => Format::Cabal,
        _ => return None,
    })
}

/// A version above `version`, in the same shape.
fn above(version: &str) -> String {
    let major = version.trim_start_matches(|character: char| !character.is_ascii_digit());
    let rest = major.trim_start_matches(|character: char| character.is_ascii_digit());
    let start = version.len() - major.len();
    let number: u64 = major[..major.len() - rest.len()].parse().unwrap_or(0);
    format!("{}{}{}", &version[..start], number + 90_017, rest.split(['+']).next().unwrap_or_default())
}

/// How many times `old` became `new` between the two texts; `None` where anything else changed.
fn replacements(mut before: &str, mut after: &str, old: &str, new: &str) -> Option<usize> {
    let mut count = 0;
    while before != after {
        let same = before.bytes().zip(after.bytes()).take_while(|(one, other)| one == other).count();
        let starts = same.saturating_sub(old.len())..=same;
        let start = starts.into_iter().find(|&start| {
            before.get(start..).is_some_and(|text| text.starts_with(old))
                && after.get(start..).is_some_and(|text| text.starts_with(new))
        })?;
        (before, after) = (&before[start + old.len()..], &after[start + new.len()..]);
        count += 1;
    }
    Some(count)
}

/// What is wrong with the file after its version was changed, read by parsers that are not ours; `None` where nothing is.
fn misplaced(format: VersionFileFormat, before: &str, after: &str) -> Option<String> {
    let places = match format {
        VersionFileFormat::Json => {
            let read = |text: &str| serde_json::from_str::<serde_json::Value>(text.trim_start_matches('\u{feff}')).ok();
            differing(&read(before)?, &read(after)?, "")
        }
        VersionFileFormat::Toml => {
            let read = |text: &str| {
                let table: toml::Table = text.trim_start_matches('\u{feff}').parse().ok()?;
                serde_json::to_value(table).ok()
            };
            differing(&read(before)?, &read(after)?, "")
        }
        _ => return None,
    };
    let known =
        [".version", ".package.version", ".workspace.package.version", ".project.version", ".tool.poetry.version"];
    (places.len() != 1 || !known.contains(&places[0].as_str())).then(|| format!("changed {places:?}"))
}

fn differing(before: &serde_json::Value, after: &serde_json::Value, path: &str) -> Vec<String> {
    match (before, after) {
        (serde_json::Value::Object(before), serde_json::Value::Object(after)) if before.len() == after.len() => {
            let of_key = |(key, value): (&String, &serde_json::Value)| {
                differing(value, after.get(key).unwrap_or(&serde_json::Value::Null), &format!("{path}.{key}"))
            };
            before.iter().flat_map(of_key).collect()
        }
        (before, after) if before == after => Vec::new(),
        _ => vec![path.to_owned()],
    }
}

/// Files below `folder`, sorted.
fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name() != ".git") {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files_below(&entry.path(), found),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    found.sort();
}

/// Every manifest below the folders in `RELPLAN_MANIFESTS` that has a version gets another one. What else would change is
/// listed.
#[test]
#[ignore = "needs folders of manifests that nobody here wrote"]
fn in_manifests_of_others_only_the_bytes_of_the_version_change() {
    let folders = std::env::var_os(FOREIGN).expect("RELPLAN_MANIFESTS names folders, as PATH does");
    let mut paths = Vec::new();
    std::env::split_paths(&folders).for_each(|folder| files_below(&folder, &mut paths));
    let mut counts = std::collections::BTreeMap::<&str, [usize; 2]>::new();
    let mut wrong = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(format) = format_of(&name) else { continue };
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let count = counts.entry(format.name()).or_default();
        count[0] += 1;
        let Ok(old) = version_files::parse(format, None, &text) else { continue };
        let new = above(&old);
        count[1] += 1;
        let changed = match version_files::replace(format, None, &text, &new) {
            Ok(changed) => changed,
            Err(problem) => {
                wrong.push(format!("{}: {old} is read, and can't be written: {problem}", path.display()));
                continue;
            }
        };
        let written = version_files::parse(format, None, &changed).unwrap_or_default();
        let allowed = if format == VersionFileFormat::Helm { 1..=2 } else { 1..=1 };
        let problem = match replacements(&text, &changed, &old, &written) {
            _ if !written.starts_with(&new) => Some(format!("{new} was written, {written} is read")),
            Some(count) if allowed.contains(&count) => misplaced(format, &text, &changed),
            other => Some(format!("{old} became {new} {other:?} times")),
        };
        wrong.extend(problem.map(|problem| format!("{}: {problem}", path.display())));
    }
    println!("| format | files | with a version |\n|---|---|---|");
    counts.iter().for_each(|(format, [all, changed])| println!("| {format} | {all} | {changed} |"));
    assert!(wrong.is_empty(), "{} of them changed otherwise:\n{}", wrong.len(), wrong.join("\n"));
}
