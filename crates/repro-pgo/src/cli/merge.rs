//! `repro-pgo merge`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use host::digest;
use host::exit_code::ExitCode;

use super::Shared;
use crate::declaration;
use crate::pipeline::{stamp, to_json};
use crate::toolchain::WeightedProfile;
use crate::training::session::{PROFILE, RECORD, TEXT};
use crate::training::{TrainingRecord, assemble, facts};

const EXAMPLES: &str = "Examples:
  repro-pgo merge --output out/profile shards/*
  repro-pgo merge --output out/profile first/merged.profdata second/merged.profdata

Exit codes: 0 merged, 1 refused (a shard is missing or foreign, too little covered, a counter overflowed) or failed, 2 usage";

/// Merge the shards of one training, or the profiles of several trained binaries, into one profile.
///
/// Folders are the shards that `repro-pgo train --workload` wrote. All that pgo.toml declares have to be there, once each and
/// of one instrumented binary; the output folder then gets what one training of all gives, byte for byte.
///
/// Files are profiles of several programs, each counted once. The output folder gets merged.profdata and merged.proftext,
/// and training.json where each of them has one beside it.
///
/// The order does not matter. No compiler is needed for profiles that the built-in merge can read.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Merge {
    /// Where the profile goes.
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// The shards' folders, or the profiles' files.
    #[arg(value_name = "SHARD|PROFILE", required = true)]
    pieces: Vec<PathBuf>,
}

impl Merge {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let (folders, files): (Vec<_>, Vec<_>) = self.pieces.iter().partition(|piece| piece.is_dir());
        match (folders.first(), files.first()) {
            (Some(folder), Some(file)) => bail!(
                "{} is a folder, so a shard, and {} is none; merge either shards or profiles",
                folder.display(),
                file.display()
            ),
            (Some(_), None) => self.shards(shared),
            (None, _) => self.profiles(shared),
        }
    }

    fn shards(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let spec = declaration::load(&shared.spec_file()?)?;
        let tool = shared.profile_tool()?;
        let task = shared.progress().begin(1, 1, "merge");
        let record = assemble::assemble(&spec, &tool, &self.pieces, &self.output, &task)?;
        task.finish(&record.summary());
        println!("{}  {}", record.profile_sha256, self.output.join(PROFILE).display());
        Ok(ExitCode::Fine)
    }

    fn profiles(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let tool = shared.profile_tool()?;
        std::fs::create_dir_all(&self.output).with_context(|| format!("cannot make {}", self.output.display()))?;
        let profiles = self.pieces;
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
