//! `repro-pgo merge`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use host::digest;
use host::exit_code::ExitCode;

use super::Shared;
use crate::pipeline::{stamp, to_json};
use crate::toolchain::Toolchain;
use crate::toolchain::profile_tool::{ProfileTool, WeightedProfile};
use crate::training::session::{PROFILE, RECORD, TEXT};
use crate::training::{TrainingRecord, facts};

const EXAMPLES: &str = "Examples:
  repro-pgo merge --output out/profile first/merged.profdata second/merged.profdata

Exit codes: 0 merged, 1 refused (no profile, a counter overflowed) or failed, 2 usage";

/// Merge the profiles of several trained binaries into one.
///
/// The output folder gets merged.profdata and merged.proftext, and training.json where each of them has one beside it. The
/// order of the profiles does not matter.
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
        let profiles = self.profiles;
        let inputs: Vec<_> = profiles.iter().map(|path| WeightedProfile { path: path.clone(), weight: 1 }).collect();
        let merged = self.output.join(PROFILE);
        tool.merge(&inputs, &merged)?;
        let text = tool.read(&merged)?.write_text();
        std::fs::write(self.output.join(TEXT), &text).context("cannot write the profile's text form")?;
        let sha256 = digest::of_file(&merged)?;
        match merged_record(&profiles, &sha256, &text)? {
            Ok(record) => stamp::replace(&self.output.join(RECORD), &to_json(&record))?,
            Err(reason) => shared.progress().say(&format!(
                "note: {reason}, so the merged profile has no {RECORD} either: it can only be used with `--unrecorded`"
            )),
        }
        println!("{sha256}  {}", merged.display());
        Ok(ExitCode::Fine)
    }
}

/// The record of the merged profile; the reason where one of its parts has none, or was made for another build.
fn merged_record(profiles: &[PathBuf], sha256: &str, text: &str) -> anyhow::Result<Result<TrainingRecord, String>> {
    let mut records = Vec::new();
    for profile in profiles {
        let path = profile.with_file_name(RECORD);
        let Ok(bytes) = std::fs::read(&path) else { return Ok(Err(format!("there is no {}", path.display()))) };
        let record: TrainingRecord = serde_json::from_slice(&bytes).with_context(|| path.display().to_string())?;
        records.push(record);
    }
    let merged = pgo_profile::Profile::read_text(text.as_bytes()).context("the text form just written")?;
    Ok(TrainingRecord::merged(records, sha256, &digest::of_bytes(text.as_bytes()), facts::coverage(&merged)))
}
