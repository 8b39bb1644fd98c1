//! The projects of a Gradle build, or the build as one.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::member::{Doubt, Member, file};
use super::text::{file_in, read};
use super::walk::joined;
use super::{InitError, Search};
use crate::config::{VersionFileFormat, VersionedFile};
use crate::version_files;

const SETTINGS: [&str; 2] = ["settings.gradle.kts", "settings.gradle"];
const BUILD: [&str; 2] = ["build.gradle.kts", "build.gradle"];
/// Files besides the build file that carry a version, and what finds it there.
const OTHER_FILES: [(&str, Option<&str>); 4] = [
    ("gradle.properties", Some(r"(?m)^version[ \t]*=[ \t]*(\S+)")),
    ("gradle.properties", Some(r"(?m)^(?:VERSION_NAME|projectVersion|project_version)[ \t]*=[ \t]*(\S+)")),
    ("version.txt", None),
    ("VERSION", None),
];

/// Whether a file belongs to a Gradle build.
pub(super) fn is_manifest(name: &str) -> bool {
    SETTINGS.contains(&name) || BUILD.contains(&name)
}

macro_rules! regex {
    ($pattern:literal) => {{
        static REGEX: LazyLock<Regex> =
            LazyLock::new(|| Regex::new($pattern).expect("the pattern is a constant, and tested"));
        &REGEX
    }};
}

/// The projects that the settings in `base` include; the build as a whole where they include none or none has a version.
pub(super) fn find(search: &Search<'_>, base: &str, notes: &mut Vec<String>) -> Result<Vec<Member>, InitError> {
    let settings = first(search, base, &SETTINGS)?.map(|(_, text)| text).unwrap_or_default();
    let build = first(search, base, &BUILD)?;
    if settings.is_empty() && build.is_none() {
        return Ok(Vec::new());
    }
    let shared = version_file(search, base)?;
    let folders = folders(base, &settings);
    let mut members = Vec::new();
    let mut without_version = Vec::new();
    for (project, path) in &folders {
        let Some((_, build)) = first(search, path, &BUILD)? else { continue };
        let Some(file) = version_file(search, path)?.or_else(|| shared.clone()) else {
            without_version.push(format!(":{project}"));
            continue;
        };
        let needs = needs(&build).filter_map(|project| folders.get(&project)).cloned().collect();
        let (name, last) = (project.replace(':', "-"), project.rsplit(':').next().unwrap_or(project).to_owned());
        members.push(Member {
            name,
            path: path.clone(),
            files: vec![file],
            needs,
            also_called: vec![last],
            ..Member::default()
        });
    }
    if members.is_empty() {
        let name = regex!(r#"rootProject\.name\s*=\s*["']([^"']+)["']"#).captures(&settings);
        let name = name.map_or_else(|| search.name.to_owned(), |captures| captures[1].to_owned());
        let doubt = shared.is_none().then_some(Doubt::NoVersion);
        members.push(Member {
            name,
            path: base.to_owned(),
            files: shared.into_iter().collect(),
            doubt,
            ..Member::default()
        });
    } else if !without_version.is_empty() {
        notes.push(format!("Gradle projects without a version are left out: {}", super::listed(&without_version)));
    }
    Ok(members)
}

/// The folder of every project that the settings include: as `projectDir` says, else as its name says.
fn folders(base: &str, settings: &str) -> BTreeMap<String, String> {
    let mut folders: BTreeMap<String, String> = included(settings)
        .into_iter()
        .map(|project| (project.clone(), joined(base, &project.replace(':', "/"))))
        .collect();
    let moved = regex!(
        r#"project\s*\(\s*["']:?([^"']+)["']\s*\)\s*\.\s*(?:projectDir\s*=|setProjectDir\s*\()[^"'\n]*["']([^"']+)["']"#
    );
    for captures in moved.captures_iter(settings) {
        let folder = captures[2]
            .trim_start_matches("$rootDir")
            .trim_start_matches("${rootDir}")
            .trim_start_matches('/')
            .to_owned();
        folders.insert(captures[1].to_owned(), joined(base, &folder));
    }
    folders
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

/// Projects that a build file depends on, tests left out.
fn needs(build: &str) -> impl Iterator<Item = String> {
    let dependency = regex!(
        r#"(?m)^\s*(?:api|implementation|compileOnly|runtimeOnly)\b[\s(]*project\s*\(\s*(?:path\s*[:=]\s*)?["']:?([^"']+)["']"#
    );
    dependency.captures_iter(build).map(|captures| captures[1].to_owned())
}

/// The file in a folder that carries a version: the build file, else the properties, else a file of its own.
fn version_file(search: &Search<'_>, path: &str) -> Result<Option<VersionedFile>, InitError> {
    if let Some((build, text)) = first(search, path, &BUILD)?
        && is_literal(VersionFileFormat::Gradle, None, &text)
    {
        return Ok(Some(file(build, VersionFileFormat::Gradle, None)));
    }
    if let Some((build, _)) = first(search, path, &BUILD)?
        && let Ok(carrier) = version_files::carrier(search.root, &file(build, VersionFileFormat::Gradle, None))
        && version_files::read_version(search.root, &carrier).is_ok_and(|version| is_number(&version))
    {
        return Ok(Some(carrier));
    }
    for (name, selector) in OTHER_FILES {
        if let Some((found, text)) = first(search, path, &[name])?
            && is_literal(VersionFileFormat::Txt, selector, &text)
        {
            return Ok(Some(file(found, VersionFileFormat::Txt, selector)));
        }
    }
    Ok(None)
}

/// Whether a text carries a version, and not a reference to one.
fn is_literal(format: VersionFileFormat, selector: Option<&str>, text: &str) -> bool {
    version_files::parse(format, selector, text).is_ok_and(|version| is_number(&version))
}

fn is_number(version: &str) -> bool {
    !version.contains('$') && version.contains(char::is_numeric)
}

/// The first of `names` that is in a folder, with its text.
fn first(search: &Search<'_>, path: &str, names: &[&str]) -> Result<Option<(String, String)>, InitError> {
    for name in names {
        let file = file_in(path, name);
        if let Some(text) = read(search.root, &file)? {
            return Ok(Some((file, text)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::{folders, included, needs};

    #[test]
    fn settings_in_groovy_and_kotlin() {
        assert_eq!(included("include ':a', ':b:c'\ninclude(\"d\")\nincludeBuild 'x'\n"), ["a", "b:c", "d"]);
        assert_eq!(included("include(\n    \":a\",\n    \":b\"\n)\n"), ["a", "b"]);
    }

    #[test]
    fn dependencies_without_tests() {
        let build = "dependencies {\n  api project(':a')\n  implementation(project(path = \":b:c\"))\n  testImplementation project(':t')\n}";
        assert_eq!(needs(build).collect::<Vec<_>>(), ["a", "b:c"]);
    }

    #[test]
    fn projects_lie_where_the_settings_say() {
        let settings = "include ':a', ':b:c'\nproject(':a').projectDir = new File(settingsDir, 'libs/first')\nproject(\":b:c\").projectDir = file(\"$rootDir/x\")\n";
        let folders = folders(".", settings);
        assert_eq!((folders["a"].as_str(), folders["b:c"].as_str()), ("libs/first", "x"));
    }
}
