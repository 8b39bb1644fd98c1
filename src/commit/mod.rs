//! Commits as the planner sees them: a subject, and the bump it asks for.
//!
//! Messages are untrusted bytes. Nothing here needs them to be UTF-8, and the built-in rules allocate nothing.

mod breaking;
mod classifier;
mod pattern;
mod release_as;
mod subject;

pub use classifier::{Classifier, ClassifierError};

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

#[cfg(test)]
mod tests {
    use super::Bump;

    #[test]
    fn levels_are_ordered_from_none_to_major() {
        assert!(Bump::None < Bump::Patch && Bump::Patch < Bump::Minor && Bump::Minor < Bump::Major);
        assert_eq!([Bump::Patch, Bump::Major, Bump::None].into_iter().max(), Some(Bump::Major));
    }
}
