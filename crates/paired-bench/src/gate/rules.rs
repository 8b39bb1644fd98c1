//! The ship gate's rules, fixed before anything is measured.
//!
//! Ratios are time of the candidate / time of the baseline, so below 1 is a win. With the permitted error
//! `alpha = 1 - confidence` the candidate ships if and only if all of this holds:
//!
//! 1. **The win is real and large enough.** The one-sided upper bound of the geometric mean of the cases' ratios is
//!    below `1 - minimum_win`. The bound comes from a bootstrap that draws whole rounds, all cases together.
//! 2. **No case loses.** For every case the test of "its ratio is `1 + case_tolerance` or more" rejects, one-sided and
//!    corrected by Holm over the cases: no case's bound shows a possible loss above the tolerance. A case that is not
//!    known well enough is not waved through; sampling goes on until it is known or the budget ends.
//! 3. **The measurement can be trusted.** The A/A arm, a byte-identical copy of the baseline, is measured in every block
//!    like the others. If its geometric mean is beyond `1 ± aa_tolerance`, or a case of it beyond `1 ± aa_case_tolerance`
//!    (two-sided, Holm over the cases), the run is void, whatever the candidate did.
//!
//! Sampling may stop early only at looks planned beforehand. Each look spends its own share of `alpha`, the shares sum
//! up to 1, so a binary that doesn't deserve it ships in at most `alpha` of all runs however they stop (Bonferroni).
//! Stopping because a win has become impossible needs no correction: it can't ship anything.

use serde::{Deserialize, Serialize};

use crate::measure::samples::Metric;

/// What the candidate must reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShipRules {
    /// What is compared. Wall time is what users wait for; CPU time is always reported beside it.
    pub metric: Metric,
    /// Least win of the geometric mean, as a share of the baseline's time.
    pub minimum_win: f64,
    /// Largest possible loss of a single case that is still accepted.
    pub case_tolerance: f64,
    /// What the A/A arm's geometric mean may be off.
    pub aa_tolerance: f64,
    /// What a single case of the A/A arm may be off: two copies of one binary lie elsewhere in memory, and that alone
    /// moves single cases.
    pub aa_case_tolerance: f64,
    /// Confidence of the whole verdict.
    pub confidence: f64,
    /// Bootstrap replicates; more are drawn where the corrected levels need them.
    pub resamples: u32,
    /// Seed of the bootstrap.
    pub seed: u64,
}

impl Default for ShipRules {
    fn default() -> Self {
        Self {
            metric: Metric::Wall,
            minimum_win: 0.02,
            case_tolerance: 0.01,
            aa_tolerance: 0.01,
            aa_case_tolerance: 0.02,
            confidence: 0.95,
            resamples: 10_000,
            seed: 1,
        }
    }
}

impl ShipRules {
    /// Replicates that let the strictest corrected test reject, with one to spare.
    pub(super) fn resamples_for(&self, cases: usize, alpha: f64) -> u32 {
        const REPLICATES_IN_THE_TAIL: f64 = 2.0;
        let strictest = alpha.min((1.0 - self.confidence) / 2.0) / cases.max(1) as f64;
        self.resamples.max((REPLICATES_IN_THE_TAIL / strictest).ceil().min(1e6) as u32)
    }
}
