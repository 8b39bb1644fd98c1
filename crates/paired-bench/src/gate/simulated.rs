//! A machine for tests: runs that cost what it says, with the noise of a shared virtual machine.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use crate::measure::MeasureError;
use crate::measure::plan::SamplingPlan;
use crate::measure::samples::{Run, WallSamples};
use crate::measure::wall::{Clock, Names, Runner, Silent, StoppingRule, sample};
use crate::statistics::Random;

/// True ratios to the baseline and the noise on top.
#[derive(Clone)]
pub struct Machine {
    /// True ratio of the candidate for each case.
    pub ratios: Vec<f64>,
    /// True ratio of the A/A arm: not 1 where the measurement is broken.
    pub same_binary: f64,
    /// Coefficient of variation of one run.
    pub variation: f64,
    /// Slow-down from the beginning to the end of the budget.
    pub drift: f64,
    /// Share of the runs that take one and a half to three times as long.
    pub outliers: f64,
    /// Half of the runs take this share longer: two clock frequencies, two placements.
    pub second_mode: f64,
    /// For a third of the time, in stretches of some twenty runs, everything takes this share longer.
    pub neighbour: f64,
    /// Rounds that fit the budget.
    pub rounds: u32,
}

impl Machine {
    /// The noise measured on a shared machine: 13 % per run, drifting, with outliers.
    pub fn noisy(ratios: &[f64], rounds: u32) -> Self {
        Self {
            ratios: ratios.to_vec(),
            same_binary: 1.0,
            variation: 0.13,
            drift: 0.3,
            outliers: 0.03,
            second_mode: 0.0,
            neighbour: 0.0,
            rounds,
        }
    }

    /// One whole measurement.
    pub fn measure(&self, seed: u64, stopping: &dyn StoppingRule) -> WallSamples {
        let now_ns = Rc::new(Cell::new(0));
        let round_ns = RUN_NS * 6 * self.ratios.len() as u64;
        let budget = Duration::from_nanos(round_ns * u64::from(self.rounds) + RUN_NS);
        let plan = SamplingPlan { seed, ..SamplingPlan::with_budget(budget, "/nonexistent") };
        let names = Names {
            arms: ["baseline", "candidate", "baseline-again"].map(str::to_owned).to_vec(),
            cases: (1..=self.ratios.len()).map(|case| format!("case-{case}")).collect(),
        };
        let random = Random::seeded(seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(11));
        let warm_ups_left = 12 * self.ratios.len();
        let mut runner = Simulated {
            machine: self,
            random,
            now_ns: Rc::clone(&now_ns),
            budget_ns: budget.as_nanos() as f64,
            warm_ups_left,
            neighbour_is_there: false,
        };
        sample(&mut runner, &Stopped(now_ns), names, &plan, stopping, &Silent).expect("simulated runs never fail")
    }
}

const RUN_NS: u64 = 50_000_000;

struct Simulated<'a> {
    machine: &'a Machine,
    random: Random,
    now_ns: Rc<Cell<u64>>,
    budget_ns: f64,
    warm_ups_left: usize,
    neighbour_is_there: bool,
}

impl Runner for Simulated<'_> {
    fn run(&mut self, arm: usize, case: usize, _layout: u32) -> Result<Run, MeasureError> {
        let truth = [1.0, self.machine.ratios[case], self.machine.same_binary][arm];
        if self.warm_ups_left > 0 {
            self.warm_ups_left -= 1;
            return Ok(run(RUN_NS));
        }
        let drift = 1.0 + self.machine.drift * self.now_ns.get() as f64 / self.budget_ns;
        let noise = (self.normal() * self.machine.variation).exp();
        let outlier = if self.random.unit() < self.machine.outliers { 1.5 + 1.5 * self.random.unit() } else { 1.0 };
        let mode = if self.random.unit() < 0.5 { 1.0 + self.machine.second_mode } else { 1.0 };
        // Comes every fortieth run and stays for twenty, on average.
        let turns = if self.neighbour_is_there { 1.0 / 20.0 } else { 1.0 / 40.0 };
        self.neighbour_is_there ^= self.random.unit() < turns;
        let neighbour = if self.neighbour_is_there { 1.0 + self.machine.neighbour } else { 1.0 };
        // The clock follows the plan, not the noise, so that every experiment has the rounds it asked for.
        self.now_ns.set(self.now_ns.get() + RUN_NS);
        Ok(run((RUN_NS as f64 * truth * drift * noise * outlier * mode * neighbour) as u64))
    }
}

impl Simulated<'_> {
    /// Box and Muller's method.
    fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.random.unit(), self.random.unit());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }
}

fn run(wall_ns: u64) -> Run {
    Run { wall_ns, user_ns: wall_ns, cpu_ns: wall_ns, max_rss_bytes: 20_000_000 }
}

struct Stopped(Rc<Cell<u64>>);

impl Clock for Stopped {
    fn now_ns(&self) -> u64 {
        self.0.get()
    }
}
