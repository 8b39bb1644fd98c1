//! Profiles as SVG pictures: bars for functions, and how few of them hold how much. Shapes tell everything apart, so that
//! it reads the same in print and without colour.

use std::fmt::Write;

use render::bars::{Fill, LEFT, RIGHT, Row, WIDTH, opening};
use render::scale::{self, Scale};
use render::{bars, number};

use super::comparison::MovedFunction;
use super::concentration::functions_holding;
use super::function::FunctionShare;

/// The functions as bars of their shares.
pub fn hottest(functions: &[FunctionShare]) -> String {
    let rows = functions.iter().map(|function| Row {
        name: function.name.clone(),
        figure: number::percent(function.share),
        bars: vec![(Fill::Filled, function.share)],
    });
    bars::draw("hottest", "Share of all counts of each of the hottest functions", &rows.collect::<Vec<_>>())
}

/// The functions with a bar each for before and after.
pub fn moved(functions: &[MovedFunction]) -> String {
    let rows = functions.iter().map(|function| Row {
        name: function.name.clone(),
        figure: format!("{} → {}", number::percent(function.before), number::percent(function.after)),
        bars: vec![(Fill::Outlined, function.before), (Fill::Filled, function.after)],
    });
    bars::draw("moved", "Shares of all counts in the first and the second profile", &rows.collect::<Vec<_>>())
}

/// The share of all counts that the hottest functions hold, over their number on a logarithmic axis.
pub fn curve(cumulative: &[f64]) -> String {
    let height = 250.0;
    let axes = Axes::over(cumulative.len(), (18.0, height - 40.0));
    let mut svg = opening("curve", "Share of all counts that the hottest functions hold together", height);
    axes.grid(&mut svg, cumulative.len());
    let points = cumulative.iter().enumerate().filter(|(index, _)| is_drawn(*index, cumulative.len()));
    let path: Vec<String> = points
        .map(|(index, share)| format!("{:.1},{:.1}", axes.numbers.at(index as f64 + 1.0), axes.shares.at(*share)))
        .collect();
    let _ = writeln!(svg, "<polyline class=\"curve\" points=\"{}\"/>", path.join(" "));
    for share in [0.5, 0.9, 0.99] {
        let number = functions_holding(cumulative, share);
        let held = cumulative.get(number.saturating_sub(1) as usize).copied().unwrap_or(0.0);
        let (x, y) = (axes.numbers.at(number as f64), axes.shares.at(held));
        let _ = writeln!(svg, "<circle class=\"point\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>");
        // Beside the point where there is room for the words: below the curve, which rises to the right.
        let (x, anchor) = if x < 300.0 { (x + 9.0, "start") } else { (x - 2.0, "end") };
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}: {number}</text>",
            y + 17.0,
            number::percent(share)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// All of the first fifty points, then as many as can be told apart on a logarithmic axis.
fn is_drawn(index: usize, all: usize) -> bool {
    let number = index + 1;
    let step = (number / 50).max(1);
    number.is_multiple_of(step) || number == all
}

struct Axes {
    numbers: Scale,
    shares: Scale,
}

impl Axes {
    fn over(all: usize, (top, bottom): (f64, f64)) -> Self {
        let numbers = Scale::logarithmic((1.0, (all as f64).max(2.0)), (LEFT + 30.0, RIGHT - 10.0));
        Self { numbers, shares: Scale::linear((0.0, 1.0), (bottom, top)) }
    }

    fn grid(&self, svg: &mut String, all: usize) {
        let (left, right) = (self.numbers.at(1.0), self.numbers.at(all as f64));
        let (bottom, top) = (self.shares.at(0.0), self.shares.at(1.0));
        for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let y = self.shares.at(share);
            scale::level(svg, "grid", y, (left, right));
            scale::label(svg, (left - 4.0, y + 4.0), "end", &number::percent(share));
        }
        for number in (0..7).map(|power| 10_usize.pow(power)).take_while(|number| *number <= all) {
            let x = self.numbers.at(number as f64);
            scale::upright(svg, "grid", x, (top, bottom));
            scale::label(svg, (x, bottom + 15.0), "middle", &number.to_string());
        }
        scale::label(svg, (WIDTH / 2.0, bottom + 32.0), "middle", "hottest functions");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_coordinate_is_unknown_without_counts() {
        for cumulative in [vec![], vec![1.0]] {
            let svg = curve(&cumulative);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
        assert!(!hottest(&[]).contains("NaN"));
    }
}
