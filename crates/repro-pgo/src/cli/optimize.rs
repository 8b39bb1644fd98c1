//! `repro-pgo optimize`.

use std::path::PathBuf;

use clap::Args;
use host::exit_code::ExitCode;

use super::{Shared, deliver};
use crate::pipeline;
use crate::pipeline::{StageDir, pinned};
use crate::training::session::PROFILE;

const EXAMPLES: &str = "Examples:
  repro-pgo optimize                                # with the profile of `repro-pgo train`
  repro-pgo optimize --profile pinned.profdata --output out/

Exit codes: 0 built and the profile was applied, 1 refused or failed, 2 usage, 4 a tool, the kernel or a part of the
toolchain is missing or another than is needed";

/// Build the binary with a profile, and refuse a profile that is not applied.
///
/// rustc goes on silently when a profile does not fit. Here the functions compiled without profile data are counted and
/// held to limits.max-unmatched-functions. A profile is used only if the training.json beside it names this compiler, target,
/// cargo profile and flags.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Optimize {
    /// The profile [default: the last one trained].
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Use the profile although no training.json beside it says which compiler, target and flags it was made for.
    #[arg(long, requires = "profile")]
    unrecorded: bool,
    /// Put the binary here too.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Optimize {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let pipeline = shared.pipeline()?;
        let profile = self.profile.unwrap_or_else(|| pipeline.stage_dir(StageDir::Profile).join(PROFILE));
        let binary = pipeline.binary(StageDir::Optimized);
        shared.alone("optimize", |task| {
            if self.unrecorded {
                task.say("note: nothing says what this profile was made for; only its functions are compared");
            } else {
                pinned::require_current(&pipeline, &profile)?;
            }
            let optimized = pipeline::optimize(&pipeline, &profile, task)?;
            let limit = optimized.limit;
            let summary = format!("{} functions without profile data (limit {limit})", optimized.unmatched.count());
            Ok(((), optimized.state.label(&summary)))
        })?;
        deliver(&binary, self.output.as_deref())
    }
}
