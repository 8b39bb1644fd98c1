//! The last step of every training, whole or in shards: the sum of the cells, held to the coverage floor and written with
//! its text form, its parts and its record.

use std::path::Path;

use host::digest;
use host::progress::Task;

use super::cells::Cell;
use super::record::TrainingRecord;
use super::session::{PROFILE, RECORD, TEXT};
use super::{TrainingError, facts, notes, parts};
use crate::toolchain::ProfileTool;

/// A training that only has to be written.
#[derive(Debug)]
pub struct Trained<'a> {
    /// What merges.
    pub tool: &'a ProfileTool,
    /// What the profile is the sum of.
    pub cells: &'a [Cell],
    /// That sum, as a file.
    pub merged: &'a Path,
    /// A file to overwrite.
    pub scratch: &'a Path,
    /// The fewest functions that must have run.
    pub min_covered_functions: u64,
    /// Whether a run started threads; `None` where nobody watched.
    pub threads: Option<bool>,
    /// What to say of it; hashes, coverage and parts are filled in.
    pub about: TrainingRecord,
}

/// Writes it into the folder `output`, and says where threads stayed untrained.
///
/// # Errors
/// [`TrainingError::TooFewCovered`], before anything is written, and [`TrainingError`] when a file can't be handled.
pub fn finish(trained: Trained<'_>, output: &Path, task: &Task) -> Result<TrainingRecord, TrainingError> {
    let Trained { tool, cells, merged, scratch, min_covered_functions: floor, threads, about } = trained;
    let profile = tool.read(merged)?;
    notes::say(notes::untrained_threads(&profile, threads), task);
    let coverage = facts::coverage(&profile);
    if coverage.covered < floor {
        return Err(TrainingError::TooFewCovered { covered: coverage.covered, total: coverage.functions, floor });
    }
    std::fs::create_dir_all(output).map_err(TrainingError::file("cannot make", output))?;
    let bytes = std::fs::read(merged).map_err(TrainingError::file("cannot read", merged))?;
    let text = profile.write_text();
    let parts = parts::write(&parts::make(tool, cells, scratch)?, output)?;
    let record = TrainingRecord {
        profile_sha256: digest::of_bytes(&bytes),
        text_sha256: digest::of_bytes(text.as_bytes()),
        functions: coverage.functions,
        covered_functions: coverage.covered,
        parts,
        ..about
    };
    let json = serde_json::to_string_pretty(&record).expect("the record is plain data") + "\n";
    for (name, bytes) in [(PROFILE, bytes.as_slice()), (TEXT, text.as_bytes()), (RECORD, json.as_bytes())] {
        let path = output.join(name);
        std::fs::write(&path, bytes).map_err(TrainingError::file("cannot write", &path))?;
    }
    Ok(record)
}
