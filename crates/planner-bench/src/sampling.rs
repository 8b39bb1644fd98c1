//! The order of the runs: warm-up, then all rows out and back again on each repository, so that what drifts steadily hits
//! all alike. Each cell may spend an equal share of the budget; a slow one gets fewer runs, a fast one all it was promised.

use std::time::Duration;

use paired_bench::measure::samples::Run;

use super::figures::Outcome;

/// How a single run went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// It ended well.
    Finished(Run),
    /// It was stopped after this many seconds.
    TooLong(u64),
    /// It failed, or could not be started.
    Failed(String),
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    /// Pairs of runs of each cell: one on the way out, one on the way back.
    pub pairs: u32,
    /// What all cells may spend together; each gets at least one run that counts.
    pub budget: Duration,
}

/// Samples `groups` of cells, which are numbered through all of them. `run` runs a cell, `progress` hears how many of how
/// many rounds are done.
pub fn sample(
    groups: &[Vec<usize>],
    amount: Amount,
    run: &mut dyn FnMut(usize) -> Attempt,
    progress: &dyn Fn(u32, u32),
) -> Vec<Outcome> {
    let cells = groups.iter().flatten().max().map_or(0, |last| last + 1);
    let share = amount.budget.as_nanos() as u64 / cells.max(1) as u64;
    let mut states: Vec<State> = (0..cells).map(|_| State::default()).collect();
    for &cell in groups.iter().flatten() {
        // What the first run reads from disk and compiles is nobody's measure.
        match run(cell) {
            Attempt::Finished(run) => states[cell].spent_ns = run.wall_ns,
            attempt => states[cell].ended = Some(without_figure(attempt)),
        }
    }
    for pair in 0..amount.pairs.max(1) {
        for group in groups {
            for &cell in group.iter().chain(group.iter().rev()) {
                states[cell].sample(share, &mut *run, cell);
            }
        }
        progress(pair + 1, amount.pairs.max(1));
    }
    states.into_iter().map(State::outcome).collect()
}

#[derive(Default)]
struct State {
    runs: Vec<Run>,
    spent_ns: u64,
    ended: Option<Outcome>,
}

impl State {
    fn sample(&mut self, share_ns: u64, run: &mut dyn FnMut(usize) -> Attempt, cell: usize) {
        let is_exhausted = self.spent_ns >= share_ns && !self.runs.is_empty();
        if self.ended.is_some() || is_exhausted {
            return;
        }
        match run(cell) {
            Attempt::Finished(run) => {
                self.spent_ns += run.wall_ns;
                self.runs.push(run);
            }
            attempt => self.ended = Some(without_figure(attempt)),
        }
    }

    /// A cell that failed once has no figure: half of a measurement would look like a whole one.
    fn outcome(self) -> Outcome {
        self.ended.unwrap_or(Outcome::Measured(self.runs))
    }
}

fn without_figure(attempt: Attempt) -> Outcome {
    match attempt {
        Attempt::Finished(run) => Outcome::Measured(vec![run]),
        Attempt::TooLong(seconds) => Outcome::TooLong { seconds },
        Attempt::Failed(reason) => Outcome::NotMeasured { reason },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(wall_ns: u64) -> Attempt {
        Attempt::Finished(Run { wall_ns, user_ns: 1, cpu_ns: 1, max_rss_bytes: 1 })
    }

    fn runs(outcome: &Outcome) -> usize {
        outcome.summary().map_or(0, |summary| summary.runs)
    }

    #[test]
    fn rows_are_interleaved_out_and_back() {
        let mut order = Vec::new();
        let amount = Amount { pairs: 1, budget: Duration::from_secs(1) };
        sample(
            &[vec![0, 1], vec![2, 3]],
            amount,
            &mut |cell| {
                order.push(cell);
                finished(1)
            },
            &|_, _| {},
        );
        assert_eq!(order, [0, 1, 2, 3, 0, 1, 1, 0, 2, 3, 3, 2]);
    }

    #[test]
    fn a_slow_cell_gets_its_share_only() {
        let amount = Amount { pairs: 50, budget: Duration::from_nanos(2000) };
        let times = [10, 400, 5000];
        let outcomes = sample(&[vec![0, 1, 2]], amount, &mut |cell| finished(times[cell]), &|_, _| {});
        // 666 ns each, the warm-up counted in: 100 runs are not reached by any.
        assert_eq!(outcomes.iter().map(runs).collect::<Vec<_>>(), [66, 1, 1]);
    }

    #[test]
    fn a_failure_leaves_no_figure() {
        let mut tries = 0;
        let mut flaky = |_| {
            tries += 1;
            if tries < 3 { finished(1) } else { Attempt::Failed("exit code 1".into()) }
        };
        let amount = Amount { pairs: 3, budget: Duration::from_secs(1) };
        let outcomes = sample(&[vec![0]], amount, &mut flaky, &|_, _| {});
        assert_eq!(outcomes, [Outcome::NotMeasured { reason: "exit code 1".into() }]);
        assert_eq!(tries, 3);
        let outcomes = sample(&[vec![0]], amount, &mut |_| Attempt::TooLong(9), &|_, _| {});
        assert_eq!(outcomes, [Outcome::TooLong { seconds: 9 }]);
    }
}
