//! Ratios and their bounds as an SVG picture: one row for each benchmark, the A/A comparison below it.
//!
//! Shape and dash tell the two apart, so that it reads the same in print and without colour.

use std::fmt::Write;

use paired_bench::gate::{Estimate, ShipVerdict};
use render::bars::{LEFT, RIGHT, WIDTH};
use render::escape::html as escape;
use render::number;
use render::scale::{self, Scale};

use super::ShipReport;

const ROW_HEIGHT: f64 = 54.0;
const TOP: f64 = 34.0;

/// The picture as one `<svg>` element, without colours of its own except through `class`.
pub fn ratios(report: &ShipReport<'_>) -> String {
    let verdict = report.verdict;
    let scale = around(verdict);
    let rows = rows(verdict);
    let height = TOP + ROW_HEIGHT * rows.len() as f64 + 44.0;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-labelledby=\"plot-title plot-desc\">\n\
         <title id=\"plot-title\">Ratio of {} to {} for each benchmark</title>\n\
         <desc id=\"plot-desc\">{}</desc>\n",
        escape(&verdict.candidate),
        escape(&verdict.baseline),
        escape(&verdict.sentence),
    );
    lines(&mut svg, &scale, verdict, height);
    for (index, row) in rows.iter().enumerate() {
        svg.push_str(&row.draw(&scale, TOP + ROW_HEIGHT * index as f64));
    }
    svg.push_str("</svg>\n");
    svg
}

struct Row<'a> {
    name: &'a str,
    candidate: Estimate,
    same_binary: Estimate,
    is_mean: bool,
}

fn rows(verdict: &ShipVerdict) -> Vec<Row<'_>> {
    let mean = Row {
        name: "geometric mean",
        candidate: verdict.geometric_mean,
        same_binary: verdict.same_binary.geometric_mean,
        is_mean: true,
    };
    std::iter::once(mean)
        .chain(verdict.cases.iter().map(|case| Row {
            name: &case.name,
            candidate: case.estimate,
            same_binary: case.same_binary,
            is_mean: false,
        }))
        .collect()
}

impl Row<'_> {
    fn draw(&self, scale: &Scale, top: f64) -> String {
        let mut svg = String::new();
        let weight = if self.is_mean { " class=\"mean\"" } else { "" };
        let _ = writeln!(svg, "<text x=\"{LEFT}\" y=\"{:.1}\"{weight}>{}</text>", top + 13.0, escape(self.name));
        let shown = number::ratio(self.candidate.ratio);
        let _ = writeln!(svg, "<text x=\"{RIGHT}\" y=\"{:.1}\" text-anchor=\"end\"{weight}>{shown}</text>", top + 13.0);
        svg.push_str(&interval(scale, &self.candidate, top + 25.0, "candidate"));
        if self.candidate.ratio.is_finite() {
            let x = scale.at(self.candidate.ratio);
            let _ = writeln!(svg, "<circle class=\"candidate\" cx=\"{x:.1}\" cy=\"{:.1}\" r=\"4.5\"/>", top + 25.0);
        }
        svg.push_str(&interval(scale, &self.same_binary, top + 38.0, "same"));
        if self.same_binary.ratio.is_finite() {
            let (x, y) = (scale.at(self.same_binary.ratio), top + 38.0);
            let _ = writeln!(
                svg,
                "<path class=\"same mark\" d=\"M{x:.1} {:.1} l4.5 4.5 l-4.5 4.5 l-4.5 -4.5 z\"/>",
                y - 4.5
            );
        }
        svg
    }
}

/// The line between the bounds, cut off where it leaves the picture.
fn interval(scale: &Scale, estimate: &Estimate, y: f64, class: &str) -> String {
    let (from, to) = (scale.at(estimate.lower), scale.at(estimate.upper));
    format!("<line class=\"{class}\" x1=\"{from:.1}\" y1=\"{y:.1}\" x2=\"{to:.1}\" y2=\"{y:.1}\"/>\n")
}

/// Holds every bound, 1 and the limit, with a little air; never wider than a factor of eight.
fn around(verdict: &ShipVerdict) -> Scale {
    let (mut low, mut high) = (1.0 - verdict.rules.minimum_win, 1.0 + verdict.rules.case_tolerance);
    for row in rows(verdict) {
        for bound in [row.candidate.lower, row.candidate.upper, row.same_binary.lower, row.same_binary.upper] {
            if bound.is_finite() && bound > 0.0 {
                (low, high) = (low.min(bound), high.max(bound));
            }
        }
    }
    Scale::logarithmic(((low / 1.02).max(0.125), (high * 1.02).min(8.0)), (LEFT, RIGHT))
}

/// Grid, its labels, the line at 1 and the one a win has to stay below.
fn lines(svg: &mut String, scale: &Scale, verdict: &ShipVerdict, height: f64) {
    let (top, bottom) = (TOP - 8.0, height - 30.0);
    for tick in scale.ticks(6.0) {
        let (x, class) = (scale.at(tick), if (tick - 1.0).abs() < 1e-9 { "one" } else { "grid" });
        scale::upright(svg, class, x, (top, bottom));
        scale::label(svg, (x, bottom + 16.0), "middle", &number::short_ratio(tick));
    }
    let limit = 1.0 - verdict.rules.minimum_win;
    let x = scale.at(limit);
    scale::upright(svg, "limit", x, (top, bottom));
    let anchor = if x > 300.0 { "end" } else { "middle" };
    scale::label(svg, (x, TOP - 14.0), anchor, &format!("needed: {}", number::ratio(limit)));
}
