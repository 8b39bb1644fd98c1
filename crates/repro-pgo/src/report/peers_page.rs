//! The comparison with other tools: its bars, alone or as a part of a page.

use std::fmt::Write;

use super::bars::{self, Row};
use super::escape::html as escape;
use super::{number, page};
use crate::peers::{Outcome, PeersReport, Plans, RowFigures, tables};

/// Bars begin at a tenth of a millisecond: on this logarithmic axis each tenfold is equally long.
const ORIGIN_NS: f64 = 1e5;

/// Colours and fonts for a picture without a page around it.
const ALONE: &str = "<style>text { font: 13px sans-serif; } .bar { fill: #0b5fa5; } \
    .outline { fill: #fff; stroke: #0b5fa5; stroke-width: 1.5; } .hatched { fill: #c8c8c8; stroke: #555; stroke-dasharray: 3 2; }</style>\n\
    <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";

/// The times on the last repository as a picture of its own.
pub fn picture(report: &PeersReport) -> String {
    let svg = report.repositories.last().map_or_else(String::new, |facts| bars_of(report, &facts.name));
    let svg = svg.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" ", 1);
    match svg.split_once("</title>\n") {
        Some((head, rest)) => format!("{head}</title>\n{ALONE}{rest}"),
        None => svg,
    }
}

/// Pictures and tables for a page.
pub(super) fn section(body: &mut String, report: &PeersReport) {
    let _ = writeln!(body, "<h2>Against other tools</h2>");
    let caption = "Median wall time on a logarithmic axis: each tenfold is equally long. Filled: plans every package. Outlined: \
                   plans less. Dashed: stopped after that time.";
    for facts in report.repositories.iter().rev().take(1) {
        let _ = writeln!(body, "<h3>{}</h3>", escape(&facts.name));
        page::figure(body, &bars_of(report, &facts.name), caption);
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

fn bars_of(report: &PeersReport, repository: &str) -> String {
    let titles: Vec<String> = report.rows.iter().map(tables::title).collect();
    let rows: Vec<Row<'_>> =
        titles.iter().zip(&report.rows).filter_map(|(title, row)| bar(title, row, repository)).collect();
    bars::draw(&format!("peers-{repository}"), &format!("Median wall time of each tool on {repository}"), &rows)
}

fn bar<'a>(title: &'a str, row: &RowFigures, repository: &str) -> Option<Row<'a>> {
    let cell = row.cells.iter().find(|cell| cell.repository == repository)?;
    let (class, nanoseconds, figure) = match (&cell.outcome, cell.outcome.summary()) {
        (_, Some(summary)) if row.plans == Plans::EveryPackage => ("bar", summary.wall_ns, None),
        (_, Some(summary)) => ("outline", summary.wall_ns, None),
        (Outcome::TooLong { seconds }, None) => ("hatched", seconds * 1_000_000_000, Some(format!("> {seconds} s"))),
        _ => return None,
    };
    let figure = figure.unwrap_or_else(|| number::duration(nanoseconds));
    let length = (nanoseconds as f64 / ORIGIN_NS).log10().max(0.0);
    Some(Row { name: title, figure, bars: vec![(class, length)] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::figures::tests_support::small_report;

    #[test]
    fn every_measured_row_has_a_bar() {
        let svg = picture(&small_report());
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{svg}");
        for part in ["class=\"bar\"", "class=\"outline\"", "class=\"hatched\"", "&gt; 120 s", "70.0 ms"] {
            assert!(svg.contains(part), "{part} is missing in {svg}");
        }
        assert!(!svg.contains("absent"), "without a figure there is no bar");
    }
}
