//! Why a file gives no version.

use std::io;

use thiserror::Error;

use crate::config::VersionFileFormat;

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
    /// The version stands in another file.
    #[error(
        "{what}; list the file that says it instead (looked for {})",
        .candidates.iter().map(|candidate| candidate.path.as_str()).collect::<Vec<_>>().join(", ")
    )]
    Elsewhere {
        /// What this file says of it.
        what: String,
        /// Where it may be, the likeliest first.
        candidates: Vec<Candidate>,
    },
    /// The version is what a program makes of other things.
    #[error("the version is computed by `{expression}`; list the file that says it instead")]
    Computed {
        /// The words that compute it.
        expression: String,
    },
    /// A Maven module that has its parent's version.
    #[error("the version is inherited from the parent; list {parent} instead")]
    InheritedFromParent {
        /// The parent's file, relative to this one's directory.
        parent: String,
    },
    /// The selector can't give a version from this text.
    #[error("selector {selector:?} {problem}")]
    Selector {
        /// The selector.
        selector: String,
        /// What is wrong, or what it was held against.
        problem: String,
    },
    /// The version is the nearest tag's, not the file's.
    #[error("this file carries no version; the tags say it")]
    FromTags,
}

/// A file that may say the version of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its path, relative to the other's directory.
    pub path: String,
    /// Its format.
    pub format: VersionFileFormat,
    /// Its selector.
    pub selector: Option<String>,
}

/// The files in which the attribute `package.module.attribute` of Python may be.
pub(super) fn python_modules(attribute: &str) -> Vec<Candidate> {
    let module = attribute.rsplit_once('.').map_or(attribute, |(module, _)| module).replace('.', "/");
    let paths = [
        format!("{module}/__init__.py"),
        format!("{module}.py"),
        format!("src/{module}/__init__.py"),
        format!("src/{module}.py"),
    ];
    paths.into_iter().map(|path| Candidate { path, format: VersionFileFormat::Python, selector: None }).collect()
}
