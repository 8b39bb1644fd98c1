//! The overall report as one HTML page: verdicts, then a section for each part with its pictures and tables.

use paired_bench::gate::history::History;
use paired_bench::gate::merge::MergeVerdict;
use paired_bench::measure::samples::Metric;
use render::bars::{Fill, Row};
use render::table::{Table, cells};
use render::{bars, number, page, section};

use super::parts::{Parts, ProfileFacts};
use super::{summary, timeline};
use crate::gates::merge::markdown as merge_rows;
use crate::gates::ship::{html, pairs};

/// How many functions get a bar.
const BARS: usize = 15;

/// The whole page.
pub fn overview(parts: &Parts) -> String {
    let mut body = String::new();
    let verdicts = parts.verdicts();
    for verdict in verdicts.iter().skip(1) {
        page::verdict(&mut body, verdict);
    }
    if let Some(verdict) = parts.merge.get() {
        merge(&mut body, verdict);
    }
    if let Some(verdict) = parts.ship.get() {
        page::heading(&mut body, "Ship gate");
        html::ship_body(&mut body, &summary::ship_report(&parts.title, verdict));
    }
    if let Some(samples) = parts.samples.get() {
        let metric = parts.ship.get().map_or(Metric::Wall, |verdict| verdict.rules.metric);
        if let Some(svg) = pairs::pairs(samples, metric) {
            page::heading(&mut body, "Single pairs");
            let caption = "Ratios of single pairs of runs. Filled, upwards: profiled / baseline. Outlined, downwards: baseline / \
                           its copy (A/A). Left of 1 is a win; what lies beyond the axis is in its last column.";
            page::figure(&mut body, &svg, caption);
        }
    }
    if let Some(runs) = parts.history.get() {
        history(&mut body, runs);
    }
    if let Some(facts) = parts.profile.get() {
        profile(&mut body, facts);
    }
    if let Some(added) = parts.section.get() {
        section::html(&mut body, added);
    }
    let missing: Vec<String> = parts.missing().into_iter().map(|(name, reason)| format!("{name}: {reason}")).collect();
    if !missing.is_empty() {
        page::heading(&mut body, "Not part of this report");
        page::list(&mut body, missing.iter().map(String::as_str));
    }
    page::page(&parts.title, verdicts.first().unwrap_or(&"no gate's verdict is there"), &body)
}

fn merge(body: &mut String, verdict: &MergeVerdict) {
    page::heading(body, "Merge gate");
    let bars = verdict.benchmarks.iter().filter_map(|benchmark| {
        let change = benchmark.change?;
        Some(Row {
            name: benchmark.name.clone(),
            figure: format!("{} (limit {})", number::change(change), number::percent(benchmark.limit)),
            bars: vec![
                (if change > 0.0 { Fill::Filled } else { Fill::Outlined }, change.abs()),
                (Fill::Dashed, benchmark.limit),
            ],
        })
    });
    let bars: Vec<Row> = bars.collect();
    if !bars.is_empty() {
        let caption =
            "Change of instructions, base to head. Filled: more. Outlined: fewer. Dashed, below it: the limit.";
        page::figure(body, &bars::draw("merge", "Change of instructions for each benchmark", &bars), caption);
    }
    let heading = cells(&["benchmark", "base", "head", "change", "limit", "finding"]);
    let rows = verdict.benchmarks.iter().map(|benchmark| merge_rows::row(benchmark).to_vec()).collect();
    page::table(body, &Table { heading, rows });
    for benchmark in verdict.benchmarks.iter().filter(|benchmark| !benchmark.functions.is_empty()) {
        page::heading(body, &format!("Where {} grew", benchmark.name));
        let row = |function: &paired_bench::measure::function_changes::FunctionChange| {
            let counts = [function.before, function.after].map(number::instructions);
            [function.name.clone()].into_iter().chain(counts).collect()
        };
        let rows = benchmark.functions.iter().map(row).collect();
        page::table_of_long_names(body, &Table { heading: cells(&["function", "base", "head"]), rows });
    }
    page::list(body, verdict.notes.iter().map(String::as_str));
}

fn history(body: &mut String, history: &History) {
    let pictures = [
        (
            timeline::ship(history),
            "Geometric mean of profiled / baseline at each run, with its bounds. ● ships, ○ doesn't ship.",
        ),
        (timeline::merge(history), "The benchmark that changed most at each run. ● pass, × refused."),
    ];
    if pictures.iter().all(|(picture, _)| picture.is_none()) {
        return;
    }
    page::heading(body, "History");
    for (picture, caption) in pictures {
        if let Some(svg) = picture {
            page::figure(body, &svg, caption);
        }
    }
    if let Some(note) = timeline::left_out(history) {
        page::list(body, std::iter::once(note.as_str()));
    }
}

fn profile(body: &mut String, profile: &ProfileFacts) {
    page::heading(body, "Profile");
    let rows = profile.hottest.iter().take(BARS).map(|function| Row {
        name: function.name.clone(),
        figure: number::percent(function.share),
        bars: vec![(Fill::Filled, function.share)],
    });
    let rows: Vec<Row> = rows.collect();
    page::figure(
        body,
        &bars::draw("hottest", "Share of all counts of each of the hottest functions", &rows),
        "Share of all block counts in each of the hottest functions.",
    );
    page::list(body, std::iter::once(profile.sentence().as_str()));
}

#[cfg(test)]
#[path = "overview_tests.rs"]
mod tests;
