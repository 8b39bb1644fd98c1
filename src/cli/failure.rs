//! How a command's failure is reported: a code where there is one, the causes, and what to do next.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use thiserror::Error;

use super::overrides::OverrideError;
use crate::init::InitError;
use crate::release::ReleaseError;
use crate::workspace::WorkspaceError;

/// Exit code where there is nothing to plan, which is neither success nor failure.
const NO_PACKAGES: u8 = 4;

/// Why a command failed.
#[derive(Debug, Error)]
pub enum CommandError {
    /// The repository, its configuration or its history can't be used, or no plan can be made of them.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// Nothing can be released.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// A package that the configuration doesn't have.
    #[error("package '{name}' not found")]
    UnknownPackage {
        /// The name asked for.
        name: String,
        /// The most similar name there is.
        similar: Option<String>,
        /// All names there are.
        names: Vec<String>,
    },
    /// There is nothing to plan.
    #[error("No packages configured: {}", match .file {
        Some(file) => format!("{file} lists none"),
        None => "there is no configuration, and neither a version file nor a version tag was found".to_owned(),
    })]
    NoPackages {
        /// The configuration, where there is one.
        file: Option<String>,
    },
    /// One package is wanted, and the command line doesn't say which.
    #[error("there are {} packages, and none is named", .names.len())]
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
            Self::Release(error) => error.code(),
            Self::UnknownPackage { .. } => Some("E7002"),
            Self::Init(error) => error.code(),
            Self::Override(_) | Self::Unsupported { .. } | Self::InvalidJobs { .. } => None,
            Self::NoPackages { .. } | Self::PackageNotNamed { .. } | Self::Directory { .. } | Self::Output(_) => None,
        }
    }

    /// The program's exit code.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::NoPackages { .. } => NO_PACKAGES.into(),
            _ => ExitCode::FAILURE,
        }
    }

    /// What to do next, where the message doesn't say so already.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Workspace(error) => error.hint(),
            Self::Release(error) => error.hint(),
            Self::UnknownPackage { similar: Some(similar), .. } => Some(format!("did you mean '{similar}'?")),
            Self::UnknownPackage { similar: None, names, .. } if !names.is_empty() => {
                Some(format!("there are: {}", some_of(names)))
            }
            Self::NoPackages { file: Some(_) } => Some("add a [[package]] with name and path".to_owned()),
            Self::NoPackages { file: None } => {
                Some("`relplan init` looks for packages in the folders below, or write a relplan.toml".to_owned())
            }
            Self::Init(error) => error.hint(),
            Self::PackageNotNamed { names } => Some(format!("name one of them: {}", some_of(names))),
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

/// Names in a sentence, the first of them where they are many.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 20;
    match names.len() {
        0..=SHOWN => names.join(", "),
        count => format!("{} and {} more", names[..SHOWN].join(", "), count - SHOWN),
    }
}
