//! Profiles as SVG pictures: bars for functions, and how few of them hold how much. Shapes tell everything apart, so that
//! it reads the same in print and without colour.

use std::fmt::Write;

use render::bars::{Fill, LEFT, RIGHT, Row, WIDTH, opening};
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
    let axes = Axes { all: cumulative.len() as f64, top: 18.0, bottom: height - 40.0 };
    let mut svg = opening("curve", "Share of all counts that the hottest functions hold together", height);
    axes.grid(&mut svg);
    let points = cumulative.iter().enumerate().filter(|(index, _)| is_drawn(*index, cumulative.len()));
    let path: Vec<String> =
        points.map(|(index, share)| format!("{:.1},{:.1}", axes.x(index as f64 + 1.0), axes.y(*share))).collect();
    let _ = writeln!(svg, "<polyline class=\"curve\" points=\"{}\"/>", path.join(" "));
    for share in [0.5, 0.9, 0.99] {
        let number = functions_holding(cumulative, share);
        let held = cumulative.get(number.saturating_sub(1) as usize).copied().unwrap_or(0.0);
        let (x, y) = (axes.x(number as f64), axes.y(held));
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
    all: f64,
    top: f64,
    bottom: f64,
}

impl Axes {
    fn x(&self, number: f64) -> f64 {
        let span = self.all.max(2.0).ln();
        LEFT + 30.0 + (RIGHT - LEFT - 40.0) * (number.max(1.0).ln() / span)
    }

    fn y(&self, share: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * share
    }

    fn grid(&self, svg: &mut String) {
        for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let y = self.y(share);
            let (from, to) = (self.x(1.0), self.x(self.all));
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{from:.1}\" y1=\"{y:.1}\" x2=\"{to:.1}\" y2=\"{y:.1}\"/>\n\
                 <text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                from - 4.0,
                y + 4.0,
                number::percent(share)
            );
        }
        for number in (0..7).map(|power| 10_u64.pow(power)).take_while(|number| *number as f64 <= self.all) {
            let x = self.x(number as f64);
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\"/>\n\
                 <text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{number}</text>",
                self.top,
                self.bottom,
                self.bottom + 15.0
            );
        }
        let _ = writeln!(
            svg,
            "<text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">hottest functions</text>",
            WIDTH / 2.0,
            self.bottom + 32.0
        );
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
