//! How far a commit moves its package's version.

/// A release level; greater moves the version further.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// Nothing to release.
    #[default]
    None,
    /// Fixes.
    Patch,
    /// Features.
    Minor,
    /// Breaking changes.
    Major,
}

impl Bump {
    /// The level as reports spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}
