//! From a commit message to the bump it asks for, under one configuration.

use std::borrow::Cow;

use thiserror::Error;

use super::bookkeeping::is_bookkeeping;
use super::header::Header;
use super::pattern::Pattern;
use super::title::{Title, title};
use super::{Bump, Kind, Reading, breaking, release_as, reverted, subject::subject};
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
    /// Whether relplan's own rules hold beyond the patterns: every type can break, types are known in every spelling, and
    /// `Release-As:` footers count.
    own_rules: bool,
    /// Whether they ignore case; only a configuration that asks for the opposite makes them look at it.
    types_in_any_case: bool,
}

impl Classifier {
    /// Compiles the skip markers and patterns of `workspace`, to be read as FerrFlow reads them.
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
            own_rules: false,
            types_in_any_case: formats.case_sensitive != Some(true),
        })
    }

    /// The same rules under relplan's own configuration, or without any: `!` makes every type breaking, a type is known in
    /// whatever case and with whatever blanks it is written, and `Release-As:` footers count.
    #[must_use]
    pub fn by_own_rules(self) -> Self {
        Self { own_rules: true, ..self }
    }

    /// Whether a commit with this subject takes no part in planning, because it carries a skip marker.
    pub fn is_skipped(&self, subject: &[u8]) -> bool {
        self.markers.occur_in(subject)
    }

    /// The bump `message` asks for.
    pub fn classify(&self, message: &[u8]) -> Bump {
        self.read(message).bump
    }

    /// What `message` asks for, and what says so. Apart from breaking footers only its title counts.
    pub fn read(&self, message: &[u8]) -> Reading {
        let subject = subject(message);
        if breaking::marked_in_subject(subject) || breaking::has_footer(message) {
            return Reading { bump: Bump::Major, kind: Kind::Known };
        }
        // Patterns don't say whether something breaks, and not whether it takes something back.
        let look_closely =
            matches!(subject, [b'R' | b'r', b'e', b'v' | b'a', ..]) || memchr::memchr(b'!', subject).is_some();
        match self.matching_level(subject) {
            Some(bump) if !look_closely => Reading { bump, kind: Kind::Known },
            _ if Header::parse(subject).is_some_and(|header| !header.breaking && header.is_plainly_quiet()) => {
                Reading { bump: Bump::None, kind: Kind::Known }
            }
            bump => self.read_closely(message, bump),
        }
    }

    /// Reads a message whose subject no pattern matches, or that may be a revert; `by_pattern` is what patterns say of it.
    #[cold]
    fn read_closely(&self, message: &[u8], by_pattern: Option<Bump>) -> Reading {
        let title = title(message);
        if title.of_merge && title.text.is_empty() {
            return Reading { bump: by_pattern.unwrap_or_default(), kind: Kind::Known };
        }
        let header = Header::parse(title.text);
        let breaking = header.filter(|header| self.is_breaking(header)).map(|_| Bump::Major);
        let bump = breaking.or(by_pattern).or_else(|| self.matching_level(title.text));
        let kind = match title.of_merge {
            true => Kind::MergeTitle,
            false => Kind::Known,
        };
        if reverted::is_revert(title.text) {
            return Reading { bump: bump.unwrap_or_else(|| self.level_of_revert(title.text)), kind: Kind::Revert };
        }
        match bump.or_else(|| self.level_of_type(header)).or_else(|| self.level_of_gitmoji(&title)) {
            Some(bump) => Reading { bump, kind },
            // A merge that has a body which is no title is a merge all the same, and so is what a tool wrote.
            None if title.of_merge || is_bookkeeping(title.text) || is_bookkeeping(subject(message)) => {
                Reading { bump: Bump::None, kind: Kind::Known }
            }
            None => Reading { bump: Bump::None, kind: Kind::Unknown },
        }
    }

    /// The first level that has a matching pattern.
    fn matching_level(&self, subject: &[u8]) -> Option<Bump> {
        let subject = self.fold_case(subject);
        self.levels().into_iter().find_map(|(level, bump)| level.matches(&subject).then_some(bump))
    }

    fn levels(&self) -> [(&Level, Bump); 3] {
        [(&self.major, Bump::Major), (&self.minor, Bump::Minor), (&self.patch, Bump::Patch)]
    }

    /// Whether the configuration leaves a level to the built-in rules.
    fn is_built_in(&self, bump: Bump) -> bool {
        self.levels().into_iter().all(|(level, of)| of != bump || level.is_built_in)
    }

    fn is_breaking(&self, header: &Header<'_>) -> bool {
        header.breaking && (self.own_rules || header.level().is_some())
    }

    /// What the type says that no pattern matches. A type that the configuration's patterns leave out releases nothing;
    /// one that FerrFlow's built-in patterns leave out is not known under its configurations.
    fn level_of_type(&self, header: Option<Header<'_>>) -> Option<Bump> {
        let header = header?;
        let level = header.level()?;
        if level == Bump::None || !self.is_built_in(level) {
            return Some(Bump::None);
        }
        let is_lower_case = !header.kind.iter().any(u8::is_ascii_uppercase);
        (self.own_rules && (self.types_in_any_case || is_lower_case)).then_some(level)
    }

    fn level_of_gitmoji(&self, title: &Title<'_>) -> Option<Bump> {
        title.gitmoji.map(|bump| if self.is_built_in(bump) { bump } else { Bump::None })
    }

    /// Taking something back is a patch, and bringing it back again as much as it was at first.
    fn level_of_revert(&self, title: &[u8]) -> Bump {
        let brought_back = reverted::brought_back(title).map(|title| self.classify(&title)).unwrap_or_default();
        let patch = if self.is_built_in(Bump::Patch) { Bump::Patch } else { Bump::None };
        brought_back.max(patch)
    }

    /// Whether `Release-As:` footers count.
    pub fn honours_asked_versions(&self) -> bool {
        self.own_rules
    }

    /// The version that `message` asks for in a `Release-As:` footer, whatever its type is.
    pub fn asked_version<'m>(&self, message: &'m [u8]) -> Option<&'m [u8]> {
        if self.own_rules { release_as::asked_version(message) } else { None }
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
    is_built_in: bool,
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
            is_built_in: *configured == Patterns::Absent,
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
