//! `repro-pgo instrument`.

use std::path::PathBuf;

use clap::Args;
use host::exit_code::ExitCode;

use super::{Shared, deliver};
use crate::pipeline;
use crate::pipeline::{Pipeline, StageDir};

const EXAMPLES: &str = "Examples:
  repro-pgo instrument
  repro-pgo instrument --output out/

Exit codes: 0 built, 1 refused or failed, 2 usage, 4 a tool, the kernel or a part of the
toolchain is missing or another than is needed";

/// Build the binary that counts how often each of its blocks runs, with fixed random seeds.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Instrument {
    /// Put the binary here too.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Instrument {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let pipeline = shared.pipeline()?;
        deliver(&stage(shared, &pipeline)?, self.output.as_deref())
    }
}

/// Builds the binary that counts where that isn't up to date, and returns where it is.
pub(super) fn stage(shared: &Shared, pipeline: &Pipeline) -> anyhow::Result<PathBuf> {
    let binary = pipeline.binary(StageDir::Instrumented);
    shared.alone("instrument", |task| {
        let state = pipeline::instrument(pipeline, task)?;
        Ok(((), state.label(&binary.display().to_string())))
    })?;
    Ok(binary)
}
