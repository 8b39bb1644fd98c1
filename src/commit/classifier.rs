//! From a commit message to the bump it asks for, under one configuration.

use std::borrow::Cow;

use thiserror::Error;

use super::{Bump, breaking, pattern::Pattern, release_as, subject::subject};
use crate::config::{CommitFormats, Patterns, WorkspaceSettings};

/// Markers that take a commit out of planning when the configuration names none.
pub const DEFAULT_SKIP_MARKERS: [&str; 5] = ["[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]"];

const DEFAULT_MINOR: [&str; 10] = [
    "feat:*",
    "feat(?*):*",
    "feat/*",
    "Feat:*",
    "Feat(?*):*",
    "Feat/*",
    "feature:*",
    "feature(?*):*",
    "feature/*",
    "Feature/*",
];

const DEFAULT_PATCH: [&str; 16] = [
    "fix:*",
    "fix(?*):*",
    "fix/*",
    "Fix:*",
    "Fix(?*):*",
    "Fix/*",
    "perf:*",
    "perf(?*):*",
    "Perf:*",
    "Perf(?*):*",
    "refactor:*",
    "refactor(?*):*",
    "refactor/*",
    "Refactor:*",
    "Refactor(?*):*",
    "Refactor/*",
];

/// A pattern that matches every commit, in any case.
const EVERY_COMMIT: &str = "all";

/// Why a configuration's commit rules can't be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ClassifierError {
    /// A marker that every subject contains.
    #[error(
        "workspace.commitSkipMarkers holds an empty marker, which would ignore every commit; remove it, or use [] to skip none"
    )]
    EmptySkipMarker,
}

/// The commit rules of one configuration, compiled once and asked for every commit.
#[derive(Debug, Clone)]
pub struct Classifier {
    markers: SkipMarkers,
    major: Level,
    minor: Level,
    patch: Level,
    case_sensitive: bool,
}

impl Classifier {
    /// Compiles the skip markers and patterns of `workspace`.
    pub fn new(workspace: &WorkspaceSettings) -> Result<Self, ClassifierError> {
        let defaults = CommitFormats::default();
        let formats = workspace.commit_formats.as_ref().unwrap_or(&defaults);
        let case_sensitive = formats.case_sensitive.unwrap_or(true);
        Ok(Self {
            markers: SkipMarkers::new(workspace.commit_skip_markers.as_deref())?,
            major: Level::new(&formats.major, &[], case_sensitive),
            minor: Level::new(&formats.minor, &DEFAULT_MINOR, case_sensitive),
            patch: Level::new(&formats.patch, &DEFAULT_PATCH, case_sensitive),
            case_sensitive,
        })
    }

    /// Whether a commit with this subject takes no part in planning, because it carries a skip marker.
    pub fn is_skipped(&self, subject: &[u8]) -> bool {
        self.markers.occur_in(subject)
    }

    /// The bump `message` asks for. Apart from breaking footers only its subject counts.
    pub fn classify(&self, message: &[u8]) -> Bump {
        let subject = subject(message);
        if breaking::marked_in_subject(subject) || breaking::has_footer(message) {
            return Bump::Major;
        }
        let subject = self.fold_case(subject);
        [(&self.major, Bump::Major), (&self.minor, Bump::Minor), (&self.patch, Bump::Patch)]
            .into_iter()
            .find_map(|(level, bump)| level.matches(&subject).then_some(bump))
            .unwrap_or(Bump::None)
    }

    /// The version that `message` asks for in a `Release-As:` footer, whatever its type is.
    pub fn asked_version<'m>(&self, message: &'m [u8]) -> Option<&'m [u8]> {
        release_as::asked_version(message)
    }

    fn fold_case<'a>(&self, subject: &'a [u8]) -> Cow<'a, [u8]> {
        if self.case_sensitive {
            Cow::Borrowed(subject)
        } else {
            Cow::Owned(String::from_utf8_lossy(subject).to_lowercase().into_bytes())
        }
    }
}

/// The patterns of one bump level, with the bytes their matches can start with.
#[derive(Debug, Clone)]
struct Level {
    every_commit: bool,
    starts: Starts,
    patterns: Vec<Pattern>,
}

impl Level {
    fn new(configured: &Patterns, defaults: &[&str], case_sensitive: bool) -> Self {
        let texts: Vec<&str> = match configured {
            Patterns::Absent => defaults.to_vec(),
            Patterns::One(pattern) => vec![pattern],
            Patterns::Many(patterns) => patterns.iter().map(String::as_str).collect(),
        };
        let fold = |text: &str| if case_sensitive { text.to_owned() } else { text.to_lowercase() };
        let patterns: Vec<Pattern> = texts.iter().map(|text| Pattern::new(&fold(text))).collect();
        Self {
            every_commit: texts.iter().any(|text| text.eq_ignore_ascii_case(EVERY_COMMIT)),
            starts: Starts::new(patterns.iter().map(Pattern::first_byte)),
            patterns,
        }
    }

    fn matches(&self, subject: &[u8]) -> bool {
        self.every_commit
            || self.starts.may_match(subject) && self.patterns.iter().any(|pattern| pattern.matches(subject))
    }
}

/// The bytes that matches can start with, so that most subjects are ruled out by one look-up.
#[derive(Debug, Clone)]
struct Starts {
    anything: bool,
    bytes: [bool; 256],
}

impl Starts {
    fn new(first_bytes: impl Iterator<Item = Option<u8>>) -> Self {
        let mut starts = Self { anything: false, bytes: [false; 256] };
        for first in first_bytes {
            match first {
                Some(byte) => starts.bytes[usize::from(byte)] = true,
                None => starts.anything = true,
            }
        }
        starts
    }

    fn may_match(&self, subject: &[u8]) -> bool {
        self.anything || subject.first().is_some_and(|first| self.bytes[usize::from(*first)])
    }
}

/// Skip markers, folded to ASCII lower case.
#[derive(Debug, Clone)]
struct SkipMarkers {
    markers: Vec<Box<[u8]>>,
    starts: Starts,
}

impl SkipMarkers {
    fn new(configured: Option<&[String]>) -> Result<Self, ClassifierError> {
        let fold = |marker: &str| marker.to_ascii_lowercase().into_bytes().into_boxed_slice();
        let markers: Vec<Box<[u8]>> = match configured {
            None => DEFAULT_SKIP_MARKERS.into_iter().map(fold).collect(),
            Some(markers) => markers.iter().map(|marker| fold(marker)).collect(),
        };
        if markers.iter().any(|marker| marker.is_empty()) {
            return Err(ClassifierError::EmptySkipMarker);
        }
        let starts = Starts::new(markers.iter().map(|marker| marker.first().copied()));
        Ok(Self { markers, starts })
    }

    fn occur_in(&self, subject: &[u8]) -> bool {
        (0..subject.len()).any(|at| {
            self.starts.bytes[usize::from(subject[at].to_ascii_lowercase())]
                && self.markers.iter().any(|marker| starts_ignoring_case(&subject[at..], marker))
        })
    }
}

fn starts_ignoring_case(text: &[u8], lower: &[u8]) -> bool {
    text.get(..lower.len()).is_some_and(|head| head.eq_ignore_ascii_case(lower))
}

#[cfg(test)]
#[path = "classifier_tests.rs"]
mod tests;
