//! Where a section goes in a changelog. Nothing else of the file changes, and its line ends stay what they are.

use std::sync::LazyLock;

use regex::Regex;

use super::Forge;

/// A version's section, and what its links need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    /// The package, for the head of a new file.
    pub(crate) package: &'a str,
    /// The version.
    pub(crate) version: &'a str,
    /// `YYYY-MM-DD`.
    pub(crate) date: String,
    /// The tag before this one.
    pub(crate) last_tag: Option<&'a str>,
    /// This version's tag.
    pub(crate) tag: &'a str,
    /// The repository's pages.
    pub(crate) forge: Option<&'a Forge>,
    /// Whether the comparison is linked even where the file has no such links.
    pub(crate) compare_link: bool,
}

/// A changelog with a new section, and the section's text, which is what somebody wrote below `Unreleased` if anything is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inserted {
    /// The whole file.
    pub(crate) text: String,
    /// What stands below the version's heading.
    pub(crate) notes: String,
}

/// Puts `body` under a heading of its own: below `## [Unreleased]` where there is one, else above the newest version.
pub(crate) fn insert(text: Option<&str>, body: &str, place: &Place<'_>) -> Inserted {
    let new_file = || {
        format!(
            "# Changelog\n\nAll notable changes to `{}` will be documented in this file.\n\n\
             The format is based on [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).\n",
            place.package
        )
    };
    let text = text.map_or_else(new_file, str::to_owned);
    let has_crlf = text.contains("\r\n");
    let text = text.replace("\r\n", "\n");
    let inserted = insert_lines(&text, body, place);
    match has_crlf {
        true => Inserted { text: inserted.text.replace('\n', "\r\n"), ..inserted },
        false => inserted,
    }
}

/// Also the part of [`insert()`] for files that mix line ends: those become one kind, that of most lines.
fn insert_lines(text: &str, body: &str, place: &Place<'_>) -> Inserted {
    static HEADING: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?m)^## .*$").expect("the pattern is a constant, and tested"));
    static UNRELEASED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?mi)^## \[?unreleased\]?[ \t]*$").expect("the pattern is a constant, and tested")
    });
    let heading = format!("## [{}] - {}\n", place.version, place.date);
    let (text, notes) = match UNRELEASED.find(text) {
        Some(unreleased) => {
            let (start, end) = (unreleased.end(), end_of_section(text, unreleased.end()));
            let written = text[start..end].trim();
            let notes = if written.is_empty() { body.to_owned() } else { format!("{written}\n") };
            let rest = text[end..].trim_start_matches('\n');
            let gap = if rest.is_empty() { "" } else { "\n" };
            (format!("{}\n\n{heading}\n{notes}{gap}{rest}", &text[..start]), notes)
        }
        None => {
            let at = HEADING.find(text).map_or_else(|| links_start(text), |found| found.start());
            let (before, after) = (text[..at].trim_end_matches('\n'), &text[at..]);
            let gap = if before.is_empty() { "" } else { "\n\n" };
            let tail = if after.is_empty() { "" } else { "\n" };
            (format!("{before}{gap}{heading}\n{body}{tail}{after}"), body.to_owned())
        }
    };
    Inserted { text: with_links(&text, place), notes }
}

/// What stands below the heading of `version`; `None` where it has none, or nothing below it.
pub(crate) fn section_of(text: &str, version: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n");
    let heading = Regex::new(&format!(r"(?m)^## \[?v?{}(?:\]|[ \t(]|$).*$", regex::escape(version))).ok()?;
    let start = heading.find(&text)?.end();
    let written = text[start..end_of_section(&text, start)].trim();
    (!written.is_empty()).then(|| format!("{written}\n"))
}

/// The end of the section whose heading ends at `start`: the next heading, the links at the end of the file, or that end.
fn end_of_section(text: &str, start: usize) -> usize {
    let next = text[start..].find("\n## ").map(|at| start + at + 1);
    next.unwrap_or_else(|| links_start(text).max(start))
}

/// Where the links at the end of the file begin; its end where there are none.
fn links_start(text: &str) -> usize {
    let mut start = text.len();
    for line in text.split_inclusive('\n').rev() {
        let is_link = line.starts_with('[') && line.contains("]: ");
        if !is_link && !line.trim().is_empty() {
            break;
        }
        start -= line.len();
    }
    // Blank lines before the links belong to what stands above them.
    start + (text[start..].len() - text[start..].trim_start_matches('\n').len())
}

/// Adds the link of the new version and moves that of `Unreleased`, where the file has such links or one is wanted.
fn with_links(text: &str, place: &Place<'_>) -> String {
    static UNRELEASED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?mi)^\[unreleased\]:[ \t]*(\S+)[ \t]*\n?").expect("the pattern is a constant, and tested")
    });
    static VERSION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?m)^\[v?\d[^\]]*\]:[ \t]*(\S+)").expect("the pattern is a constant, and tested")
    });
    let unreleased = UNRELEASED.captures(text);
    let known = unreleased.as_ref().and_then(|found| found.get(1)).or_else(|| VERSION.captures(text)?.get(1));
    let linked = known.and_then(|link| Forge::of_link(link.as_str()));
    let Some(forge) = linked.as_ref().or(place.forge.filter(|_| place.compare_link || known.is_some())) else {
        return text.to_owned();
    };
    let link = format!("[{}]: {}\n", place.version, forge.compare(place.last_tag, place.tag));
    if let Some(found) = unreleased.as_ref().and_then(|found| found.get(0)) {
        let name = &text[found.start()..found.start() + text[found.start()..].find(':').unwrap_or(0)];
        let moved = format!("{name}: {}\n{link}", forge.compare(Some(place.tag), "HEAD"));
        return [&text[..found.start()], &moved, &text[found.end()..]].concat();
    }
    let at = VERSION.find(text).map(|found| found.start());
    match at {
        Some(at) => [&text[..at], &link, &text[at..]].concat(),
        None => format!("{}\n\n{link}", text.trim_end_matches('\n')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place<'static> {
        Place {
            package: "core",
            version: "1.1.0",
            date: "2026-11-28".to_owned(),
            last_tag: Some("v1.0.0"),
            tag: "v1.1.0",
            forge: None,
            compare_link: false,
        }
    }

    const BODY: &str = "### Features\n\n- feat: x\n";

    #[test]
    fn a_new_file_begins_with_a_head() {
        let text = insert(None, BODY, &place()).text;
        assert!(text.starts_with("# Changelog\n\nAll notable changes to `core`"), "{text}");
        assert!(text.ends_with("1.1.0/).\n\n## [1.1.0] - 2026-11-28\n\n### Features\n\n- feat: x\n"), "{text}");
    }

    #[test]
    fn the_newest_version_comes_first_and_the_rest_stays() {
        let old = "# Log\r\n\r\nWords.\r\n\r\n## [1.0.0]\r\n\r\n- a\r\n";
        let text = insert(Some(old), BODY, &place()).text;
        assert_eq!(
            text,
            "# Log\r\n\r\nWords.\r\n\r\n## [1.1.0] - 2026-11-28\r\n\r\n### Features\r\n\r\n- feat: x\r\n\r\n## [1.0.0]\r\n\r\n- a\r\n"
        );
    }

    #[test]
    fn what_was_written_for_the_next_version_is_its_text() {
        let old = "# Log\n\n## [Unreleased]\n\n### Added\n\n- by hand\n\n## [1.0.0]\n\n[Unreleased]: https://x.org/a/compare/v1.0.0...HEAD\n[1.0.0]: https://x.org/a/commits/v1.0.0\n";
        let inserted = insert(Some(old), BODY, &place());
        assert_eq!(inserted.notes, "### Added\n\n- by hand\n");
        assert_eq!(
            inserted.text,
            "# Log\n\n## [Unreleased]\n\n## [1.1.0] - 2026-11-28\n\n### Added\n\n- by hand\n\n## [1.0.0]\n\n\
             [Unreleased]: https://x.org/a/compare/v1.1.0...HEAD\n[1.1.0]: https://x.org/a/compare/v1.0.0...v1.1.0\n\
             [1.0.0]: https://x.org/a/commits/v1.0.0\n"
        );
        let empty = insert(Some("## Unreleased\n\n[Unreleased]: https://x.org/a/commits/main\n"), BODY, &place());
        assert_eq!(empty.notes, BODY);
        assert!(empty.text.starts_with("## Unreleased\n\n## [1.1.0]"), "{}", empty.text);
    }

    #[test]
    fn the_section_of_a_version_is_found() {
        let text = "# Log\r\n\r\n## [1.10.0] - 2026\r\n\r\n- b\r\n\r\n## v1.1.0 (2025)\r\n- a\r\n\r\n[1.1.0]: https://x.org\r\n";
        assert_eq!(section_of(text, "1.10.0").as_deref(), Some("- b\n"));
        assert_eq!(section_of(text, "1.1.0").as_deref(), Some("- a\n"));
        assert_eq!(section_of(text, "1.1"), None);
    }

    #[test]
    fn a_comparison_is_linked_where_that_is_wanted() {
        let forge = Forge::of_remote("git@x.org:a/b", None);
        let place = Place { forge: forge.as_ref(), compare_link: true, ..place() };
        let text = insert(Some("# Log\n"), BODY, &place).text;
        assert!(text.ends_with("- feat: x\n\n[1.1.0]: https://x.org/a/b/compare/v1.0.0...v1.1.0\n"), "{text}");
    }
}
