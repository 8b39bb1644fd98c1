//! `repro-pgo build`.

use clap::Args;

use super::Shared;
use crate::exit_code::ExitCode;
use crate::stage::chain::{self, Stage, Summary};

const EXAMPLES: &str = "Examples:
  repro-pgo build                       # everything; what is up to date is not made again
  repro-pgo build --until baseline      # only the binaries
  repro-pgo build --json > build.json

Exit codes: 0 built, 1 refused or failed, 2 usage, 3 could not measure";

/// Run all stages: instrument, stimuli, train, optimize, baseline and what follows.
///
/// Results are kept under target/repro-pgo/<target>/. A build that was killed goes on where it stopped. The last line on
/// stdout is the verdict.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Build {
    /// Stop after this stage.
    #[arg(long, value_name = "STAGE", value_enum)]
    until: Option<Stage>,
    /// Print what was made as JSON instead of the verdict line.
    #[arg(long)]
    json: bool,
}

impl Build {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let pipeline = shared.pipeline()?;
        let last = Stage::ALL[Stage::ALL.len() - 1];
        let outcome = chain::run(&pipeline, self.until.unwrap_or(last), shared.progress());
        if let (Err(refusal), false) = (&outcome, self.json) {
            println!("refused: {}", refusal.to_string().lines().next().unwrap_or_default());
        }
        let summary = outcome?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&summary)?);
        } else {
            println!("{}", verdict(&summary));
        }
        Ok(ExitCode::Fine)
    }
}

fn verdict(summary: &Summary) -> String {
    let parts = [("profile", &summary.profile), ("optimized", &summary.optimized), ("baseline", &summary.baseline)];
    let told: Vec<String> = parts.iter().filter_map(|(name, made)| Some(chain::short(name, made.as_ref()?))).collect();
    format!("built: {}", if told.is_empty() { "as far as asked".to_owned() } else { told.join(", ") })
}
