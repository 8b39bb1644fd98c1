//! `repro-pgo schema`.

use clap::Args;
use host::exit_code::ExitCode;

const EXAMPLES: &str = "Examples:
  cargo repro-pgo schema > pgo.schema.json     # then `#:schema pgo.schema.json` as the first line of pgo.toml

Exit codes: 0 printed, 2 usage";

/// Print the JSON schema of pgo.toml, with which editors complete keys and tell mistakes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Schema {}

/// Written from the types by the test beside the reference.
const SCHEMA: &str = include_str!("../../assets/pgo.schema.json");

impl Schema {
    pub(super) fn run(self) -> ExitCode {
        print!("{SCHEMA}");
        ExitCode::Fine
    }
}
