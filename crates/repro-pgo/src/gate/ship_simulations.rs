//! How often the gate errs, over hundreds of simulated releases: every test here counts verdicts.
//!
//! With 200 experiments a true rate of 5 % shows up as 18 or more in one of 60 cases; that is the margin allowed.

use super::*;
use crate::gate::simulated::Machine;
use crate::measure::wall::UseWholeBudget;

const EXPERIMENTS: u64 = 200;
/// Nominal 5 % of 200, and what chance may add to it.
const ALLOWED: usize = 10 + 8;

fn rules() -> ShipRules {
    ShipRules { resamples: 400, ..ShipRules::default() }
}

struct Counts {
    shipped: usize,
    void: usize,
    early: usize,
}

fn count(machine: &Machine, stopping: &dyn StoppingRule) -> Counts {
    let mut counts = Counts { shipped: 0, void: 0, early: 0 };
    for seed in 0..EXPERIMENTS {
        let verdict = decide(&machine.measure(seed, stopping), &rules());
        counts.shipped += usize::from(verdict.outcome == Outcome::Ship);
        counts.void += usize::from(verdict.outcome == Outcome::Void);
        counts.early += usize::from((verdict.rounds as u32) < verdict.planned_rounds);
    }
    counts
}

#[test]
fn a_win_of_ten_percent_ships() {
    let machine = Machine::noisy(&[0.9, 0.9, 0.9], 60);
    let counts = count(&machine, &StopWhenDecided(&rules()));
    assert!(counts.shipped >= 180, "{} of 200 shipped, {} void", counts.shipped, counts.void);
}

#[test]
fn no_win_does_not_ship() {
    let counts = count(&Machine::noisy(&[1.0, 1.0, 1.0], 60), &StopWhenDecided(&rules()));
    assert!(counts.shipped <= 10, "{} of 200 shipped", counts.shipped);
    assert!(counts.void <= ALLOWED, "{} of 200 void", counts.void);
}

/// The hardest candidate not to be fooled by: exactly the minimum in every case, and little noise, so that the rule on
/// single cases is passed easily and only the bound of the geometric mean is left.
#[test]
fn a_win_of_just_the_minimum_ships_no_more_often_than_alpha() {
    let machine = Machine { variation: 0.03, outliers: 0.02, ..Machine::noisy(&[0.98, 0.98, 0.98], 80) };
    let counts = count(&machine, &StopWhenDecided(&rules()));
    assert!(counts.shipped <= ALLOWED, "{} of 200 shipped", counts.shipped);
    assert!(counts.shipped > 0, "the bound is not tight at all");
}

/// One case loses exactly the tolerance while the others win a lot.
#[test]
fn a_loss_in_one_case_is_not_hidden_by_wins_in_others() {
    let machine = Machine { variation: 0.05, ..Machine::noisy(&[1.0101, 0.8, 0.8], 60) };
    let counts = count(&machine, &StopWhenDecided(&rules()));
    assert!(counts.shipped <= ALLOWED, "{} of 200 shipped", counts.shipped);
    let worse = Machine { ratios: vec![1.08, 0.8, 0.8], ..machine };
    assert_eq!(count(&worse, &StopWhenDecided(&rules())).shipped, 0);
}

/// With the smallest sample there is, where a bootstrap is weakest.
#[test]
fn a_single_look_at_the_minimum_of_rounds_keeps_its_level() {
    let machine = Machine { outliers: 0.0, ..Machine::noisy(&[0.98], 20) };
    let lenient = ShipRules { case_tolerance: 0.5, aa_tolerance: 0.5, aa_case_tolerance: 0.5, ..rules() };
    let shipped = (0..EXPERIMENTS)
        .filter(|&seed| decide(&machine.measure(seed, &UseWholeBudget), &lenient).outcome == Outcome::Ship)
        .count();
    assert!((1..=ALLOWED).contains(&shipped), "{shipped} of 200 shipped");
}

#[test]
fn a_clear_win_is_decided_early() {
    let machine = Machine::noisy(&[0.8, 0.8], 200);
    let counts = count(&machine, &StopWhenDecided(&rules()));
    assert!(counts.early >= 180 && counts.shipped >= 180, "{} early, {} shipped", counts.early, counts.shipped);
}

#[test]
fn a_broken_measurement_is_void() {
    let machine = Machine { same_binary: 0.93, ..Machine::noisy(&[0.9, 0.9, 0.9], 60) };
    let counts = count(&machine, &StopWhenDecided(&rules()));
    assert!(counts.void >= 180, "{} of 200 void", counts.void);
}
