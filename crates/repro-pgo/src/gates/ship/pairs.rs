//! The pairs of a ship gate as an SVG picture: for each benchmark, how the ratios of candidate to baseline are spread, and
//! below them, hanging, those of the baseline against its copy.

use std::fmt::Write;

use paired_bench::measure::samples::{Metric, WallSamples};
use render::bars::{LEFT, RIGHT, opening};
use render::escape::html as escape;
use render::number;

/// Columns of each histogram.
const COLUMNS: usize = 48;
/// Height of the tallest column.
const TALLEST: f64 = 26.0;
const ROW: f64 = 92.0;
const TOP: f64 = 8.0;
/// Columns beyond this quantile on either side share the last one.
const OUTSIDE: f64 = 0.02;

/// The picture; `None` where nothing was measured.
pub(crate) fn pairs(samples: &WallSamples, metric: Metric) -> Option<String> {
    let arms = samples.arms.len().saturating_sub(1).min(2);
    let of_arm =
        |case, arm| samples.log_ratios(case, arm, metric).into_iter().map(|(_, log)| log).collect::<Vec<f64>>();
    let cases: Vec<Vec<Vec<f64>>> =
        (0..samples.cases.len()).map(|case| (1..=arms).map(|arm| of_arm(case, arm)).collect()).collect();
    let mut all: Vec<f64> = cases.iter().flatten().flatten().copied().filter(|log| log.is_finite()).collect();
    all.sort_by(f64::total_cmp);
    let axis = Axis::over(&all)?;
    let bottom = TOP + ROW * cases.len() as f64;
    let mut svg = opening("pairs", "Ratios of single pairs for each benchmark", bottom + 24.0);
    axis.lines(&mut svg, bottom);
    for (index, (name, arms)) in samples.cases.iter().zip(&cases).enumerate() {
        let top = TOP + ROW * index as f64;
        let pairs = arms.first().map_or(0, Vec::len);
        let _ = writeln!(
            svg,
            "<text x=\"{LEFT}\" y=\"{0:.1}\">{1}</text>\n<text class=\"tick\" x=\"{RIGHT}\" y=\"{0:.1}\" text-anchor=\"end\">{pairs} \
             pairs</text>",
            top + 13.0,
            escape(name)
        );
        let base = top + 20.0 + TALLEST;
        for (arm, logs) in arms.iter().enumerate() {
            axis.histogram(&mut svg, logs, base, arm == 0);
        }
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

/// From log-ratios to columns.
struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    fn over(sorted: &[f64]) -> Option<Self> {
        let at = |share: f64| sorted.get(((sorted.len() as f64 - 1.0) * share).round() as usize).copied();
        let (low, high) = (at(OUTSIDE)?.min(-0.02), at(1.0 - OUTSIDE)?.max(0.02));
        Some(Self { low, high })
    }

    fn x(&self, log: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * ((log - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Filled columns upwards for the candidate, outlined ones downwards for the copy.
    fn histogram(&self, svg: &mut String, logs: &[f64], base: f64, is_candidate: bool) {
        let mut counts = [0_usize; COLUMNS];
        for log in logs.iter().filter(|log| log.is_finite()) {
            let column = (self.x(*log) - LEFT) / (RIGHT - LEFT) * COLUMNS as f64;
            counts[(column as usize).min(COLUMNS - 1)] += 1;
        }
        let most = counts.iter().max().copied().unwrap_or(0).max(1) as f64;
        let width = (RIGHT - LEFT) / COLUMNS as f64;
        let class = if is_candidate { "bar" } else { "outline" };
        for (column, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let height = TALLEST * *count as f64 / most;
            let y = if is_candidate { base - height } else { base + 2.0 };
            let x = LEFT + width * column as f64;
            let _ = writeln!(
                svg,
                "<rect class=\"{class}\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>",
                x + 0.5,
                width - 1.0
            );
        }
    }

    fn lines(&self, svg: &mut String, bottom: f64) {
        for ratio in self.ticks() {
            let x = self.x(ratio.ln());
            let class = if (ratio - 1.0).abs() < 1e-9 { "one" } else { "grid" };
            let label = number::ratio(ratio);
            let label = label.trim_end_matches('0').trim_end_matches('.');
            let _ = writeln!(
                svg,
                "<line class=\"{class}\" x1=\"{x:.1}\" y1=\"{TOP:.1}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\"/>\n\
                 <text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>",
                bottom + 16.0
            );
        }
    }

    /// Round ratios, at most about seven.
    fn ticks(&self) -> Vec<f64> {
        let (low, high) = (self.low.exp(), self.high.exp());
        let steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
        let step = steps.into_iter().find(|step| (high - low) / step <= 7.0).unwrap_or(1.0);
        let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
        (first..=last).map(|index| index as f64 * step).filter(|ratio| *ratio > 0.0).take(20).collect()
    }
}
