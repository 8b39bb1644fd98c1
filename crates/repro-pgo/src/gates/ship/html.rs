//! The ship gate's report as one HTML page.

use std::fmt::Write;

use render::escape::html as escape;
use render::page;

use super::rows::{self, metric_name};
use super::{ShipReport, ratios};

/// The whole page.
pub fn ship(report: &ShipReport<'_>) -> String {
    let mut body = String::new();
    ship_body(&mut body, report);
    page::page(&format!("Ship gate: {}", report.title), &report.verdict.sentence, &body)
}

/// Plot, tables and how it was measured.
pub(crate) fn ship_body(body: &mut String, report: &ShipReport<'_>) {
    let verdict = report.verdict;
    let caption = format!(
        "● solid line: {} / {} with its bounds. ◇ dashed line: {} against a copy of itself (A/A). Left of 1 is a win.",
        verdict.candidate, verdict.baseline, verdict.baseline,
    );
    page::figure(body, &ratios::ratios(report), &caption);
    let _ = writeln!(body, "<h2>Median {}</h2>", metric_name(verdict.rules.metric));
    page::table(body, &rows::times(report));
    if let Some(instructions) = rows::instructions(report) {
        body.push_str("<h2>Instructions</h2>\n");
        page::table(body, &instructions);
    }
    body.push_str("<h2>How it was measured</h2>\n<ul>\n");
    for note in rows::notes(report) {
        let _ = writeln!(body, "<li>{}</li>", escape(&note));
    }
    for (label, value) in &report.context {
        let _ = writeln!(body, "<li>{}: {}</li>", escape(label), escape(value));
    }
    body.push_str("</ul>\n");
}
