//! The cells of the comparison's tables, so that Markdown and HTML can't disagree.

use render::number;
use render::table::{Table, cells};

use super::entry::Via;
use super::figures::{Outcome, PeersReport, RowFigures, Summary};

/// How a row's program is started, in front of its title.
pub fn title(row: &RowFigures) -> String {
    match row.via {
        Via::Direct => row.title.clone(),
        Via::Node => format!("{}, node", row.title),
        Via::Npx => format!("{}, npx", row.title),
    }
}

fn cell(row: &RowFigures, case: usize, figure: impl Fn(&Summary) -> String) -> String {
    match row.cells.get(case).map(|cell| &cell.outcome) {
        Some(Outcome::TooLong { seconds }) => format!("> {seconds} s"),
        Some(outcome) => outcome.summary().map_or_else(|| "-".to_owned(), |summary| figure(&summary)),
        None => "-".to_owned(),
    }
}

/// A time and how many times the reference it is: "1.78 s (26.0×)".
pub fn with_multiple(nanoseconds: u64, reference_ns: u64) -> String {
    let times = nanoseconds as f64 / reference_ns.max(1) as f64;
    format!("{} ({}×)", number::duration(nanoseconds), number::significant(times))
}

/// Median wall time of each row on each repository, and how many times relplan's it is.
pub fn wall(report: &PeersReport) -> Table {
    let names = report.cases();
    let heading: Vec<String> = ["tool", "plans"].into_iter().chain(names.iter().copied()).map(str::to_owned).collect();
    let row = |row: &RowFigures| {
        let figures = (0..names.len()).map(|case| {
            cell(row, case, |summary| {
                let time = number::duration(summary.wall_ns);
                let reference = report.reference_ns(case).filter(|_| case > 0 && row.tool != "relplan");
                reference.map_or(time, |reference| with_multiple(summary.wall_ns, reference))
            })
        });
        [title(row), row.plans.words().to_owned()].into_iter().chain(figures).collect()
    };
    Table { heading, rows: report.rows.iter().map(row).collect() }
}

/// All figures on the last repository, which is the largest of the default ones; `None` without repositories.
pub fn last_repository(report: &PeersReport) -> Option<(String, Table)> {
    let facts = report.repositories.last()?;
    let case = report.repositories.len();
    let heading = cells(&["tool", "wall", "quartiles", "CPU", "of it user", "peak memory", "runs"]);
    let row = |row: &RowFigures| {
        let quartiles = |summary: &Summary| {
            let (lower, upper) = summary.wall_quartiles_ns;
            format!("{} to {}", number::duration(lower), number::duration(upper))
        };
        vec![
            title(row),
            cell(row, case, |summary| number::duration(summary.wall_ns)),
            cell(row, case, quartiles),
            cell(row, case, |summary| number::duration(summary.cpu_ns)),
            cell(row, case, |summary| number::duration(summary.user_ns)),
            cell(row, case, |summary| number::bytes(summary.peak_bytes)),
            cell(row, case, |summary| summary.runs.to_string()),
        ]
    };
    Some((facts.name.clone(), Table { heading, rows: report.rows.iter().map(row).collect() }))
}

/// Versions, and what each row does.
pub fn what_they_do(report: &PeersReport) -> Vec<(String, String)> {
    let mut told: Vec<(String, String)> = Vec::new();
    for row in &report.rows {
        if told.iter().any(|(title, _)| *title == row.title) {
            continue;
        }
        let version = report.tools.iter().find(|tool| tool.name == row.tool).map(|tool| {
            let version = tool.version.as_deref().unwrap_or("unknown version");
            format!("{version}, {}", tool.source)
        });
        told.push((row.title.clone(), format!("{}. ({})", row.does, version.unwrap_or_default())));
    }
    told
}

/// Where there is no figure, and why: row, repositories, reason.
pub fn without_figures(report: &PeersReport) -> Vec<String> {
    let mut told = Vec::new();
    for row in &report.rows {
        let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
        for cell in &row.cells {
            let reason = match &cell.outcome {
                Outcome::Measured(_) => continue,
                Outcome::TooLong { seconds } => format!("stopped after {seconds} s"),
                Outcome::NotMeasured { reason } if reason == "as above" => continue,
                Outcome::NotMeasured { reason } => reason.clone(),
            };
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, cases)) => cases.push(&cell.repository),
                None => reasons.push((reason, vec![&cell.repository])),
            }
        }
        for (reason, cases) in reasons {
            let places = if cases.len() == row.cells.len() { "everywhere".to_owned() } else { cases.join(", ") };
            told.push(format!("{} ({places}): {reason}", title(row)));
        }
    }
    told
}

/// What holds for all rows.
pub fn notes(report: &PeersReport) -> Vec<String> {
    let sizes = report.repositories.iter().map(|facts| {
        let counts = [(facts.packages, "package"), (facts.commits, "commit"), (facts.tags, "tag")];
        let counts = counts.map(|(count, what)| format!("{count} {what}{}", if count == 1 { "" } else { "s" }));
        format!("{} ({})", facts.name, counts.join(", "))
    });
    vec![
        format!("Measured on {}.", report.machine),
        format!("Repositories: {}.", sizes.collect::<Vec<_>>().join(", ")),
        format!(
            "Medians of whole processes with their children, interleaved out and back, after one run that doesn't count; up \
             to {} runs of each, stopped after {} s. (n×) is the multiple of relplan's time.",
            2 * report.pairs,
            report.timeout_seconds
        ),
        "CPU and memory include child processes; user CPU is a mean, all else medians. Memory is the peak of a run of its own."
            .to_owned(),
        "start-up is --version. One thread where a tool has a switch for it.".to_owned(),
        "Times compare only between rows that plan the same; the column says what each one decides.".to_owned(),
    ]
}
