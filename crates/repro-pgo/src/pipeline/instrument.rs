//! Stage `instrument`: the binary that counts how often each of its blocks runs.

use host::digest;
use host::progress::Task;

use super::compilation::Compilation;
use super::stamp::MadeFrom;
use super::{Pipeline, StageDir, StageError, State, stamp};
use crate::compile::flags::Variant;
use crate::compile::{c_code, entropy};

/// What C code is in the binary, in the stage's folder.
pub const C_CODE: &str = "c-code.json";

/// Builds the instrumented binary.
///
/// # Errors
/// [`StageError`] when the target has no profiler runtime or the build fails.
pub fn instrument(pipeline: &Pipeline, task: &Task) -> Result<State, StageError> {
    let target = &pipeline.spec.build.target;
    pipeline.toolchain.require_instrumentation(target)?;
    let entropy_object = entropy::compile(target, &pipeline.project.root, &pipeline.stage_dir(StageDir::Instrumented))?;
    let pinned = digest::of_bytes(entropy::source().as_bytes());
    let made_from = MadeFrom::from([("the pinned-entropy object".to_owned(), pinned)]);
    let variant = Variant::Instrumented { entropy_object };
    Compilation { pipeline, stage_dir: StageDir::Instrumented, variant, made_from, stop: None }.run(
        task,
        |directory, outcome| {
            if let Some(outside) = c_code::outside(&outcome.c_code) {
                let major = pipeline.toolchain.llvm_major;
                task.say(&format!("note: {outside}; with CC=clang-{major} they would be inside"));
            }
            stamp::replace(&directory.join(C_CODE), &super::to_json(&outcome.c_code))?;
            Ok(vec![C_CODE])
        },
    )
}
