//! The comparison with other tools: its bars, alone or as a part of a page.

use std::fmt::Write;

use render::bars::Row;
use render::escape::html as escape;
use render::{bars, number, page};

use crate::peers::{Cell, Outcome, PeersReport, Plans, RowFigures, tables};

/// What the kinds of bars mean.
const CAPTION: [&str; 2] = [
    "Median wall time on a logarithmic axis: each tenfold is equally long.",
    "Filled: plans every package. Outlined: plans less. Dashed: stopped after that time.",
];

/// Colours and fonts for a picture without a page around it.
const ALONE: &str = "<style>text { font: 12px sans-serif; } .caption { font-size: 9.5px; } .grid { stroke: #ccc; } \
    .bar { fill: #0b5fa5; } .outline { fill: #fff; stroke: #0b5fa5; stroke-width: 1.5; } \
    .hatched { fill: #c8c8c8; stroke: #555; stroke-dasharray: 3 2; }</style>\n\
    <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";

/// The times on the last repository as a picture of its own, with its caption.
pub fn picture(report: &PeersReport) -> String {
    let svg = bars_of(report, &CAPTION).unwrap_or_default();
    let svg = svg.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" ", 1);
    match svg.split_once("</title>\n") {
        Some((head, rest)) => format!("{head}</title>\n{ALONE}{rest}"),
        None => svg,
    }
}

/// Pictures and tables for a page.
pub(super) fn section(body: &mut String, report: &PeersReport) {
    let _ = writeln!(body, "<h2>Against other tools</h2>");
    if let (Some(facts), Some(bars)) = (report.repositories.last(), bars_of(report, &[])) {
        let _ = writeln!(body, "<h3>{}</h3>", escape(&facts.name));
        page::figure(body, &bars, &CAPTION.join(" "));
    }
    page::table(body, &tables::wall(report));
    if let Some((name, figures)) = tables::last_repository(report) {
        let _ = writeln!(body, "<h3>All figures on {}</h3>", escape(&name));
        page::table(body, &figures);
    }
    page::list(body, tables::notes(report).iter().map(String::as_str));
    body.push_str("<h3>What each row does</h3>\n");
    let does: Vec<String> = tables::what_they_do(report)
        .into_iter()
        .map(|(title, does)| format!("{title}: {}", does.replace('`', "")))
        .collect();
    page::list(body, does.iter().map(String::as_str));
    let missing = tables::without_figures(report);
    if !missing.is_empty() {
        body.push_str("<h3>Not measured</h3>\n");
        page::list(body, missing.iter().map(String::as_str));
    }
}

/// The times on the last repository; `None` without repositories.
fn bars_of(report: &PeersReport, caption: &[&'static str]) -> Option<String> {
    let repository = &report.repositories.last()?.name;
    let case = report.repositories.len();
    let titles: Vec<String> = report.rows.iter().map(tables::title).collect();
    let cells = || titles.iter().zip(&report.rows).filter_map(|(title, row)| Some((title, row, row.cells.get(case)?)));
    let least = cells().filter_map(|(_, _, cell)| Some(cell.outcome.summary()?.wall_ns)).min().unwrap_or(1);
    // The axis begins at the power of ten below the fastest.
    let origin = (least.max(1) as f64).log10().floor();
    let reference = report.reference_ns(case);
    let rows: Vec<Row<'_>> =
        cells().filter_map(|(title, row, cell)| bar(title, row, cell, origin, reference)).collect();
    let ticks = (0..=12).map(|tens| (f64::from(tens), number::duration(10_f64.powf(origin + f64::from(tens)) as u64)));
    let axis = bars::Axis { ticks: ticks.collect(), caption: caption.to_vec() };
    let title = format!("Median wall time of each tool on {repository}");
    Some(bars::draw_on_axis(&format!("peers-{repository}"), &title, &rows, &axis))
}

/// The bar of one cell, from the power of ten where the axis begins; with the multiple of relplan's time.
fn bar<'a>(title: &'a str, row: &RowFigures, cell: &Cell, origin: f64, reference: Option<u64>) -> Option<Row<'a>> {
    let (class, nanoseconds, figure) = match (&cell.outcome, cell.outcome.summary()) {
        (_, Some(summary)) if row.plans == Plans::EveryPackage => ("bar", summary.wall_ns, None),
        (_, Some(summary)) => ("outline", summary.wall_ns, None),
        (Outcome::TooLong { seconds }, None) => ("hatched", seconds * 1_000_000_000, Some(format!("> {seconds} s"))),
        _ => return None,
    };
    let figure = figure.unwrap_or_else(|| match reference.filter(|_| row.tool != "relplan") {
        Some(reference) => tables::with_multiple(nanoseconds, reference),
        None => number::duration(nanoseconds),
    });
    Some(Row { name: title, figure, bars: vec![(class, ((nanoseconds as f64).log10() - origin).max(0.0))] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::figures::tests_support::small_report;

    #[test]
    fn every_measured_row_has_a_bar() {
        let svg = picture(&small_report());
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{svg}");
        for part in [
            "class=\"bar\"",
            "class=\"outline\"",
            "class=\"hatched\"",
            "&gt; 120 s",
            "70.0 ms",
            ">10.0 ms<",
            "Outlined: plans less",
        ] {
            assert!(svg.contains(part), "{part} is missing in {svg}");
        }
        assert!(!svg.contains("absent"), "without a figure there is no bar");
    }
}
