//! `repro-pgo profile`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use pgo_profile::Profile as Counts;

use super::Shared;
use crate::build::unmatched::demangled;
use crate::exit_code::ExitCode;
use crate::report::number;
use crate::stage::Room;
use crate::training::facts;
use crate::training::session::PROFILE;

const EXAMPLES: &str = "Examples:
  repro-pgo profile show
  repro-pgo profile show merged.profdata --top 40
  repro-pgo profile diff old.profdata new.profdata

Exit codes: 0 shown, or both profiles are equal; 1 they differ, or one can't be read; 2 usage";

/// How many differing functions are named.
const NAMED: usize = 20;

/// Look into profiles: raw, indexed or text.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Profile {
    #[command(subcommand)]
    which: Which,
}

#[derive(Debug, Subcommand)]
enum Which {
    /// Coverage and the hottest functions.
    Show {
        /// The profile [default: the last one trained].
        profile: Option<PathBuf>,
        /// How many functions to list.
        #[arg(long, value_name = "NUMBER", default_value_t = 15)]
        top: usize,
    },
    /// Overlap of two profiles, and the functions that differ.
    Diff {
        /// One.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
}

impl Profile {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        match self.which {
            Which::Show { profile: Some(profile), top } => show(&read(&profile)?, top),
            Which::Show { profile: None, top } => {
                let profile = shared.pipeline()?.room(Room::Profile).join(PROFILE);
                show(&read(&profile).context("run `repro-pgo train` first, or name a profile")?, top);
            }
            Which::Diff { first, second } => return Ok(diff(&read(&first)?, &read(&second)?)),
        }
        Ok(ExitCode::Fine)
    }
}

fn read(path: &Path) -> anyhow::Result<Counts> {
    Ok(Counts::read(path)?)
}

fn show(profile: &Counts, top: usize) {
    let summary = profile.summary();
    println!("functions  {} of {} ran", summary.covered_functions, summary.functions);
    println!("blocks     {} of {} ran", summary.covered_blocks, summary.blocks);
    println!("counts     {} in all, at most {} in a block", summary.total_count, summary.max_count);
    if let Some(cutoff) = summary.cutoff(900_000) {
        println!("hot        {} blocks hold 90 % of all counts", cutoff.blocks);
    }
    println!("\n{:>14} {:>14}  function", "hottest block", "all blocks");
    for hot in profile.hottest(top) {
        println!("{:>14} {:>14}  {}", hot.max_count, hot.total_count, demangled(&hot.name));
    }
}

fn diff(first: &Counts, second: &Counts) -> ExitCode {
    let overlap = first.overlap(second);
    let differing = facts::differing(first, second);
    println!("overlap    {} of all counts", number::percent(overlap.score));
    println!(
        "functions  {} in both, {} with another control flow",
        overlap.common_functions, overlap.mismatched_functions
    );
    println!("           {} only in the first, {} only in the second", overlap.only_in_first, overlap.only_in_second);
    for name in differing.iter().take(NAMED) {
        println!("differs    {}", demangled(name));
    }
    match differing.len() {
        0 => println!("equal: every count is the same"),
        count => println!("different: {count} functions"),
    }
    if differing.is_empty() { ExitCode::Fine } else { ExitCode::Refused }
}
