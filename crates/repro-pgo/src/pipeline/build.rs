//! All stages in a row, and the summary of what they made.

use std::path::Path;

use host::progress::{Progress, Task};
use host::stop::Stop;
use paired_bench::gate::Outcome;
use serde::Serialize;

use super::beside::Beside;
use super::package::{PackRequest, ProfileFacts};
use super::summary::{Artifact, Summary, short};
use super::{LaidOut, Optimized, Pipeline, StageDir, StageError, State, Trained};
use crate::declaration::Spec;
use crate::training::session::PROFILE;

/// The stages in their order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The binary that counts.
    Instrument,
    /// The inputs.
    Inputs,
    /// The runs, and the merge of their counts.
    Train,
    /// The order of its functions.
    Layout,
    /// The binary built with the profile.
    Optimize,
    /// The binary built without.
    Baseline,
    /// Whether both answer alike.
    Check,
    /// Which of them ships.
    Gate,
    /// The tarball.
    #[default]
    Dist,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Instrument,
        Self::Inputs,
        Self::Train,
        Self::Layout,
        Self::Optimize,
        Self::Baseline,
        Self::Check,
        Self::Gate,
        Self::Dist,
    ];

    /// Whether `spec` declares what the stage needs: without benchmarks there is nothing to decide, without `[dist]`
    /// nothing to pack.
    fn is_declared(self, spec: &Spec) -> bool {
        match self {
            Self::Layout => spec.layout.is_some(),
            Self::Gate => !spec.benchmarks.is_empty(),
            Self::Dist => spec.dist.is_some(),
            _ => true,
        }
    }

    /// Its name in progress lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Instrument => "instrument",
            Self::Inputs => "inputs",
            Self::Train => "train",
            Self::Layout => "layout",
            Self::Optimize => "optimize",
            Self::Baseline => "baseline",
            Self::Check => "check",
            Self::Gate => "gate",
            Self::Dist => "dist",
        }
    }
}

/// A failed chain: the stage and the reason.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", stage.name())]
pub struct ChainError {
    /// Where it stopped.
    pub stage: Stage,
    /// Why.
    pub error: Box<StageError>,
}

impl ChainError {
    fn of(stage: Stage) -> impl Fn(StageError) -> Self {
        move |error| Self { stage, error: Box::new(error) }
    }
}

/// Which binary is packed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum VariantChoice {
    /// The one that the gate chooses.
    #[default]
    Measured,
    /// The one with the profile, unmeasured: to make a published tarball again, whose manifest says so.
    Pgo,
    /// The one without, unmeasured.
    Lto,
}

/// How far to go, what is packed, and where the tarball goes.
#[derive(Debug)]
pub struct BuildOptions<'a> {
    /// The last stage.
    pub until: Stage,
    /// Which binary is packed.
    pub shipped: VariantChoice,
    /// The tarball's folder.
    pub output: &'a Path,
}

/// Runs the declared stages up to and including the last one of `options`, the baseline's build beside those before it.
///
/// # Errors
/// [`ChainError`] of the first stage that fails or refuses.
pub fn run(pipeline: &Pipeline, options: &BuildOptions<'_>, progress: Progress) -> Result<Summary, ChainError> {
    let asked = |stage: &Stage| *stage != Stage::Gate || options.shipped == VariantChoice::Measured;
    // A profile that is there already needs no binary that counts.
    let needed = |stage: &Stage| *stage != Stage::Instrument || pipeline.frozen_profile().is_none();
    let wanted =
        |stage: &Stage| *stage <= options.until && stage.is_declared(&pipeline.spec) && asked(stage) && needed(stage);
    let stages: Vec<Stage> = Stage::ALL.into_iter().filter(wanted).collect();
    let mut summary = Summary::default();
    if options.until >= Stage::Inputs {
        super::inputs::require_sources(&pipeline.spec, &pipeline.directory)
            .map_err(|error| ChainError::of(Stage::Inputs)(error.into()))?;
    }
    let stop = Stop::default();
    std::thread::scope(|scope| {
        let mut beside = stages.contains(&Stage::Baseline).then(|| Beside::begin(scope, pipeline, &stop)).flatten();
        for (index, stage) in stages.iter().enumerate() {
            let task = progress.begin(index + 1, stages.len(), stage.name());
            let ran = step(pipeline, *stage, options, &mut summary, &mut beside, &task);
            let (state, told) = ran.map_err(ChainError::of(*stage))?;
            summary.stages.push((*stage, state));
            task.finish(&state.label(&told));
            beside.as_mut().and_then(Beside::failed).map_or(Ok(()), Err).map_err(ChainError::of(Stage::Baseline))?;
        }
        Ok(summary)
    })
}

fn step(
    pipeline: &Pipeline,
    stage: Stage,
    options: &BuildOptions<'_>,
    summary: &mut Summary,
    beside: &mut Option<Beside<'_>>,
    task: &Task,
) -> Result<(State, String), StageError> {
    match stage {
        Stage::Instrument => {
            let state = super::instrument(pipeline, task)?;
            Ok((state, short("binary", &Artifact::at(pipeline.binary(StageDir::Instrumented))?)))
        }
        Stage::Inputs => {
            let output = pipeline.stage_dir(StageDir::Inputs);
            let (state, hashes) = super::make_inputs(&pipeline.spec, &pipeline.directory, &output, task)?;
            summary.inputs = hashes;
            Ok((state, format!("{} sets", summary.inputs.len())))
        }
        Stage::Train => train(pipeline, summary, task),
        Stage::Layout => layout(pipeline, summary, task),
        Stage::Optimize => optimize(pipeline, summary, task),
        Stage::Baseline => baseline(pipeline, summary, beside.take(), task),
        Stage::Check => {
            let (state, checked) = super::check::check(pipeline, &summary.inputs, task)?;
            let told = checked.summary();
            summary.check = Some(checked);
            Ok((state, told))
        }
        Stage::Gate => gate(pipeline, summary, task),
        Stage::Dist => dist(pipeline, options, summary, task),
    }
}

fn train(pipeline: &Pipeline, summary: &mut Summary, task: &Task) -> Result<(State, String), StageError> {
    let Trained { state, record } = super::train(pipeline, &summary.inputs, task)?;
    summary.profile = Some(Artifact::at(pipeline.stage_dir(StageDir::Profile).join(PROFILE))?);
    summary.frozen_profile = pipeline.frozen_profile().is_some();
    summary.training = Some(record);
    Ok((state, training(summary).unwrap_or_default()))
}

/// How the profile was made, and by whom.
fn training(summary: &Summary) -> Option<String> {
    let told = summary.training.as_ref()?.summary();
    Some(if summary.frozen_profile { format!("not trained, the profile was given: {told}") } else { told })
}

fn layout(pipeline: &Pipeline, summary: &mut Summary, task: &Task) -> Result<(State, String), StageError> {
    let profile = pipeline.stage_dir(StageDir::Profile).join(PROFILE);
    let LaidOut { state, record } = super::layout(pipeline, &profile, &summary.inputs, task)?;
    let told = record.summary();
    summary.layout = Some(record);
    Ok((state, told))
}

fn optimize(pipeline: &Pipeline, summary: &mut Summary, task: &Task) -> Result<(State, String), StageError> {
    let profile = pipeline.stage_dir(StageDir::Profile).join(PROFILE);
    let Optimized { state, unmatched, .. } = super::optimize(pipeline, &profile, task)?;
    summary.unmatched_functions = Some(unmatched.count());
    let binary = Artifact::at(pipeline.binary(StageDir::Optimized))?;
    let told = format!("{}, {}", short("binary", &binary), unmatched.summary());
    summary.optimized = Some(binary);
    Ok((state, told))
}

fn baseline(
    pipeline: &Pipeline,
    summary: &mut Summary,
    beside: Option<Beside<'_>>,
    task: &Task,
) -> Result<(State, String), StageError> {
    let state = beside.map_or_else(|| super::baseline(pipeline, task, None), |beside| beside.end(task))?;
    // In another order even a binary that the profile did nothing to has other bytes.
    let compiled = if pipeline.spec.layout.is_some() { StageDir::Unordered } else { StageDir::Optimized };
    let (optimized, baseline) = (pipeline.binary(compiled), pipeline.binary(StageDir::Baseline));
    super::require_effect(&optimized, &baseline, &pipeline.stage_dir(StageDir::Profile).join(PROFILE))?;
    let binary = Artifact::at(baseline)?;
    let told = short("binary", &binary);
    summary.baseline = Some(binary);
    Ok((state, told))
}

fn gate(pipeline: &Pipeline, summary: &mut Summary, task: &Task) -> Result<(State, String), StageError> {
    let (state, verdict) = crate::gates::ship::run::gate(pipeline, &summary.inputs, context(pipeline, summary), task)?;
    let told = verdict.sentence.clone();
    if verdict.outcome == Outcome::Void {
        return Err(StageError::Void(told));
    }
    summary.gate = Some(verdict);
    Ok((state, told))
}

/// What the gate's report tells besides its figures.
fn context(pipeline: &Pipeline, summary: &Summary) -> Vec<(String, String)> {
    let profile = summary.profile.as_ref().map(|made| ("Profile".to_owned(), format!("sha256 {}", made.sha256)));
    let training = training(summary).map(|told| ("Training".to_owned(), told));
    let toolchain =
        ("Toolchain".to_owned(), format!("{}, LLVM {}", pipeline.toolchain.banner, pipeline.toolchain.llvm));
    let layout = summary.layout.as_ref().map(|record| ("Link order".to_owned(), record.summary()));
    let machine = ("Measured on".to_owned(), host::machine::cpu_model());
    [Some(toolchain), Some(machine), profile, training, layout].into_iter().flatten().collect()
}

fn dist(
    pipeline: &Pipeline,
    options: &BuildOptions<'_>,
    summary: &mut Summary,
    task: &Task,
) -> Result<(State, String), StageError> {
    if let Some(note) = super::provenance::without_revision(&pipeline.project.root) {
        task.say(&note);
    }
    let Some(spec) = &pipeline.spec.dist else {
        return Err(StageError::Void("pgo.toml has no [dist], so nothing is packed".to_owned()));
    };
    let with_profile = with_profile(options.shipped, summary)?;
    let facts = summary.training.as_ref().filter(|_| with_profile).map(|record| ProfileFacts {
        record,
        inputs: (!summary.frozen_profile).then_some(&summary.inputs),
        unmatched_functions: summary.unmatched_functions.unwrap_or_default(),
        layout: summary.layout.as_ref(),
    });
    let binary = super::package::chosen(pipeline, with_profile);
    let gate = summary.gate.as_ref().map(|_| pipeline.stage_dir(StageDir::Gate));
    let request = PackRequest {
        binary: &binary,
        generator: &binary,
        profile: facts,
        debuginfo: None,
        gate,
        output: options.output,
    };
    let packed = super::package::dist(pipeline, spec, &request)?;
    let tarball = Artifact { path: packed.tarball, sha256: packed.sha256 };
    let told = short(&tarball.path.display().to_string(), &tarball);
    summary.tarball = Some(tarball);
    summary.unmeasured = options.shipped != VariantChoice::Measured;
    summary.with_profile = with_profile;
    Ok((State::Done, told))
}

/// Whether the profiled binary is packed: the gate's answer, unless it was not asked.
fn with_profile(shipped: VariantChoice, summary: &Summary) -> Result<bool, StageError> {
    match (shipped, &summary.gate) {
        (VariantChoice::Pgo, _) => Ok(true),
        (VariantChoice::Lto, _) => Ok(false),
        (VariantChoice::Measured, Some(verdict)) => Ok(verdict.outcome == Outcome::Ship),
        (VariantChoice::Measured, None) => {
            Err(StageError::Void("the gate gave no verdict, so nothing ships".to_owned()))
        }
    }
}
