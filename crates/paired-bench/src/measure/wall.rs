//! Interleaved sampling of whole processes: warm-up, schedule, rounds, planned looks.
//!
//! This file decides what runs when; a [`Runner`] runs it, so that tests and simulations need no process.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::plan::{SamplingPlan, Schedule};
use super::processes::ProcessRunner;
use super::samples::{Block, Run, WallSamples};
use super::{Case, MeasureError};
use crate::statistics::Random;

/// One of the things that are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// Name in reports.
    pub name: String,
    /// Its executable. Several arms may name the same one: each runs from copies of its own.
    pub binary: PathBuf,
}

impl Arm {
    /// An arm of that name.
    pub fn new(name: impl Into<String>, binary: impl Into<PathBuf>) -> Self {
        Self { name: name.into(), binary: binary.into() }
    }

    /// Baseline, candidate, and the baseline once more under another name, for the A/A comparison.
    pub fn with_same_binary(baseline: Self, candidate: Self) -> [Self; 3] {
        let again = Self::new(format!("{}-again", baseline.name), baseline.binary.clone());
        [baseline, candidate, again]
    }
}

/// Makes one run.
pub trait Runner {
    /// Runs the arm on the case in the memory layout, all given by index.
    fn run(&mut self, arm: usize, case: usize, layout: u32) -> Result<Run, MeasureError>;
}

/// Tells the time since some fixed moment.
pub trait Clock {
    /// Nanoseconds, never less than before.
    fn now_ns(&self) -> u64;
}

/// Decides at a planned look whether more samples could matter.
pub trait StoppingRule {
    /// Whether to stop. `samples.alpha_share` is what this look may spend.
    fn may_stop(&self, samples: &WallSamples) -> bool;
}

/// Samples until the budget ends.
#[derive(Debug)]
pub struct UseWholeBudget;

impl StoppingRule for UseWholeBudget {
    fn may_stop(&self, _: &WallSamples) -> bool {
        false
    }
}

/// Hears how far sampling is.
pub trait SamplingProgress {
    /// `done` of `planned` rounds are made.
    fn round(&self, done: u32, planned: u32);

    /// At most so many rounds will be made, which are expected to take so long.
    fn planned(&self, _rounds: u32, _estimate: Duration) {}
}

/// Says nothing.
#[derive(Debug)]
pub struct Silent;

impl SamplingProgress for Silent {
    fn round(&self, _: u32, _: u32) {}
}

/// Samples all arms on all cases within the plan's budget.
pub fn interleave(
    arms: &[Arm],
    cases: &[Case],
    plan: &SamplingPlan,
    progress: &dyn SamplingProgress,
) -> Result<WallSamples, MeasureError> {
    interleave_until(arms, cases, plan, &UseWholeBudget, progress)
}

/// Samples all arms on all cases until the rule stops at a planned look, or to the end of the budget.
pub fn interleave_until(
    arms: &[Arm],
    cases: &[Case],
    plan: &SamplingPlan,
    stopping: &dyn StoppingRule,
    progress: &dyn SamplingProgress,
) -> Result<WallSamples, MeasureError> {
    let names = Names {
        arms: arms.iter().map(|arm| arm.name.clone()).collect(),
        cases: cases.iter().map(|case| case.name.clone()).collect(),
    };
    names.check()?;
    let mut runner = ProcessRunner::new(arms, cases, plan)?;
    let clock = Monotonic(Instant::now());
    let samples = sample(&mut runner, &clock, names, plan, stopping, progress)?;
    Ok(WallSamples { pinned_to: runner.pinned_to(), on_all_processors: runner.on_all_processors(), ..samples })
}

/// Names of what is sampled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The arms, the reference first.
    pub arms: Vec<String>,
    /// The cases.
    pub cases: Vec<String>,
}

impl Names {
    fn check(&self) -> Result<(), MeasureError> {
        let nothing = |what: &str| Err(MeasureError::Nothing { what: what.to_owned() });
        let unique = |names: &[String]| names.iter().collect::<std::collections::BTreeSet<_>>().len() == names.len();
        match (self.arms.len(), self.cases.len()) {
            (0 | 1, _) => nothing("two binaries are needed for a comparison"),
            (_, 0) => nothing("no benchmark is given"),
            _ if !unique(&self.arms) || !unique(&self.cases) => nothing("two arms or two benchmarks share one name"),
            _ => Ok(()),
        }
    }
}

/// The sampling itself, over any runner and clock.
pub fn sample(
    runner: &mut dyn Runner,
    clock: &dyn Clock,
    names: Names,
    plan: &SamplingPlan,
    stopping: &dyn StoppingRule,
    progress: &dyn SamplingProgress,
) -> Result<WallSamples, MeasureError> {
    names.check()?;
    let durations_ns = warm_up(runner, &names, plan)?;
    let arms = names.arms.len();
    let least = Schedule::least(plan, &durations_ns, arms);
    if Schedule::is_out_of_reach(plan, least) {
        let slowest = names.cases.iter().zip(&durations_ns).max_by_key(|(_, duration)| **duration);
        let slowest = slowest.map(|(name, _)| name.clone()).unwrap_or_default();
        return Err(MeasureError::Budget { budget: plan.budget, least, slowest });
    }
    let schedule = Schedule::new(plan, &durations_ns, arms);
    progress.planned(schedule.rounds, schedule.estimate(&durations_ns, arms));
    let mut samples = WallSamples {
        arms: names.arms,
        cases: names.cases,
        layout_of_round: Vec::new(),
        planned_rounds: schedule.rounds,
        looks: schedule.looks.clone(),
        looks_taken: 0,
        alpha_share: 0.0,
        pinned_to: None,
        on_all_processors: Vec::new(),
        blocks: Vec::new(),
    };
    let mut random = Random::seeded(plan.seed);
    let start_ns = clock.now_ns();
    for round in 0..schedule.rounds {
        take_round(runner, &mut samples, &schedule, round % plan.layouts.max(1), &mut random)?;
        progress.round(round + 1, schedule.rounds);
        let spent_ns = u128::from(clock.now_ns().saturating_sub(start_ns));
        let out_of_time = round + 1 >= plan.minimum_rounds && spent_ns >= plan.budget.as_nanos();
        if is_over(&mut samples, out_of_time, stopping) {
            break;
        }
    }
    Ok(samples)
}

/// Runs everything without recording it and returns each case's shortest time in nanoseconds.
fn warm_up(runner: &mut dyn Runner, names: &Names, plan: &SamplingPlan) -> Result<Vec<u64>, MeasureError> {
    let mut shortest = vec![u64::MAX; names.cases.len()];
    for (case, shortest) in shortest.iter_mut().enumerate() {
        for layout in 0..plan.layouts.max(1) {
            for arm in 0..names.arms.len() {
                for _ in 0..plan.warm_ups.max(1) {
                    *shortest = (*shortest).min(runner.run(arm, case, layout)?.wall_ns.max(1));
                }
            }
        }
    }
    Ok(shortest)
}

/// One round: every case in a random order, some of them several times.
fn take_round(
    runner: &mut dyn Runner,
    samples: &mut WallSamples,
    schedule: &Schedule,
    layout: u32,
    random: &mut Random,
) -> Result<(), MeasureError> {
    let round = samples.layout_of_round.len() as u32;
    let mut order: Vec<usize> = (0..samples.cases.len())
        .flat_map(|case| std::iter::repeat_n(case, schedule.blocks_per_round[case] as usize))
        .collect();
    random.shuffle(&mut order);
    for case in order {
        let runs = take_block(runner, samples.arms.len(), case, layout, random)?;
        samples.blocks.push(Block { round, case: case as u32, runs });
    }
    samples.layout_of_round.push(layout);
    Ok(())
}

/// All arms out and back again, in a random order.
fn take_block(
    runner: &mut dyn Runner,
    arms: usize,
    case: usize,
    layout: u32,
    random: &mut Random,
) -> Result<Vec<[Run; 2]>, MeasureError> {
    let mut order: Vec<usize> = (0..arms).collect();
    random.shuffle(&mut order);
    let mut runs = vec![[Run { wall_ns: 0, user_ns: 0, cpu_ns: 0, max_rss_bytes: 0 }; 2]; arms];
    for &arm in &order {
        runs[arm][0] = runner.run(arm, case, layout)?;
    }
    for &arm in order.iter().rev() {
        runs[arm][1] = runner.run(arm, case, layout)?;
    }
    Ok(runs)
}

/// Takes a look where one is planned or time is up. The last look may spend all that the ones before it left.
fn is_over(samples: &mut WallSamples, out_of_time: bool, stopping: &dyn StoppingRule) -> bool {
    let rounds = samples.rounds() as u32;
    let last = out_of_time || rounds == samples.planned_rounds;
    let planned = samples.looks.get(samples.looks_taken).filter(|look| look.rounds == rounds).copied();
    if planned.is_none() && !last {
        return false;
    }
    let spent: f64 = samples.looks[..samples.looks_taken].iter().map(|look| look.alpha_share).sum();
    samples.alpha_share = planned.filter(|_| !last).map_or(1.0 - spent, |look| look.alpha_share);
    samples.looks_taken += 1;
    last || stopping.may_stop(samples)
}

struct Monotonic(Instant);

impl Clock for Monotonic {
    fn now_ns(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
#[path = "wall_tests.rs"]
mod tests;
