//! `repro-pgo verify`.

use anyhow::Context;
use clap::Args;

use super::{Shared, build};
use crate::exit_code::ExitCode;
use crate::stage::chain::{Shipped, Stage};
use crate::stage::verify::{Compared, verify};

const EXAMPLES: &str = "Examples:
  repro-pgo verify
  repro-pgo verify --json

Exit codes: 0 identical, 1 something differs or failed, 2 usage";

/// Build twice under varied circumstances, and say what differs.
///
/// The second build is of a copy in another directory, with another user and host name, locale, time zone, file mode mask
/// and environment, on one processor. Instrumented binary, profile and both final binaries must be the same bytes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Verify {
    /// Print the comparison as JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        build::chained(shared, Stage::Baseline, Shipped::Measured, None)?;
        let pipeline = shared.pipeline()?;
        let task = shared.progress().begin(1, 1, "verify");
        task.doing("building a copy under other circumstances");
        let compared = verify(&pipeline, &shared.spec_file()?).context("verify")?;
        let differing = compared.iter().filter(|result| result.difference.is_some()).count();
        task.finish(&format!("{} results compared", compared.len()));
        if self.json {
            println!("{}", serde_json::to_string_pretty(&compared)?);
        } else {
            print_results(&compared, differing);
        }
        Ok(if differing == 0 { ExitCode::Fine } else { ExitCode::Refused })
    }
}

fn print_results(compared: &[Compared], differing: usize) {
    for result in compared {
        let told = result.difference.as_deref().unwrap_or("same");
        println!("{}  {:<32} {told}", &result.sha256[..16], result.name);
    }
    match differing {
        0 => println!("identical: all {} results", compared.len()),
        count => println!("different: {count} of {} results", compared.len()),
    }
}
