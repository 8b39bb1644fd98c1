//! Formats in which the version is found by what stands around it.

use std::sync::LazyLock;

use regex::Regex;

use super::VersionProblem;
use crate::config::VersionFileFormat;

/// A regular expression whose one group is the version, and the words for what it looks for.
struct Pattern {
    regex: LazyLock<Regex>,
    looked_for: &'static str,
}

macro_rules! pattern {
    ($regex:literal, $looked_for:literal) => {{
        static PATTERN: Pattern = Pattern {
            regex: LazyLock::new(|| Regex::new($regex).expect("the pattern is a constant, and tested")),
            looked_for: $looked_for,
        };
        &PATTERN
    }};
}

fn pattern_of(format: VersionFileFormat) -> Option<&'static Pattern> {
    use VersionFileFormat as Format;
    Some(match format {
        Format::Helm | Format::ChartYaml | Format::PubspecYaml | Format::GalaxyYml => {
            pattern!(r#"(?m)^version:\s*["']?([^"'\s#]+)["']?\s*(?:#.*)?$"#, "a top-level `version:`")
        }
        Format::PackageSwift => pattern!(
            r#"(?m)^\s*let\s+(?:version|[A-Za-z_][A-Za-z0-9_]*[Vv]ersion)\s*=\s*["']([^"'\s]+)["']"#,
            "a line `let version = \"…\"` or `let …Version = \"…\"`"
        ),
        Format::Cabal => pattern!(r"(?im)^version[ \t]*:[ \t]*(\S+)", "`version:` at the start of a line"),
        Format::Cmake => pattern!(r"(?is)\bproject\s*\([^)]*?\bVERSION\s+([^\s)]+)", "`project(… VERSION …)`"),
        _ => return None,
    })
}

/// The version in `text`, for the formats that are found by a pattern.
pub(super) fn find(format: VersionFileFormat, text: &str) -> Result<&str, VersionProblem> {
    let pattern = pattern_of(format).ok_or(VersionProblem::NotFound("a pattern for the format"))?;
    let group = pattern.regex.captures(text).and_then(|captures| captures.get(1));
    group.map(|group| group.as_str()).ok_or(VersionProblem::NotFound(pattern.looked_for))
}

/// What the one group of `selector`, a regular expression, matches first; never only blanks.
pub(super) fn selected<'a>(text: &'a str, selector: &str) -> Result<&'a str, VersionProblem> {
    let refuse = |problem: String| VersionProblem::Selector { selector: selector.to_owned(), problem };
    let regex = Regex::new(selector).map_err(|error| refuse(format!("is no valid regular expression: {error}")))?;
    if regex.captures_len() != 2 {
        let groups = regex.captures_len() - 1;
        return Err(refuse(format!("must have exactly one capture group, the version; it has {groups}")));
    }
    let captures = regex.captures(text).ok_or_else(|| refuse("matches nothing".to_owned()))?;
    let group = captures.get(1).map(|group| group.as_str().trim());
    group.filter(|group| !group.is_empty()).ok_or_else(|| refuse("matches, but its group is empty".to_owned()))
}
