//! Stage `instrument`: the binary that counts how often each of its blocks runs.

use super::compile::Compilation;
use super::stamp::Inputs;
use super::{Pipeline, Room, StageError, State};
use crate::build::entropy;
use crate::build::flags::Variant;
use crate::digest;
use crate::progress::Task;

/// Builds the instrumented binary.
///
/// # Errors
/// [`StageError`] when the target has no profiler runtime or the build fails.
pub fn instrument(pipeline: &Pipeline, task: &Task) -> Result<State, StageError> {
    let target = &pipeline.spec.build.target;
    pipeline.toolchain.require_instrumentation(target)?;
    let entropy_object = entropy::compile(target, &pipeline.project.root, &pipeline.room(Room::Instrumented))?;
    let pinned = digest::of_bytes(entropy::source().as_bytes());
    let inputs = Inputs::from([("the pinned-entropy object".to_owned(), pinned)]);
    let variant = Variant::Instrumented { entropy_object };
    Compilation { pipeline, room: Room::Instrumented, variant, inputs }.run(task, |_, _| Ok(Vec::new()))
}
