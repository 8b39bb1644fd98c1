//! The overall report as Markdown: a comment on a pull request, short with the rest folded away, and release notes.

use std::fmt::Write;

use paired_bench::gate::ShipVerdict;
use render::escape::markdown as escape;
use render::markdown::table;
use render::table::{Table, cells};
use render::{number, section};

use super::parts::{Parts, ProfileFacts};
use crate::gates::merge::markdown;
use crate::gates::ship::rows::estimate;
use crate::gates::ship::{ShipReport, rows};

/// How many functions are named.
const FUNCTIONS: usize = 10;

/// For a pull request: verdicts and the merge gate's table first, everything else folded.
pub fn comment(parts: &Parts) -> String {
    let mut text = format!("# {}\n\n", escape(&parts.title));
    for verdict in parts.verdicts() {
        let _ = writeln!(text, "**{}**\n", escape(verdict));
    }
    if let Some(verdict) = parts.merge.get() {
        let _ = writeln!(text, "{}", markdown::markdown(verdict));
    }
    if let Some(verdict) = parts.ship.get() {
        folded(&mut text, "Ship gate: wall time of the profiled binary", &ship_table(verdict));
    }
    if let Some(profile) = parts.profile.get() {
        folded(&mut text, "Profile: hottest functions", &profile_text(profile));
    }
    if let Some(added) = parts.section.get() {
        folded(&mut text, &escape(&added.title), &section::long(added));
    }
    missing(&mut text, parts);
    text
}

/// For a release: what PGO wins, and how the program compares.
pub fn notes(parts: &Parts) -> String {
    let mut text = String::from("## Performance\n\n");
    match parts.ship.get() {
        Some(verdict) => {
            let _ = writeln!(text, "{}.\n", escape(&verdict.sentence));
            text.push_str(&ship_table(verdict));
        }
        None => text.push_str("Whether profile-guided optimization wins was not measured for this release.\n"),
    }
    if let Some(profile) = parts.profile.get() {
        let _ = writeln!(text, "\nProfile: {}.", profile.sentence());
    }
    if let Some(added) = parts.section.get() {
        let _ = write!(text, "\n### {}\n\n{}", escape(&added.title), section::short(added));
    }
    missing(&mut text, parts);
    text
}

fn folded(text: &mut String, title: &str, content: &str) {
    let _ = write!(text, "<details><summary>{title}</summary>\n\n{}\n\n</details>\n\n", content.trim_end());
}

fn ship_table(verdict: &ShipVerdict) -> String {
    let heading = cells(&[
        "benchmark",
        &format!("{} / {}", verdict.candidate, verdict.baseline),
        &verdict.baseline,
        &verdict.candidate,
        "A/A",
    ]);
    let mean = cells(&[
        "geometric mean",
        &estimate(&verdict.geometric_mean),
        "",
        "",
        &estimate(&verdict.same_binary.geometric_mean),
    ]);
    let case = verdict.cases.iter().map(|case| {
        let (baseline, candidate) = (number::duration(case.baseline_ns), number::duration(case.candidate_ns));
        vec![case.name.clone(), estimate(&case.estimate), baseline, candidate, estimate(&case.same_binary)]
    });
    let mut text = String::new();
    table(&mut text, &Table { heading, rows: std::iter::once(mean).chain(case).collect() });
    text.push('\n');
    for note in rows::notes(&ship_report("", verdict)) {
        let _ = writeln!(text, "- {}", escape(&note));
    }
    text
}

/// The ship gate's own report of a verdict that is all there is.
pub(super) fn ship_report<'a>(title: &str, verdict: &'a ShipVerdict) -> ShipReport<'a> {
    ShipReport { title: title.to_owned(), verdict, void: None, instructions: Vec::new(), context: Vec::new() }
}

fn profile_text(profile: &ProfileFacts) -> String {
    let hottest = profile.hottest.iter().take(FUNCTIONS);
    let rows = hottest.map(|function| vec![function.name.clone(), number::percent(function.share)]).collect();
    let mut text = format!("{}\n\n", escape(&profile.sentence()));
    table(&mut text, &Table { heading: cells(&["function", "share of block counts"]), rows });
    text
}

fn missing(text: &mut String, parts: &Parts) {
    let missing = parts.missing();
    if missing.is_empty() {
        return;
    }
    text.push_str("\nNot part of this report:\n\n");
    for (name, reason) in missing {
        let _ = writeln!(text, "- {name}: {}", escape(reason));
    }
}
