//! Whether the tag or the file gives the current version.

use std::fmt;

use serde::Serialize;

use super::{compare_versions, require_semantic};
use crate::config::{VersionSource, Versioning};

/// A version, and the tag or file it was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The version.
    pub version: String,
    /// The tag's name, or the file's path.
    pub place: String,
}

/// The version a package is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// The version.
    pub version: String,
    /// Where it came from.
    pub source: SourceKind,
}

/// A pre-release whose own release is still to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The pre-release.
    pub tag: Found,
    /// The stable version that it leads to.
    pub leads_to: String,
    /// Whether it has a number behind its hyphen, as what is packed once more after the release has.
    pub revision: bool,
}

/// Where a current version came from. Serialises as reports show it: `{"kind":"tag_over_file","tag":…,"file":…}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are a tag's name and a file's path")]
pub enum SourceKind {
    /// There is only a tag.
    Tag { tag: String },
    /// There is only a file.
    File { file: String },
    /// Both; the tag is at least as high.
    TagOverFile { tag: String, file: String },
    /// Both; the file is higher.
    FileOverTag { file: String, tag: String },
    /// Both; the configuration says to read tags.
    TagByPolicy { tag: String, file: String },
    /// Both; the configuration says to read files.
    FileByPolicy { file: String, tag: String },
    /// Neither.
    Bootstrap,
}

impl fmt::Display for SourceKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag { tag } => write!(formatter, "from tag {tag}"),
            Self::File { file } => write!(formatter, "from {file}"),
            Self::TagOverFile { tag, file } => write!(formatter, "from tag {tag}, over {file}"),
            Self::FileOverTag { file, tag } => write!(formatter, "from {file}, over tag {tag}"),
            Self::TagByPolicy { tag, file } => {
                write!(formatter, "from tag {tag}, {file} ignored by versionSource: tag")
            }
            Self::FileByPolicy { file, tag } => {
                write!(formatter, "from {file}, tag {tag} ignored by versionSource: file")
            }
            Self::Bootstrap => formatter.write_str("bootstrapped"),
        }
    }
}

/// The version a package is at, given the highest stable `tag` and what its version `file` says; where there is neither, the
/// version that `strategy` starts from. A file that is already at the version that `candidate` leads to doesn't mean that it
/// is released: then the package is at the candidate, and so it is where there is nothing else.
pub fn choose_current(
    policy: VersionSource,
    tag: Option<Found>,
    file: Option<Found>,
    candidate: Option<&Candidate>,
    strategy: Versioning,
) -> Current {
    let chosen = choose_released(policy, tag, file, strategy);
    let is_semantic = matches!(strategy, Versioning::Semver | Versioning::Zerover);
    let Some(candidate) = candidate.filter(|candidate| is_semantic && !candidate.revision) else { return chosen };
    let Found { version, place: tag } = candidate.tag.clone();
    match chosen.source {
        SourceKind::File { file } | SourceKind::FileOverTag { file, .. } if candidate.leads_to == chosen.version => {
            Current { version, source: SourceKind::TagOverFile { tag, file } }
        }
        SourceKind::Bootstrap => Current { version, source: SourceKind::Tag { tag } },
        source => Current { version: chosen.version, source },
    }
}

fn choose_released(policy: VersionSource, tag: Option<Found>, file: Option<Found>, strategy: Versioning) -> Current {
    let (tag, file) = match (tag, file) {
        (Some(tag), Some(file)) => (tag, file),
        (Some(tag), None) => return Current { version: tag.version, source: SourceKind::Tag { tag: tag.place } },
        (None, Some(file)) => return Current { version: file.version, source: SourceKind::File { file: file.place } },
        (None, None) => {
            return Current { version: bootstrap_version(strategy).to_owned(), source: SourceKind::Bootstrap };
        }
    };
    let tag_is_higher = is_tag_higher(&tag.version, &file.version);
    let (tag_name, path) = (tag.place, file.place);
    match policy {
        VersionSource::Tag => {
            Current { version: tag.version, source: SourceKind::TagByPolicy { tag: tag_name, file: path } }
        }
        VersionSource::File => {
            Current { version: file.version, source: SourceKind::FileByPolicy { file: path, tag: tag_name } }
        }
        VersionSource::Highest if tag_is_higher => {
            Current { version: tag.version, source: SourceKind::TagOverFile { tag: tag_name, file: path } }
        }
        VersionSource::Highest => {
            Current { version: file.version, source: SourceKind::FileOverTag { file: path, tag: tag_name } }
        }
    }
}

/// Whether the tag is at least as high. A version that can be counted on beats anything else.
fn is_tag_higher(tag: &str, file: &str) -> bool {
    let is_numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    match (require_semantic(tag).is_ok(), require_semantic(file).is_ok()) {
        (true, true) => !compare_versions(tag, file).is_lt(),
        (true, false) if !is_numeric(file) => tag.contains('.'),
        (false, true) if !is_numeric(tag) => !file.contains('.'),
        _ => tag == file || (is_numeric(tag) && is_numeric(file) && !compare_versions(tag, file).is_lt()),
    }
}

/// The version a package without tag and file starts from.
pub fn bootstrap_version(strategy: Versioning) -> &'static str {
    match strategy {
        Versioning::Semver | Versioning::Zerover | Versioning::Calver | Versioning::CalverShort => "0.0.0",
        Versioning::Sequential => "0",
        Versioning::CalverSeq | Versioning::CalverShortSeq => "0.0",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(policy: VersionSource, tag: Option<&str>, file: Option<&str>) -> (String, String, String) {
        let found = |version: Option<&str>, place: &str| {
            version.map(|version| Found { version: version.to_owned(), place: place.to_owned() })
        };
        let current = choose_current(policy, found(tag, "T"), found(file, "F"), None, Versioning::Semver);
        let json = serde_json::to_string(&current.source).expect("plain data");
        (current.version, current.source.to_string(), json)
    }

    #[test]
    fn a_file_at_the_version_of_a_candidate_is_not_released() {
        let choose = |file: &str, tag: Option<&str>, revision: bool| {
            let found = |version: &str, place: &str| Found { version: version.to_owned(), place: place.to_owned() };
            let candidate = Candidate { tag: found("1.1.0-rc.2", "C"), leads_to: "1.1.0".to_owned(), revision };
            let tag = tag.map(|tag| found(tag, "T"));
            choose_current(VersionSource::Highest, tag, Some(found(file, "F")), Some(&candidate), Versioning::Semver)
        };
        for tag in [None, Some("1.0.0")] {
            let current = choose("1.1.0", tag, false);
            assert_eq!(
                (current.version.as_str(), current.source.to_string()),
                ("1.1.0-rc.2", "from tag C, over F".into())
            );
            assert_eq!(choose("1.1.0", tag, true).version, "1.1.0", "packed once more after the release");
        }
        assert_eq!(choose("1.1.0", Some("1.1.0"), false).version, "1.1.0");
        assert_eq!(choose("1.2.0", None, false).version, "1.2.0");
    }

    #[test]
    fn every_source_in_words_and_in_json() {
        use VersionSource::*;
        for (policy, tag, file, version, text, json) in [
            (Highest, Some("1.0.0"), None, "1.0.0", "from tag T", r#"{"kind":"tag","tag":"T"}"#),
            (Highest, None, Some("1.0.0"), "1.0.0", "from F", r#"{"kind":"file","file":"F"}"#),
            (
                Highest,
                Some("1.0.0"),
                Some("1.0.0"),
                "1.0.0",
                "from tag T, over F",
                r#"{"kind":"tag_over_file","tag":"T","file":"F"}"#,
            ),
            (
                Highest,
                Some("1.0.0"),
                Some("v2.0.0"),
                "v2.0.0",
                "from F, over tag T",
                r#"{"kind":"file_over_tag","file":"F","tag":"T"}"#,
            ),
            (
                Tag,
                Some("1.0.0"),
                Some("2.0.0"),
                "1.0.0",
                "from tag T, F ignored by versionSource: tag",
                r#"{"kind":"tag_by_policy","tag":"T","file":"F"}"#,
            ),
            (
                File,
                Some("3.0.0"),
                Some("2.0.0"),
                "2.0.0",
                "from F, tag T ignored by versionSource: file",
                r#"{"kind":"file_by_policy","file":"F","tag":"T"}"#,
            ),
            (Tag, None, None, "0.0.0", "bootstrapped", r#"{"kind":"bootstrap"}"#),
        ] {
            let expected = (version.to_owned(), text.to_owned(), json.to_owned());
            assert_eq!(choose(policy, tag, file), expected);
        }
    }

    #[test]
    fn a_version_that_can_be_counted_on_beats_anything_else() {
        for (tag, file, version) in [
            ("1.0.0", "garbage", "1.0.0"),
            ("1.0", "0.5.0", "1.0"),
            ("2026.01.1", "2025.01.1", "2026.01.1"),
            ("1.4.2", "1.4.2+37", "1.4.2"),
            ("1.3.0", "1.4.0rc1", "1.4.0rc1"),
            ("1.10.0", "1.9.0", "1.10.0"),
            ("1.0.0-rc.1", "1.0.0", "1.0.0"),
        ] {
            assert_eq!(choose(VersionSource::Highest, Some(tag), Some(file)).0, version, "{tag} {file}");
        }
    }

    #[test]
    fn strategies_start_from_their_own_nothing() {
        assert_eq!(bootstrap_version(Versioning::Zerover), "0.0.0");
        assert_eq!(bootstrap_version(Versioning::Sequential), "0");
        assert_eq!(bootstrap_version(Versioning::CalverShortSeq), "0.0");
    }
}
