//! The merge gate's verdict as data: everything a report or a machine wants to know about it.

use render::number;
use serde::{Deserialize, Serialize};

use super::{MergeRules, Subject};
use crate::gate::Estimate;
use crate::measure::Machine;
use crate::measure::function_changes::FunctionChange;

/// What the gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MergeOutcome {
    /// No gated benchmark grew beyond its limit.
    Pass,
    /// At least one did, or is gone, or fails on head.
    Regression,
    /// Base can't be compared with; nothing is known.
    NotMeasured,
}

/// What is known about one benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MergeFinding {
    /// Within its limit.
    Same,
    /// Fewer instructions, by more than the limit.
    Better,
    /// More instructions, by more than the limit.
    Worse,
    /// The first count said worse, the one after a rebuild did not.
    NotConfirmed,
    /// Both sides are the same binary, so there was nothing to count.
    Identical,
    /// Base does not declare it.
    New,
    /// Only base declares it.
    Removed,
    /// Base's binary can't answer it.
    BaseFails,
    /// Head's binary can't answer it.
    HeadFails,
}

/// One side of the comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Revision {
    /// What was asked for: a revision's name, or `working tree`.
    pub name: String,
    /// Its commit; none for a working tree that differs from HEAD.
    pub commit: Option<String>,
    /// Its tree.
    pub tree: String,
    /// The sha256 of the binary it was counted with, where it was built.
    pub binary: Option<String>,
}

impl Revision {
    /// Name and abbreviated commit.
    pub fn label(&self) -> String {
        match &self.commit {
            Some(commit) if !commit.starts_with(&self.name) => format!("{} ({:.12})", self.name, commit),
            Some(commit) => format!("{commit:.12}"),
            None => self.name.clone(),
        }
    }
}

/// One benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BenchmarkVerdict {
    /// Its name.
    pub name: String,
    /// Whether it can refuse the merge.
    pub gated: bool,
    /// What was found.
    pub finding: MergeFinding,
    /// Base's instructions, each repetition.
    pub base: Vec<u64>,
    /// Head's instructions, each repetition.
    pub head: Vec<u64>,
    /// Median of head / median of base - 1.
    pub change: Option<f64>,
    /// The same after the confirming rebuild.
    pub confirmed_change: Option<f64>,
    /// Interquartile range of the benchmark's A/A, as a share.
    pub spread: f64,
    /// What it was held to.
    pub limit: f64,
    /// How often one binary was counted altogether to know the spread, earlier runs on this machine included.
    pub spread_counts: usize,
    /// What went wrong, where a side can't answer.
    pub problem: Option<String>,
    /// The functions whose own instructions grew most, where it is worse.
    pub functions: Vec<FunctionChange>,
}

impl BenchmarkVerdict {
    /// Whether it refuses the merge.
    pub fn refuses(&self) -> bool {
        let bad = matches!(self.finding, MergeFinding::Worse | MergeFinding::Removed | MergeFinding::HeadFails);
        self.gated && bad
    }
}

/// Wall time of one benchmark, told beside the counts where it was asked for; it decides nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct WallComparison {
    /// The benchmark.
    pub name: String,
    /// Head / base, with one-sided 95 % bounds.
    pub ratio: Estimate,
    /// Pairs of runs.
    pub pairs: usize,
}

/// Instructions of one run of a micro-benchmark, told beside the benchmarks; they decide nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct MicroBenchmark {
    /// Its name.
    pub name: String,
    /// Base's, where base has it.
    pub base: Option<u64>,
    /// Head's, where head has it.
    pub head: Option<u64>,
}

impl MicroBenchmark {
    /// Head / base - 1.
    pub fn change(&self) -> Option<f64> {
        let (base, head) = (self.base?, self.head?);
        (base > 0).then(|| head as f64 / base as f64 - 1.0)
    }
}

/// Everything the gate found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct MergeVerdict {
    /// The answer.
    pub outcome: MergeOutcome,
    /// The answer in one line.
    pub sentence: String,
    /// What it was held to.
    pub rules: MergeRules,
    /// What was compared with.
    pub base: Revision,
    /// What is to be merged.
    pub head: Revision,
    /// The machine that counted.
    pub machine: Machine,
    /// The benchmarks, head's in their order, then those only base has.
    pub benchmarks: Vec<BenchmarkVerdict>,
    /// Whether both sides were built again before the answer.
    pub rebuilt: bool,
    /// What else a reader should know, one sentence each.
    pub notes: Vec<String>,
    /// Wall times, where they were asked for.
    pub wall: Vec<WallComparison>,
    /// The micro-benchmarks, head's in their order, then those only base has.
    #[serde(default)]
    pub micro_benchmarks: Vec<MicroBenchmark>,
}

impl MergeVerdict {
    /// The verdict where there is nothing to judge, for this reason.
    pub fn not_measured(rules: MergeRules, subject: Subject, reason: &str) -> Self {
        let first = reason.lines().next().unwrap_or_default();
        Self {
            outcome: MergeOutcome::NotMeasured,
            sentence: format!("not measured: {first}"),
            rules,
            base: subject.base,
            head: subject.head,
            machine: subject.machine,
            benchmarks: Vec::new(),
            rebuilt: false,
            notes: if first == reason { Vec::new() } else { vec![reason.to_owned()] },
            wall: Vec::new(),
            micro_benchmarks: Vec::new(),
        }
    }

    /// The gated benchmarks.
    pub fn gated(&self) -> impl Iterator<Item = &BenchmarkVerdict> {
        self.benchmarks.iter().filter(|benchmark| benchmark.gated)
    }

    pub(super) fn conclude(&mut self) {
        let (outcome, sentence) = self.answer();
        (self.outcome, self.sentence) = (outcome, sentence);
    }

    fn answer(&self) -> (MergeOutcome, String) {
        let refusing: Vec<String> = self.gated().filter(|benchmark| benchmark.refuses()).map(complaint).collect();
        if !refusing.is_empty() {
            let rebuilt = if self.rebuilt { " (confirmed by a rebuild)" } else { "" };
            return (MergeOutcome::Regression, format!("regression{rebuilt}: {}", refusing.join("; ")));
        }
        if self.gated().next().is_none() {
            let why =
                format!("not measured: no benchmark is called `{}` ([gate.merge] benchmarks)", self.rules.benchmarks);
            return (MergeOutcome::NotMeasured, why);
        }
        let failing: Vec<&str> = self.named(MergeFinding::BaseFails).collect();
        if !failing.is_empty() {
            let why = format!("not measured: base {} can't answer {}", self.base.label(), failing.join(", "));
            return (MergeOutcome::NotMeasured, why);
        }
        (MergeOutcome::Pass, self.pass())
    }

    fn named(&self, finding: MergeFinding) -> impl Iterator<Item = &str> {
        self.gated().filter(move |benchmark| benchmark.finding == finding).map(|benchmark| benchmark.name.as_str())
    }

    fn pass(&self) -> String {
        let count = self.gated().count();
        if self.gated().all(|benchmark| benchmark.finding == MergeFinding::Identical) {
            return format!(
                "pass: base and head are the same binary, so {count} gated benchmark(s) can't have changed"
            );
        }
        let new = self.named(MergeFinding::New).count();
        let without = if new == 0 { String::new() } else { format!("; {new} new, without a base") };
        let largest = self.gated().filter_map(|benchmark| Some((benchmark.change?, benchmark)));
        match largest.max_by(|left, right| left.0.total_cmp(&right.0)) {
            None => format!("pass: no gated benchmark has a base to compare with{without}"),
            Some((change, benchmark)) => format!(
                "pass: {} gated benchmark(s) within their limits, the largest change {} ({}, limit {}){without}",
                count - new,
                number::change(change),
                benchmark.name,
                number::percent(benchmark.limit),
            ),
        }
    }
}

/// Why one benchmark refuses.
fn complaint(benchmark: &BenchmarkVerdict) -> String {
    let name = &benchmark.name;
    match benchmark.finding {
        MergeFinding::Removed => {
            format!("{name} was removed; a gated benchmark may not disappear with what it watches")
        }
        MergeFinding::HeadFails => {
            format!("{name} fails on head: {}", benchmark.problem.as_deref().unwrap_or("no reason known"))
        }
        _ => format!(
            "{name} {} (limit {}){}",
            number::change(benchmark.change.unwrap_or(f64::NAN)),
            number::percent(benchmark.limit),
            benchmark.functions.first().map(|function| format!(", most in {}", function.name)).unwrap_or_default(),
        ),
    }
}
