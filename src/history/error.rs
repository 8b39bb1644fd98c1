//! Why the history can't be read.

use super::repository::{ObjectError, OpenError};

/// Why the history can't be read.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The repository can't be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// An object can't be read.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// The list of tags can't be read.
    #[error("the tags can't be read: {reason}; `git pack-refs --all` or `git fsck` says more")]
    Tags {
        /// What is wrong.
        reason: String,
    },
    /// There are version tags, and none is a version of a package by its template.
    #[error(transparent)]
    NoTagFits(Box<Misnamed>),
    /// The clone was made without tags.
    #[error(
        "no tags are here, because remote.{remote}.tagOpt is `--no-tags`: without the last releases everything would be released \
         again; `git fetch --tags {remote}` gets them (if there are none yet: `git config --unset remote.{remote}.tagOpt`)"
    )]
    TagsNotFetched {
        /// The remote.
        remote: String,
    },
}

/// A tag that looks like a version of a package whose template it doesn't fit.
#[derive(Debug, thiserror::Error)]
#[error(
    "package '{package}': no tag fits its template (`{prefix}` and a version), but {tag} looks like one of its versions. \
     Without it everything would be released again: set tag_template = \"{template}\", or go on under the new \
     name with `git tag {prefix}{version}{suffix} {tag}^0`"
)]
pub struct Misnamed {
    /// The package.
    pub package: String,
    /// What its tags should start with.
    pub prefix: String,
    /// What they should end with.
    pub suffix: String,
    /// The newest tag that would fit another template.
    pub tag: String,
    /// That tag's version.
    pub version: String,
    /// That template.
    pub template: String,
}

impl HistoryError {
    /// The error's stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Open(error) => error.code(),
            Self::Object(_) => "E2023",
            Self::Tags { .. } => "E2024",
            Self::TagsNotFetched { .. } => "E2025",
            Self::NoTagFits(_) => "E2026",
        }
    }
}

/// Why a step of the walk failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum WalkError {
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// A package's tags are named otherwise than it says.
    #[error(transparent)]
    Misnamed(Box<Misnamed>),
    /// The commit-graph contradicts itself or the objects; the walk can be done without it.
    #[error("{0}")]
    CommitGraph(String),
}
