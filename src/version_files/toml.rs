//! The version of a Cargo, Python or Poetry manifest.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::Candidate;
use super::located::Located;
use super::{VersionProblem, pyproject};
use crate::config::VersionFileFormat;

/// `[package]`'s version, or the workspace's where it is inherited; else the version of `[workspace.package]`,
/// `[project]` or `[tool.poetry]`. Trimmed.
pub(super) fn parse(text: &str) -> Result<String, VersionProblem> {
    let document = document(text)?;
    Ok(found(&document)?.get_ref().as_str().unwrap_or_default().trim().to_owned())
}

/// Where the version stands in `text`, without its quotes.
pub(super) fn locate(text: &str) -> Result<Located, VersionProblem> {
    Located::whole(text, without_quotes(&text[found(&document(text)?)?.span()]))
}

/// The version at the dotted path `selector`.
pub(super) fn select(text: &str, selector: &str) -> Result<Located, VersionProblem> {
    let document = document(text)?;
    let path: Vec<&str> = selector.split('.').collect();
    let value = string_at(&document, &path).ok_or_else(|| VersionProblem::Selector {
        selector: selector.to_owned(),
        problem: "names no string of this file".to_owned(),
    })?;
    Located::whole(text, without_quotes(&text[value.span()]))
}

fn without_quotes(value: &str) -> &str {
    let quotes = ["\"\"\"", "'''", "\"", "'"];
    let inside = |quote: &&str| value.strip_prefix(*quote)?.strip_suffix(*quote);
    quotes.iter().find_map(inside).unwrap_or(value)
}

fn document(text: &str) -> Result<DeTable<'_>, VersionProblem> {
    Ok(DeTable::parse(text).map_err(|error| invalid(text, &error))?.into_inner())
}

/// The value that is the version; always a string.
fn found<'a, 't>(document: &'a DeTable<'t>) -> Result<&'a Spanned<DeValue<'t>>, VersionProblem> {
    let workspace = || string_at(document, &["workspace", "package", "version"]);
    let version = match value_at(document, &["package", "version"]) {
        Some(value) if value.get_ref().is_str() => Some(value),
        Some(value) if is_inherited(value.get_ref()) => Some(workspace().ok_or_else(inherited)?),
        _ => workspace()
            .or_else(|| string_at(document, &["project", "version"]))
            .or_else(|| string_at(document, &["tool", "poetry", "version"])),
    };
    if version.is_none()
        && let Some(problem) = pyproject::dynamic(document)
    {
        return Err(problem);
    }
    version.ok_or(VersionProblem::NotFound(
        "a string at package.version, workspace.package.version, project.version or tool.poetry.version",
    ))
}

/// A crate that has its workspace's version.
fn inherited() -> VersionProblem {
    let candidate = |up: usize| Candidate {
        path: format!("{}Cargo.toml", "../".repeat(up)),
        format: VersionFileFormat::Toml,
        selector: Some("workspace.package.version".to_owned()),
    };
    VersionProblem::Elsewhere {
        what: "`version.workspace = true`, but this file has no `[workspace.package]` version".to_owned(),
        candidates: (1..=4).map(candidate).collect(),
    }
}

fn invalid(text: &str, error: &toml::de::Error) -> VersionProblem {
    let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let place = line.map_or_else(String::new, |line| format!(" at line {line}"));
    VersionProblem::Invalid { format: "TOML", problem: error.message().to_owned() + &place }
}

pub(super) fn value_at<'a, 't>(table: &'a DeTable<'t>, path: &[&str]) -> Option<&'a Spanned<DeValue<'t>>> {
    let (key, rest) = path.split_first()?;
    let value = table.iter().find(|(name, _)| name.get_ref() == key)?.1;
    if rest.is_empty() { Some(value) } else { value_at(value.get_ref().as_table()?, rest) }
}

pub(super) fn string_at<'a, 't>(table: &'a DeTable<'t>, path: &[&str]) -> Option<&'a Spanned<DeValue<'t>>> {
    value_at(table, path).filter(|value| value.get_ref().is_str())
}

/// Whether the value is `{ workspace = true }`, in any spelling.
fn is_inherited(value: &DeValue<'_>) -> bool {
    let inherits = value.as_table().and_then(|table| value_at(table, &["workspace"]));
    inherits.and_then(|value| value.get_ref().as_bool()) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::version_files::VersionProblem;
    use proptest::prelude::*;

    #[test]
    fn manifests() {
        for (text, expected) in [
            ("[package]\nversion=\"1\"\n", "1"),
            ("# c\n[package] # c\nname = 'x'\n\n  version = ' 1.2 ' # c\r\n", "1.2"),
            ("[package]\nversion.workspace=true\n[workspace.package]\nversion=\"2\"\n", "2"),
            ("[package]\nversion={ workspace = true }\n[workspace]\npackage.version = '3'\n", "3"),
            ("[package]\nversion=1\n[project]\nversion=\" 2 \"\n", "2"),
            ("[package]\nname='x'\n[workspace.package]\nversion='4'\n[project]\nversion='5'\n", "4"),
            ("[tool.poetry]\nversion=\"3\"\n[project]\nname=\"x\"\n", "3"),
            ("[package]\nversion={workspace=false}\n[project]\nversion=\"5\"", "5"),
            ("package={version=\"1\"}", "1"),
            ("package.version=\"7\"", "7"),
            ("[\"package\"]\n\"version\"=\"q\"", "q"),
            ("[package]\nversion = \"\"\"\n1.2\n\"\"\"", "1.2"),
            ("[package]\nversion = \"1\\u002e5\"", "1.5"),
            ("d = '''\n[package]\nversion = \"9\"\n'''\n[package]\nversion = \"1\"\n", "1"),
            ("[package]\nm = {\n version = \"9\"\n}\nversion = \"1\"\n", "1"),
            ("[package]\nm = [{\n version = \"9\"\n}]\nversion = \"1\"\n", "1"),
            ("[package]\nm = [[\n1], ]\nversion = \"1\"\n", "1"),
            ("[package.metadata]\nversion = \"9\"\n[package]\nversion = \"1\"\n", "1"),
            ("[package]\nname = 'x'\n[dependencies]\nversion = '9'\n[workspace.package]\nversion='2'", "2"),
        ] {
            assert_eq!(parse(text).ok().as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn no_version() {
        for text in ["", "[package]\nname='x'\n", "[project]\nversion=1\n", "version='1'\n"] {
            assert!(matches!(parse(text), Err(VersionProblem::NotFound(_))), "{text}");
        }
        let inherited = "[package]\nversion.workspace=true\n[project]\nversion=\"2\"\n";
        assert!(matches!(parse(inherited), Err(VersionProblem::Elsewhere { .. })));
        let message = parse("[package]\nname = x\n").expect_err("it is no TOML").to_string();
        assert!(message.contains("TOML") && message.contains("line 2"), "{message}");
    }

    proptest! {
        #[test]
        fn never_panics(text in "[\\[\\]{}packgeversion='\"#.\n é0-9]{0,60}") {
            let _ = parse(&text);
        }
    }
}
