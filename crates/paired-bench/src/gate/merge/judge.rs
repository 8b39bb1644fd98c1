//! From counts to a verdict, without any I/O. The rules are in [`super::rules`].

use std::collections::BTreeMap;

use super::rules::{MergeRules, middle, spread};
use super::verdict::{BenchmarkVerdict, MergeFinding, MergeVerdict, Revision};
use crate::gate::history::BinaryCounts;
use crate::measure::Machine;
use crate::measure::callgrind::FunctionCost;
use crate::measure::function_changes::{FunctionChange, changes};

/// How many functions are reported for each refused benchmark.
const FUNCTIONS: usize = 5;

/// What one binary did on one benchmark.
#[derive(Debug, Clone, PartialEq)]
pub enum Side {
    /// It was counted.
    Counted {
        /// Instructions of each repetition.
        totals: Vec<u64>,
        /// Own and inclusive instructions by function, of the first one.
        functions: BTreeMap<String, FunctionCost>,
    },
    /// It did not answer.
    Failed(String),
    /// It is the same binary as the other side's and was not run.
    Identical,
    /// Its declaration does not have the benchmark.
    Absent,
}

/// Both sides of one benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The benchmark.
    pub name: String,
    /// Base's side.
    pub base: Side,
    /// Head's side.
    pub head: Side,
    /// Whether base's declaration gates it; what head's gates is gated too.
    pub gated_by_base: bool,
    /// Counts of single binaries on the same input, by earlier runs on this machine.
    pub earlier: Vec<BinaryCounts>,
}

/// What was compared, where.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// What was compared with.
    pub base: Revision,
    /// What is to be merged.
    pub head: Revision,
    /// The machine that counted.
    pub machine: Machine,
}

/// Applies the rules. The same counts always give the same verdict.
pub fn judge(measured: &[Measured], rules: &MergeRules, subject: Subject) -> MergeVerdict {
    let mut verdict = MergeVerdict::not_measured(rules.clone(), subject, "");
    let base = verdict.base.binary.clone();
    verdict.benchmarks = measured.iter().map(|measured| benchmark(measured, base.as_deref(), rules)).collect();
    verdict.conclude();
    verdict
}

/// Takes the counts after a rebuild into a verdict that would refuse: what they don't bear out is not refused.
pub fn confirm(mut verdict: MergeVerdict, rebuilt: &[Measured]) -> MergeVerdict {
    for benchmark in &mut verdict.benchmarks {
        let Some(again) = rebuilt.iter().find(|again| again.name == benchmark.name) else { continue };
        let (Side::Counted { totals: base, .. }, Side::Counted { totals: head, .. }) = (&again.base, &again.head)
        else {
            continue;
        };
        let change = middle(head) / middle(base) - 1.0;
        benchmark.confirmed_change = Some(change);
        benchmark.spread = benchmark.spread.max(spread([benchmark.base.as_slice(), base]));
        benchmark.limit = verdict.rules.limit_for(benchmark.spread);
        benchmark.spread_counts += base.len();
        let change = change.min(benchmark.change.unwrap_or(change));
        if benchmark.finding == MergeFinding::Worse && change <= benchmark.limit {
            benchmark.finding = MergeFinding::NotConfirmed;
            benchmark.functions.clear();
        }
    }
    verdict.rebuilt = true;
    verdict.conclude();
    verdict
}

fn benchmark(measured: &Measured, base: Option<&str>, rules: &MergeRules) -> BenchmarkVerdict {
    let groups = repetitions(measured, base);
    let spread = spread(groups.iter().map(Vec::as_slice));
    let mut verdict = BenchmarkVerdict {
        name: measured.name.clone(),
        gated: measured.gated_by_base || rules.is_gated(&measured.name),
        finding: MergeFinding::Same,
        base: totals(&measured.base),
        head: totals(&measured.head),
        change: None,
        confirmed_change: None,
        spread,
        limit: rules.limit_for(spread),
        spread_counts: groups.iter().map(Vec::len).sum(),
        problem: None,
        functions: Vec::new(),
    };
    compare(measured, &mut verdict);
    verdict
}

/// What is known of the benchmark's A/A: the counts of each binary that was counted more than once, base's of this run
/// together with earlier ones of the same binary.
fn repetitions(measured: &Measured, base: Option<&str>) -> Vec<Vec<u64>> {
    let is_base = |counts: &&BinaryCounts| Some(counts.binary.as_str()) == base;
    let before = measured.earlier.iter().filter(is_base).flat_map(|counts| counts.totals.clone());
    let own = before.chain(totals(&measured.base)).collect();
    let others = measured.earlier.iter().filter(|counts| !is_base(counts)).map(|counts| counts.totals.clone());
    others.chain([own]).filter(|group| group.len() > 1).collect()
}

fn totals(side: &Side) -> Vec<u64> {
    match side {
        Side::Counted { totals, .. } => totals.clone(),
        _ => Vec::new(),
    }
}

fn compare(measured: &Measured, verdict: &mut BenchmarkVerdict) {
    verdict.finding = match (&measured.base, &measured.head) {
        (_, Side::Absent) => MergeFinding::Removed,
        (_, Side::Failed(problem)) => {
            verdict.problem = Some(problem.clone());
            MergeFinding::HeadFails
        }
        (Side::Absent, _) => MergeFinding::New,
        (Side::Failed(problem), _) => {
            verdict.problem = Some(problem.clone());
            MergeFinding::BaseFails
        }
        (Side::Identical, _) | (_, Side::Identical) => MergeFinding::Identical,
        (Side::Counted { functions: before, .. }, Side::Counted { functions: after, .. }) => {
            let change = middle(&verdict.head) / middle(&verdict.base) - 1.0;
            verdict.change = Some(change);
            if change > verdict.limit {
                verdict.functions = grown(before, after);
                MergeFinding::Worse
            } else if change < -verdict.limit {
                MergeFinding::Better
            } else {
                MergeFinding::Same
            }
        }
    };
}

fn grown(before: &BTreeMap<String, FunctionCost>, after: &BTreeMap<String, FunctionCost>) -> Vec<FunctionChange> {
    changes(before, after).into_iter().filter(|change| change.growth() > 0).take(FUNCTIONS).collect()
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
