//! Versions in lines of the kind `KEY = value`: properties, settings, and version files with a name in them.

use std::sync::LazyLock;

use regex::Regex;

use super::VersionProblem;
use super::error::{Candidate, python_modules};
use super::located::Located;
use crate::config::VersionFileFormat;

/// Keys that are asked for in a properties file where no selector names one.
const KEYS: [&str; 6] = ["version", "VERSION_NAME", "VERSION", "projectVersion", "project.version", "currentVersion"];

/// The value of `key`, else of the first of the usual keys.
pub(super) fn properties(text: &str, key: Option<&str>) -> Result<Located, VersionProblem> {
    let found = match key {
        Some(key) => value(text, key),
        None => KEYS.iter().find_map(|key| value(text, key)),
    };
    let missing = || match key {
        Some(key) => {
            VersionProblem::Selector { selector: key.to_owned(), problem: "names no key of this file".to_owned() }
        }
        None => VersionProblem::NotFound("a line `version=…` or `VERSION_NAME=…`; `selector` can name another key"),
    };
    Located::whole(text, found.ok_or_else(missing)?)
}

fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let pattern = format!(r"(?m)^[ \t]*{}[ \t]*[=:][ \t]*([^\s#]+)", regex::escape(key));
    let found = Regex::new(&pattern).expect("a constant with an escaped key in it").captures(text)?;
    found.get(1).map(|found| &text[found.range()])
}

/// The whole text where it is one word, else the value of a line `VERSION = …`, quoted or not.
pub(super) fn plain(text: &str) -> Result<Located, VersionProblem> {
    static LINE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?mi)^[ \t]*(?:export[ \t]+)?(?:[a-z_]*_)?version[ \t]*(?:[:?]?=|:)[ \t]*["']?([^\s"'#;]+)"#)
            .expect("a constant, and tested")
    });
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(VersionProblem::NotFound("any text"));
    }
    if !trimmed.contains(['=', ':', '\n']) {
        return Located::whole(text, trimmed);
    }
    match LINE.captures(text).and_then(|found| found.get(1)) {
        Some(found) => Located::whole(text, found.as_str()),
        None if !trimmed.contains('\n') => Located::whole(text, trimmed),
        None => {
            Err(VersionProblem::NotFound("a version alone, or a line `VERSION=…`; `selector` can say where it stands"))
        }
    }
}

/// `version` of `[metadata]` in a setup.cfg, or what it points to.
pub(super) fn setup_cfg(text: &str) -> Result<Located, VersionProblem> {
    static METADATA: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?m)^\[metadata\][^\n]*\n(?:[^\[\n][^\n]*\n|\n|\r\n)*?version[ \t]*[=:][ \t]*([^\n#]+)")
            .expect("a constant, and tested")
    });
    let found = METADATA
        .captures(text)
        .and_then(|found| found.get(1))
        .ok_or(VersionProblem::NotFound("`version = …` in [metadata]"))?
        .as_str()
        .trim();
    let elsewhere = |candidates| VersionProblem::Elsewhere { what: format!("the version is `{found}`"), candidates };
    if let Some(attribute) = found.strip_prefix("attr:") {
        return Err(elsewhere(python_modules(attribute.trim())));
    }
    if let Some(file) = found.strip_prefix("file:") {
        let path = file.trim().to_owned();
        return Err(elsewhere(vec![Candidate { path, format: VersionFileFormat::Txt, selector: None }]));
    }
    Located::whole(text, found)
}
