//! `repro-pgo build`, and the chain of stages for the subcommands that need what comes before them.

use std::path::PathBuf;

use clap::Args;
use host::exit_code::ExitCode;

use super::Shared;
use crate::pipeline::build::{BuildOptions, Stage, VariantChoice};
use crate::pipeline::summary::Summary;
use crate::pipeline::{build, summary};

const EXAMPLES: &str = "Examples:
  repro-pgo build                       # everything; what is up to date is not made again
  repro-pgo build --until check         # both binaries, checked, not measured
  repro-pgo build --variant pgo         # a published tarball again: what shipped is named, not measured
  repro-pgo build --profile pgo-profile/merged.profdata
  repro-pgo build --json > build.json

Exit codes: 0 built, 1 refused or failed, 2 usage, 3 could not measure, 4 a tool, the kernel or a part of the
toolchain is missing or another than is needed, 5 a declared command failed, did not end or left no profile,
6 the emulated machine failed (out of memory, kernel panic)";

/// Run all stages: instrument, inputs, train, layout, optimize, baseline, check, gate, dist.
///
/// The tarball gets the profiled binary only if the gate shows a win; otherwise the baseline ships, and the verdict says
/// so. Results are kept under target/repro-pgo/<target>/. A build that was killed goes on where it stopped. The last line
/// on stdout is the verdict.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Build {
    /// Stop after this stage.
    #[arg(long, value_name = "STAGE", value_enum, default_value_t = Stage::Dist)]
    until: Stage,
    /// Which binary is packed. `pgo` and `lto` skip the gate: a published tarball's manifest says which it was.
    #[arg(long, value_name = "VARIANT", value_enum, default_value_t = VariantChoice::Measured)]
    variant: VariantChoice,
    /// Use this profile instead of training. The training.json beside it must name this compiler, target, cargo profile, flags
    /// and features; manifest and verdict say that this build did not train.
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Where the tarball goes [default: dist/ in the workspace].
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Print what was made as JSON instead of the verdict line.
    #[arg(long)]
    json: bool,
}

impl Build {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let wish = Wish { until: self.until, shipped: self.variant, profile: self.profile, output: self.output };
        if !self.json {
            return told(shared, wish, summary::verdict);
        }
        let summary = chained(shared, wish)?;
        println!("{}", serde_json::to_string_pretty(&summary)?);
        Ok(ExitCode::Fine)
    }
}

/// What a command asks of the chain.
#[derive(Debug, Default)]
pub(super) struct Wish {
    /// The last stage.
    pub until: Stage,
    /// Which binary is packed.
    pub shipped: VariantChoice,
    /// The profile that is used instead of training.
    pub profile: Option<PathBuf>,
    /// Where the tarball goes.
    pub output: Option<PathBuf>,
}

impl Wish {
    /// Everything up to `stage`, and nothing unusual.
    pub(super) fn until(stage: Stage) -> Self {
        Self { until: stage, ..Self::default() }
    }
}

/// Runs the chain and prints one line: what `tell` makes of the summary, or the refusal.
pub(super) fn told(shared: &Shared, wish: Wish, tell: impl FnOnce(&Summary) -> String) -> anyhow::Result<ExitCode> {
    let outcome = chained(shared, wish);
    match &outcome {
        Ok(summary) => println!("{}", tell(summary)),
        Err(refusal) => println!("refused: {}", refusal.to_string().lines().next().unwrap_or_default()),
    }
    outcome.map(|_| ExitCode::Fine)
}

pub(super) fn chained(shared: &Shared, wish: Wish) -> anyhow::Result<Summary> {
    let mut pipeline = shared.pipeline()?;
    pipeline.given_profile = wish.profile.as_deref().map(super::absolute).transpose()?;
    let output = wish.output.unwrap_or_else(|| pipeline.project.root.join("dist"));
    let options = BuildOptions { until: wish.until, shipped: wish.shipped, output: &output };
    Ok(build::run(&pipeline, &options, shared.progress())?)
}
