//! `repro-pgo layout`.

use anyhow::bail;
use clap::Args;
use host::exit_code::ExitCode;

use super::{Shared, inputs};
use crate::layout::ORDER;
use crate::pipeline;
use crate::pipeline::{StageDir, pinned};
use crate::training::session::PROFILE;

const EXAMPLES: &str = "Examples:
  repro-pgo layout                                  # with the profile of `repro-pgo train`
  repro-pgo layout && repro-pgo optimize

Exit codes: 0 made, 1 refused (no emulator, no [layout], the repetitions disagree) or failed, 2 usage";

/// List the functions of the optimized binary in the order in which the training first executes them.
///
/// Compiles the binary with the last profile trained, links a twin of it with fixed entropy and names, and runs the training on
/// that under user-mode emulation, as often as [training] replicates says. `optimize` then links in that order. Needs [layout] in
/// pgo.toml.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Layout {}

impl Layout {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let pipeline = shared.pipeline()?;
        if pipeline.spec.layout.is_none() {
            bail!("pgo.toml has no [layout], so the linker orders the functions; set `order = \"trace\"` in it");
        }
        let profile = pipeline.stage_dir(StageDir::Profile).join(PROFILE);
        let hashes = inputs::stage(shared, &pipeline)?;
        let record = shared.alone("layout", |task| {
            pinned::require_current(&pipeline, &profile)?;
            let made = pipeline::layout(&pipeline, &profile, &hashes, task)?;
            let summary = made.state.label(&made.record.summary());
            Ok((made.record, summary))
        })?;
        println!("{}  {}", record.order_sha256, pipeline.stage_dir(StageDir::Layout).join(ORDER).display());
        Ok(ExitCode::Fine)
    }
}
