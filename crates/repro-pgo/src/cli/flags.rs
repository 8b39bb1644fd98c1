//! `repro-pgo flags`.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::{Args, ValueEnum};
use host::exit_code::ExitCode;

use super::Shared;
use crate::compile::flags;
use crate::declaration;
use crate::declaration::ExternalSpec;
use crate::pipeline::external::{External, ExternalStage};

const EXAMPLES: &str = "Examples:
  export CARGO_ENCODED_RUSTFLAGS=$(repro-pgo flags --stage baseline)
  export CARGO_ENCODED_RUSTFLAGS=$(repro-pgo flags --stage instrumented --work /build/work)
  repro-pgo flags --stage optimized --profile merged.profdata --lines

Exit codes: 0 printed, 1 refused (a profile of another program) or failed, 2 usage";

/// Print the compiler flags of a stage, for a build system that runs cargo itself.
///
/// The workspace is the one in the current directory. Of pgo.toml only [build] is needed. The flags are separated as CARGO_ENCODED_RUSTFLAGS wants them.
/// Build with `-vv`, and hand the output to `repro-pgo applied`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Flags {
    /// The build.
    #[arg(long, value_name = "STAGE", value_enum)]
    stage: Stage,
    /// The profile of the optimized build.
    #[arg(long, value_name = "FILE", required_if_eq_any([("stage", "optimized"), ("stage", "recorded")]))]
    profile: Option<PathBuf>,
    /// Where the instrumented build's pinned-entropy object goes, link.map, the optimized build's map, what is recorded of its link,
    /// and with `auditable` the list of crates; its path is part of the flags.
    #[arg(long, value_name = "DIR", required_if_eq_any([("stage", "instrumented"), ("stage", "recorded")]))]
    work: Option<PathBuf>,
    /// Another target than pgo.toml's, for releases without a profile.
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// One flag a line instead, to read.
    #[arg(long)]
    lines: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// The binary that counts.
    Instrumented,
    /// The binary built with the profile.
    Optimized,
    /// The same where pgo.toml has [layout]: its link is recorded for `repro-pgo layout keep`.
    Recorded,
    /// The binary built without.
    Baseline,
}

impl Flags {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let ExternalSpec { mut build, layout, .. } = declaration::load_build(&shared.spec_file()?)?;
        if self.stage == Stage::Optimized && layout.is_some() {
            bail!(
                "pgo.toml has [layout], and this build would be linked in no order: build with `--stage recorded`, then \
                 `repro-pgo layout keep`, `layout trace` and `layout link`; or remove [layout]"
            );
        }
        if let Some(target) = &self.target {
            build.retarget(target);
        }
        let external = External::open(build, Path::new("."), shared.llvm_profdata.as_deref())?;
        let flags = external.flags(self.stage())?;
        if self.lines {
            println!("{}", flags.join("\n"));
        } else {
            println!("{}", flags::encode(&flags));
        }
        Ok(ExitCode::Fine)
    }

    fn stage(&self) -> ExternalStage<'_> {
        let (work, profile) = (self.work.as_deref(), self.profile.as_deref());
        match self.stage {
            Stage::Instrumented => ExternalStage::Instrumented { work: work.expect("clap requires it here") },
            Stage::Optimized => ExternalStage::Optimized { profile: profile.expect("clap requires it here"), work },
            Stage::Recorded => ExternalStage::Recorded {
                profile: profile.expect("clap requires it here"),
                work: work.expect("clap requires it here"),
            },
            Stage::Baseline => ExternalStage::Baseline { work },
        }
    }
}
