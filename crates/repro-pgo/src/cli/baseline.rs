//! `repro-pgo baseline`.

use std::path::PathBuf;

use clap::Args;
use host::exit_code::ExitCode;

use super::{Shared, deliver};
use crate::pipeline;
use crate::pipeline::{Pipeline, StageDir};

const EXAMPLES: &str = "Examples:
  repro-pgo baseline
  repro-pgo baseline --output out/

Exit codes: 0 built, 1 refused or failed, 2 usage, 4 a tool, the kernel or a part of the
toolchain is missing or another than is needed";

/// Build the binary without the profile; everything else is as in `optimize`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Baseline {
    /// Put the binary here too.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Baseline {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let pipeline = shared.pipeline_without_profile()?;
        deliver(&stage(shared, &pipeline)?, self.output.as_deref())
    }
}

/// Builds the binary without the profile where that isn't up to date, and returns where it is.
pub(super) fn stage(shared: &Shared, pipeline: &Pipeline) -> anyhow::Result<PathBuf> {
    let binary = pipeline.binary(StageDir::Baseline);
    shared.alone("baseline", |task| {
        let state = pipeline::baseline(pipeline, task, None)?;
        Ok(((), state.label(&binary.display().to_string())))
    })?;
    Ok(binary)
}
