//! The ship gate's report as Markdown, for a pull request or a release.

use std::fmt::Write;

use render::escape::markdown as escape;
use render::markdown::table;

use super::rows;
use super::{ShipReport, rows::metric_name};

/// Verdict, tables, and how it was measured.
pub fn ship(report: &ShipReport<'_>) -> String {
    let mut text = format!("## Ship gate: {}\n\n", escape(&report.title));
    let _ = writeln!(text, "**{}**\n", escape(&report.verdict.sentence));
    let _ = writeln!(text, "### Median {}\n", metric_name(report.verdict.rules.metric));
    table(&mut text, &rows::times(report));
    if let Some(instructions) = rows::instructions(report) {
        let _ = writeln!(text, "\n### Instructions\n");
        table(&mut text, &instructions);
    }
    text.push('\n');
    for note in rows::notes(report) {
        let _ = writeln!(text, "- {}", escape(&note));
    }
    for (label, value) in &report.context {
        let _ = writeln!(text, "- {}: {}", escape(label), escape(value));
    }
    text
}
