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

impl HistoryError {
    /// The error's stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Open(error) => error.code(),
            Self::Object(_) => "E2023",
            Self::Tags { .. } => "E2024",
            Self::TagsNotFetched { .. } => "E2025",
        }
    }
}

/// Why a step of the walk failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum WalkError {
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// The commit-graph contradicts itself or the objects; the walk can be done without it.
    #[error("{0}")]
    CommitGraph(String),
}
