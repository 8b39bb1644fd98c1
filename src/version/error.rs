//! What can be wrong with a version, a pattern of versions, or a channel.

use thiserror::Error;

/// Why a version can't be read or counted on.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum VersionError {
    /// The current version isn't a semantic version.
    #[error(
        "Invalid semver '{version}': {reason}; tag or set a version like 1.2.3, or choose another versioning strategy"
    )]
    NotSemantic {
        /// The version as it was found.
        version: String,
        /// What the parser met.
        reason: String,
    },
    /// The current version has another shape than the declared strategy or template.
    #[error(
        "version '{version}' doesn't fit {scheme}; change the configuration, or begin with --force-version and a version that fits"
    )]
    Misfit {
        /// The version as it was found.
        version: String,
        /// The strategy, or the template.
        scheme: String,
    },
    /// The next version would not be above the current one.
    #[error(
        "the next version would be {next}, which is not above {current}; look at where {current} comes from, or give a higher one with --force-version"
    )]
    NotAbove {
        /// The version it is at.
        current: String,
        /// What would follow.
        next: String,
    },
    /// A forced version below the current one.
    #[error("the forced version {forced} is below {current}; say --allow-downgrade as well if that is meant")]
    Downgrade {
        /// The version it is at.
        current: String,
        /// What was asked for.
        forced: String,
    },
    /// A commit asks for a version that isn't above the current one.
    #[error(
        "commit {commit} asks for `Release-As: {asked}`, which is not above {current}; decide with --force-version, or with a later commit that asks for another version"
    )]
    AskedBelow {
        /// The commit's id, shortened.
        commit: String,
        /// The version it asks for.
        asked: String,
        /// The version that there is.
        current: String,
    },
    /// A number that no next number fits behind.
    #[error("version '{version}' holds a number too large to count on; numbers may have up to 19 digits")]
    TooLarge {
        /// The version as it was found.
        version: String,
    },
    /// A version template that can't give tags or can't be read back.
    #[error("versionTemplate {template:?} {problem}")]
    Template {
        /// The template.
        template: String,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// A channel without a name.
    #[error("Pre-release channel name cannot be empty; use false for a stable branch")]
    EmptyChannel,
    /// A channel name that can't be part of a version.
    #[error("Invalid channel name '{channel}': only letters, digits and hyphens can stand in a version")]
    InvalidChannel {
        /// The name.
        channel: String,
    },
    /// A branch rule whose pattern isn't a glob.
    #[error("workspace.branches has a name that is no valid glob, '{pattern}': {reason}")]
    BranchPattern {
        /// The rule's name.
        pattern: String,
        /// What the glob parser met.
        reason: String,
    },
}

impl VersionError {
    /// FerrFlow's code for the error, where it has one.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::NotSemantic { .. } => Some("E5010"),
            Self::EmptyChannel => Some("E5001"),
            Self::InvalidChannel { .. } => Some("E5002"),
            Self::Misfit { .. } | Self::NotAbove { .. } | Self::Downgrade { .. } | Self::AskedBelow { .. } => None,
            Self::TooLarge { .. } | Self::Template { .. } | Self::BranchPattern { .. } => None,
        }
    }
}
