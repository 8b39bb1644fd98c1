//! Reading profiles for people, and the parts that training kept beside one.

use std::path::{Path, PathBuf};

use host::digest;
use pgo_profile::{Profile, ReadError};
use serde::Serialize;
use thiserror::Error;

use super::overview::Overview;
use super::part::{self, PartOverview};
use crate::compile::unmatched::demangled;
use crate::layout::order::Order;
use crate::layout::{self, LayoutRecord};
use crate::pipeline::StageDir;
use crate::training::TrainingRecord;
use crate::training::parts::PartKind;
use crate::training::session::{PROFILE, RECORD};

/// Why a profile can't be shown.
#[derive(Debug, Error)]
pub enum ProfileFileError {
    /// There is none.
    #[error("{}: no such profile; make one with `cargo repro-pgo train`", .0.display())]
    Missing(PathBuf),
    /// It is no profile, damaged, or of a version that can't be read.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
}

/// Everything there is to show about a profile.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Shown {
    /// The file.
    pub file: PathBuf,
    /// Its hash.
    pub sha256: String,
    /// Its figures.
    #[serde(flatten)]
    pub overview: Overview,
    /// What each workload contributes; empty where training kept nothing by itself.
    pub workloads: Vec<PartOverview>,
    /// What each CPU model contributes; empty after native training too.
    pub cpu_models: Vec<PartOverview>,
    /// The order in which a binary with this profile is linked, where there is one.
    pub layout: Option<LinkOrder>,
    /// What could not be shown, and why.
    pub notes: Vec<String>,
}

/// The order of the functions in the binary built with a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LinkOrder {
    /// The list.
    pub file: PathBuf,
    /// What it was made from.
    #[serde(flatten)]
    pub record: LayoutRecord,
    /// The first functions.
    pub first: Vec<String>,
}

/// The profile at `path`, or in the training folder `path`.
pub fn profile_file(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(PROFILE) } else { path.to_owned() }
}

/// Reads the profile at `path`, raw, indexed or text; each name and hash occurs once in it.
///
/// # Errors
/// [`ProfileFileError`].
pub fn read(path: &Path) -> Result<Profile, ProfileFileError> {
    if !path.exists() {
        return Err(ProfileFileError::Missing(path.to_owned()));
    }
    Ok(Profile::read(path)?.folded().into_owned())
}

/// Reads the profile at `path` with its parts, and names its `top` hottest functions.
///
/// # Errors
/// [`ProfileFileError`] for the profile itself. Parts that can't be read only leave a note.
pub fn show(path: &Path, top: usize) -> Result<Shown, ProfileFileError> {
    let profile = read(path)?;
    let sha256 = digest::of_file(path).map_err(|_| ProfileFileError::Missing(path.to_owned()))?;
    let mut notes = Vec::new();
    let record = record(path, &sha256, &mut notes);
    let mut parts = |kind| match &record {
        Some(record) => part::overviews(&profile, &parts_of(record, kind, path, &mut notes)),
        None => Vec::new(),
    };
    let (workloads, cpu_models) = (parts(PartKind::Workload), parts(PartKind::CpuModel));
    let layout = link_order(path, &sha256, &mut notes);
    let overview = Overview::of(&profile, top);
    Ok(Shown { file: path.to_owned(), sha256, overview, workloads, cpu_models, layout, notes })
}

/// How many functions of an order are shown.
const FIRST: usize = 10;

/// The order that the pipeline made beside the folder of the profile at `path`, if it is this very profile's.
fn link_order(path: &Path, sha256: &str, notes: &mut Vec<String>) -> Option<LinkOrder> {
    let file = path.parent()?.with_file_name(StageDir::Layout.name()).join(layout::ORDER);
    let bytes = std::fs::read(file.with_file_name(layout::RECORD)).ok()?;
    let record: Option<LayoutRecord> = serde_json::from_slice(&bytes).ok();
    match record.filter(|record| record.profile_sha256 == sha256) {
        Some(record) if digest::of_file(&file).is_ok_and(|found| found == record.order_sha256) => {
            let order = Order::read(&std::fs::read_to_string(&file).ok()?);
            let first = order.functions().take(FIRST).map(demangled).collect();
            Some(LinkOrder { file, record, first })
        }
        _ => {
            notes.push(format!("{} is of another profile, or changed: no link order", file.display()));
            None
        }
    }
}

/// How the profile was trained, where the record beside it is about this very profile.
fn record(path: &Path, sha256: &str, notes: &mut Vec<String>) -> Option<TrainingRecord> {
    let file = path.with_file_name(RECORD);
    let bytes = std::fs::read(&file).ok()?;
    match serde_json::from_slice::<TrainingRecord>(&bytes) {
        Ok(record) if record.profile_sha256 != sha256 => {
            notes.push(format!("{} is about another profile: nothing by workload or CPU model", file.display()));
            None
        }
        Ok(record) if record.parts.is_empty() => {
            notes.push("this training kept nothing by workload or CPU model; train again for that".to_owned());
            None
        }
        Ok(record) => Some(record),
        Err(error) => {
            notes.push(format!("{} cannot be read ({error}): nothing by workload or CPU model", file.display()));
            None
        }
    }
}

/// The parts of one kind. One that is missing or changed would distort all shares of its kind: then there are none.
fn parts_of(record: &TrainingRecord, kind: PartKind, path: &Path, notes: &mut Vec<String>) -> Vec<(String, Profile)> {
    let wanted = record.parts.iter().filter(|part| part.kind == kind);
    let read = wanted.map(|part| {
        let file = path.with_file_name(&part.file);
        match digest::of_file(&file) {
            Ok(hash) if hash == part.sha256 => Ok((part.name.clone(), read(&file).map_err(|error| error.to_string())?)),
            Ok(_) => Err(format!("{} is not what training made; train again", file.display())),
            Err(error) => Err(format!("{} cannot be read ({error}); train again", file.display())),
        }
    });
    read.collect::<Result<_, String>>().unwrap_or_else(|note| {
        notes.push(note);
        Vec::new()
    })
}
