//! Why a workspace can't be opened or planned.

use thiserror::Error;

use crate::commit::ClassifierError;
use crate::config::ConfigError;
use crate::history::{HistoryError, OpenError};
use crate::plan::PlanError;
use crate::version::VersionError;

/// Why a workspace can't be opened or planned.
#[derive(Debug, Error)]
pub enum WorkspaceError {
    /// The repository can't be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The configuration can't be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The commit rules can't be used.
    #[error(transparent)]
    CommitRules(#[from] ClassifierError),
    /// The history can't be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The channel can't be released on.
    #[error(transparent)]
    Channel(#[from] VersionError),
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
    /// Two packages keep their versions in one place.
    #[error(transparent)]
    SharedPlace(Box<SharedPlace>),
    /// A version file that neither the work tree nor the object store holds.
    #[error(
        "{file} is neither in this sparse checkout nor in this partial clone, so its version is unknown; \
         `git sparse-checkout add {}` gets it", folder_of(.file)
    )]
    LeftOutFile {
        /// The file, relative to the repository's root.
        file: String,
    },
}

/// Two packages whose version stands in one place, and that would get different ones.
#[derive(Debug, Error)]
#[error(
    "packages '{}' and '{}' have one version together in {file}, which can't become {} and {} at once",
    .first.0, .second.0, .first.1, .second.1
)]
pub struct SharedPlace {
    /// The file, relative to the repository's root.
    pub file: String,
    /// A package and its next version.
    pub first: (String, String),
    /// Another one.
    pub second: (String, String),
}

impl WorkspaceError {
    /// Stable code of the error, where it has one.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Open(error) => Some(error.code()),
            Self::Config(error) => Some(error.code()),
            Self::CommitRules(_) => None,
            Self::History(error) => Some(error.code()),
            Self::Channel(error) => error.code(),
            Self::Plan(error) => error.code(),
            Self::MissingVersionedFile { .. } | Self::LeftOutFile { .. } => Some("E1024"),
            Self::SharedPlace(_) => None,
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
            Self::SharedPlace(shared) => Some(format!(
                "let them move together (`fixed = [[\"{}\", \"{}\"]]` under [workspace]), or give each a version file of its own",
                shared.first.0, shared.second.0
            )),
            _ => None,
        }
    }
}

fn folder_of(file: &str) -> &str {
    file.rsplit_once('/').map_or(".", |(folder, _)| folder)
}
