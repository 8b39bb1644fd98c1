//! What can be wrong with `pgo.toml`, told with the place in the file.

use std::path::PathBuf;

use thiserror::Error;

/// Why `pgo.toml` could not be used.
#[derive(Debug, Error)]
pub enum SpecError {
    /// No file at the given path.
    #[error("cannot read {}: {source}; write one, or name it with --spec", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// No `pgo.toml` in this directory or above.
    #[error("no pgo.toml in {} or any directory above it; write one, or name it with --spec", start.display())]
    NotFound {
        /// Where the search began.
        start: PathBuf,
    },
    /// Not TOML, or not this file's keys.
    #[error("{place}: {message}")]
    Parse {
        /// `file:line:column`.
        place: String,
        /// What is wrong, with a suggestion where there is one.
        message: String,
    },
    /// Well-formed, but it can't work.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Invalid(Vec<Problem>),
}

/// One broken rule.
#[derive(Debug, Error)]
#[error("{place}: {message}")]
pub struct Problem {
    /// `file:line:column`.
    pub place: String,
    /// What is wrong and what to do.
    pub message: String,
}
