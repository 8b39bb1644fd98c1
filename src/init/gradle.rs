//! The projects of a Gradle build, or the one of a repository.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::InitError;
use super::member::Member;
use super::text::{file_in, read};
use super::walk::Folders;
use crate::config::{VersionFileFormat, VersionedFile};
use crate::version_files;

const SETTINGS: [&str; 2] = ["settings.gradle.kts", "settings.gradle"];
const BUILD: [&str; 2] = ["build.gradle.kts", "build.gradle"];
const PROPERTIES: &str = "gradle.properties";
/// Finds the version in `gradle.properties`.
const PROPERTY: &str = r"(?m)^version[ \t]*=[ \t]*(\S+)";

macro_rules! regex {
    ($pattern:literal) => {{
        static REGEX: LazyLock<Regex> =
            LazyLock::new(|| Regex::new($pattern).expect("the pattern is a constant, and tested"));
        &REGEX
    }};
}

/// The projects that the settings include, and the root where it has a version; nothing without a Gradle build.
pub(super) fn find(root: &Path, _: &Folders, notes: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let settings = first(root, ".", &SETTINGS)?.map(|(_, text)| text).unwrap_or_default();
    let included = included(&settings);
    let root_version = version_file(root, ".")?;
    let mut members = Vec::new();
    if let Some(file) = root_version.clone().filter(|_| included.is_empty()) {
        let name = regex!(r#"rootProject\.name\s*=\s*["']([^"']+)["']"#).captures(&settings);
        let name = name.map_or_else(|| folder_name(root), |captures| captures[1].to_owned());
        members.push(Member { name, path: ".".to_owned(), file: Some(file), ..Member::default() });
    }
    for project in included {
        let path = project.replace(':', "/");
        let Some((_, build)) = first(root, &path, &BUILD)? else { continue };
        let Some(file) = version_file(root, &path)?.or_else(|| root_version.clone()) else {
            notes.push(format!("the Gradle project :{project} has no version and is left out"));
            continue;
        };
        let needs = needs(&build);
        members.push(Member { name: project.replace(':', "-"), path, file: Some(file), needs, tag_template: None });
    }
    Ok(members)
}

/// The projects that the settings include, without the leading colon.
fn included(settings: &str) -> Vec<String> {
    let calls = regex!(r#"(?m)^\s*include\b\s*\(?((?:\s*["'][^"']+["']\s*,?)+)"#).captures_iter(settings);
    let names = regex!(r#"["']:?([^"']+)["']"#);
    calls
        .flat_map(|call| names.captures_iter(call.get(1).map_or("", |list| list.as_str())).collect::<Vec<_>>())
        .map(|name| name[1].to_owned())
        .collect()
}

/// Folders of the projects that a build file depends on, tests left out.
fn needs(build: &str) -> Vec<String> {
    let dependency = regex!(
        r#"(?m)^\s*(?:api|implementation|compileOnly|runtimeOnly)\b[\s(]*project\s*\(\s*(?:path\s*[:=]\s*)?["']:?([^"']+)["']"#
    );
    dependency.captures_iter(build).map(|captures| captures[1].replace(':', "/")).collect()
}

/// The file in a folder that carries a version: the build file, else the properties.
fn version_file(root: &Path, path: &str) -> Result<Option<VersionedFile>, InitError> {
    let build = first(root, path, &BUILD)?.map(|(file, text)| (file, VersionFileFormat::Gradle, None, text));
    let properties = first(root, path, &[PROPERTIES])?
        .map(|(file, text)| (file, VersionFileFormat::Txt, Some(PROPERTY.to_owned()), text));
    let carries = |(_, format, selector, text): &(String, VersionFileFormat, Option<String>, String)| {
        version_files::parse(*format, selector.as_deref(), text).is_ok()
    };
    let found = build.into_iter().chain(properties).find(carries);
    Ok(found.map(|(path, format, selector, _)| VersionedFile { path, format, selector }))
}

/// The first of `names` that is in a folder, with its text.
fn first(root: &Path, path: &str, names: &[&str]) -> Result<Option<(String, String)>, InitError> {
    for name in names {
        let file = file_in(path, name);
        if let Some(text) = read(root, &file)? {
            return Ok(Some((file, text)));
        }
    }
    Ok(None)
}

fn folder_name(root: &Path) -> String {
    let whole = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    whole.file_name().and_then(|name| name.to_str()).unwrap_or("root").to_owned()
}

#[cfg(test)]
mod tests {
    use super::{included, needs};

    #[test]
    fn settings_in_groovy_and_kotlin() {
        assert_eq!(included("include ':a', ':b:c'\ninclude(\"d\")\nincludeBuild 'x'\n"), ["a", "b:c", "d"]);
        assert_eq!(included("include(\n    \":a\",\n    \":b\"\n)\n"), ["a", "b"]);
    }

    #[test]
    fn dependencies_without_tests() {
        let build = "dependencies {\n  api project(':a')\n  implementation(project(path = \":b:c\"))\n  testImplementation project(':t')\n}";
        assert_eq!(needs(build), ["a", "b/c"]);
    }
}
