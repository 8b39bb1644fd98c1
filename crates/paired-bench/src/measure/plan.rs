//! What to sample: the budget as declared, and the schedule of rounds and looks that follows from it.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How much and how to sample. Everything is fixed before the first measured run.
#[derive(Debug, Clone, PartialEq)]
pub struct SamplingPlan {
    /// Time for the measured runs; warm-up comes on top.
    pub budget: Duration,
    /// Rounds that are made even where the budget is too small for them, unless it is [`Self::hard`].
    pub minimum_rounds: u32,
    /// Refuse, before anything is measured, a budget that the fewest rounds don't fit in.
    pub hard: bool,
    /// Rounds after which more would tell nothing.
    pub maximum_rounds: u32,
    /// A case much faster than the slowest runs up to this many times in a round, to be known as well as the others.
    pub maximum_blocks_per_round: u32,
    /// Memory layouts: fresh copies of the binaries and another size of the environment each.
    pub layouts: u32,
    /// Unrecorded runs of each arm on each case in each layout.
    pub warm_ups: u32,
    /// Seed of the order of cases and arms and of the layouts.
    pub seed: u64,
    /// Limit of one run.
    pub timeout: Duration,
    /// Which processors the runs may use.
    pub processors: Processors,
    /// Existing directory for the copies of the binaries.
    pub scratch: PathBuf,
}

/// Which processors the runs of a case may use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Processors {
    /// One, where the system allows it, for cases that start no threads; all for those that do, as their users run them.
    #[default]
    AsUsed,
    /// One, whatever the case does.
    One,
}

impl SamplingPlan {
    /// The defaults, for a directory that takes the copies.
    pub fn with_budget(budget: Duration, scratch: impl Into<PathBuf>) -> Self {
        Self {
            budget,
            minimum_rounds: 20,
            hard: false,
            maximum_rounds: 2000,
            maximum_blocks_per_round: 8,
            layouts: 2,
            warm_ups: 2,
            seed: 1,
            timeout: Duration::from_secs(120),
            processors: Processors::default(),
            scratch: scratch.into(),
        }
    }
}

/// Rounds to make, and when to look at the result.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// How often each case runs in one round.
    pub blocks_per_round: Vec<u32>,
    /// Rounds that fit the budget.
    pub rounds: u32,
    /// Looks at the result, the last one after the last round.
    pub looks: Vec<Look>,
}

/// A look at the result that was planned before sampling.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// After this many rounds.
    pub rounds: u32,
    /// Share of the permitted error that is spent here. The shares of all looks sum up to 1, so that however sampling
    /// stops, the verdict errs no more often than one look at the end would (Bonferroni's inequality).
    pub alpha_share: f64,
}

/// How much more than the budget the fewest rounds may be expected to take: durations are known from a few runs only.
const TOLERANCE: f64 = 1.25;

impl Schedule {
    /// What the fewest rounds take.
    pub fn least(plan: &SamplingPlan, durations_ns: &[u64], arms: usize) -> Duration {
        let round_ns = durations_ns.iter().sum::<u64>() * 2 * arms as u64;
        Duration::from_nanos(round_ns * u64::from(plan.minimum_rounds.max(1)))
    }

    /// Whether the plan's budget is a bound that can't be kept.
    pub fn is_out_of_reach(plan: &SamplingPlan, least: Duration) -> bool {
        plan.hard && least.as_secs_f64() > plan.budget.as_secs_f64() * TOLERANCE
    }

    /// What all planned rounds take.
    pub fn estimate(&self, durations_ns: &[u64], arms: usize) -> Duration {
        let runs_ns = durations_ns.iter().zip(&self.blocks_per_round).map(|(&run, &blocks)| run * u64::from(blocks));
        Duration::from_nanos(runs_ns.sum::<u64>() * 2 * arms as u64 * u64::from(self.rounds))
    }

    /// Plans for cases of which one run takes `durations_ns`, each run twice by every arm in a block.
    pub fn new(plan: &SamplingPlan, durations_ns: &[u64], arms: usize) -> Self {
        let budget_ns = plan.budget.as_nanos() as f64;
        let round_ns = |blocks: &[u32]| -> f64 {
            let runs_ns = durations_ns.iter().zip(blocks).map(|(&run, &blocks)| run as f64 * f64::from(blocks));
            runs_ns.sum::<f64>() * 2.0 * arms as f64
        };
        let fitting = |blocks: &[u32]| (budget_ns / round_ns(blocks).max(1.0)) as u32;
        let slowest = durations_ns.iter().copied().max().unwrap_or(1);
        let mut blocks_per_round: Vec<u32> = durations_ns
            .iter()
            .map(|&run| u32::try_from(slowest / run.max(1)).unwrap_or(u32::MAX))
            .map(|blocks| blocks.clamp(1, plan.maximum_blocks_per_round.max(1)))
            .collect();
        if fitting(&blocks_per_round) < plan.minimum_rounds {
            blocks_per_round.fill(1);
        }
        let minimum = plan.minimum_rounds.max(1);
        let rounds = fitting(&blocks_per_round).clamp(minimum, plan.maximum_rounds.max(minimum));
        Self { blocks_per_round, rounds, looks: looks(rounds, minimum) }
    }
}

/// Looks after a quarter, half and all of the rounds, as far as the minimum allows; each may err twice as often as the
/// one before, because the late ones know more.
fn looks(rounds: u32, minimum: u32) -> Vec<Look> {
    let mut after: Vec<u32> = [rounds / 4, rounds / 2].into_iter().filter(|&rounds| rounds >= minimum).collect();
    after.push(rounds);
    let total = (1_u32 << after.len()) - 1;
    (0..)
        .zip(after)
        .map(|(rank, rounds)| Look { rounds, alpha_share: f64::from(1_u32 << rank) / f64::from(total) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(seconds: u64) -> SamplingPlan {
        SamplingPlan::with_budget(Duration::from_secs(seconds), "/scratch")
    }

    #[test]
    fn fast_cases_run_more_often() {
        let schedule = Schedule::new(&plan(60), &[100_000_000, 30_000_000, 1_000_000], 3);
        assert_eq!(schedule.blocks_per_round, [1, 3, 8]);
        // 6 runs of 100 + 90 + 8 ms are 1.19 s a round.
        assert_eq!(schedule.rounds, 50);
        assert_eq!(schedule.looks.iter().map(|look| look.rounds).collect::<Vec<_>>(), [25, 50]);
    }

    #[test]
    fn a_small_budget_still_gets_the_minimum() {
        let schedule = Schedule::new(&plan(1), &[900_000_000, 1_000_000], 3);
        assert_eq!(schedule.blocks_per_round, [1, 1]);
        assert_eq!(schedule.looks, [Look { rounds: 20, alpha_share: 1.0 }]);
    }

    #[test]
    fn a_bound_that_can_not_be_kept_is_known_beforehand() {
        let (plan, runs) = (plan(1), [900_000_000, 1_000_000]);
        let least = Schedule::least(&plan, &runs, 3);
        assert_eq!(least.as_secs(), 108);
        assert!(!Schedule::is_out_of_reach(&plan, least));
        assert!(Schedule::is_out_of_reach(&SamplingPlan { hard: true, ..plan.clone() }, least));
        assert_eq!(Schedule::new(&plan, &runs, 3).estimate(&runs, 3), least);
    }

    #[test]
    fn a_large_budget_stops_at_the_maximum() {
        assert_eq!(Schedule::new(&plan(100_000), &[1_000_000], 3).rounds, 2000);
    }

    #[test]
    fn the_looks_share_the_error() {
        let looks = looks(400, 20);
        assert_eq!(looks.iter().map(|look| look.rounds).collect::<Vec<_>>(), [100, 200, 400]);
        let sum: f64 = looks.iter().map(|look| look.alpha_share).sum();
        assert!((sum - 1.0).abs() < 1e-12 && looks[2].alpha_share > looks[1].alpha_share);
    }
}
