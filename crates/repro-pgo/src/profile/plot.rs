//! Profiles as SVG pictures: bars for functions, and how few of them hold how much. Shapes tell everything apart, so that
//! it reads the same in print and without colour.

use std::fmt::Write;

use super::comparison::MovedFunction;
use super::concentration::functions_holding;
use super::function::FunctionShare;
use crate::report::escape::html as escape;
use crate::report::number;

const WIDTH: f64 = 400.0;
const LEFT: f64 = 12.0;
const RIGHT: f64 = 388.0;
/// The longest name that fits beside a figure of six characters.
const NAME: usize = 44;

/// One function's bars.
struct Bars<'a> {
    name: &'a str,
    figure: String,
    /// Class and share, from the top.
    bars: Vec<(&'static str, f64)>,
}

/// The functions as bars of their shares.
pub fn hottest(functions: &[FunctionShare]) -> String {
    let rows = functions.iter().map(|function| Bars {
        name: &function.name,
        figure: number::percent(function.share),
        bars: vec![("bar", function.share)],
    });
    bars("hottest", "Share of all counts of each of the hottest functions", &rows.collect::<Vec<_>>())
}

/// The functions with a bar each for before and after.
pub fn moved(functions: &[MovedFunction]) -> String {
    let rows = functions.iter().map(|function| Bars {
        name: &function.name,
        figure: format!("{} → {}", number::percent(function.before), number::percent(function.after)),
        bars: vec![("outline", function.before), ("bar", function.after)],
    });
    bars("moved", "Shares of all counts in the first and the second profile", &rows.collect::<Vec<_>>())
}

fn bars(id: &str, title: &str, rows: &[Bars<'_>]) -> String {
    let in_row = rows.first().map_or(1, |row| row.bars.len()) as f64;
    let row_height = 20.0 + 12.0 * in_row + 6.0;
    let largest = rows.iter().flat_map(|row| &row.bars).map(|(_, share)| *share).fold(f64::MIN_POSITIVE, f64::max);
    let mut svg = opening(id, title, row_height * rows.len() as f64 + 4.0);
    for (index, row) in rows.iter().enumerate() {
        let top = row_height * index as f64;
        let _ = writeln!(
            svg,
            "<g><title>{}</title>\n<text x=\"{LEFT}\" y=\"{:.1}\">{}</text>\n\
             <text x=\"{RIGHT}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            escape(row.name),
            top + 15.0,
            escape(&shortened(row.name, (NAME + 6).saturating_sub(row.figure.chars().count()))),
            top + 15.0,
            escape(&row.figure),
        );
        for (number, (class, share)) in row.bars.iter().enumerate() {
            let (y, width) = (top + 21.0 + 12.0 * number as f64, (RIGHT - LEFT) * share / largest);
            let _ = writeln!(
                svg,
                "<rect class=\"{class}\" x=\"{LEFT}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"9\"/>",
                width.max(0.5)
            );
        }
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

fn opening(id: &str, title: &str, height: f64) -> String {
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-labelledby=\"plot-{id}\">\n\
         <title id=\"plot-{id}\">{}</title>\n",
        escape(title)
    )
}

/// The start and the end of a name that is too long: crate and method.
fn shortened(name: &str, most: usize) -> String {
    let characters: Vec<char> = name.chars().collect();
    if characters.len() <= most {
        return name.to_owned();
    }
    let (start, end) = (most / 3, most - most / 3 - 1);
    let text = |characters: &[char]| characters.iter().collect::<String>();
    format!("{}…{}", text(&characters[..start]), text(&characters[characters.len() - end..]))
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
    fn a_long_name_keeps_its_crate_and_its_method() {
        let name = "<relplan::history::walk::Walk<gix::Repository> as core::iter::Iterator>::next";
        let short = shortened(name, 30);
        assert_eq!(short.chars().count(), 30);
        assert!(short.starts_with("<relplan::") && short.ends_with("Iterator>::next"), "{short}");
        assert_eq!(shortened("short", 30), "short");
    }

    #[test]
    fn no_coordinate_is_unknown_without_counts() {
        for cumulative in [vec![], vec![1.0]] {
            let svg = curve(&cumulative);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
        assert!(!hottest(&[]).contains("NaN"));
    }
}
