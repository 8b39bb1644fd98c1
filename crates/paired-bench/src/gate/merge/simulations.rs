//! How often the gate errs, over hundreds of simulated merges: every test here counts verdicts.
//!
//! A simulated count is the truth times the noise of the program: 0.02 % is what a randomly seeded hash map costs, far
//! more than a program with pinned entropy has.

use super::*;
use crate::gate::documented;
use crate::measure::Machine;
use crate::statistics::Random;

const EXPERIMENTS: u64 = 200;
const BENCHMARKS: usize = 6;

/// How counts scatter.
#[derive(Clone, Copy, Default)]
struct Noise {
    /// Coefficient of variation.
    variation: f64,
    /// Half of the counts are higher by this share: two ways through the program, taken at random.
    second_mode: f64,
    /// One count in twenty is higher by this share.
    outlier: f64,
    /// In stretches of some ten counts, a third of the time, everything is higher by this share.
    neighbour: f64,
    /// Growth over all counts of one merge, in the order counted.
    drift: f64,
}

struct Counter {
    noise: Noise,
    random: Random,
    counted: u32,
    neighbour_is_there: bool,
}

impl Counter {
    fn count(&mut self, truth: f64) -> u64 {
        let noise = self.noise;
        let (radius, angle) = (1.0 - self.random.unit(), self.random.unit());
        let normal = (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos();
        let mode = if self.random.unit() < 0.5 { noise.second_mode } else { 0.0 };
        let outlier = if self.random.unit() < 0.05 { noise.outlier } else { 0.0 };
        let drift = noise.drift * f64::from(self.counted) / 216.0;
        self.counted += 1;
        // Comes every twentieth count and stays for ten, on average.
        let turns = if self.neighbour_is_there { 1.0 / 10.0 } else { 1.0 / 20.0 };
        self.neighbour_is_there ^= self.random.unit() < turns;
        let neighbour = if self.neighbour_is_there { noise.neighbour } else { 0.0 };
        (50e6 * truth * (1.0 + normal * noise.variation + mode + outlier + drift + neighbour)) as u64
    }

    /// As the stage does it: base and head by turns.
    fn measure(&mut self, slow_down: f64) -> Vec<Measured> {
        let names = (0..BENCHMARKS).map(|index| format!("{index}_guarded_program"));
        let measured = names.map(|name| {
            let (mut base, mut head) = (Vec::new(), Vec::new());
            while !MergeRules::default().is_enough(&base) {
                base.push(self.count(1.0));
                head.push(self.count(1.0 + slow_down));
            }
            let side = |totals| Side::Counted { totals, functions: Default::default() };
            Measured { name, base: side(base), head: side(head), gated_by_base: false, earlier: Vec::new() }
        });
        measured.collect()
    }
}

/// How many of the simulated merges are refused when every benchmark slows down by `slow_down`.
fn refused(noise: Noise, slow_down: f64) -> usize {
    let revision = Revision { name: "x".to_owned(), commit: None, tree: String::new(), binary: None };
    let subject = Subject { base: revision.clone(), head: revision, machine: Machine::unknown() };
    let merge = |seed: &u64| {
        let mut counter =
            Counter { noise, random: Random::seeded(seed * 7919 + 3), counted: 0, neighbour_is_there: false };
        let first = judge(&counter.measure(slow_down), &MergeRules::default(), subject.clone());
        first.outcome == MergeOutcome::Regression
            && confirm(first, &counter.measure(slow_down)).outcome == MergeOutcome::Regression
    };
    (0..EXPERIMENTS).filter(merge).count()
}

/// Refusals of nothing, and of slow-downs of 0.3, 1 and 3 %: the row of docs/gates.md that is called `MERGE[index]`.
fn row(index: usize, noise: Noise) -> [usize; 4] {
    let row = [0.0, 0.003, 0.01, 0.03].map(|slow_down| refused(noise, slow_down));
    documented::row(&documented::MERGE, index, &row.map(|count| count.to_string()));
    row
}

#[test]
fn exact_counts_never_alarm_falsely_and_miss_nothing() {
    assert_eq!(row(0, Noise::default()), [0, 200, 200, 200]);
}

#[test]
fn the_noise_of_a_hash_seed_alarms_rarely_and_hides_nothing() {
    let [alarms, least, more, most] = row(1, Noise { variation: 0.0002, ..Noise::default() });
    assert!(alarms <= 2, "{alarms} false alarms");
    assert!(least >= 190 && more == 200 && most == 200, "{least} {more} {most}");
}

#[test]
fn outliers_neither_alarm_nor_hide() {
    let [alarms, least, more, most] = row(2, Noise { variation: 0.0002, outlier: 0.05, ..Noise::default() });
    assert!(alarms <= 4, "{alarms} false alarms");
    assert!(least >= 190 && more >= 198 && most == 200, "{least} {more} {most}");
}

#[test]
fn drift_hits_both_sides_alike() {
    let [alarms, _, more, most] = row(3, Noise { variation: 0.0002, drift: 0.02, ..Noise::default() });
    assert!(alarms <= 4, "{alarms} false alarms");
    assert!(more == 200 && most == 200, "{more} {most}");
}

#[test]
fn two_modes_cost_power_but_alarm_rarely() {
    let [alarms, _, _, most] = row(4, Noise { variation: 0.0002, second_mode: 0.004, ..Noise::default() });
    assert!(alarms <= 6, "{alarms} false alarms");
    assert!(most == 200, "{most}");
}

#[test]
fn a_neighbour_alarms_rarely() {
    let [alarms, _, more, most] = row(5, Noise { variation: 0.0002, neighbour: 0.001, ..Noise::default() });
    assert!(alarms <= 4, "{alarms} false alarms");
    assert!(more >= 190 && most == 200, "{more} {most}");
}
