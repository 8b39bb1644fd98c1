//! The cells both reports show, so that Markdown and HTML can't disagree.

use paired_bench::gate::{CaseVerdict, Estimate, Finding};
use paired_bench::measure::samples::Metric;
use render::number;
use render::table::{Table, cells};

use super::{InstructionComparison, ShipReport};

/// "0.861 [0.850, 0.874]"
pub fn estimate(estimate: &Estimate) -> String {
    format!("{} [{}, {}]", number::ratio(estimate.ratio), number::ratio(estimate.lower), number::ratio(estimate.upper))
}

pub fn metric_name(metric: Metric) -> &'static str {
    match metric {
        Metric::Wall => "wall time",
        Metric::Cpu => "CPU time",
    }
}

fn finding(finding: Finding) -> &'static str {
    match finding {
        Finding::NoLoss => "no loss",
        Finding::Loss => "LOSS",
        Finding::Unclear => "unclear",
    }
}

/// Geometric mean first, then the benchmarks.
pub fn times(report: &ShipReport<'_>) -> Table {
    let verdict = report.verdict;
    let ratio = format!("{} / {}", verdict.candidate, verdict.baseline);
    let (baseline, candidate) = (&verdict.baseline, &verdict.candidate);
    let heading =
        cells(&["benchmark", &ratio, "finding", baseline, candidate, "CPU time", "A/A", "pairs", "peak memory"]);
    let (mean, same) = (estimate(&verdict.geometric_mean), estimate(&verdict.same_binary.geometric_mean));
    let mean = cells(&["geometric mean", &mean, "", "", "", "", &same, "", ""]);
    let rows = std::iter::once(mean).chain(verdict.cases.iter().map(time_row)).collect();
    Table { heading, rows }
}

fn time_row(case: &CaseVerdict) -> Vec<String> {
    vec![
        case.name.clone(),
        estimate(&case.estimate),
        finding(case.finding).to_owned(),
        number::duration(case.baseline_ns),
        number::duration(case.candidate_ns),
        estimate(&case.cpu),
        estimate(&case.same_binary),
        case.pairs.to_string(),
        match (case.baseline_peak_bytes, case.candidate_peak_bytes) {
            (0, _) | (_, 0) => "not measured".to_owned(),
            (before, after) => format!("{} → {}", number::bytes(before), number::bytes(after)),
        },
    ]
}

/// None where no instructions were counted.
pub fn instructions(report: &ShipReport<'_>) -> Option<Table> {
    let verdict = report.verdict;
    let heading = cells(&["benchmark", &verdict.baseline, &verdict.candidate, "change", "repeatable"]);
    let rows: Vec<_> = report.instructions.iter().map(instruction_row).collect();
    (!rows.is_empty()).then_some(Table { heading, rows })
}

fn instruction_row(comparison: &InstructionComparison) -> Vec<String> {
    let change = comparison.candidate as f64 / comparison.baseline.max(1) as f64 - 1.0;
    vec![
        comparison.case.clone(),
        number::instructions(comparison.baseline),
        number::instructions(comparison.candidate),
        number::change(change),
        if comparison.repeatable { "yes" } else { "no" }.to_owned(),
    ]
}

/// How it was measured, one sentence each.
pub fn notes(report: &ShipReport<'_>) -> Vec<String> {
    let verdict = report.verdict;
    let rules = &verdict.rules;
    let pinned = if verdict.pinned_to.is_some() { ", kept on one CPU" } else { "" };
    let mut notes = vec![
        format!(
            "Ratios are {} of {} / {}: below 1 is a win. Brackets hold one-sided bounds; the geometric mean's have {} \
             confidence, those of single benchmarks are corrected for their number (Holm).",
            metric_name(rules.metric),
            verdict.candidate,
            verdict.baseline,
            number::percent(verdict.bound_confidence),
        ),
        format!(
            "Rule: ships if the geometric mean's upper bound is below {} and no benchmark's is above {}; void if a copy of \
             {} differs from it by more than {} (one benchmark: {}).",
            number::ratio(1.0 - rules.minimum_win),
            number::ratio(1.0 + rules.case_tolerance),
            verdict.baseline,
            number::percent(rules.aa_tolerance),
            number::percent(rules.aa_case_tolerance),
        ),
        format!(
            "{} of {} planned rounds, {} look(s) at the result, {} memory layout(s), interleaved A B C C B A{pinned}.",
            verdict.rounds, verdict.planned_rounds, verdict.looks, verdict.memory_layouts,
        ),
    ];
    if !verdict.on_all_processors.is_empty() {
        notes.push(format!(
            "{} start threads and were measured on all processors, as users run them.",
            verdict.on_all_processors.join(", ")
        ));
    }
    if let Some(void) = report.void {
        notes.push(format!(
            "A first measurement was void and was repeated: {}.",
            void.same_binary.objections.join("; ")
        ));
    }
    notes
}
