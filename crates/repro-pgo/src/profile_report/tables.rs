//! The tables that both the text and the page show, so that they can't disagree.

use render::number;
use render::table::{Table, cells};

use super::comparison::{Comparison, MovedFunction};
use super::function::FunctionShare;
use super::load::Shown;
use super::overview::{CrateShare, Overview};
use super::part::PartOverview;

/// A table under its title.
#[derive(Debug)]
pub struct Section {
    /// What it tells.
    pub title: String,
    /// Whether its first column holds names of any length.
    pub long_names: bool,
    pub(crate) table: Table,
}

fn section(title: &str, long_names: bool, heading: &[&str], rows: Vec<Vec<String>>) -> Option<Section> {
    let table = Table { heading: cells(heading), rows };
    (!table.rows.is_empty()).then(|| Section { title: title.to_owned(), long_names, table })
}

/// All tables of a profile; without those that would be empty.
pub fn of_profile(shown: &Shown) -> Vec<Section> {
    let overview = &shown.overview;
    let own = [coverage(overview), holding(overview), hottest_hold(overview), hottest(overview), crates(overview)];
    let workloads = of_parts("workload", &shown.workloads);
    let cpu_models = of_parts("CPU model", &shown.cpu_models);
    own.into_iter().chain(workloads).chain(cpu_models).chain([link_order(shown)]).flatten().collect()
}

/// The first functions of the order in which the binary is linked.
fn link_order(shown: &Shown) -> Option<Section> {
    let layout = shown.layout.as_ref()?;
    let rows =
        layout.first.iter().enumerate().map(|(place, name)| vec![name.clone(), (place + 1).to_string()]).collect();
    let title = format!("Link order: {} functions, sha256 {}", layout.record.functions, layout.record.order_sha256);
    section(&title, true, &["function", "place"], rows)
}

fn of(part: u64, whole: u64) -> String {
    number::percent(part as f64 / whole.max(1) as f64)
}

fn coverage(overview: &Overview) -> Option<Section> {
    let row = |name: &str, covered: u64, all: u64| {
        vec![name.to_owned(), covered.to_string(), all.to_string(), of(covered, all)]
    };
    let rows = vec![
        row("functions", overview.covered_functions, overview.functions),
        row("blocks", overview.covered_blocks, overview.blocks),
    ];
    section("Covered", false, &["", "ran", "instrumented", "share"], rows)
}

fn holding(overview: &Overview) -> Option<Section> {
    let rows = overview.blocks_holding.iter().map(|holding| {
        vec![
            number::percent(holding.share),
            holding.blocks.to_string(),
            of(holding.blocks, overview.blocks),
            number::count(holding.smallest_count),
            holding.functions.to_string(),
        ]
    });
    let heading = ["share of counts", "blocks", "of all blocks", "smallest count", "functions"];
    section("Blocks, and functions, that hold most counts", false, &heading, rows.collect())
}

fn hottest_hold(overview: &Overview) -> Option<Section> {
    let hold = &overview.hottest_functions_hold;
    let rows = hold.iter().map(|step| vec![step.functions.to_string(), number::percent(step.share)]).collect();
    section("What the hottest functions hold together", false, &["hottest functions", "share of counts"], rows)
}

fn hottest(overview: &Overview) -> Option<Section> {
    let rows = overview.hottest.iter().zip(&overview.cumulative).map(|(function, cumulative)| {
        vec![
            function.name.clone(),
            function.crate_name.clone(),
            number::percent(function.share),
            number::percent(*cumulative),
            number::count(function.count),
            number::count(function.largest_block),
        ]
    });
    let heading = ["function", "crate", "share", "cumulative", "counts", "largest block"];
    section("Hottest functions", true, &heading, rows.collect())
}

/// Crates of which nothing ran share one row.
fn crates(overview: &Overview) -> Option<Section> {
    let (ran, idle): (Vec<_>, Vec<_>) = overview.crates.iter().partition(|entry| entry.covered_functions > 0);
    let row = |entry: &&CrateShare| {
        vec![
            entry.name.clone(),
            number::percent(entry.share),
            number::count(entry.count),
            entry.covered_functions.to_string(),
            entry.functions.to_string(),
        ]
    };
    let mut rows: Vec<Vec<String>> = ran.iter().map(row).collect();
    if !idle.is_empty() {
        let functions: u64 = idle.iter().map(|entry| entry.functions).sum();
        let name = format!("{} others, never run", idle.len());
        rows.push(vec![name, number::percent(0.0), "0".to_owned(), "0".to_owned(), functions.to_string()]);
    }
    section("Crates", false, &["crate", "share", "counts", "functions that ran", "instrumented"], rows)
}

fn of_parts(kind: &str, parts: &[PartOverview]) -> [Option<Section>; 3] {
    let rows = parts.iter().map(|part| {
        vec![
            part.name.clone(),
            number::percent(part.share),
            part.covered_functions.to_string(),
            part.only_here.to_string(),
            part.covered_blocks.to_string(),
            number::percent(part.overlap_with_whole),
        ]
    });
    let heading = [kind, "share of counts", "functions that ran", "only here", "blocks that ran", "agrees with all"];
    let all = section(&format!("By {kind}"), false, &heading, rows.collect());
    let listed = |of: fn(&PartOverview) -> &[FunctionShare]| -> Vec<Vec<String>> {
        let row = |part: &PartOverview, function: &FunctionShare| {
            let share = number::percent(function.share);
            vec![function.name.clone(), part.name.clone(), function.crate_name.clone(), share]
        };
        parts.iter().flat_map(|part| of(part).iter().map(move |function| row(part, function))).collect()
    };
    let heading = ["function", kind, "crate", "share of its counts"];
    let hottest = section(&format!("Hottest in each {kind}"), true, &heading, listed(|part| &part.hottest));
    let alone = if parts.len() > 1 { listed(|part| &part.hottest_only_here) } else { Vec::new() };
    [all, hottest, section(&format!("Run in one {kind} only, the hottest"), true, &heading, alone)]
}

/// All tables of a comparison, at most `top` functions in each; without those that would be empty.
pub fn of_comparison(comparison: &Comparison, top: usize) -> Vec<Section> {
    let Comparison { only_in_first, only_in_second, changed, moved, .. } = comparison;
    let changed: Vec<MovedFunction> = changed.iter().map(|changed| changed.function.clone()).collect();
    let sections = [
        agreement(comparison),
        functions("Functions that moved most", moved, top),
        functions("Functions whose control flow changed", &changed, top),
        functions("Functions only in the first", only_in_first, top),
        functions("Functions only in the second", only_in_second, top),
    ];
    sections.into_iter().flatten().collect()
}

fn agreement(comparison: &Comparison) -> Option<Section> {
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let count = |name: &str, count: usize| row(name, count.to_string());
    let [first, second] = comparison.matched_shares.map(number::percent);
    let rows = vec![
        row("overlap by block", number::percent(comparison.agreement)),
        row("overlap by function", number::percent(comparison.function_overlap)),
        row("the first's counts in functions that match", first),
        row("the second's counts in functions that match", second),
        row("functions that match", comparison.common_functions.to_string()),
        count("functions whose control flow changed", comparison.changed.len()),
        count("functions only in the first", comparison.only_in_first.len()),
        count("functions only in the second", comparison.only_in_second.len()),
    ];
    section("Agreement", false, &["", "both profiles"], rows)
}

fn functions(title: &str, functions: &[MovedFunction], top: usize) -> Option<Section> {
    let row = |function: &MovedFunction| {
        vec![
            function.name.clone(),
            function.crate_name.clone(),
            number::percent(function.before),
            number::percent(function.after),
            number::change(function.change()),
        ]
    };
    let title = match functions.len() {
        all if all > top => format!("{title} ({top} of {all})"),
        _ => title.to_owned(),
    };
    let rows = functions.iter().take(top).map(row).collect();
    section(&title, true, &["function", "crate", "share before", "share after", "change"], rows)
}
