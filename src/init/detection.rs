//! The one package of a repository without a configuration: the version files in its root, or its tags alone.

use std::fs;
use std::path::Path;

use super::is_placeholder;
use super::tag_style;
use crate::config::{Config, Package, VersionFileFormat, VersionedFile};
use crate::version_files::{self, VersionProblem};

/// What there is without a configuration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Detected {
    /// One package, or none.
    pub config: Config,
    /// What could not be used.
    pub warnings: Vec<String>,
}

/// How a version file is recognised.
enum Named {
    /// By one of these names, the first that is there.
    Any(&'static [&'static str]),
    /// By what its name ends with.
    Ending(&'static str),
}

use Named::{Any, Ending};

/// Version files that count without a configuration, and what finds the version in those without a format of their own.
const KINDS: [(Named, VersionFileFormat, Option<&str>); 24] = [
    (Any(&["Cargo.toml"]), VersionFileFormat::Toml, None),
    (Any(&["build.gradle.kts", "build.gradle"]), VersionFileFormat::Gradle, None),
    (Any(&["gradle.properties"]), VersionFileFormat::Txt, Some(r"(?m)^(?:version|VERSION_NAME)[ \t]*=[ \t]*(\S+)")),
    (Any(&["Chart.yaml"]), VersionFileFormat::Helm, None),
    (Any(&["galaxy.yml"]), VersionFileFormat::GalaxyYml, None),
    (Any(&["go.mod"]), VersionFileFormat::GoMod, None),
    (Any(&["package.json"]), VersionFileFormat::Json, None),
    (Any(&["pom.xml"]), VersionFileFormat::Xml, None),
    (Any(&["VERSION", "VERSION.txt", "version.txt"]), VersionFileFormat::Txt, None),
    (Any(&["pyproject.toml"]), VersionFileFormat::Toml, None),
    (Any(&["setup.cfg"]), VersionFileFormat::Txt, Some(r"(?m)^version[ \t]*=[ \t]*([0-9]\S*)")),
    (Any(&["setup.py"]), VersionFileFormat::Txt, Some(r#"\bversion[ \t]*=[ \t]*["']([0-9][^"']*)["']"#)),
    (Any(&["mix.exs"]), VersionFileFormat::MixExs, None),
    (Any(&["pubspec.yaml"]), VersionFileFormat::PubspecYaml, None),
    (Any(&["Package.swift"]), VersionFileFormat::PackageSwift, None),
    (Any(&["CMakeLists.txt"]), VersionFileFormat::Cmake, None),
    (Any(&["composer.json"]), VersionFileFormat::Json, None),
    (Any(&["deno.json", "deno.jsonc", "jsr.json", "jsr.jsonc"]), VersionFileFormat::Json, None),
    (Any(&["Directory.Build.props"]), VersionFileFormat::Csproj, None),
    (Ending(".csproj"), VersionFileFormat::Csproj, None),
    (Ending(".fsproj"), VersionFileFormat::Csproj, None),
    (Ending(".vbproj"), VersionFileFormat::Csproj, None),
    (Ending(".gemspec"), VersionFileFormat::Gemspec, None),
    (Ending(".cabal"), VersionFileFormat::Cabal, None),
];

/// The package that the root's version files make, or the tags where there is none; nothing where no file of a known name is
/// there and no tag is a version. Files without a version are left out, and so are those whose version is another one.
pub fn detect(root: &Path, name: &str, tags: &[String]) -> Detected {
    let names = file_names(root);
    let mut warnings = Vec::new();
    let mut files: Vec<VersionedFile> = Vec::new();
    let mut first: Option<(String, String)> = None;
    let mut is_project = false;
    for (path, format, selector) in present(&names) {
        is_project |= declares_package(root, &path);
        let file = VersionedFile { path, format, selector: selector.map(str::to_owned) };
        if let Some(version) = carried(root, &file) {
            is_project = true;
            match (&first, version) {
                (Some((known, version)), Ok(other)) if *version != other => warnings.push(format!(
                    "Warning: {} has version {other} and {known} has {version}; without a configuration only {known} counts.",
                    file.path
                )),
                (_, Err(problem)) => {
                    warnings.extend(problem.map(|problem| format!("Warning: {}: {problem}; its version is left out of account.", file.path)));
                    files.push(file);
                }
                (None, Ok(version)) => {
                    first = Some((file.path.clone(), version));
                    files.push(file);
                }
                _ => files.push(file),
            }
        }
    }
    let names_folder = |template: &String| {
        let stem = tag_style::stem(template.trim_end_matches("{version}"));
        !stem.is_empty() && stem != name && root.join(stem).is_dir()
    };
    let template = tag_style::of_one(&[name], first.as_ref().map(|(_, version)| version.as_str()), tags)
        .filter(|template| !names_folder(template));
    if !is_project && template.is_none() {
        return Detected::default();
    }
    let package = Package {
        name: name.to_owned(),
        path: ".".to_owned(),
        versioned_files: files,
        changelog: Some("CHANGELOG.md".to_owned()),
        ..Package::default()
    };
    let mut config = Config { package: vec![package], ..Config::default() };
    config.workspace.tag_template = template.filter(|template| template != tag_style::DEFAULT_OF_ONE);
    Detected { config, warnings }
}

/// The version that a file carries, or why it can't be read; `None` where it has none, or one that stands for none. The
/// version of a Go module is a tag's, which is no problem.
fn carried(root: &Path, file: &VersionedFile) -> Option<Result<String, Option<VersionProblem>>> {
    match version_files::read_version(root, file).map_err(|error| error.problem) {
        Ok(version) => (!is_placeholder(&version) && !version.contains('$')).then_some(Ok(version)),
        Err(VersionProblem::FromTags) => Some(Err(None)),
        Err(problem @ (VersionProblem::Invalid { .. } | VersionProblem::NotText)) => Some(Err(Some(problem))),
        Err(_) => None,
    }
}

/// Whether a manifest, with or without a version, is a package's and not only a workspace's.
fn declares_package(root: &Path, name: &str) -> bool {
    let text =
        || fs::read(root.join(name)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    match name {
        "Cargo.toml" => text().contains("[package]"),
        "package.json" => !text().contains("\"workspaces\"") && !root.join("pnpm-workspace.yaml").exists(),
        "pyproject.toml" => ["[project]", "[tool.poetry]"].iter().any(|table| text().contains(table)),
        "gradle.properties" | "setup.cfg" | "Directory.Build.props" => false,
        _ => true,
    }
}

fn present(names: &[String]) -> Vec<(String, VersionFileFormat, Option<&'static str>)> {
    let is_there = |wanted: &str| names.iter().any(|name| name == wanted);
    let mut found = Vec::new();
    for (named, format, selector) in &KINDS {
        match named {
            Any(wanted) => {
                let first = wanted.iter().find(|wanted| is_there(wanted));
                found.extend(first.map(|name| ((*name).to_owned(), *format, *selector)));
            }
            Ending(ending) => {
                let ending = names.iter().filter(|name| name.ends_with(ending));
                found.extend(ending.map(|name| (name.clone(), *format, *selector)));
            }
        }
    }
    found
}

fn file_names(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let files = entries.filter(|entry| !entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let mut names: Vec<String> = files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::detect;

    fn detected(files: &[(&str, &str)], tags: &[&str]) -> Option<(Vec<String>, Option<String>, usize)> {
        let root = TempDir::new().expect("a temporary folder");
        for (name, content) in files {
            std::fs::write(root.path().join(name), content).expect("a writable folder");
        }
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let detected = detect(root.path(), "tool", &tags);
        let [package] = &detected.config.package[..] else { return None };
        assert_eq!((package.name.as_str(), package.path.as_str()), ("tool", "."));
        let files = package.versioned_files.iter().map(|file| file.path.clone()).collect();
        Some((files, detected.config.workspace.tag_template.clone(), detected.warnings.len()))
    }

    #[test]
    fn every_file_with_the_version_is_listed_and_no_other() {
        let found = detected(
            &[
                ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n"),
                ("VERSION.txt", "1.0.0\n"),
                ("package.json", "{}"),
                ("pyproject.toml", "[project]\nversion = \"0.3.0\"\n"),
                ("tool.gemspec", "s.version = \"1.0.0\"\n"),
                ("gradle.properties", "VERSION_NAME=1.0.0\n"),
            ],
            &["1.0.0"],
        );
        let files = ["Cargo.toml", "gradle.properties", "VERSION.txt", "tool.gemspec"].map(str::to_owned).to_vec();
        assert_eq!(found, Some((files, Some("{version}".to_owned()), 1)));
    }

    #[test]
    fn tags_alone_make_a_package_and_a_workspace_alone_none() {
        assert_eq!(detected(&[], &["release-1.0.0"]), Some((Vec::new(), Some("release-{version}".to_owned()), 0)));
        assert_eq!(detected(&[], &["nightly"]), None);
        let workspace = ("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n");
        assert_eq!(detected(&[workspace], &[]), None);
        assert_eq!(detected(&[workspace], &["v1.0.0"]), Some((Vec::new(), None, 0)));
        let placeholder = ("package.json", r#"{"version": "0.0.0-development"}"#);
        assert_eq!(detected(&[placeholder], &["v1.0.0"]), Some((Vec::new(), None, 0)));
        assert_eq!(
            detected(&[("package.json", "{")], &["v1.0.0"]).map(|found| found.2),
            Some(1),
            "a broken one is named"
        );
    }
}
