//! Verdicts on measurements whose outcome is known, and their words.

use host::exit_code::ExitCode;

use super::*;
use crate::gate::simulated::Machine;
use crate::measure::wall::UseWholeBudget;

fn rules() -> ShipRules {
    ShipRules { resamples: 2000, ..ShipRules::default() }
}

fn quiet(ratios: &[f64]) -> Machine {
    Machine { variation: 0.01, outliers: 0.0, ..Machine::noisy(ratios, 40) }
}

fn verdict(machine: &Machine) -> ShipVerdict {
    decide(&machine.measure(1, &UseWholeBudget), &rules())
}

#[test]
fn a_win_ships_with_its_figures() {
    let verdict = verdict(&quiet(&[0.8, 0.9]));
    assert_eq!(verdict.outcome, Outcome::Ship);
    assert!((verdict.geometric_mean.ratio - 0.72_f64.sqrt()).abs() < 0.01, "{:?}", verdict.geometric_mean);
    assert!(verdict.geometric_mean.lower < verdict.geometric_mean.ratio);
    assert!(verdict.geometric_mean.ratio < verdict.geometric_mean.upper);
    assert!(
        verdict.sentence.starts_with("ship candidate: geometric mean of 2 benchmark(s) 0.85"),
        "{}",
        verdict.sentence
    );
    assert_eq!((verdict.reasons.len(), verdict.cases[0].pairs), (0, 80));
    assert!(verdict.cases.iter().all(|case| case.finding == Finding::NoLoss));
    assert_eq!(verdict.cases[0].baseline_peak_bytes, 20_000_000);
}

#[test]
fn a_win_below_the_minimum_does_not_ship() {
    let verdict = verdict(&quiet(&[0.995, 0.995]));
    assert_eq!(verdict.outcome, Outcome::DontShip);
    assert!(verdict.is_final());
    assert!(
        verdict.sentence.starts_with("ship baseline: a win of 2 % is not shown (measured 0."),
        "{}",
        verdict.sentence
    );
}

#[test]
fn a_losing_case_does_not_ship_and_is_named() {
    let verdict = verdict(&quiet(&[0.8, 1.06]));
    assert_eq!(verdict.outcome, Outcome::DontShip);
    assert_eq!(verdict.cases[1].finding, Finding::Loss);
    assert!(verdict.sentence.contains("case-2 loses 6"), "{}", verdict.sentence);
}

#[test]
fn an_unclear_case_does_not_ship_and_says_what_would_help() {
    let verdict = verdict(&Machine { variation: 0.1, ..quiet(&[0.5, 1.0]) });
    assert_eq!(verdict.outcome, Outcome::DontShip);
    assert_eq!(verdict.cases[1].finding, Finding::Unclear);
    assert!(!verdict.is_final(), "more samples could turn it");
    assert!(verdict.sentence.contains("budget-seconds"), "{}", verdict.sentence);
}

#[test]
fn a_copy_that_differs_from_itself_makes_it_void() {
    let verdict = verdict(&Machine { same_binary: 0.95, ..quiet(&[0.8, 0.8]) });
    assert_eq!((verdict.outcome, verdict.outcome.exit_code()), (Outcome::Void, ExitCode::NotMeasured));
    assert_eq!(verdict.same_binary.objections.len(), 3, "{:?}", verdict.same_binary.objections);
    assert!(verdict.sentence.starts_with("void, nothing is known: the baseline differs from a copy of itself"));
    assert!(!verdict.is_final());
}

#[test]
fn every_outcome_has_an_exit_code_of_its_own() {
    let codes = [Outcome::Ship, Outcome::DontShip, Outcome::Void].map(|outcome| outcome.exit_code() as u8);
    assert_eq!(codes, [0, 1, 3]);
}

#[test]
fn a_missing_copy_makes_it_void() {
    let mut samples = quiet(&[0.8]).measure(1, &UseWholeBudget);
    samples.arms.truncate(2);
    samples.blocks.iter_mut().for_each(|block| block.runs.truncate(2));
    let verdict = decide(&samples, &rules());
    assert_eq!(verdict.outcome, Outcome::Void);
    assert!(verdict.sentence.contains("no second copy"), "{}", verdict.sentence);
}

#[test]
fn a_case_without_samples_makes_it_void() {
    let mut samples = quiet(&[0.8]).measure(1, &UseWholeBudget);
    samples.blocks.clear();
    let verdict = decide(&samples, &rules());
    assert_eq!(verdict.outcome, Outcome::Void);
    assert!(verdict.sentence.contains("case-1 was never run"), "{}", verdict.sentence);
}

#[test]
fn the_same_samples_give_the_same_verdict() {
    let samples = quiet(&[0.9, 0.97]).measure(4, &UseWholeBudget);
    let first = serde_json::to_string(&decide(&samples, &rules())).expect("plain data");
    assert_eq!(first, serde_json::to_string(&decide(&samples, &rules())).expect("plain data"));
    let read: ShipVerdict = serde_json::from_str(&first).expect("its own output");
    assert_eq!((read.outcome, read.cases.len()), (Outcome::Ship, 2));
}

#[test]
fn corrected_bounds_say_what_the_findings_say() {
    for seed in 0..20 {
        let machine = Machine { variation: 0.06, ..quiet(&[0.97, 0.99, 1.0, 1.03]) };
        let verdict = decide(&machine.measure(seed, &UseWholeBudget), &rules());
        for case in verdict.cases.iter().filter(|case| case.finding == Finding::NoLoss) {
            assert!(case.estimate.upper < 1.01, "{case:?}");
        }
        for case in verdict.cases.iter().filter(|case| case.finding == Finding::Loss) {
            assert!(case.estimate.lower > 1.01, "{case:?}");
        }
    }
}

#[test]
fn void_is_repeated_once_and_only_once() {
    let good = quiet(&[0.8]);
    let broken = Machine { same_binary: 0.9, ..good.clone() };
    let mut attempts = Vec::new();
    let mut measure = |machines: [&Machine; 2]| {
        attempts.clear();
        let decided = decide_with_retry::<std::convert::Infallible>(&rules(), |attempt| {
            attempts.push(attempt);
            Ok(machines[attempt as usize].measure(attempt.into(), &UseWholeBudget))
        })
        .expect("never fails");
        (decided.verdict.outcome, decided.void.is_some(), attempts.clone())
    };
    assert_eq!(measure([&good, &broken]), (Outcome::Ship, false, vec![0]));
    assert_eq!(measure([&broken, &good]), (Outcome::Ship, true, vec![0, 1]));
    assert_eq!(measure([&broken, &broken]), (Outcome::Void, true, vec![0, 1]));
}

#[test]
fn an_error_of_the_measurement_is_handed_on() {
    assert_eq!(decide_with_retry(&rules(), |_| Err("no such binary")), Err("no such binary"));
}

#[test]
fn real_processes_are_measured_and_judged() {
    use std::time::Duration;
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let plan =
        SamplingPlan { minimum_rounds: 4, warm_ups: 1, ..SamplingPlan::with_budget(Duration::ZERO, scratch.path()) };
    let case = Case::new("nothing", scratch.path(), &["-c", ":"]);
    let arms = Arm::with_same_binary(Arm::new("old", "/bin/sh"), Arm::new("new", "/bin/sh"));
    let decided = run(&arms, &[case], &plan, &rules(), &crate::measure::wall::Silent).expect("the shell runs");
    // Four rounds of a real machine may come out anyhow; that they are judged at all is what counts here.
    assert_eq!((decided.verdict.baseline.as_str(), decided.verdict.candidate.as_str()), ("old", "new"));
    assert_eq!((decided.samples.rounds(), decided.verdict.cases[0].pairs), (4, 8));
}
