//! `repro-pgo merge`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use host::digest;
use host::exit_code::ExitCode;

use super::Shared;
use crate::toolchain::Toolchain;
use crate::toolchain::profile_tool::{ProfileTool, WeightedProfile};
use crate::training::session::{PROFILE, TEXT};

const EXAMPLES: &str = "Examples:
  repro-pgo merge --output out/profile first/merged.profdata second/merged.profdata

Exit codes: 0 merged, 1 refused (no profile, a counter overflowed) or failed, 2 usage";

/// Merge the profiles of several trained binaries into one.
///
/// The output folder gets merged.profdata and merged.proftext. The order of the profiles does not matter.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Merge {
    /// Where the profile goes.
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// The profiles; each counts once.
    #[arg(value_name = "PROFILE", required = true)]
    profiles: Vec<PathBuf>,
}

impl Merge {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let toolchain = Toolchain::discover(Path::new("."))?;
        let explicit = shared.llvm_profdata.as_deref();
        let tool = ProfileTool::discover(explicit, toolchain.llvm_major, &toolchain.llvm_tools())?;
        std::fs::create_dir_all(&self.output).with_context(|| format!("cannot make {}", self.output.display()))?;
        let inputs: Vec<_> = self.profiles.into_iter().map(|path| WeightedProfile { path, weight: 1 }).collect();
        let merged = self.output.join(PROFILE);
        tool.merge(&inputs, &merged)?;
        let text = tool.read(&merged)?.write_text();
        std::fs::write(self.output.join(TEXT), text).context("cannot write the profile's text form")?;
        println!("{}  {}", digest::of_file(&merged)?, merged.display());
        Ok(ExitCode::Fine)
    }
}
