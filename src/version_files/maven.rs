//! The version of a Maven project: its own, never its parent's or a dependency's.

use std::sync::LazyLock;

use regex::Regex;

use super::error::Candidate;
use super::located::{Located, Part, is_reference};
use super::{VersionProblem, xml};
use crate::config::VersionFileFormat;

/// `project/version`, or the properties that it names, where they are defined.
pub(super) fn locate(text: &str) -> Result<Located, VersionProblem> {
    let Some(version) = xml::find(text, |path| matches!(path, ["project", "version"])) else {
        return Err(match xml::find(text, |path| matches!(path, ["project", "parent", "version"])) {
            Some(_) => VersionProblem::InheritedFromParent { parent: parent(text) },
            None => VersionProblem::NotFound("project/version"),
        });
    };
    if !is_reference(version) {
        return Located::whole(text, version);
    }
    let names =
        properties(version.trim()).ok_or_else(|| VersionProblem::Computed { expression: version.trim().to_owned() })?;
    let mut parts = Vec::new();
    for name in &names {
        match property(text, name) {
            // The first takes the whole version, so that `-SNAPSHOT` in the second goes.
            Some(value) => parts.push((value, if parts.is_empty() { Part::Whole } else { Part::Nothing })),
            None if parts.is_empty() && names.len() == 1 => return Err(in_parent(text, name)),
            None => return Err(VersionProblem::Computed { expression: version.trim().to_owned() }),
        }
    }
    Located::parts(text, &parts)
}

/// The names in `${a}${b}`, if there is nothing else in it.
fn properties(version: &str) -> Option<Vec<&str>> {
    static REFERENCE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\$\{([^}${]+)\}").expect("a constant, and tested"));
    let found: Vec<_> = REFERENCE.captures_iter(version).collect();
    let length: usize = found.iter().map(|reference| reference[0].len()).sum();
    let name = |reference: &regex::Captures<'_>| reference.get(1).map(|name| &version[name.range()]);
    (length == version.len()).then(|| found.iter().filter_map(name).collect())
}

fn property<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    xml::find(text, |path| matches!(path, ["project", "properties", last] if *last == name))
}

fn in_parent(text: &str, name: &str) -> VersionProblem {
    VersionProblem::Elsewhere {
        what: format!("the version is ${{{name}}}, which this file doesn't define"),
        candidates: vec![Candidate {
            path: parent(text),
            format: VersionFileFormat::Xml,
            selector: Some(format!("project/properties/{name}")),
        }],
    }
}

/// The parent's file, relative to this one's directory.
fn parent(text: &str) -> String {
    let stated = xml::find(text, |path| matches!(path, ["project", "parent", "relativePath"])).map(str::trim);
    match stated.filter(|path| !path.is_empty()) {
        Some(path) if path.ends_with(".xml") => path.to_owned(),
        Some(path) => format!("{}/pom.xml", path.trim_end_matches('/')),
        None => "../pom.xml".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::locate;

    #[test]
    fn the_property_is_read_and_rewritten_where_it_is_defined() {
        for (text, version, after) in [
            (
                "<project><version>${revision}</version><properties><revision>1.3.0</revision></properties></project>",
                "1.3.0",
                "<project><version>${revision}</version><properties><revision>2.0.0</revision></properties></project>",
            ),
            (
                "<project><properties><changelist>-SNAPSHOT</changelist><revision>1.3.0</revision></properties><version>${revision}${changelist}</version></project>",
                "1.3.0-SNAPSHOT",
                "<project><properties><changelist></changelist><revision>2.0.0</revision></properties><version>${revision}${changelist}</version></project>",
            ),
            (
                "<project><parent><version>9</version></parent><dependencies><dependency><version>8</version></dependency></dependencies><version>1.0</version></project>",
                "1.0",
                "<project><parent><version>9</version></parent><dependencies><dependency><version>8</version></dependency></dependencies><version>2.0.0</version></project>",
            ),
        ] {
            let located = locate(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((located.version.as_str(), located.replaced(text, "2.0.0").as_str()), (version, after));
        }
    }

    #[test]
    fn what_is_not_the_projects_own_is_refused() {
        for (text, words) in [
            ("<project><parent><version>9</version></parent></project>", "../pom.xml"),
            (
                "<project><parent><version>9</version><relativePath>../base</relativePath></parent></project>",
                "../base/pom.xml",
            ),
            (
                "<project><dependencies><dependency><version>9</version></dependency></dependencies></project>",
                "project/version",
            ),
            ("<project><version>${revision}</version></project>", "${revision}"),
            ("<project><version>1.${minor}</version><properties><minor>2</minor></properties></project>", "1.${minor}"),
        ] {
            let message = locate(text).expect_err(text).to_string();
            assert!(message.contains(words), "{message}");
        }
    }
}
