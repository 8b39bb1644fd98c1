//! Verdicts on counts whose answer is known, and their words.

use super::*;
use crate::gate::merge::MergeOutcome;

fn counted(totals: &[u64]) -> Side {
    let cost = |own| FunctionCost { own, inclusive: own };
    let functions = BTreeMap::from([("walk".to_owned(), cost(totals[0] / 2)), ("parse".to_owned(), cost(100))]);
    Side::Counted { totals: totals.to_vec(), functions }
}

fn measured(name: &str, base: Side, head: Side) -> Measured {
    Measured { name: name.to_owned(), base, head, gated_by_base: false, earlier: Vec::new() }
}

fn subject() -> Subject {
    let revision = |name: &str| Revision {
        name: name.to_owned(),
        commit: Some("0123456789abcdef0123".to_owned()),
        tree: "1".repeat(40),
        binary: None,
    };
    Subject { base: revision("main"), head: revision("topic"), machine: Machine::unknown() }
}

fn rules() -> MergeRules {
    MergeRules { benchmarks: "*_guarded_program".to_owned(), ..MergeRules::default() }
}

fn verdict(measured: &[Measured]) -> MergeVerdict {
    judge(measured, &rules(), subject())
}

const BASE: [u64; 3] = [1_000_000; 3];

#[test]
fn growth_up_to_the_limit_passes() {
    let verdict = verdict(&[measured("a_guarded_program", counted(&BASE), counted(&[1_001_900; 3]))]);
    assert_eq!(verdict.outcome, MergeOutcome::Pass);
    assert_eq!(
        verdict.sentence,
        "pass: 1 gated benchmark(s) within their limits, the largest change +0.19 % (a_guarded_program, limit 0.2 %)"
    );
}

#[test]
fn growth_above_the_limit_is_refused_with_the_function() {
    let verdict = verdict(&[measured("a_guarded_program", counted(&BASE), counted(&[1_003_000; 3]))]);
    assert_eq!(verdict.outcome, MergeOutcome::Regression);
    assert_eq!(verdict.sentence, "regression: a_guarded_program +0.3 % (limit 0.2 %), most in walk");
    assert_eq!(verdict.benchmarks[0].functions[0].growth(), 1500);
}

#[test]
fn what_is_not_gated_is_only_reported() {
    let gated = measured("a_guarded_program", counted(&BASE), counted(&BASE));
    for side in [counted(&[2_000_000; 3]), Side::Failed("exit code 1".to_owned()), Side::Absent] {
        let verdict = verdict(&[gated.clone(), measured("tag_index_build", counted(&BASE), side)]);
        assert_eq!(verdict.outcome, MergeOutcome::Pass, "{}", verdict.sentence);
        assert_ne!(verdict.benchmarks[1].finding, MergeFinding::Same);
    }
}

#[test]
fn a_removed_gated_benchmark_is_refused() {
    let verdict = verdict(&[measured("a_guarded_program", Side::Absent, Side::Absent)]);
    assert_eq!(verdict.outcome, MergeOutcome::Regression);
    assert!(verdict.sentence.contains("a_guarded_program was removed"), "{}", verdict.sentence);
}

#[test]
fn what_base_gates_stays_gated() {
    let renamed = measured("tag_index_build", counted(&BASE), counted(&[1_003_000; 3]));
    let verdict = verdict(&[Measured { gated_by_base: true, ..renamed }]);
    assert_eq!(verdict.outcome, MergeOutcome::Regression, "{}", verdict.sentence);
}

#[test]
fn a_benchmark_that_fails_on_head_is_refused() {
    let verdict = verdict(&[measured("a_guarded_program", counted(&BASE), Side::Failed("exit code 7".to_owned()))]);
    assert_eq!(verdict.outcome, MergeOutcome::Regression);
    assert_eq!(verdict.sentence, "regression: a_guarded_program fails on head: exit code 7");
}

#[test]
fn a_base_that_fails_is_never_green() {
    let other = measured("b_guarded_program", counted(&BASE), counted(&BASE));
    let failing = measured("a_guarded_program", Side::Failed("exit code 7".to_owned()), counted(&BASE));
    let found = verdict(&[failing.clone(), other]);
    assert_eq!(found.outcome, MergeOutcome::NotMeasured);
    assert!(found.sentence.starts_with("not measured: base main (0123456789ab) can't answer a_guarded_program"));
    let worse = measured("b_guarded_program", counted(&BASE), counted(&[1_100_000; 3]));
    assert_eq!(verdict(&[failing, worse]).outcome, MergeOutcome::Regression, "a regression elsewhere stays one");
}

#[test]
fn a_new_benchmark_says_that_it_has_no_base() {
    let new = measured("b_guarded_program", Side::Absent, counted(&BASE));
    let old = measured("a_guarded_program", counted(&BASE), counted(&BASE));
    let found = verdict(&[old, new.clone()]);
    assert_eq!(found.outcome, MergeOutcome::Pass);
    assert!(found.sentence.ends_with("; 1 new, without a base"), "{}", found.sentence);
    let alone = verdict(&[new]);
    assert_eq!(alone.sentence, "pass: no gated benchmark has a base to compare with; 1 new, without a base");
}

#[test]
fn nothing_gated_is_no_pass() {
    let found = verdict(&[measured("tag_index_build", counted(&BASE), counted(&BASE))]);
    assert_eq!(found.outcome, MergeOutcome::NotMeasured);
    assert!(found.sentence.contains("no benchmark is called `*_guarded_program`"), "{}", found.sentence);
    assert_eq!(verdict(&[]).outcome, MergeOutcome::NotMeasured);
}

#[test]
fn the_same_binary_passes_uncounted() {
    let found = verdict(&[measured("a_guarded_program", Side::Identical, Side::Identical)]);
    assert_eq!(found.outcome, MergeOutcome::Pass);
    assert!(found.sentence.contains("the same binary"), "{}", found.sentence);
}

#[test]
fn scatter_widens_the_limit_and_earlier_runs_count() {
    let head = counted(&[1_010_000; 3]);
    let scattering = counted(&[1_000_000, 1_010_000, 990_000]);
    let own = verdict(&[measured("a_guarded_program", scattering, head.clone())]);
    assert_eq!(own.outcome, MergeOutcome::Pass, "{}", own.sentence);
    let exact = measured("a_guarded_program", counted(&BASE), head);
    assert_eq!(verdict(std::slice::from_ref(&exact)).outcome, MergeOutcome::Regression);
    let totals = vec![1_000_000, 1_010_000, 990_000, 995_000, 1_005_000, 1_009_000];
    let earlier = vec![BinaryCounts { binary: "another".to_owned(), totals }];
    let remembered = verdict(&[Measured { earlier, ..exact }]);
    assert_eq!(remembered.outcome, MergeOutcome::Pass, "{}", remembered.sentence);
    assert_eq!(remembered.benchmarks[0].spread_counts, 9);
}

#[test]
fn earlier_counts_of_the_same_binary_stand_beside_its_own() {
    // Each run for itself repeats exactly; only together do they show how much the machine adds.
    let earlier = vec![BinaryCounts { binary: "same".to_owned(), totals: vec![1_010_000; 3] }];
    let measured = measured("a_guarded_program", counted(&BASE), counted(&[1_005_000; 3]));
    let mut subject = subject();
    let rules = rules();
    let apart = judge(&[Measured { earlier: earlier.clone(), ..measured.clone() }], &rules, subject.clone());
    assert_eq!(apart.outcome, MergeOutcome::Regression);
    subject.base.binary = Some("same".to_owned());
    let together = judge(&[Measured { earlier, ..measured }], &rules, subject);
    assert_eq!(together.outcome, MergeOutcome::Pass, "{}", together.sentence);
}

#[test]
fn only_what_a_rebuild_confirms_is_refused() {
    let worse = || measured("a_guarded_program", counted(&BASE), counted(&[1_005_000; 3]));
    let calm = measured("a_guarded_program", counted(&BASE), counted(&[1_000_100; 3]));
    let cleared = confirm(verdict(&[worse()]), &[calm]);
    assert_eq!(cleared.outcome, MergeOutcome::Pass, "{}", cleared.sentence);
    assert_eq!(cleared.benchmarks[0].finding, MergeFinding::NotConfirmed);
    let confirmed = confirm(verdict(&[worse()]), &[worse()]);
    assert_eq!(confirmed.outcome, MergeOutcome::Regression);
    assert!(confirmed.sentence.starts_with("regression (confirmed by a rebuild): a_guarded"), "{}", confirmed.sentence);
}

#[test]
fn the_counts_of_the_rebuild_widen_the_limit_too() {
    let worse = measured("a_guarded_program", counted(&BASE), counted(&[1_005_000; 3]));
    let scattering = counted(&[1_010_000, 990_000, 1_009_000, 991_000, 1_008_000, 992_000]);
    let again = measured("a_guarded_program", scattering, counted(&[1_005_000; 3]));
    let verdict = confirm(verdict(&[worse]), &[again]);
    assert_eq!(verdict.outcome, MergeOutcome::Pass, "{}", verdict.sentence);
    assert!(verdict.benchmarks[0].limit > 0.005, "{}", verdict.benchmarks[0].limit);
}

#[test]
fn a_rebuild_that_says_nothing_clears_nothing() {
    let worse = measured("a_guarded_program", counted(&BASE), counted(&[1_005_000; 3]));
    let failing = measured("a_guarded_program", counted(&BASE), Side::Failed("killed".to_owned()));
    for rebuilt in [vec![failing], vec![]] {
        assert_eq!(confirm(verdict(std::slice::from_ref(&worse)), &rebuilt).outcome, MergeOutcome::Regression);
    }
}

#[test]
fn it_survives_json() {
    let verdict = verdict(&[measured("a_guarded_program", counted(&BASE), counted(&[1_003_000; 3]))]);
    let text = serde_json::to_string(&verdict).expect("plain data");
    assert!(text.contains("\"outcome\":\"regression\"") && text.contains("\"confirmed-change\":null"), "{text}");
    assert_eq!(serde_json::from_str::<MergeVerdict>(&text).expect("its own output"), verdict);
}
