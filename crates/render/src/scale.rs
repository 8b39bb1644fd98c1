//! One axis of a chart: where a value stands in the picture, which round values are worth a line, and the line itself.

use std::fmt::Write;

use super::escape::html as escape;

/// From values to positions in a picture. Values beyond its ends stand at the ends, so that nothing leaves the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    is_logarithmic: bool,
}

impl Scale {
    /// `low` stands at position `from` and `high` at `to`; `from` is the larger one where an axis points up.
    pub fn linear((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        Self { low, high, from, to, is_logarithmic: false }
    }

    /// As [`Scale::linear`], with equal factors equally long: a win and the loss that undoes it. `low` is above 0.
    pub fn logarithmic(values: (f64, f64), positions: (f64, f64)) -> Self {
        Self { is_logarithmic: true, ..Self::linear(values, positions) }
    }

    /// The lowest and the highest value.
    pub fn ends(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Where `value` stands; what is no number stands at the low end.
    pub fn at(&self, value: f64) -> f64 {
        let inside = if value.is_nan() { self.low } else { value.clamp(self.low, self.high) };
        let (along, all) = if self.is_logarithmic {
            ((inside / self.low).ln(), (self.high / self.low).ln())
        } else {
            (inside - self.low, self.high - self.low)
        };
        if all == 0.0 { self.from } else { self.from + (self.to - self.from) * along / all }
    }

    /// The multiples of a round step between the ends, about `most` of them.
    pub fn ticks(&self, most: f64) -> Vec<f64> {
        let steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0];
        let step = steps.into_iter().find(|step| (self.high - self.low) / step <= most).unwrap_or(2.0);
        let (first, last) = ((self.low / step).ceil() as i64, (self.high / step).floor() as i64);
        (first..=last).map(|index| index as f64 * step).take(20).collect()
    }
}

/// A line across the picture from `top` to `bottom` at `x`.
pub fn upright(svg: &mut String, class: &str, x: f64, (top, bottom): (f64, f64)) {
    let _ = writeln!(svg, "<line class=\"{class}\" x1=\"{x:.1}\" y1=\"{top:.1}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\"/>");
}

/// A line along the picture from `left` to `right` at `y`.
pub fn level(svg: &mut String, class: &str, y: f64, (left, right): (f64, f64)) {
    let _ = writeln!(svg, "<line class=\"{class}\" x1=\"{left:.1}\" y1=\"{y:.1}\" x2=\"{right:.1}\" y2=\"{y:.1}\"/>");
}

/// The label of a value on an axis. `anchor` is the end of the text, or its middle, that stands at `x`.
pub fn label(svg: &mut String, (x, y): (f64, f64), anchor: &str, text: &str) {
    let text = escape(text);
    let _ = writeln!(svg, "<text class=\"tick\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_factors_are_equally_long_on_a_logarithmic_scale() {
        let scale = Scale::logarithmic((0.5, 2.0), (0.0, 100.0));
        assert_eq!([0.5, 1.0, 2.0].map(|value| scale.at(value).round()), [0.0, 50.0, 100.0]);
    }

    #[test]
    fn nothing_leaves_the_picture() {
        let scale = Scale::linear((0.0, 4.0), (190.0, 10.0));
        let found = [-1.0, 0.0, 1.0, 9.0, f64::INFINITY, f64::NAN].map(|value| scale.at(value));
        assert_eq!(found, [190.0, 190.0, 145.0, 10.0, 10.0, 190.0]);
        assert_eq!(Scale::linear((1.0, 1.0), (3.0, 9.0)).at(1.0), 3.0);
    }

    #[test]
    fn ticks_are_round_and_few() {
        let rounded = |scale: Scale| scale.ticks(6.0).iter().map(|tick| format!("{tick:.2}")).collect::<Vec<_>>();
        assert_eq!(rounded(Scale::linear((0.93, 1.02), (0.0, 1.0))), ["0.94", "0.96", "0.98", "1.00", "1.02"]);
        assert_eq!(rounded(Scale::linear((0.3, 7.9), (0.0, 1.0))), ["2.00", "4.00", "6.00"]);
        assert_eq!(Scale::linear((0.0, 1e6), (0.0, 1.0)).ticks(6.0).len(), 20);
    }
}
