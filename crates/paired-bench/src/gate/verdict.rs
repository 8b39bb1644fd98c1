//! The ship gate's verdict as data: everything a report or a machine wants to know about it.

use host::exit_code::ExitCode;
use render::number;
use serde::{Deserialize, Serialize};

use super::ShipRules;

/// What the gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The candidate ships.
    Ship,
    /// The baseline ships: a win is not shown, or a benchmark loses.
    DontShip,
    /// The measurement can't be trusted; nothing is known.
    Void,
}

impl Outcome {
    /// What `gate ship` ends with.
    pub fn exit_code(self) -> ExitCode {
        match self {
            Self::Ship => ExitCode::Fine,
            Self::DontShip => ExitCode::Refused,
            Self::Void => ExitCode::NotMeasured,
        }
    }
}

/// A ratio and its one-sided bounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Time / time of the baseline.
    pub ratio: f64,
    /// The true ratio is above this, with the confidence the test used.
    pub lower: f64,
    /// The true ratio is below this, with the confidence the test used.
    pub upper: f64,
}

/// What is known about a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// It loses no more than the tolerance.
    NoLoss,
    /// It loses more than the tolerance.
    Loss,
    /// Too little is known to say either.
    Unclear,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseVerdict {
    /// Its name.
    pub name: String,
    /// Pairs of candidate and baseline runs.
    pub pairs: usize,
    /// Candidate against baseline; the bounds are those of the Holm-corrected test.
    pub estimate: Estimate,
    /// Holm-corrected p-value of the test that the case loses more than the tolerance.
    pub p_value: f64,
    /// What that means.
    pub finding: Finding,
    /// The A/A arm against the baseline, with the bounds of its own corrected test.
    pub same_binary: Estimate,
    /// CPU time (user and system), candidate against baseline; bounds at the look's level, uncorrected.
    pub cpu: Estimate,
    /// Median of the metric, baseline, in nanoseconds.
    pub baseline_ns: u64,
    /// Median of the metric, candidate, in nanoseconds.
    pub candidate_ns: u64,
    /// Largest resident set of all runs, baseline, in bytes.
    pub baseline_peak_bytes: u64,
    /// Largest resident set of all runs, candidate, in bytes.
    pub candidate_peak_bytes: u64,
}

/// The baseline against a copy of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SameBinary {
    /// Geometric mean over the cases.
    pub geometric_mean: Estimate,
    /// What makes the run void, one sentence each; empty where it can be trusted.
    pub objections: Vec<String>,
}

/// Everything the gate found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShipVerdict {
    /// The answer.
    pub outcome: Outcome,
    /// The answer in one line.
    pub sentence: String,
    /// Why not, one sentence each; empty when it ships.
    pub reasons: Vec<String>,
    /// The rules it was held to.
    pub rules: ShipRules,
    /// Name of the baseline.
    pub baseline: String,
    /// Name of the candidate.
    pub candidate: String,
    /// Geometric mean over the cases; the bounds are those of the test.
    pub geometric_mean: Estimate,
    /// The cases.
    pub cases: Vec<CaseVerdict>,
    /// The A/A comparison.
    pub same_binary: SameBinary,
    /// Rounds made.
    pub rounds: usize,
    /// Rounds planned.
    pub planned_rounds: u32,
    /// Looks taken at the result.
    pub looks: usize,
    /// One-sided confidence of the bounds: higher than the verdict's where it came at an early look.
    pub bound_confidence: f64,
    /// Memory layouts.
    pub memory_layouts: usize,
    /// CPU everything ran on, where it was kept on one.
    pub pinned_to: Option<u32>,
    /// The benchmarks that were not: they start threads, so they were measured on all processors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_all_processors: Vec<String>,
}

impl ShipVerdict {
    /// Whether more samples could not turn the verdict: it ships, or it is shown that it may not.
    pub fn is_final(&self) -> bool {
        let too_small = self.geometric_mean.lower > 1.0 - self.rules.minimum_win;
        let shown_loss = self.cases.iter().any(|case| case.finding == Finding::Loss);
        match self.outcome {
            Outcome::Ship => true,
            Outcome::DontShip => too_small || shown_loss,
            Outcome::Void => false,
        }
    }

    /// Ships the baseline for another reason than time. A void run stays void: it knows nothing.
    pub fn refuse(&mut self, reason: String) {
        self.reasons.push(reason);
        if self.outcome != Outcome::Void {
            self.outcome = Outcome::DontShip;
        }
        self.sentence = self.make_sentence();
    }

    /// The one line that is printed last.
    pub(super) fn make_sentence(&self) -> String {
        let mean = &self.geometric_mean;
        let figures = format!(
            "geometric mean of {} benchmark(s) {} of {}'s time, at most {} with {} confidence",
            self.cases.len(),
            number::ratio(mean.ratio),
            self.baseline,
            number::ratio(mean.upper),
            number::percent(self.bound_confidence),
        );
        match self.outcome {
            Outcome::Ship => format!("ship {}: {figures}; no benchmark loses", self.candidate),
            Outcome::DontShip => format!("ship {}: {}; {figures}", self.baseline, self.reasons.join("; ")),
            Outcome::Void => {
                format!(
                    "void, nothing is known: {}; repeat on a quieter machine",
                    self.same_binary.objections.join("; ")
                )
            }
        }
    }
}
