//! Why a profile could not be read: which file, where in it, what is wrong, and what to do.

use std::path::{Path, PathBuf};

/// A profile that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{}{}{reason}", file_prefix(file.as_deref()), position_prefix(*position))]
pub struct ReadError {
    /// The file, where one was named.
    pub file: Option<PathBuf>,
    /// Where in the file the problem was met, where it belongs to a place.
    pub position: Option<Position>,
    /// What is wrong.
    pub reason: Reason,
}

/// A position inside a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Bytes from the start of a binary profile.
    Byte(u64),
    /// A line of a text profile, counted from one.
    Line(u64),
}

/// What kept a profile from being read.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// The file could not be read at all.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// The file has no bytes: an instrumented program that was killed, or never exited normally, leaves one behind.
    #[error("is empty: the instrumented program wrote no profile; let it exit normally")]
    Empty,
    /// No format's signature matches.
    #[error("is no LLVM instrumentation profile: neither raw, nor indexed, nor text")]
    UnknownFormat,
    /// The file ends too early.
    #[error("truncated: {what} needs {needed} bytes, {available} are left; make the profile again")]
    Truncated {
        /// What was being read.
        what: &'static str,
        /// How many bytes it takes.
        needed: u64,
        /// How many bytes there are.
        available: u64,
    },
    /// A format version other than the ones this library knows.
    #[error("{format} profile format version {found} is not supported (supported: {supported}); {advice}")]
    UnsupportedVersion {
        /// `raw` or `indexed`.
        format: &'static str,
        /// The version found.
        found: u64,
        /// The versions that can be read.
        supported: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// A feature of the format that this library refuses.
    #[error("{0} are not supported")]
    Unsupported(&'static str),
    /// Variant bits in the version field that no known LLVM sets.
    #[error(
        "unknown variant bits {0:#x} in the version field: written by a newer LLVM; use its rustc's own llvm-profdata"
    )]
    UnknownVariant(u64),
    /// The bytes contradict the format.
    #[error("malformed: {0}")]
    Malformed(String),
}

impl ReadError {
    pub(crate) fn at(offset: usize, reason: Reason) -> Self {
        Self { file: None, position: Some(Position::Byte(offset as u64)), reason }
    }

    pub(crate) fn malformed(offset: usize, what: impl Into<String>) -> Self {
        Self::at(offset, Reason::Malformed(what.into()))
    }

    pub(crate) fn on_line(line: usize, what: impl Into<String>) -> Self {
        Self { file: None, position: Some(Position::Line(line as u64)), reason: Reason::Malformed(what.into()) }
    }

    pub(crate) fn whole_file(reason: Reason) -> Self {
        Self { file: None, position: None, reason }
    }

    /// The same error, naming the file it was met in.
    #[must_use]
    pub fn in_file(mut self, file: &Path) -> Self {
        self.file = Some(file.to_owned());
        self
    }
}

fn file_prefix(file: Option<&Path>) -> String {
    file.map_or_else(|| "profile: ".to_owned(), |file| format!("{}: ", file.display()))
}

fn position_prefix(position: Option<Position>) -> String {
    match position {
        Some(Position::Byte(offset)) => format!("at byte {offset}: "),
        Some(Position::Line(line)) => format!("line {line}: "),
        None => String::new(),
    }
}
