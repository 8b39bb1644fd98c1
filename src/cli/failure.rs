//! How a command's failure is told: a code where there is one, the causes, and what to do next.

use std::error::Error;
use std::io::Write;

use thiserror::Error;

use super::overrides::OverrideError;
use crate::commit::ClassifierError;
use crate::config::ConfigError;
use crate::history::{HistoryError, OpenError};
use crate::init::InitError;
use crate::plan::PlanError;
use crate::version::VersionError;
use crate::version_files::VersionFileError;

/// Why a command failed.
#[derive(Debug, Error)]
pub enum CommandError {
    /// The repository can't be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The configuration can't be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The history can't be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// No plan can be made.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A file that a release would write is not there.
    #[error("package '{package}': versioned file {file} does not exist")]
    MissingVersionedFile {
        /// The package that would be released.
        package: String,
        /// The file, relative to the repository's root.
        file: String,
        /// A file that was probably meant.
        meant: Option<String>,
    },
    /// A package that the configuration doesn't have.
    #[error("package '{name}' not found")]
    UnknownPackage {
        /// The name asked for.
        name: String,
        /// The most similar name there is.
        similar: Option<String>,
    },
    /// One package is wanted, and the command line doesn't say which.
    #[error("{}", match .names.len() { 0 => "no packages configured".to_owned(), count => format!("there are {count} packages, and none is named") })]
    PackageNotNamed {
        /// Their names.
        names: Vec<String>,
    },
    /// A version can't be forced.
    #[error(transparent)]
    Override(#[from] OverrideError),
    /// An option of FerrFlow's that has no meaning here.
    #[error("--{option} is not supported: {reason}")]
    Unsupported {
        /// The option's name.
        option: &'static str,
        /// Why not, and what to do instead.
        reason: &'static str,
    },
    /// A version file can't be written to.
    #[error(transparent)]
    VersionFile(#[from] VersionFileError),
    /// No configuration can be written.
    #[error(transparent)]
    Init(#[from] InitError),
    /// The channel can't be released on.
    #[error(transparent)]
    Channel(#[from] VersionError),
    /// The commit rules can't be used.
    #[error(transparent)]
    CommitRules(#[from] ClassifierError),
    /// The working directory can't be entered.
    #[error("cannot run in {}", .directory.display())]
    Directory {
        /// The directory asked for.
        directory: std::path::PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The answer can't be written.
    #[error("cannot write the answer")]
    Output(#[from] std::io::Error),
}

impl CommandError {
    /// Stable code of the failure.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Open(error) => Some(error.code()),
            Self::Config(error) => Some(error.code()),
            Self::Plan(error) => error.code(),
            Self::MissingVersionedFile { .. } => Some("E1024"),
            Self::UnknownPackage { .. } => Some("E7002"),
            Self::Channel(error) => error.code(),
            Self::History(error) => Some(error.code()),
            Self::Init(error) => error.code(),
            Self::Override(_) | Self::Unsupported { .. } | Self::VersionFile(_) => None,
            Self::PackageNotNamed { .. } | Self::CommitRules(_) | Self::Directory { .. } | Self::Output(_) => None,
        }
    }

    /// What to do next, where the message doesn't say so already.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::MissingVersionedFile { meant: Some(meant), .. } => {
                Some(format!("paths are relative to the repository's root; did you mean {meant}?"))
            }
            Self::MissingVersionedFile { .. } => {
                Some("create the file, or take it out of the package's versioned files".to_owned())
            }
            Self::UnknownPackage { similar: Some(similar), .. } => Some(format!("did you mean '{similar}'?")),
            Self::PackageNotNamed { names } if names.is_empty() => {
                Some("write a relplan.toml, or run this in a repository with a version file".to_owned())
            }
            Self::PackageNotNamed { names } => Some(format!("name one of them: {}", names.join(", "))),
            _ => None,
        }
    }

    /// Writes the failure, its causes one to a line, and the hint.
    ///
    /// # Errors
    /// Whatever `out` returns.
    pub fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        match self.code() {
            Some(code) => writeln!(out, "error[{code}]: {self}")?,
            None => writeln!(out, "error: {self}")?,
        }
        let mut cause = self.source();
        while let Some(error) = cause {
            writeln!(out, "  caused by: {error}")?;
            cause = error.source();
        }
        if let Some(hint) = self.hint() {
            writeln!(out, "  help: {hint}")?;
        }
        Ok(())
    }
}
