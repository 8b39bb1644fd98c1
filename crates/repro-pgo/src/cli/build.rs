//! `repro-pgo build`, and the chain of stages for the subcommands that need what comes before them.

use std::path::{Path, PathBuf};

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
  repro-pgo build --json > build.json

Exit codes: 0 built, 1 refused or failed, 2 usage, 3 could not measure";

/// Run all stages: instrument, inputs, train, optimize, baseline, check, gate, dist.
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
    /// Where the tarball goes [default: dist/ in the workspace].
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Print what was made as JSON instead of the verdict line.
    #[arg(long)]
    json: bool,
}

impl Build {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        if !self.json {
            return told(shared, self.until, self.variant, self.output.as_deref(), summary::verdict);
        }
        let summary = chained(shared, self.until, self.variant, self.output.as_deref())?;
        println!("{}", serde_json::to_string_pretty(&summary)?);
        Ok(ExitCode::Fine)
    }
}

/// Runs the chain up to `until` and prints one line: what `tell` makes of the summary, or the refusal.
pub(super) fn told(
    shared: &Shared,
    until: Stage,
    shipped: VariantChoice,
    output: Option<&Path>,
    tell: impl FnOnce(&Summary) -> String,
) -> anyhow::Result<ExitCode> {
    let outcome = chained(shared, until, shipped, output);
    match &outcome {
        Ok(summary) => println!("{}", tell(summary)),
        Err(refusal) => println!("refused: {}", refusal.to_string().lines().next().unwrap_or_default()),
    }
    outcome.map(|_| ExitCode::Fine)
}

pub(super) fn chained(
    shared: &Shared,
    until: Stage,
    shipped: VariantChoice,
    output: Option<&Path>,
) -> anyhow::Result<Summary> {
    let pipeline = shared.pipeline()?;
    let default = pipeline.project.root.join("dist");
    let options = BuildOptions { until, shipped, output: output.unwrap_or(&default) };
    Ok(build::run(&pipeline, &options, shared.progress())?)
}
