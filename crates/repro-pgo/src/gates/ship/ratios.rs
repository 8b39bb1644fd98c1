//! Ratios and their bounds as an SVG picture: one row for each benchmark, the A/A comparison below it.
//!
//! Shape and dash tell the two apart, so that it reads the same in print and without colour.

use std::fmt::Write;

use paired_bench::gate::{Estimate, ShipVerdict};
use render::escape::html as escape;
use render::number;

use super::ShipReport;

const WIDTH: f64 = 400.0;
const LEFT: f64 = 12.0;
const RIGHT: f64 = 388.0;
const ROW_HEIGHT: f64 = 54.0;
const TOP: f64 = 34.0;

/// The picture as one `<svg>` element, without colours of its own except through `class`.
pub fn ratios(report: &ShipReport<'_>) -> String {
    let verdict = report.verdict;
    let axis = Axis::around(verdict);
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
    svg.push_str(&axis.lines(verdict, height));
    for (index, row) in rows.iter().enumerate() {
        svg.push_str(&row.draw(&axis, TOP + ROW_HEIGHT * index as f64));
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
    fn draw(&self, axis: &Axis, top: f64) -> String {
        let mut svg = String::new();
        let weight = if self.is_mean { " class=\"mean\"" } else { "" };
        let _ = writeln!(svg, "<text x=\"{LEFT}\" y=\"{:.1}\"{weight}>{}</text>", top + 13.0, escape(self.name));
        let shown = number::ratio(self.candidate.ratio);
        let _ = writeln!(svg, "<text x=\"{RIGHT}\" y=\"{:.1}\" text-anchor=\"end\"{weight}>{shown}</text>", top + 13.0);
        svg.push_str(&interval(axis, &self.candidate, top + 25.0, "candidate"));
        if let Some(x) = axis.x(self.candidate.ratio) {
            let _ = writeln!(svg, "<circle class=\"candidate\" cx=\"{x:.1}\" cy=\"{:.1}\" r=\"4.5\"/>", top + 25.0);
        }
        svg.push_str(&interval(axis, &self.same_binary, top + 38.0, "same"));
        if let Some(x) = axis.x(self.same_binary.ratio) {
            let y = top + 38.0;
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
fn interval(axis: &Axis, estimate: &Estimate, y: f64, class: &str) -> String {
    let (from, to) = (axis.clamped(estimate.lower), axis.clamped(estimate.upper));
    format!("<line class=\"{class}\" x1=\"{from:.1}\" y1=\"{y:.1}\" x2=\"{to:.1}\" y2=\"{y:.1}\"/>\n")
}

/// A logarithmic axis: a win and the loss that undoes it are equally long.
struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    /// Holds every bound, 1 and the limit, with a little air; never wider than a factor of eight.
    fn around(verdict: &ShipVerdict) -> Self {
        let (mut low, mut high) = (1.0 - verdict.rules.minimum_win, 1.0 + verdict.rules.case_tolerance);
        for row in rows(verdict) {
            for bound in [row.candidate.lower, row.candidate.upper, row.same_binary.lower, row.same_binary.upper] {
                if bound.is_finite() && bound > 0.0 {
                    (low, high) = (low.min(bound), high.max(bound));
                }
            }
        }
        Self { low: (low / 1.02).max(0.125), high: (high * 1.02).min(8.0) }
    }

    fn x(&self, ratio: f64) -> Option<f64> {
        ratio.is_finite().then(|| self.clamped(ratio))
    }

    fn clamped(&self, ratio: f64) -> f64 {
        let inside = if ratio.is_nan() { 1.0 } else { ratio.clamp(self.low, self.high) };
        LEFT + (RIGHT - LEFT) * (inside / self.low).ln() / (self.high / self.low).ln()
    }

    /// Grid, its labels, the line at 1 and the one a win has to stay below.
    fn lines(&self, verdict: &ShipVerdict, height: f64) -> String {
        let bottom = height - 30.0;
        let mut svg = String::new();
        for tick in self.ticks() {
            let x = self.clamped(tick);
            let class = if (tick - 1.0).abs() < 1e-9 { "one" } else { "grid" };
            let _ = writeln!(
                svg,
                "<line class=\"{class}\" x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\"/>",
                TOP - 8.0
            );
            let label = number::ratio(tick);
            let label = label.trim_end_matches('0').trim_end_matches('.');
            let _ = writeln!(
                svg,
                "<text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>",
                bottom + 16.0
            );
        }
        let limit = 1.0 - verdict.rules.minimum_win;
        let x = self.clamped(limit);
        let _ = writeln!(
            svg,
            "<line class=\"limit\" x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\"/>",
            TOP - 8.0
        );
        let _ = writeln!(
            svg,
            "<text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{}\">needed: {}</text>",
            TOP - 14.0,
            if x > 300.0 { "end" } else { "middle" },
            number::ratio(limit)
        );
        svg
    }

    /// Round ratios, at most about six of them.
    fn ticks(&self) -> Vec<f64> {
        let step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0]
            .into_iter()
            .find(|step| (self.high - self.low) / step <= 6.0)
            .unwrap_or(2.0);
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step).floor() as i64;
        (first..=last).map(|index| index as f64 * step).collect()
    }
}
