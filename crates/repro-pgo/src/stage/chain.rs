//! All stages in a row, and the summary of what they made.

use std::path::PathBuf;

use serde::Serialize;

use super::{Optimized, Pipeline, Room, StageError, State, StimuliHashes, Trained};
use crate::build::Unmatched;
use crate::digest;
use crate::progress::{Progress, Task};
use crate::training::TrainingRecord;
use crate::training::session::PROFILE;

/// The stages in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The binary that counts.
    Instrument,
    /// The inputs.
    Stimuli,
    /// The runs, and the merge of their counts.
    Train,
    /// The binary built with the profile.
    Optimize,
    /// The binary built without.
    Baseline,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Instrument, Self::Stimuli, Self::Train, Self::Optimize, Self::Baseline];

    /// Its name in progress lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Instrument => "instrument",
            Self::Stimuli => "stimuli",
            Self::Train => "train",
            Self::Optimize => "optimize",
            Self::Baseline => "baseline",
        }
    }
}

/// A file the chain made.
#[derive(Debug, Clone, Serialize)]
pub struct Made {
    /// Where it is.
    pub path: PathBuf,
    /// Its hash.
    pub sha256: String,
}

/// What the chain made so far; what was not reached is absent.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// Each stage that was reached and whether it had to run.
    pub stages: Vec<(Stage, State)>,
    /// The sets' hashes.
    pub stimuli: StimuliHashes,
    /// What the profile was made from.
    pub training: Option<TrainingRecord>,
    /// The merged profile.
    pub profile: Option<Made>,
    /// The binary built with the profile.
    pub optimized: Option<Made>,
    /// How many functions have no profile data.
    pub unmatched_functions: Option<usize>,
    /// The binary built without the profile.
    pub baseline: Option<Made>,
}

/// A failed chain: the stage and the reason.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", stage.name())]
pub struct ChainError {
    /// Where it stopped.
    pub stage: Stage,
    /// Why.
    pub error: StageError,
}

/// Runs the stages up to and including `until`.
///
/// # Errors
/// [`ChainError`] of the first stage that fails or refuses.
pub fn run(pipeline: &Pipeline, until: Stage, progress: Progress) -> Result<Summary, ChainError> {
    let stages: Vec<Stage> = Stage::ALL.into_iter().filter(|stage| *stage <= until).collect();
    let mut summary = Summary::default();
    for (index, stage) in stages.iter().enumerate() {
        let task = progress.begin(index + 1, stages.len(), stage.name());
        let ran = step(pipeline, *stage, &mut summary, &task);
        let (state, told) = ran.map_err(|error| ChainError { stage: *stage, error })?;
        summary.stages.push((*stage, state));
        task.finish(&state.label(&told));
    }
    Ok(summary)
}

fn step(pipeline: &Pipeline, stage: Stage, summary: &mut Summary, task: &Task) -> Result<(State, String), StageError> {
    match stage {
        Stage::Instrument => {
            let state = super::instrument(pipeline, task)?;
            Ok((state, short("binary", &made(pipeline.binary(Room::Instrumented))?)))
        }
        Stage::Stimuli => {
            let output = pipeline.room(Room::Stimuli);
            let (state, hashes) = super::stimuli(&pipeline.spec, &pipeline.directory, &output, task)?;
            summary.stimuli = hashes;
            Ok((state, format!("{} sets", summary.stimuli.len())))
        }
        Stage::Train => train(pipeline, summary, task),
        Stage::Optimize => optimize(pipeline, summary, task),
        Stage::Baseline => baseline(pipeline, summary, task),
    }
}

fn train(pipeline: &Pipeline, summary: &mut Summary, task: &Task) -> Result<(State, String), StageError> {
    let Trained { state, record } = super::train(pipeline, &summary.stimuli, task)?;
    summary.profile = Some(made(pipeline.room(Room::Profile).join(PROFILE))?);
    let told = record.summary();
    summary.training = Some(record);
    Ok((state, told))
}

fn optimize(pipeline: &Pipeline, summary: &mut Summary, task: &Task) -> Result<(State, String), StageError> {
    let profile = pipeline.room(Room::Profile).join(PROFILE);
    let Optimized { state, unmatched } = super::optimize(pipeline, &profile, task)?;
    summary.unmatched_functions = Some(unmatched.count());
    let binary = made(pipeline.binary(Room::Optimized))?;
    let told = format!("{}, {}", short("binary", &binary), unmatched_told(&unmatched));
    summary.optimized = Some(binary);
    Ok((state, told))
}

fn baseline(pipeline: &Pipeline, summary: &mut Summary, task: &Task) -> Result<(State, String), StageError> {
    let state = super::baseline(pipeline, task)?;
    let (optimized, baseline) = (pipeline.binary(Room::Optimized), pipeline.binary(Room::Baseline));
    super::require_effect(&optimized, &baseline, &pipeline.room(Room::Profile).join(PROFILE))?;
    let binary = made(baseline)?;
    let told = short("binary", &binary);
    summary.baseline = Some(binary);
    Ok((state, told))
}

fn unmatched_told(unmatched: &Unmatched) -> String {
    match unmatched.count() {
        0 => "every function has profile data".to_owned(),
        count => format!("{count} functions without profile data"),
    }
}

fn made(path: PathBuf) -> Result<Made, StageError> {
    let sha256 = digest::of_file(&path).map_err(StageError::file("cannot read", &path))?;
    Ok(Made { path, sha256 })
}

/// `what sha256 0123456789ab…`.
pub fn short(what: &str, made: &Made) -> String {
    format!("{what} sha256 {}…", &made.sha256[..12])
}
