//! What the gates found over time as SVG pictures: a point a commit, its shape the answer. Only runs on the machine of the
//! last one are shown, because figures of two machines are never compared.

use std::fmt::Write;

use paired_bench::gate::history::{History, Record};
use paired_bench::gate::{MergeOutcome, Outcome};
use paired_bench::measure::Machine;
use render::bars::{LEFT, RIGHT, opening};
use render::escape::html as escape;
use render::number;
use render::scale::{self, Scale};

const TOP: f64 = 14.0;
const BOTTOM: f64 = 190.0;
const HEIGHT: f64 = 232.0;
/// Room for the labels of the vertical axis.
const GUTTER: f64 = 52.0;
/// Least distance of two labels of the vertical axis.
const ROOM: f64 = 14.0;
/// As many points as can be told apart.
const NEWEST: usize = 60;

/// One run.
struct Point {
    commit: String,
    value: f64,
    bounds: Option<(f64, f64)>,
    shape: Shape,
}

/// The answer.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    /// Ships, or passes.
    Disc,
    /// Does not ship.
    Ring,
    /// Refused.
    Cross,
}

/// The ratio of profiled to baseline over the runs of the ship gate; `None` where there is no run with a figure.
pub(crate) fn ship(history: &History) -> Option<String> {
    let machine = machine(history, |record| matches!(record, Record::Ship(_)))?;
    let points = history.records.iter().filter_map(|record| match record {
        Record::Ship(record) if record.machine == *machine && record.outcome != Outcome::Void => Some(Point {
            commit: short(record.commit.as_deref()),
            value: record.geometric_mean.ratio,
            bounds: Some((record.geometric_mean.lower, record.geometric_mean.upper)),
            shape: if record.outcome == Outcome::Ship { Shape::Disc } else { Shape::Ring },
        }),
        _ => None,
    });
    draw("ship-history", "Ratio of the ship gate over its runs", points.collect(), 1.0, number::ratio)
}

/// The largest change of a benchmark over the runs of the merge gate; `None` where there is no run with a figure.
pub(crate) fn merge(history: &History) -> Option<String> {
    let machine = machine(history, |record| matches!(record, Record::Merge(_)))?;
    let points = history.records.iter().filter_map(|record| match record {
        Record::Merge(record) if record.machine == *machine => {
            let changes = record.benchmarks.iter().filter_map(|benchmark| benchmark.change);
            Some(Point {
                commit: short(record.commit.as_deref()),
                value: changes.max_by(f64::total_cmp)?,
                bounds: None,
                shape: if record.outcome == MergeOutcome::Regression { Shape::Cross } else { Shape::Disc },
            })
        }
        _ => None,
    });
    draw(
        "merge-history",
        "Largest change of instructions over the runs of the merge gate",
        points.collect(),
        0.0,
        number::change,
    )
}

/// Runs that can't be shown beside the last one, and lines that can't be read.
pub(crate) fn left_out(history: &History) -> Option<String> {
    let others = |is_kind: fn(&Record) -> bool| {
        let own = machine(history, is_kind);
        history.records.iter().filter(|record| is_kind(record) && Some(of(record)) != own).count()
    };
    let elsewhere =
        others(|record| matches!(record, Record::Ship(_))) + others(|record| matches!(record, Record::Merge(_)));
    (elsewhere + history.unreadable > 0).then(|| {
        format!("Left out: {elsewhere} runs on other machines, {} lines that hold no run.", history.unreadable)
    })
}

fn of(record: &Record) -> &Machine {
    match record {
        Record::Merge(record) => &record.machine,
        Record::Ship(record) => &record.machine,
    }
}

fn machine(history: &History, is_kind: fn(&Record) -> bool) -> Option<&Machine> {
    history.records.iter().rev().find(|record| is_kind(record)).map(of)
}

fn short(commit: Option<&str>) -> String {
    commit.map_or_else(|| "changed tree".to_owned(), |commit| commit.chars().take(8).collect())
}

fn draw(id: &str, title: &str, mut points: Vec<Point>, neutral: f64, label: fn(f64) -> String) -> Option<String> {
    points.retain(|point| point.value.is_finite());
    points.drain(..points.len().saturating_sub(NEWEST));
    let (first, last) = (points.first()?, points.last()?);
    let axis = over(&points, neutral);
    let (low, high) = axis.ends();
    let mut svg = opening(id, title, HEIGHT);
    let far = |&(value, class): &(f64, &str)| class == "one" || (axis.at(value) - axis.at(neutral)).abs() > ROOM;
    for (value, class) in [(low, "grid"), (high, "grid"), (neutral, "one")].into_iter().filter(far) {
        let y = axis.at(value);
        scale::level(&mut svg, class, y, (LEFT + GUTTER, RIGHT));
        scale::label(&mut svg, (LEFT + GUTTER - 5.0, y + 4.0), "end", &label(value));
    }
    let step = (RIGHT - LEFT - GUTTER - 20.0) / (points.len().max(2) - 1) as f64;
    for (index, point) in points.iter().enumerate() {
        point.draw(&mut svg, &axis, LEFT + GUTTER + 10.0 + step * index as f64, label);
    }
    let ends = [(LEFT + GUTTER, "start", &first.commit), (RIGHT, "end", &last.commit)];
    for (x, anchor, commit) in ends.into_iter().skip(usize::from(points.len() == 1)) {
        scale::label(&mut svg, (x, BOTTOM + 26.0), anchor, commit);
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

impl Point {
    fn draw(&self, svg: &mut String, axis: &Scale, x: f64, label: fn(f64) -> String) {
        let y = axis.at(self.value);
        let _ = writeln!(svg, "<g><title>{}: {}</title>", escape(&self.commit), label(self.value));
        if let Some((lower, upper)) = self.bounds {
            let (from, to) = (axis.at(lower), axis.at(upper));
            scale::upright(svg, "candidate", x, (from, to));
        }
        let _ = match self.shape {
            Shape::Disc => writeln!(svg, "<circle class=\"candidate\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\"/>"),
            Shape::Ring => writeln!(svg, "<circle class=\"outline\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\"/>"),
            Shape::Cross => {
                writeln!(svg, "<path class=\"cross\" d=\"M{:.1} {:.1} l10 10 m0 -10 l-10 10\"/>", x - 5.0, y - 5.0)
            }
        };
        svg.push_str("</g>\n");
    }
}

/// Holds every point, its bounds and the neutral value, with a little air.
fn over(points: &[Point], neutral: f64) -> Scale {
    let bounds = points.iter().filter_map(|point| point.bounds).flat_map(|(lower, upper)| [lower, upper]);
    let values = points.iter().map(|point| point.value).chain(bounds).filter(|value| value.is_finite());
    let (mut low, mut high) = (neutral, neutral);
    for value in values {
        (low, high) = (low.min(value), high.max(value));
    }
    let air = ((high - low) * 0.05).max(0.001);
    Scale::linear((low - air, high + air), (BOTTOM, TOP))
}
