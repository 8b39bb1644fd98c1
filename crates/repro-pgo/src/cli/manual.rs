//! `repro-pgo man`.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, CommandFactory};
use host::exit_code::ExitCode;

use super::CommandLine;

const EXAMPLES: &str = "Examples:
  repro-pgo man | man -l -
  repro-pgo man --output share/man/man1

Exit codes: 0 printed, 1 failed, 2 usage";

/// Print the manual page, or write one a subcommand.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Manual {
    /// Write the pages of all subcommands here.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Manual {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        if let Some(directory) = self.output {
            let written = std::fs::create_dir_all(&directory)
                .and_then(|()| clap_mangen::generate_to(CommandLine::command(), &directory));
            written.with_context(|| format!("cannot write manual pages to {}", directory.display()))?;
            return Ok(ExitCode::Fine);
        }
        let mut text = Vec::new();
        clap_mangen::Man::new(CommandLine::command()).render(&mut text).context("cannot print the manual page")?;
        print!("{}", String::from_utf8_lossy(&text));
        Ok(ExitCode::Fine)
    }
}
