//! Stage `optimize`: the binary built with the profile, and the proof that the profile was applied.

use std::path::Path;

use host::digest;
use host::progress::Task;

use super::compilation::Compilation;
use super::stamp::{self, MadeFrom};
use super::{Pipeline, StageDir, StageError, State, layout};
use crate::compile::flags::Variant;
use crate::compile::{BuildError, CargoOutcome, Unmatched};
use crate::layout::recorder::Recorder;
use crate::toolchain::ProfileTool;
use crate::training::facts;

/// The list of functions without profile data, in the stage's folder.
pub(super) const UNMATCHED: &str = "unmatched.json";

/// How many names a refusal shows.
const SHOWN: usize = 8;

/// What the stage made.
#[derive(Debug)]
pub struct Optimized {
    /// Whether it ran.
    pub state: State,
    /// The functions that were compiled without profile data.
    pub unmatched: Unmatched,
    /// How many are allowed.
    pub limit: usize,
}

/// Builds the optimized binary with the profile at `profile`, its functions in their order where `pgo.toml` has `[layout]`.
///
/// # Errors
/// [`StageError`] when the profile is unreadable, of another program, or leaves more functions without data than
/// `limits.max-unmatched-functions`, when the build fails, and when the order is of another build or not followed.
pub fn optimize(pipeline: &Pipeline, profile: &Path, task: &Task) -> Result<Optimized, StageError> {
    if pipeline.spec.layout.is_some() {
        let compiled = layout::compile(pipeline, profile, task)?;
        return layout::in_order(pipeline, compiled, profile, task);
    }
    compile(pipeline, StageDir::Optimized, None, profile, task)
}

/// Compiles the optimized binary with the profile at `profile` into `stage_dir`, by the linker's stand-in if there is one.
pub(super) fn compile(
    pipeline: &Pipeline,
    stage_dir: StageDir,
    recorder: Option<&Recorder>,
    profile: &Path,
    task: &Task,
) -> Result<Optimized, StageError> {
    let profile = profile.canonicalize().map_err(StageError::file("cannot find", profile))?;
    let functions = require_own(&pipeline.tool, &pipeline.project.crates, &profile)?;
    let hash = digest::of_file(&profile).map_err(StageError::file("cannot read", &profile))?;
    let limit = pipeline.spec.limits.unmatched(functions);
    let named = [("the profile", hash), ("the limit of unmatched functions", limit.to_string())];
    let mut made_from: MadeFrom = named.map(|(name, value)| (name.to_owned(), value)).into();
    made_from.extend(recorder.map(|recorder| ("the recorded linker".to_owned(), recorder.describe())));
    // Each binary's linker would overwrite the map, so where there are several it says nothing of the others.
    let is_alone = pipeline.spec.build.more_binaries.is_empty();
    let link_map = is_alone.then(|| pipeline.stage_dir(stage_dir).join("link.map"));
    let variant = Variant::Optimized { profile, link_map, recorder: recorder.map(|recorder| recorder.program.clone()) };
    let state = Compilation { pipeline, stage_dir, variant, made_from, stop: None }
        .run(task, |directory, outcome| inspect(directory, outcome, limit, functions))?;
    let unmatched = super::read_json(&pipeline.stage_dir(stage_dir).join(UNMATCHED))?;
    Ok(Optimized { state, unmatched, limit })
}

/// Refuses a profile that can't be read, or that holds no function of this program. Returns how many functions it holds.
pub(super) fn require_own(tool: &ProfileTool, crates: &[String], profile: &Path) -> Result<usize, StageError> {
    let read = tool.read(profile)?;
    if facts::mentions_any(&read, crates) {
        return Ok(read.functions().len());
    }
    Err(BuildError::ForeignProfile { profile: profile.to_owned(), crates: crates.join(", ") }.into())
}

fn inspect(
    directory: &Path,
    outcome: &CargoOutcome,
    limit: usize,
    functions: usize,
) -> Result<Vec<&'static str>, StageError> {
    require_few_unmatched(&outcome.unmatched, limit, functions)?;
    stamp::replace(&directory.join(UNMATCHED), &super::to_json(&outcome.unmatched))?;
    Ok(vec![UNMATCHED])
}

/// Refuses more functions without data than `limit`; `functions` are in the profile.
pub(super) fn require_few_unmatched(unmatched: &Unmatched, limit: usize, functions: usize) -> Result<(), StageError> {
    let count = unmatched.count();
    if count > limit {
        let listing = unmatched.listing(SHOWN);
        return Err(BuildError::TooManyUnmatched { count, limit, functions, listing }.into());
    }
    Ok(())
}

/// Refuses an optimized binary that equals the baseline: the profile then did nothing.
///
/// # Errors
/// [`BuildError::NoEffect`], or [`StageError::File`] when a binary is missing.
pub fn require_effect(optimized: &Path, baseline: &Path, profile: &Path) -> Result<(), StageError> {
    let hash = |path: &Path| digest::of_file(path).map_err(StageError::file("cannot read", path));
    if hash(optimized)? == hash(baseline)? {
        return Err(BuildError::NoEffect { profile: profile.to_owned() }.into());
    }
    Ok(())
}
