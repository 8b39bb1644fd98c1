//! Commits as the planner sees them: a subject, and the bump it asks for.
//!
//! Messages are untrusted bytes. Nothing here needs them to be UTF-8, and the built-in rules allocate nothing for the
//! subjects that the Conventional Commits specification describes.

mod bookkeeping;
mod breaking;
mod classifier;
mod gitmoji;
mod header;
mod pattern;
mod quoted;
mod release_as;
mod reverted;
mod subject;
mod title;

pub(crate) use breaking::after_keyword;
pub use classifier::{Classifier, ClassifierError};
pub use reverted::{Reverted, reverted, title_key};

/// The parts of a conventional subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Described<'a> {
    /// The type.
    pub(crate) kind: &'a str,
    /// The scope; empty where there is none.
    pub(crate) scope: &'a str,
    /// Whether it is marked as breaking.
    pub(crate) breaking: bool,
    /// What follows the colon.
    pub(crate) description: &'a str,
}

/// The parts of a conventional subject; `None` for any other.
pub(crate) fn described(subject: &str) -> Option<Described<'_>> {
    let parsed = header::Header::parse(subject.as_bytes())?;
    let text = |part| std::str::from_utf8(part).ok();
    Some(Described {
        kind: text(parsed.kind)?,
        scope: text(parsed.scope)?,
        breaking: parsed.breaking,
        description: text(parsed.description)?,
    })
}

/// How far a commit moves the version, from not at all to the first part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    /// Nothing to release.
    #[default]
    None,
    /// A fix.
    Patch,
    /// A feature.
    Minor,
    /// A breaking change.
    Major,
}

impl Bump {
    /// The level's name in reports: `none`, `patch`, `minor` or `major`.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl std::fmt::Display for Bump {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.name())
    }
}

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// How far it moves the version.
    pub bump: Bump,
    /// What the bump was read from.
    pub kind: Kind,
}

/// What a bump was read from, as far as more than the message decides whether it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A pattern, a type or a breaking note.
    Known,
    /// Nothing: no type that is known, no pattern that matches.
    Unknown,
    /// It takes another commit back; see [`reverted()`].
    Revert,
    /// The title of what a hosting platform merged. It names changes that commits of the merged branch may name, too.
    MergeTitle,
}

#[cfg(test)]
mod tests {
    use super::Bump;

    #[test]
    fn levels_are_ordered_from_none_to_major() {
        assert!(Bump::None < Bump::Patch && Bump::Patch < Bump::Minor && Bump::Minor < Bump::Major);
        assert_eq!([Bump::Patch, Bump::Major, Bump::None].into_iter().max(), Some(Bump::Major));
    }
}
