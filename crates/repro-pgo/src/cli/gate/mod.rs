//! `repro-pgo gate`.

mod merge;
mod ship;
mod trial;

use clap::{Args, Subcommand};
use host::exit_code::ExitCode;

use super::Shared;

const EXAMPLES: &str = "Examples:
  repro-pgo gate merge --base origin/main
  repro-pgo gate ship

Exit codes: 0 pass (merge) or ship, 1 regression, don't ship, or failed, 2 usage, 3 could not measure or void";

/// Decide by measurement.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Gate {
    #[command(subcommand)]
    gate: GateCommand,
}

#[derive(Debug, Subcommand)]
enum GateCommand {
    Merge(merge::Merge),
    Ship(ship::Ship),
    Trial(trial::Trial),
}

impl Gate {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        match self.gate {
            GateCommand::Merge(merge) => merge.run(shared),
            GateCommand::Ship(ship) => ship.run(shared),
            GateCommand::Trial(trial) => trial.run(shared),
        }
    }
}
