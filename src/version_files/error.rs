//! Why a file gives no version.

use std::io;

use thiserror::Error;

/// A file that gives no version.
#[derive(Debug, Error)]
#[error("{path}: {problem}")]
pub struct VersionFileError {
    /// The file, relative to the repository's root.
    pub path: String,
    /// What is wrong with it.
    pub problem: VersionProblem,
}

/// What keeps a text from giving a version.
#[derive(Debug, Error)]
pub enum VersionProblem {
    /// The file can't be read.
    #[error("cannot read the version: {0}")]
    Unreadable(#[source] io::Error),
    /// The file isn't UTF-8.
    #[error("cannot read the version, the file is not UTF-8")]
    NotText,
    /// The file isn't written in its format.
    #[error("not valid {format}: {problem}")]
    Invalid {
        /// The format's name.
        format: &'static str,
        /// What the parser met, and where.
        problem: String,
    },
    /// There is no version where one was looked for.
    #[error("no version found; looked for {0}")]
    NotFound(&'static str),
    /// A package says that it inherits its version, but the file it would inherit from is another one.
    #[error(
        "`version.workspace = true`, but this file has no `[workspace.package]` version; list the workspace's Cargo.toml instead"
    )]
    InheritedElsewhere,
    /// The selector can't give a version from this text.
    #[error("selector {selector:?} {problem}")]
    Selector {
        /// The selector.
        selector: String,
        /// What is wrong, or what it was held against.
        problem: String,
    },
    /// The version is the nearest tag's, not the file's.
    #[error("a go.mod carries no version; it is read from the tags")]
    FromTags,
}
