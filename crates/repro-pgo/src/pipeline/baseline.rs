//! Stage `baseline`: the binary that ships if the profile wins nothing; the same build without the profile.

use host::progress::Task;
use host::stop::Stop;

use super::compilation::Compilation;
use super::stamp::MadeFrom;
use super::{Pipeline, StageDir, StageError, State};
use crate::compile::flags::Variant;

/// Builds the baseline binary, unless it is stopped.
///
/// # Errors
/// [`StageError`] when the build fails.
pub fn baseline(pipeline: &Pipeline, task: &Task, stop: Option<&Stop>) -> Result<State, StageError> {
    let made_from = MadeFrom::new();
    Compilation { pipeline, stage_dir: StageDir::Baseline, variant: Variant::Baseline, made_from, stop }
        .run(task, |_, _| Ok(Vec::new()))
}
