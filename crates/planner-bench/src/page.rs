//! The comparison with other tools: its bars, alone or as a part of a page.

use render::bars::{self, Axis, Fill, Row};
use render::number;
use render::section::{Bars, Block, Section};

use crate::{Cell, Outcome, PeersReport, Plans, RowFigures, tables};

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
    let svg = bars_of(report, &CAPTION)
        .map(|chart| bars::draw_on_axis(&chart.id, &chart.title, &chart.rows, &chart.axis))
        .unwrap_or_default();
    let svg = svg.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" ", 1);
    match svg.split_once("</title>\n") {
        Some((head, rest)) => format!("{head}</title>\n{ALONE}{rest}"),
        None => svg,
    }
}

/// The comparison as a section of another program's report.
pub fn section(report: &PeersReport) -> Section {
    let mut summary: Vec<Block> = bars_of(report, &[]).map(Block::Bars).into_iter().collect();
    summary.push(Block::Table(tables::wall(report)));
    summary.push(Block::List(tables::notes(report)));
    let mut details = Vec::new();
    if let Some((name, figures)) = tables::last_repository(report) {
        details.push(Block::Heading(format!("All figures on {name}")));
        details.push(Block::Table(figures));
    }
    let does = tables::what_they_do(report).into_iter();
    details.push(Block::Heading("What each row does".to_owned()));
    details.push(Block::List(does.map(|(title, does)| format!("{title}: {}", does.replace('`', ""))).collect()));
    let missing = tables::without_figures(report);
    if !missing.is_empty() {
        details.push(Block::Heading("Not measured".to_owned()));
        details.push(Block::List(missing));
    }
    Section { title: "Against other release planners".to_owned(), summary, details }
}

/// The times on the last repository; `None` without repositories.
fn bars_of(report: &PeersReport, caption: &[&str]) -> Option<Bars> {
    let repository = &report.repositories.last()?.name;
    let case = report.repositories.len();
    let cells = || report.rows.iter().filter_map(|row| Some((row, row.cells.get(case)?)));
    let least = cells().filter_map(|(_, cell)| Some(cell.outcome.summary()?.wall_ns)).min().unwrap_or(1);
    // The axis begins at the power of ten below the fastest.
    let origin = (least.max(1) as f64).log10().floor();
    let reference = report.reference_ns(case);
    let ticks = (0..=12).map(|tens| (f64::from(tens), number::duration(10_f64.powf(origin + f64::from(tens)) as u64)));
    Some(Bars {
        id: format!("peers-{repository}"),
        title: format!("Median wall time of each tool on {repository}"),
        caption: CAPTION.join(" "),
        rows: cells().filter_map(|(row, cell)| bar(row, cell, origin, reference)).collect(),
        axis: Axis { ticks: ticks.collect(), caption: caption.iter().map(|&line| line.to_owned()).collect() },
    })
}

/// The bar of one cell, from the power of ten where the axis begins; with the multiple of relplan's time.
fn bar(row: &RowFigures, cell: &Cell, origin: f64, reference: Option<u64>) -> Option<Row> {
    let (fill, nanoseconds, figure) = match (&cell.outcome, cell.outcome.summary()) {
        (_, Some(summary)) if row.plans == Plans::EveryPackage => (Fill::Filled, summary.wall_ns, None),
        (_, Some(summary)) => (Fill::Outlined, summary.wall_ns, None),
        (Outcome::TooLong { seconds }, None) => (Fill::Dashed, seconds * 1_000_000_000, Some(format!("> {seconds} s"))),
        _ => return None,
    };
    let figure = figure.unwrap_or_else(|| match reference.filter(|_| row.tool != "relplan") {
        Some(reference) => tables::with_multiple(nanoseconds, reference),
        None => number::duration(nanoseconds),
    });
    let length = ((nanoseconds as f64).log10() - origin).max(0.0);
    Some(Row { name: tables::title(row), figure, bars: vec![(fill, length)] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::tests_support::small_report;

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

    #[test]
    fn a_short_report_has_the_times_and_a_long_one_everything() {
        let section = section(&small_report());
        let (short, long) = (render::section::short(&section), render::section::long(&section));
        assert!(short.contains("| relplan |") && !short.contains("What each row does"), "{short}");
        assert!(long.contains("What each row does"), "{long}");
    }
}
