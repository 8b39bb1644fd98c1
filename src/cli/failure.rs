//! How a command's failure is reported: a code where there is one, the causes, and what to do next.

use std::error::Error;
use std::io::Write;

use thiserror::Error;

use super::overrides::OverrideError;
use crate::init::InitError;
use crate::workspace::WorkspaceError;

/// Why a command failed.
#[derive(Debug, Error)]
pub enum CommandError {
    /// The repository, its configuration or its history can't be used, or no plan can be made of them.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
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
    /// No configuration can be written.
    #[error(transparent)]
    Init(#[from] InitError),
    /// The number of threads in FerrFlow's variable is invalid.
    #[error("invalid FERRFLOW_JOBS: {value:?} is not a number from 1 on")]
    InvalidJobs {
        /// What the variable holds.
        value: String,
    },
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
            Self::Workspace(error) => error.code(),
            Self::UnknownPackage { .. } => Some("E7002"),
            Self::Init(error) => error.code(),
            Self::Override(_) | Self::Unsupported { .. } | Self::InvalidJobs { .. } => None,
            Self::PackageNotNamed { .. } | Self::Directory { .. } | Self::Output(_) => None,
        }
    }

    /// What to do next, where the message doesn't say so already.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Workspace(error) => error.hint(),
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
