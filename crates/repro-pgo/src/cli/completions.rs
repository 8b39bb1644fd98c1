//! `repro-pgo completions`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use host::exit_code::ExitCode;

use super::CommandLine;

const EXAMPLES: &str = "Examples:
  repro-pgo completions bash > /etc/bash_completion.d/repro-pgo

Exit codes: 0 printed, 2 usage";

/// Print the completions for a shell.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut CommandLine::command(), "repro-pgo", &mut text);
        print!("{}", String::from_utf8_lossy(&text));
        Ok(ExitCode::Fine)
    }
}
