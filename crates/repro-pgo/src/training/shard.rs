//! A shard: one workload trained on one CPU model, by itself, as files that another process merges with the others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use host::digest;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::network::Reach;
use super::record::{BuildRecord, RunRecord};
use super::{TrainingError, TrainingRequest};
use crate::declaration::{CpuModel, Weight, WorkloadSpec};
use crate::toolchain::{LeftOut, MachineRecord};

/// The name of a shard's profile in its folder.
pub const PROFILE: &str = "shard.profdata";
/// The name of what is said of it.
pub const RECORD: &str = "shard.json";

/// What one shard was made from and how: all that the merge has to know to make of it what one whole training makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Shard {
    /// The workload as it was declared, but for its weight, which only the merge asks for.
    pub workload: WorkloadSpec,
    /// The emulated CPU as it was declared, but for its weight; none natively.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cpu_model: Option<CpuModel>,
    /// Why there is no profile: an optional CPU model that the emulator does not have.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub left_out: Option<LeftOut>,
    /// The content hash of the workload's input set.
    pub inputs_sha256: String,
    /// How often it was trained with the same result.
    pub replicates: u32,
    /// The hashes of the instrumented binaries by name.
    pub binaries: BTreeMap<String, String>,
    /// What these were built with.
    pub build: BuildRecord,
    /// `qemu-user` with its version, or `native`.
    pub emulator: String,
    /// The machine that trained, where a whole one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<MachineRecord>,
    /// The hashes of the programs beside the trained ones, by the names that the workload starts them with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub programs: BTreeMap<String, String>,
    /// What merged the counts.
    pub profile_tool: String,
    /// Whether a run started threads; unknown where nobody watched.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub threads: Option<bool>,
    /// What the runs reached.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub network: Option<Reach>,
    /// The runs of one repetition, each of weight 1.
    pub runs: Vec<RunRecord>,
    /// The hash of [`PROFILE`].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub profile_sha256: Option<String>,
}

/// A folder that is no shard.
#[derive(Debug, Error)]
pub enum ShardError {
    /// Its record is missing.
    #[error(
        "{} is no shard of a training: {source}; `repro-pgo train --workload NAME` makes one (profiles of several programs \
         are merged by naming the files)", path.display()
    )]
    NoRecord {
        /// The record.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Its record is of another version of this program, or no record.
    #[error("{} cannot be read: {source}; train this shard again", path.display())]
    Unreadable {
        /// The record.
        path: PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// Its profile is missing or has changed.
    #[error("{} is not the profile that its {RECORD} speaks of; train this shard again", path.display())]
    OtherProfile {
        /// The profile.
        path: PathBuf,
    },
}

impl Shard {
    /// What is known of the shard of `request` before it runs; `inputs_sha256` is the hash of the one set it runs on.
    ///
    /// # Errors
    /// [`TrainingError::File`] when a binary can't be read.
    pub fn untrained(request: &TrainingRequest<'_>, inputs_sha256: &str) -> Result<Self, TrainingError> {
        let mut binaries = BTreeMap::new();
        for name in request.build.binaries() {
            let is_first = name == request.build.binary;
            let path = if is_first { request.binary.to_owned() } else { request.binary.with_file_name(name) };
            let hash = digest::of_file(&path).map_err(TrainingError::file("cannot read", &path))?;
            binaries.insert(name.to_owned(), hash);
        }
        let read = std::fs::read(request.binary);
        let compiler = BuildRecord::compiler_of(&read.map_err(TrainingError::file("cannot read", request.binary))?);
        let training = request.training;
        let model = request.emulator.is_emulated().then(|| training.cpu_models[0].clone());
        Ok(Self {
            workload: WorkloadSpec { weight: Weight::Times(1), ..training.workloads[0].clone() },
            cpu_model: model.map(|model| CpuModel { weight: 1, ..model }),
            left_out: request.emulator.left_out().first().cloned(),
            inputs_sha256: inputs_sha256.to_owned(),
            replicates: training.replicates,
            binaries,
            build: BuildRecord::new(request.build, compiler),
            emulator: request.emulator.describe(),
            machine: request.emulator.machine(),
            profile_tool: request.tool.describe(),
            programs: BTreeMap::new(),
            threads: None,
            network: None,
            runs: Vec::new(),
            profile_sha256: None,
        })
    }

    /// Reads the record in `folder`, and looks whether the profile beside it is the recorded one.
    ///
    /// # Errors
    /// [`ShardError`] when it is not.
    pub fn read(folder: &Path) -> Result<Self, ShardError> {
        let path = folder.join(RECORD);
        let bytes = std::fs::read(&path).map_err(|source| ShardError::NoRecord { path: path.clone(), source })?;
        let shard: Self =
            serde_json::from_slice(&bytes).map_err(|source| ShardError::Unreadable { path: path.clone(), source })?;
        let path = folder.join(PROFILE);
        let is_recorded = |recorded: &String| digest::of_file(&path).is_ok_and(|found| found == *recorded);
        match &shard.profile_sha256 {
            Some(recorded) if !is_recorded(recorded) => Err(ShardError::OtherProfile { path }),
            _ => Ok(shard),
        }
    }

    /// What it is of: "workload `check` on Haswell".
    pub fn name(&self) -> String {
        name(&self.workload.name, self.cpu_model.as_ref().map(|model| model.name.as_str()))
    }

    /// One line for people.
    pub fn summary(&self) -> String {
        let Self { replicates, emulator, .. } = self;
        match &self.left_out {
            Some(left_out) => format!("{}: left out, {emulator} {}", self.name(), left_out.reason),
            None => format!("{}: {replicates} repetitions of {} runs agree ({emulator})", self.name(), self.runs.len()),
        }
    }
}

/// What a shard of this workload and CPU model is called.
pub fn name(workload: &str, cpu_model: Option<&str>) -> String {
    match cpu_model {
        Some(model) => format!("workload `{workload}` on {model}"),
        None => format!("workload `{workload}`"),
    }
}

/// Writes `shard` and its profile, a copy of the file `profile`, into the folder `output`.
///
/// # Errors
/// [`TrainingError::File`].
pub fn write(shard: Shard, profile: Option<&Path>, output: &Path) -> Result<Shard, TrainingError> {
    let kept = output.join(PROFILE);
    let profile_sha256 = match profile {
        Some(profile) => {
            let bytes = std::fs::read(profile).map_err(TrainingError::file("cannot read", profile))?;
            std::fs::write(&kept, &bytes).map_err(TrainingError::file("cannot write", &kept))?;
            Some(digest::of_bytes(&bytes))
        }
        None => None,
    };
    let shard = Shard { profile_sha256, ..shard };
    let json = serde_json::to_string_pretty(&shard).expect("the record is plain data") + "\n";
    let path = output.join(RECORD);
    std::fs::write(&path, json).map_err(TrainingError::file("cannot write", &path))?;
    Ok(shard)
}
