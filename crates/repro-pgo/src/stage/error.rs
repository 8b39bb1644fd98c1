//! What can stop the pipeline.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::stimuli::StimuliError;
use crate::build::BuildError;
use crate::spec::SpecError;
use crate::toolchain::{EmulatorError, ProfileToolError, ToolchainError};
use crate::training::TrainingError;

/// Why a stage failed or refused.
#[derive(Debug, Error)]
pub enum StageError {
    /// `pgo.toml`.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The compiler.
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    /// The emulator.
    #[error(transparent)]
    Emulator(#[from] EmulatorError),
    /// The profile tool, or a profile it can't read.
    #[error(transparent)]
    ProfileTool(#[from] ProfileToolError),
    /// A cargo run.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The stimuli.
    #[error(transparent)]
    Stimuli(#[from] StimuliError),
    /// The training.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// A file or folder could not be handled.
    #[error("{action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

impl StageError {
    /// Wraps the system's reason for a failed `action` on `path`.
    pub fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
