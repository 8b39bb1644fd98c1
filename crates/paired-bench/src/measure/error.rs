//! Why a measurement could not be made. None of these is a verdict: programs answer them with exit code 3.

use std::io;
use std::path::PathBuf;

use host::process::{ChildError, Exit};

/// A measurement that failed.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// Nothing to measure.
    #[error("nothing to measure: {what}")]
    Nothing {
        /// What is missing.
        what: String,
    },
    /// A run did not start or did not end.
    #[error("case {case}, arm {arm}: {source}")]
    Child {
        /// Name of the case.
        case: String,
        /// Name of the arm.
        arm: String,
        /// What happened.
        source: ChildError,
    },
    /// The budget is too small for the fewest rounds.
    #[error(
        "a budget of {} s is too small: the fewest rounds that tell anything take {} s, most of them {slowest}; allow more \
         (budget-seconds), or measure on smaller inputs", budget.as_secs(), least.as_secs_f64().ceil()
    )]
    Budget {
        /// What is allowed.
        budget: std::time::Duration,
        /// What is needed.
        least: std::time::Duration,
        /// The slowest case.
        slowest: String,
    },
    /// What is done before or after a run failed.
    #[error("case {case}: {reason}")]
    Step {
        /// Name of the case.
        case: String,
        /// What failed, and what it said.
        reason: String,
    },
    /// A run ended with a code that the case does not allow.
    #[error("case {case}, arm {arm}: ended with {exit}, expected exit code {expected:?}{said}")]
    RunFailed {
        /// Name of the case.
        case: String,
        /// Name of the arm.
        arm: String,
        /// How it ended.
        exit: Exit,
        /// The codes the case allows.
        expected: Vec<i32>,
        /// What it wrote to standard error, ready to append.
        said: String,
    },
    /// A working copy of a binary could not be made.
    #[error("cannot copy {} to {}: {source}", from.display(), to.display())]
    Copy {
        /// The binary.
        from: PathBuf,
        /// Its copy.
        to: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A scratch file could not be read or written.
    #[error("{}: {source}", path.display())]
    Scratch {
        /// The file or directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Valgrind ended badly, or the program under it.
    #[error("case {case}: callgrind ended with {exit}, expected exit code {expected:?}{said}")]
    Callgrind {
        /// Name of the case.
        case: String,
        /// How it ended.
        exit: Exit,
        /// The codes the case allows.
        expected: Vec<i32>,
        /// The last lines valgrind wrote, ready to append.
        said: String,
    },
    /// Callgrind's output file is not what its format description says.
    #[error("case {case}: cannot read callgrind's output: {source}")]
    CallgrindFormat {
        /// Name of the case.
        case: String,
        /// What is wrong with it.
        source: super::callgrind::FormatError,
    },
}
