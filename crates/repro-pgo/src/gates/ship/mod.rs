//! The ship gate: the run on the pipeline's binaries, the trial of the gate itself, and the reports of a verdict.

pub(crate) mod growth;
pub(crate) mod html;
mod markdown;
pub(crate) mod pairs;
mod ratios;
pub(crate) mod rows;
pub mod run;
pub mod trial;

use paired_bench::gate::ShipVerdict;

pub use html::ship as ship_html;
pub use markdown::ship as ship_markdown;

/// Instruction counts of one benchmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstructionComparison {
    /// Name of the benchmark.
    pub case: String,
    /// Instructions of the baseline.
    pub baseline: u64,
    /// Instructions of the candidate.
    pub candidate: u64,
    /// Whether repeated runs of both counted the same.
    pub repeatable: bool,
}

/// All that a report of the ship gate shows.
#[derive(Debug, Clone)]
pub struct ShipReport<'a> {
    /// What was measured: "demo 0.1.0, x86_64-linux".
    pub title: String,
    /// The verdict.
    pub verdict: &'a ShipVerdict,
    /// Its void predecessor, if the measurement had to be repeated.
    pub void: Option<&'a ShipVerdict>,
    /// Instruction counts; empty where they were not taken.
    pub instructions: Vec<InstructionComparison>,
    /// Facts about the surroundings, as label and value: CPU, toolchain, profile hash. No paths, no host names.
    pub context: Vec<(String, String)>,
}

#[cfg(test)]
mod tests;
