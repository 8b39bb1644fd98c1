//! `repro-pgo debuginfo`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use host::exit_code::ExitCode;

use super::Shared;
use crate::compile::debuginfo;
use crate::declaration;

const EXAMPLES: &str = "Examples:
  repro-pgo debuginfo --output debug target/x86_64-unknown-linux-gnu/release/demo

Exit codes: 0 taken out, 1 refused or failed, 2 usage";

/// Take the debug information out of binaries that another build system built with the flags of `repro-pgo flags`.
///
/// Each FILE is copied to NAME.debug, and stripped where it is of debug information and symbols; what is loaded stays byte for byte
/// the same. For pgo.toml with `debuginfo` in [build], and for the optimized build and the baseline.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Debuginfo {
    /// The binaries.
    #[arg(required = true, value_name = "FILE")]
    binaries: Vec<PathBuf>,
    /// Where the debug information goes.
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
}

impl Debuginfo {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        if declaration::load_build(&shared.spec_file()?)?.build.debuginfo.is_none() {
            bail!("pgo.toml has no `debuginfo` in [build], so `repro-pgo flags` asked for none");
        }
        for binary in &self.binaries {
            let name = debuginfo::take_apart(binary, binary, &self.output).context("debuginfo")?;
            println!("{}", self.output.join(name).display());
        }
        Ok(ExitCode::Fine)
    }
}
