//! Stage `train`: the profile, from the instrumented binary and the inputs.

use std::path::Path;

use host::digest;
use host::progress::Task;

use super::stamp::{self, MadeFrom, Stamp};
use super::{InputHashes, Pipeline, StageDir, StageError, State, pinned};
use crate::declaration::Spec;
use crate::toolchain::Emulator;
use crate::training::session::{PROFILE, RECORD, TEXT};
use crate::training::{self, TrainingRecord, TrainingRequest, parts};

/// What a profile is said to be made from where a whole machine trained.
const MACHINE: &str = "the machine that trains";

/// What the stage made.
#[derive(Debug)]
pub struct Trained {
    /// Whether it ran.
    pub state: State,
    /// What the profile was made from.
    pub record: TrainingRecord,
}

/// Trains the binary in [`StageDir::Instrumented`] on the sets in [`StageDir::Inputs`] into [`StageDir::Profile`].
///
/// # Errors
/// [`StageError`] when the emulator is missing or the training fails or is refused.
pub fn train(pipeline: &Pipeline, hashes: &InputHashes, task: &Task) -> Result<Trained, StageError> {
    let spec = &pipeline.spec;
    if let Some(profile) = pipeline.frozen_profile() {
        return take_frozen(pipeline, &profile);
    }
    let emulator = Emulator::choose(&spec.training, &spec.build.target)?;
    let output = pipeline.stage_dir(StageDir::Profile);
    let known = super::read_json::<TrainingRecord>(&output.join(RECORD)).ok();
    let mut made_from = made_from(pipeline, hashes, &emulator, known.as_ref())?;
    let Some(reason) = Stamp::outdated(&output, &made_from) else {
        return Ok(Trained { state: State::UpToDate, record: super::read_json(&output.join(RECORD))? });
    };
    task.doing(&reason);
    Stamp::remove(&output)?;
    let request = TrainingRequest {
        binary: &pipeline.binary(StageDir::Instrumented),
        inputs: &pipeline.stage_dir(StageDir::Inputs),
        output: &output,
        build: &spec.build,
        c_code: super::read_json(&pipeline.stage_dir(StageDir::Instrumented).join(super::C_CODE))?,
        training: &spec.training,
        limits: &spec.limits,
        emulator: &emulator,
        tool: &pipeline.tool,
        pins: false,
    };
    let record = training::train(&request, task)?;
    made_from.remove(MACHINE);
    made_from.extend(trained_by(spec, &emulator, Some(&record)));
    let parts = record.parts.iter().map(|part| part.file.as_str());
    let made: Vec<&str> = [PROFILE, TEXT, RECORD].into_iter().chain(parts).collect();
    Stamp::write(&output, made_from, Default::default(), &made)?;
    Ok(Trained { state: State::Done, record })
}

/// Trains into the folder `output`, and keeps the first repetition's profile whether or not another one gives another.
///
/// # Errors
/// As [`train`], but for repetitions that disagree.
pub fn pin(pipeline: &Pipeline, output: &Path, task: &Task) -> Result<TrainingRecord, StageError> {
    let spec = &pipeline.spec;
    let emulator = Emulator::choose(&spec.training, &spec.build.target)?;
    let request = TrainingRequest {
        binary: &pipeline.binary(StageDir::Instrumented),
        inputs: &pipeline.stage_dir(StageDir::Inputs),
        output,
        build: &spec.build,
        c_code: super::read_json(&pipeline.stage_dir(StageDir::Instrumented).join(super::C_CODE))?,
        training: &spec.training,
        limits: &spec.limits,
        emulator: &emulator,
        tool: &pipeline.tool,
        pins: true,
    };
    Ok(training::train(&request, task)?)
}

/// Takes `profile` instead of training, if it was made for this build.
fn take_frozen(pipeline: &Pipeline, profile: &Path) -> Result<Trained, StageError> {
    pinned::require_current(pipeline, profile)?;
    let text = pipeline.tool.read(profile)?.write_text();
    let output = pipeline.stage_dir(StageDir::Profile);
    std::fs::create_dir_all(&output).map_err(StageError::file("cannot make", &output))?;
    // A training that follows must not take this profile for its own.
    Stamp::remove(&output)?;
    stamp::replace_with_copy(profile, &output.join(PROFILE))?;
    stamp::replace(&output.join(TEXT), text.as_bytes())?;
    stamp::replace_with_copy(&profile.with_file_name(RECORD), &output.join(RECORD))?;
    Ok(Trained { state: State::Done, record: super::read_json(&output.join(RECORD))? })
}

/// The emulator, and the machine where there is one. Where a program of this automatic choice was trained in a machine before,
/// as `record` tells, it is the machine of this computer.
fn trained_by(spec: &Spec, emulator: &Emulator, record: Option<&TrainingRecord>) -> MadeFrom {
    let instead = record.filter(|record| record.machine.is_some() && emulator.machine().is_none());
    let instead = instead.and_then(|_| {
        Emulator::choose_machine(&spec.training.machine, &spec.build.target, &spec.training.cpu_models).ok()
    });
    let emulator = instead.as_ref().unwrap_or(emulator);
    let machine = emulator.machine().map(|machine| serde_json::to_string(&machine).expect("the record is plain data"));
    let machine = machine.map(|machine| (MACHINE.to_owned(), machine));
    MadeFrom::from_iter([("the emulator".to_owned(), emulator.describe())].into_iter().chain(machine))
}

fn made_from(
    pipeline: &Pipeline,
    hashes: &InputHashes,
    emulator: &Emulator,
    known: Option<&TrainingRecord>,
) -> Result<MadeFrom, StageError> {
    let spec = &pipeline.spec;
    let binary = pipeline.binary(StageDir::Instrumented);
    let binary_hash = digest::of_file(&binary).map_err(StageError::file("cannot read", &binary))?;
    let declared = serde_json::to_string(&spec.training).expect("the declaration is plain data");
    let mut made_from = MadeFrom::from([
        ("the driver".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("the instrumented binary".to_owned(), binary_hash),
        ("[build] of pgo.toml".to_owned(), serde_json::to_string(&spec.build).expect("the declaration is plain data")),
        ("[training] of pgo.toml".to_owned(), declared),
        ("limits.min-covered-functions".to_owned(), spec.limits.min_covered_functions.to_string()),
        ("the profile tool".to_owned(), pipeline.tool.describe()),
        ("what is kept of the training".to_owned(), parts::KEPT.to_owned()),
    ]);
    made_from.extend(trained_by(spec, emulator, known));
    for workload in &spec.training.workloads {
        let hash = hashes.get(&workload.inputs).map_or("missing", |hash| &hash.sha256);
        made_from.insert(format!("input set {}", workload.inputs), hash.to_owned());
    }
    Ok(made_from)
}
