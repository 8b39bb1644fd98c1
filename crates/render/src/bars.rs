//! Rows of horizontal bars as an SVG picture: a name, a figure, and one bar or more below them. Fill and outline tell bars
//! apart, so that it reads the same in print and without colour.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::escape::html as escape;

/// Width of every picture, in its own units.
pub const WIDTH: f64 = 400.0;
/// Where bars begin.
pub const LEFT: f64 = 12.0;
/// Where the longest one ends.
pub const RIGHT: f64 = 388.0;
/// The longest name that fits beside a figure of six characters.
const NAME: usize = 44;

/// How a bar is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fill {
    /// Full.
    Filled,
    /// Empty, with an outline.
    Outlined,
    /// Empty, with a dashed outline.
    Dashed,
}

impl Fill {
    fn class(self) -> &'static str {
        match self {
            Self::Filled => "bar",
            Self::Outlined => "outline",
            Self::Dashed => "hatched",
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What it is about.
    pub name: String,
    /// The figure beside the name.
    pub figure: String,
    /// Fill and length of each bar, from the top; the longest of the picture takes the whole width.
    pub bars: Vec<(Fill, f64)>,
}

/// What is drawn below and behind the bars.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// Thin lines at these lengths, with their labels below the bars.
    pub ticks: Vec<(f64, String)>,
    /// Lines of text at the bottom, for a picture that stands alone.
    pub caption: Vec<String>,
}

/// The rows, under an invisible `title` for readers who hear the page.
pub fn draw(id: &str, title: &str, rows: &[Row]) -> String {
    draw_on_axis(id, title, rows, &Axis::default())
}

/// As [`draw`], with an axis: for lengths that the figures don't tell, as on a logarithmic scale.
pub fn draw_on_axis(id: &str, title: &str, rows: &[Row], axis: &Axis) -> String {
    let in_row = rows.iter().map(|row| row.bars.len()).max().unwrap_or(1) as f64;
    let row_height = 20.0 + 12.0 * in_row + 6.0;
    let largest = rows.iter().flat_map(|row| &row.bars).map(|(_, length)| *length).fold(f64::MIN_POSITIVE, f64::max);
    let bottom = row_height * rows.len() as f64 + 4.0;
    let labels = if axis.ticks.is_empty() { bottom } else { bottom + 18.0 };
    let mut svg = opening(id, title, labels + 14.0 * axis.caption.len() as f64);
    for (length, label) in axis.ticks.iter().filter(|(length, _)| *length <= largest) {
        let x = LEFT + (RIGHT - LEFT) * length / largest;
        let anchor = if *length == 0.0 { "start" } else { "middle" };
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{x:.1}\" y1=\"0\" x2=\"{x:.1}\" y2=\"{bottom:.1}\"/>\n\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            bottom + 12.0,
            escape(label),
        );
    }
    for (line, text) in axis.caption.iter().enumerate() {
        let y = labels + 14.0 * line as f64 + 9.0;
        let _ = writeln!(svg, "<text class=\"caption\" x=\"{LEFT}\" y=\"{y:.1}\">{}</text>", escape(text));
    }
    for (index, row) in rows.iter().enumerate() {
        let top = row_height * index as f64;
        let _ = writeln!(
            svg,
            "<g><title>{}</title>\n<text x=\"{LEFT}\" y=\"{:.1}\">{}</text>\n\
             <text x=\"{RIGHT}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            escape(&row.name),
            top + 15.0,
            escape(&shortened(&row.name, (NAME + 6).saturating_sub(row.figure.chars().count()))),
            top + 15.0,
            escape(&row.figure),
        );
        for (number, (fill, length)) in row.bars.iter().enumerate() {
            let (y, width) = (top + 21.0 + 12.0 * number as f64, (RIGHT - LEFT) * length / largest);
            let _ = writeln!(
                svg,
                "<rect class=\"{}\" x=\"{LEFT}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"9\"/>",
                fill.class(),
                width.max(0.5)
            );
        }
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

/// The opening tag of a picture of this height, with its title.
pub fn opening(id: &str, title: &str, height: f64) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_keeps_its_crate_and_its_method() {
        let name = "<example::history::walk::Walk<gix::Repository> as core::iter::Iterator>::next";
        let short = shortened(name, 30);
        assert_eq!(short.chars().count(), 30);
        assert!(short.starts_with("<example::") && short.ends_with("Iterator>::next"), "{short}");
        assert_eq!(shortened("short", 30), "short");
    }

    #[test]
    fn names_are_only_text_and_bars_have_a_width() {
        let rows = [Row { name: "<b>".to_owned(), figure: "0".to_owned(), bars: vec![(Fill::Filled, 0.0)] }];
        let svg = draw("x", "a & b", &rows);
        assert!(svg.contains("&lt;b&gt;") && svg.contains("a &amp; b") && svg.contains("width=\"0.5\""), "{svg}");
        assert!(draw("x", "nothing", &[]).ends_with("</svg>\n"));
    }

    #[test]
    fn ticks_stand_where_bars_of_their_length_end() {
        let rows = [Row { name: "a".to_owned(), figure: "4".to_owned(), bars: vec![(Fill::Filled, 4.0)] }];
        let ticks = [(0.0, "none".to_owned()), (2.0, "half".to_owned()), (5.0, "beyond".to_owned())];
        let svg = draw_on_axis("x", "a", &rows, &Axis { ticks: ticks.to_vec(), caption: vec!["in words".to_owned()] });
        assert!(svg.contains("x1=\"12.0\"") && svg.contains("x1=\"200.0\""), "{svg}");
        assert!(svg.contains(">half<") && svg.contains(">in words<") && !svg.contains("beyond"), "{svg}");
    }
}
