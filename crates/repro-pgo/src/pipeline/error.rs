//! What can stop the pipeline.

use std::path::{Path, PathBuf};

use host::exit_code::ExitCode;
use paired_bench::measure::MeasureError;
use thiserror::Error;

use super::cases::CaseError;
use super::inputs::InputError;
use crate::check::elf::ElfError;
use crate::check::output::OutputError;
use crate::compile::BuildError;
use crate::declaration::SpecError;
use crate::layout::LayoutError;
use crate::package::DistError;
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
    /// A pinned profile that does not belong to this build.
    #[error(transparent)]
    Pinned(#[from] super::pinned::PinnedError),
    /// A cargo run.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The order of the functions.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The inputs.
    #[error(transparent)]
    Inputs(#[from] InputError),
    /// The training.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// A shard for a CPU model where there is none.
    #[error(
        "this trains natively{}, so there is no CPU model to choose: leave --cpu-model out, or declare CPU models that the \
         emulator has in [training] cpu-models", reason.as_ref().map(|reason| format!(", because {reason}")).unwrap_or_default()
    )]
    NativeShard {
        /// Why there is no emulation, where it was looked for.
        reason: Option<String>,
    },
    /// A shard without its CPU model.
    #[error(
        "workload `{workload}` runs on {}, and a shard is of one: name it with --cpu-model", models.join(", ")
    )]
    ManyModels {
        /// The workload.
        workload: String,
        /// The declared models.
        models: Vec<String>,
    },
    /// Nowhere to put the list of crates.
    #[error("[build] auditable links an object into this build: name a folder for it with --work DIR")]
    NoWork,
    /// A binary that may not ship.
    #[error(transparent)]
    Elf(#[from] ElfError),
    /// Two binaries that answer differently.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A command that can't be run.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A revision that could not be had.
    #[error(transparent)]
    Revision(#[from] crate::gates::merge::revisions::RevisionError),
    /// A measurement that could not be made.
    #[error(transparent)]
    Measure(#[from] MeasureError),
    /// The measurement can't be trusted.
    #[error("{0}")]
    Void(String),
    /// The binary did not print a file of the tarball.
    #[error("the binary did not print {path} with the arguments `{command}`: {stderr}")]
    Generated {
        /// The file.
        path: String,
        /// The arguments.
        command: String,
        /// What it said instead.
        stderr: String,
    },
    /// The tarball could not be made.
    #[error(transparent)]
    Dist(#[from] DistError),
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
    /// What the program ends with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Measure(_) | Self::Revision(_) | Self::Void(_) => ExitCode::NotMeasured,
            Self::Toolchain(_) | Self::Emulator(_) => ExitCode::Missing,
            Self::Training(error) => error.exit_code(),
            Self::Layout(error) => error.exit_code(),
            Self::ProfileTool(error) => error.exit_code(),
            _ => ExitCode::Refused,
        }
    }

    /// Wraps the system's reason for a failed `action` on `path`.
    pub fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
