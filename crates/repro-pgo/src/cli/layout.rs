//! `repro-pgo layout`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use host::exit_code::ExitCode;

use super::{Shared, inputs};
use crate::layout::ORDER;
use crate::pipeline::{StageDir, pinned, relinked};
use crate::training::session::PROFILE;
use crate::{declaration, pipeline};

const EXAMPLES: &str = "Examples:
  repro-pgo layout                                  # with the profile of `repro-pgo train`
  repro-pgo layout && repro-pgo optimize
  repro-pgo layout keep --profile merged.profdata --work /build/work --log log.json --output recorded
  repro-pgo layout trace --recorded recorded --inputs inputs --output order
  repro-pgo layout link --recorded recorded --order order --output demo

Exit codes: 0 made, 1 refused (no [layout], the repetitions disagree) or failed, 2 usage, 4 a tool, the kernel or a part of the
toolchain is missing or another than is needed, 5 a declared command failed, did not end or left no profile,
6 the emulated machine failed (out of memory, kernel panic)";

/// List the functions of the optimized binary in the order in which the training first executes them.
///
/// Compiles the binary with the last profile trained, links a twin of it with fixed entropy and names, and runs the training on
/// that under user-mode emulation, as often as [training] replicates says. `optimize` then links in that order. Needs [layout] in
/// pgo.toml.
///
/// A build system that runs cargo itself takes the steps apart: it builds with the flags of `flags --stage recorded`, then
/// `keep`, `trace` and `link` each run where their files are.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Layout {
    #[command(subcommand)]
    step: Option<Step>,
}

/// The steps, for a build system that runs cargo itself.
#[derive(Debug, Subcommand)]
enum Step {
    /// Keep the link that a build with the flags of `repro-pgo flags --stage recorded` recorded, and link its twin.
    ///
    /// Runs in the workspace, after the build. Of pgo.toml only [build] is needed.
    Keep {
        /// The profile that the build used.
        #[arg(long, value_name = "FILE")]
        profile: PathBuf,
        /// The folder that `flags` was told.
        #[arg(long, value_name = "DIR")]
        work: PathBuf,
        /// The output of `cargo build -vv --message-format=json`.
        #[arg(long, value_name = "FILE")]
        log: PathBuf,
        /// Where the link goes: all files it takes, and the twin.
        #[arg(long, value_name = "DIR")]
        output: PathBuf,
    },
    /// Trace the training on the twin, and write order.txt and layout.json. Needs no workspace.
    Trace {
        /// What `keep` made.
        #[arg(long, value_name = "DIR")]
        recorded: PathBuf,
        /// The folder of the input sets.
        #[arg(long, value_name = "DIR")]
        inputs: PathBuf,
        /// Where the order goes.
        #[arg(long, value_name = "DIR")]
        output: PathBuf,
    },
    /// Link in the order. Nothing is compiled; runs in the workspace, with the linker that the build had.
    Link {
        /// What `keep` made.
        #[arg(long, value_name = "DIR")]
        recorded: PathBuf,
        /// What `trace` made.
        #[arg(long, value_name = "DIR")]
        order: PathBuf,
        /// Where the binary goes.
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
}

impl Layout {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        match self.step {
            None => stage(shared),
            Some(step) => step.run(shared),
        }
    }
}

impl Step {
    fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        match self {
            Self::Keep { profile, work, log, output } => {
                let build = declaration::load_build(&shared.spec_file()?)?.build;
                relinked::keep(&build, &profile, &work, &log, &output).context("layout keep")?;
                println!("{}", output.display());
            }
            Self::Trace { recorded, inputs, output } => {
                let spec = declaration::load(&shared.spec_file()?)?;
                let tool = shared.profile_tool()?;
                let record = shared.alone("layout trace", |task| {
                    for name in spec.training.sets() {
                        if let Some(set) = spec.inputs.get(name) {
                            pipeline::verify_set(name, set, &inputs.join(name))?;
                        }
                    }
                    let record = relinked::trace(&spec, &tool, &recorded, &inputs, &output, task)?;
                    let summary = record.summary();
                    Ok((record, summary))
                })?;
                println!("{}  {}", record.order_sha256, output.join(ORDER).display());
            }
            Self::Link { recorded, order, output } => {
                relinked::link(&recorded, &order, &output).context("layout link")?;
                println!("{}", output.display());
            }
        }
        Ok(ExitCode::Fine)
    }
}

fn stage(shared: &Shared) -> anyhow::Result<ExitCode> {
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
