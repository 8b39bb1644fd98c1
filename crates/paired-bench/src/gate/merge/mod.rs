//! The merge gate: does a change make the program do more work? Instruction counts of base and head, benchmark by
//! benchmark, each against a limit that is never below what the benchmark's own repetitions scatter by.

pub mod judge;
pub mod rules;
pub mod verdict;

pub use judge::{Measured, Side, Subject, confirm, judge};
pub use rules::MergeRules;
pub use verdict::{
    BenchmarkVerdict, MergeFinding, MergeOutcome, MergeVerdict, MicroBenchmark, Revision, WallComparison,
};

#[cfg(test)]
mod simulations;
