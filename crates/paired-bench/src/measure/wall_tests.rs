//! Order, balance, looks and stops of the sampling, over a runner that only writes down what it was asked for.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use super::*;

const RUN_NS: u64 = 10_000_000;

struct Recorder {
    asked: Vec<(usize, usize, u32)>,
    now_ns: Rc<Cell<u64>>,
    cost_ns: u64,
}

impl Runner for Recorder {
    fn run(&mut self, arm: usize, case: usize, layout: u32) -> Result<Run, MeasureError> {
        self.asked.push((arm, case, layout));
        self.now_ns.set(self.now_ns.get() + self.cost_ns);
        Ok(Run { wall_ns: RUN_NS, user_ns: 1, cpu_ns: 1, max_rss_bytes: 1 })
    }
}

struct Simulated(Rc<Cell<u64>>);

impl Clock for Simulated {
    fn now_ns(&self) -> u64 {
        self.0.get()
    }
}

struct StopAt(u32, RefCell<Vec<(usize, f64)>>);

impl StoppingRule for StopAt {
    fn may_stop(&self, samples: &WallSamples) -> bool {
        self.1.borrow_mut().push((samples.rounds(), samples.alpha_share));
        samples.rounds() as u32 >= self.0
    }
}

fn names() -> Names {
    Names { arms: vec!["a".into(), "b".into(), "a2".into()], cases: vec!["x".into(), "y".into()] }
}

fn plan(seconds: u64) -> SamplingPlan {
    SamplingPlan::with_budget(Duration::from_secs(seconds), "/nonexistent")
}

fn record(plan: &SamplingPlan, stopping: &dyn StoppingRule, cost_ns: u64) -> (WallSamples, Recorder) {
    let now_ns = Rc::new(Cell::new(0));
    let mut recorder = Recorder { asked: Vec::new(), now_ns: Rc::clone(&now_ns), cost_ns };
    let samples =
        sample(&mut recorder, &Simulated(now_ns), names(), plan, stopping, &Silent).expect("the recorder never fails");
    (samples, recorder)
}

#[test]
fn every_block_is_a_palindrome_over_all_arms() {
    let (samples, recorder) = record(&plan(12), &UseWholeBudget, RUN_NS);
    let warm_ups = 2 * 2 * 2 * 3;
    let measured = &recorder.asked[warm_ups..];
    assert_eq!(measured.len(), samples.blocks.len() * 6);
    for block in measured.chunks(6) {
        let back: Vec<_> = block.iter().rev().collect();
        assert!(block.iter().eq(back), "{block:?}");
        let mut arms: Vec<usize> = block[..3].iter().map(|asked| asked.0).collect();
        arms.sort_unstable();
        assert_eq!(arms, [0, 1, 2]);
    }
    let first_arms: std::collections::BTreeSet<usize> = measured.chunks(6).map(|block| block[0].0).collect();
    assert_eq!(first_arms.len(), 3, "each arm comes first some time");
}

#[test]
fn layouts_take_turns_and_are_recorded() {
    let (samples, recorder) = record(&plan(12), &UseWholeBudget, RUN_NS);
    assert_eq!(samples.rounds(), 100);
    assert_eq!(samples.layout_of_round[..4], [0, 1, 0, 1]);
    assert_eq!(recorder.asked.iter().filter(|asked| asked.2 == 1).count(), recorder.asked.len() / 2);
}

#[test]
fn the_same_seed_gives_the_same_order() {
    let first = record(&plan(12), &UseWholeBudget, RUN_NS).1.asked;
    assert_eq!(first, record(&plan(12), &UseWholeBudget, RUN_NS).1.asked);
    let other = SamplingPlan { seed: 2, ..plan(12) };
    assert_ne!(first, record(&other, &UseWholeBudget, RUN_NS).1.asked);
}

#[test]
fn stops_only_at_planned_looks() {
    let rule = StopAt(30, RefCell::default());
    let (samples, _) = record(&plan(12), &rule, RUN_NS);
    assert_eq!(samples.rounds(), 50, "a quarter was too early, half is the next look");
    assert_eq!(samples.looks_taken, 2);
    let shares = rule.1.into_inner();
    assert_eq!(shares.iter().map(|share| share.0).collect::<Vec<_>>(), [25, 50]);
    assert!((shares[0].1 - 1.0 / 7.0).abs() < 1e-12 && (shares[1].1 - 2.0 / 7.0).abs() < 1e-12);
}

#[test]
fn the_last_look_spends_what_is_left() {
    let (samples, _) = record(&plan(12), &UseWholeBudget, RUN_NS);
    assert!((samples.alpha_share - 4.0 / 7.0).abs() < 1e-12);
    // Runs that take three times as long as in the warm-up: time is up before the second look.
    let (slow, _) = record(&plan(12), &UseWholeBudget, RUN_NS * 3);
    assert!(slow.rounds() == 34 && slow.looks_taken == 2, "{} rounds", slow.rounds());
    assert!((slow.alpha_share - 6.0 / 7.0).abs() < 1e-12);
}

#[test]
fn the_minimum_is_made_however_slow_the_machine() {
    let (samples, _) = record(&plan(1), &UseWholeBudget, RUN_NS * 100);
    assert_eq!(samples.rounds(), 20);
    assert!((samples.alpha_share - 1.0).abs() < 1e-12);
}

#[test]
fn nothing_to_compare_is_an_error() {
    let mut recorder = Recorder { asked: Vec::new(), now_ns: Rc::default(), cost_ns: 1 };
    let clock = Simulated(Rc::default());
    let mut refused = |names: Names| {
        sample(&mut recorder, &clock, names, &plan(1), &UseWholeBudget, &Silent).expect_err("refused").to_string()
    };
    assert!(refused(Names { arms: vec!["a".into()], ..names() }).contains("two binaries"));
    assert!(refused(Names { cases: vec![], ..names() }).contains("no benchmark is given"));
    assert!(refused(Names { cases: vec!["x".into(), "x".into()], ..names() }).contains("share one name"));
}
