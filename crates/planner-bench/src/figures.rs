//! What a comparison found, as data: every run of every row on every repository, or why there is none.

use paired_bench::measure::samples::Run;
use serde::{Deserialize, Serialize};

use super::entry::{Plans, Via};

/// Name of the case that only asks for the version: what starting up costs.
pub const START_UP: &str = "start-up";

/// A whole comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeersReport {
    /// Layout of this document.
    pub format: u32,
    /// What it was measured on.
    pub machine: String,
    /// Pairs of runs that were asked for.
    pub pairs: u32,
    /// Seconds after which a run was stopped.
    pub timeout_seconds: u64,
    /// The repositories, in the order of the cells after the one for starting up.
    pub repositories: Vec<RepositoryFacts>,
    /// The tools with their versions.
    pub tools: Vec<ToolFacts>,
    /// The rows of the tables.
    pub rows: Vec<RowFigures>,
}

/// A repository's size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryFacts {
    /// Its name.
    pub name: String,
    /// Packages.
    pub packages: u64,
    /// Commits.
    pub commits: u64,
    /// Tags.
    pub tags: u64,
}

/// A tool as it was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolFacts {
    /// Its name.
    pub name: String,
    /// Its version, as far as known.
    pub version: Option<String>,
    /// Where it came from.
    pub source: String,
    /// Why it is missing; `None` where it is there.
    pub missing: Option<String>,
}

/// One way of running one tool, on all repositories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowFigures {
    /// The tool.
    pub tool: String,
    /// Tool and mode.
    pub title: String,
    /// How it is started.
    pub via: Via,
    /// What it decides.
    pub plans: Plans,
    /// What it does.
    pub does: String,
    /// A cell for starting up, then one for each repository.
    pub cells: Vec<Cell>,
}

/// A row on one repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The repository, or [`START_UP`].
    pub repository: String,
    /// What came out.
    pub outcome: Outcome,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All runs that count.
    Measured(Vec<Run>),
    /// It was still running after the time limit.
    TooLong {
        /// The limit.
        seconds: u64,
    },
    /// There is no figure.
    NotMeasured {
        /// Why.
        reason: String,
    },
}

/// What was measured, in a few figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Median wall time.
    pub wall_ns: u64,
    /// Its quartiles.
    pub wall_quartiles_ns: (u64, u64),
    /// Mean user CPU time: the kernel gives single short runs whole ticks or nothing.
    pub user_ns: u64,
    /// Median of user and system CPU time.
    pub cpu_ns: u64,
    /// Largest resident set of all runs.
    pub peak_bytes: u64,
    /// Number of runs.
    pub runs: usize,
}

impl Outcome {
    /// Its summary, where there are runs.
    pub fn summary(&self) -> Option<Summary> {
        let Self::Measured(runs) = self else { return None };
        let sorted = |figure: fn(&Run) -> u64| {
            let mut values: Vec<u64> = runs.iter().map(figure).collect();
            values.sort_unstable();
            values
        };
        let (wall, cpu) = (sorted(|run| run.wall_ns), sorted(|run| run.cpu_ns));
        Some(Summary {
            wall_ns: quantile(&wall, 2)?,
            wall_quartiles_ns: (quantile(&wall, 1)?, quantile(&wall, 3)?),
            user_ns: runs.iter().map(|run| run.user_ns).sum::<u64>() / runs.len().max(1) as u64,
            cpu_ns: quantile(&cpu, 2)?,
            peak_bytes: runs.iter().map(|run| run.max_rss_bytes).max()?,
            runs: runs.len(),
        })
    }
}

/// The quarter-th quantile of sorted values, interpolated linearly.
fn quantile(sorted: &[u64], quarter: usize) -> Option<u64> {
    let last = sorted.len().checked_sub(1)?;
    let (whole, part) = (last * quarter / 4, (last * quarter % 4) as u64);
    let (below, above) = (sorted[whole], sorted[(whole + 1).min(last)]);
    Some(below + (above - below) * part / 4)
}

impl PeersReport {
    /// The cells' names: starting up, then the repositories.
    pub fn cases(&self) -> Vec<&str> {
        std::iter::once(START_UP).chain(self.repositories.iter().map(|facts| facts.name.as_str())).collect()
    }

    /// The median wall time of relplan on the case of this index.
    pub fn reference_ns(&self, case: usize) -> Option<u64> {
        let row = self.rows.iter().find(|row| row.tool == "relplan")?;
        Some(row.cells.get(case)?.outcome.summary()?.wall_ns)
    }

    /// The required tools of which a row has not a single figure.
    pub fn unmeasured(&self, required: &[&str]) -> Vec<String> {
        let figures = |row: &RowFigures| row.cells.iter().any(|cell| cell.outcome.summary().is_some());
        let lacks = |tool: &&&str| !self.rows.iter().any(|row| row.tool == ***tool && figures(row));
        required.iter().filter(lacks).map(|&tool| tool.to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_of_few_values() {
        assert_eq!(quantile(&[], 2), None);
        assert_eq!(quantile(&[7], 3), Some(7));
        assert_eq!([1, 2, 3].map(|quarter| quantile(&[10, 20, 30, 40, 50], quarter)), [Some(20), Some(30), Some(40)]);
        assert_eq!(quantile(&[10, 20], 2), Some(15));
    }

    #[test]
    fn a_summary_takes_medians_and_the_peak() {
        let run = |wall_ns, max_rss_bytes| Run { wall_ns, user_ns: wall_ns / 2, cpu_ns: wall_ns, max_rss_bytes };
        let outcome = Outcome::Measured(vec![run(30, 5), run(10, 9), run(20, 1)]);
        let summary = outcome.summary().expect("there are runs");
        assert_eq!((summary.wall_ns, summary.user_ns, summary.peak_bytes, summary.runs), (20, 10, 9, 3));
        assert_eq!(Outcome::TooLong { seconds: 1 }.summary(), None);
        assert_eq!(Outcome::Measured(vec![]).summary(), None);
    }
}

/// A comparison of two tools, for the tests of everything that shows one.
#[cfg(test)]
pub(crate) mod tests_support {
    use super::*;

    pub(crate) fn small_report() -> PeersReport {
        let runs = |wall_ms: &[u64]| {
            let run = |&wall: &u64| Run {
                wall_ns: wall * 1_000_000,
                user_ns: wall * 900_000,
                cpu_ns: wall * 950_000,
                max_rss_bytes: wall * 1_000_000,
            };
            Outcome::Measured(wall_ms.iter().map(run).collect())
        };
        let not_measured = |reason: &str| Outcome::NotMeasured { reason: reason.to_owned() };
        let row = |tool: &str, title: &str, via, plans, outcomes: [Outcome; 3]| RowFigures {
            tool: tool.to_owned(),
            title: title.to_owned(),
            via,
            plans,
            does: format!("`{tool}` in short"),
            cells: [START_UP, "floor", "mono-large"]
                .into_iter()
                .zip(outcomes)
                .map(|(name, outcome)| Cell { repository: name.to_owned(), outcome })
                .collect(),
        };
        let tool = |name: &str, version: Option<&str>, missing: Option<&str>| ToolFacts {
            name: name.to_owned(),
            version: version.map(str::to_owned),
            source: "npm".to_owned(),
            missing: missing.map(str::to_owned),
        };
        let facts = |name: &str, packages, commits| RepositoryFacts {
            name: name.to_owned(),
            packages,
            commits,
            tags: packages,
        };
        PeersReport {
            format: 1,
            machine: "an example".to_owned(),
            pairs: 2,
            timeout_seconds: 120,
            repositories: vec![facts("floor", 1, 2), facts("mono-large", 200, 10_001)],
            tools: vec![
                tool("relplan", Some("0.1.0"), None),
                tool("slow", Some("2.0.0"), None),
                tool("absent", Some("3.0.0"), Some("cargo is not on PATH")),
            ],
            rows: vec![
                row(
                    "relplan",
                    "relplan",
                    Via::Direct,
                    Plans::EveryPackage,
                    [runs(&[1]), runs(&[2, 2]), runs(&[60, 70, 80])],
                ),
                row(
                    "slow",
                    "slow (as it is)",
                    Via::Node,
                    Plans::OnePackage,
                    [runs(&[90]), runs(&[200]), runs(&[4200])],
                ),
                row(
                    "slow",
                    "slow (as it is)",
                    Via::Npx,
                    Plans::OnePackage,
                    [runs(&[300]), runs(&[400]), Outcome::TooLong { seconds: 120 }],
                ),
                row(
                    "absent",
                    "absent",
                    Via::Direct,
                    Plans::Nothing,
                    [(); 3].map(|()| not_measured("cargo is not on PATH")),
                ),
            ],
        }
    }
}
