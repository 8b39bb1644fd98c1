//! `repro-pgo gate trial`.

use std::time::Duration;

use clap::Args;
use host::exit_code::ExitCode;

use super::super::Shared;
use crate::gates::ship::trial::{HEAD, TrialRequest, row, trial};

const EXAMPLES: &str = "Examples:
  repro-pgo gate trial                                              # 20 gates on one binary twice
  repro-pgo gate trial --change 0.003,0.01,0.03,-0.05 --runs 3 --budget-seconds 60
  repro-pgo gate trial --runs 1 --budget-seconds 1 --json           # builds, and shows that it works

Exit codes: 0 the gates ran, whatever they said, 1 failed, 2 usage, 3 could not measure";

/// How often does the ship gate err on this machine?
///
/// Builds the baseline once more, with an object that makes a program take longer by a share of its own processor time,
/// and runs the ship gate again and again on two copies that differ in nothing but that share. At 0, where both are one
/// binary, every \"ship\" is an error. Prints a Markdown table.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Trial {
    /// How much longer the candidate takes: 0.01 is 1 %; negative for a candidate that wins.
    #[arg(
        long,
        value_name = "SHARE",
        value_delimiter = ',',
        default_value = "0",
        allow_negative_numbers = true,
        value_parser = change
    )]
    change: Vec<f64>,
    /// How many gates to run for each change.
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// How long each gate measures [default: [gate.ship] budget-seconds].
    #[arg(long, value_name = "SECONDS")]
    budget_seconds: Option<u64>,
    /// Print each gate's answer as a line of JSON as it comes; the table then goes to stderr.
    #[arg(long)]
    json: bool,
}

/// A share that a program can take longer or less long by.
fn change(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(change) if (-0.9..=9.0).contains(&change) => Ok(change),
        Ok(_) => Err("a change is between -0.9 and 9; 0.01 is 1 %".to_owned()),
        Err(error) => Err(format!("{error}")),
    }
}

impl Trial {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let pipeline = shared.pipeline()?;
        let budget_seconds = self.budget_seconds.unwrap_or(pipeline.spec.gate.ship.budget_seconds);
        let request = TrialRequest {
            pipeline: &pipeline,
            changes: &self.change,
            runs: self.runs,
            budget: Duration::from_secs(budget_seconds),
        };
        let runs = shared.alone("trial", |task| {
            let runs = trial(&request, task, &|run| {
                if self.json {
                    println!("{}", serde_json::to_string(run).expect("plain data"));
                }
            })?;
            let told = format!("{} gates of {budget_seconds} s", runs.len());
            Ok((runs, told))
        })?;
        let rows: Vec<String> = self.change.iter().map(|change| row(*change, &runs)).collect();
        let table = format!("{HEAD}\n{}", rows.join("\n"));
        if self.json {
            eprintln!("{table}")
        } else {
            println!("{table}")
        }
        Ok(ExitCode::Fine)
    }
}
