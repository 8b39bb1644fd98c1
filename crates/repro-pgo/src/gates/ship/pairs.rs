//! The pairs of a ship gate as an SVG picture: for each benchmark, how the ratios of candidate to baseline are spread, and
//! below them, hanging, those of the baseline against its copy.

use std::fmt::Write;

use paired_bench::measure::samples::{Metric, WallSamples};
use render::bars::{LEFT, RIGHT, opening};
use render::escape::html as escape;
use render::number;
use render::scale::{self, Scale};

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
    let scale = over(&all)?;
    let bottom = TOP + ROW * cases.len() as f64;
    let mut svg = opening("pairs", "Ratios of single pairs for each benchmark", bottom + 24.0);
    lines(&mut svg, &scale, bottom);
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
            histogram(&mut svg, &scale, logs, base, arm == 0);
        }
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

/// Ratios, all but the outermost.
fn over(sorted_logs: &[f64]) -> Option<Scale> {
    let at = |share: f64| sorted_logs.get(((sorted_logs.len() as f64 - 1.0) * share).round() as usize).copied();
    let (low, high) = (at(OUTSIDE)?.min(-0.02), at(1.0 - OUTSIDE)?.max(0.02));
    Some(Scale::logarithmic((low.exp(), high.exp()), (LEFT, RIGHT)))
}

/// Filled columns upwards for the candidate, outlined ones downwards for the copy.
fn histogram(svg: &mut String, scale: &Scale, logs: &[f64], base: f64, is_candidate: bool) {
    let mut counts = [0_usize; COLUMNS];
    for log in logs.iter().filter(|log| log.is_finite()) {
        let column = (scale.at(log.exp()) - LEFT) / (RIGHT - LEFT) * COLUMNS as f64;
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

fn lines(svg: &mut String, scale: &Scale, bottom: f64) {
    for ratio in scale.ticks(7.0) {
        let (x, class) = (scale.at(ratio), if (ratio - 1.0).abs() < 1e-9 { "one" } else { "grid" });
        scale::upright(svg, class, x, (TOP, bottom));
        scale::label(svg, (x, bottom + 16.0), "middle", &number::short_ratio(ratio));
    }
}
