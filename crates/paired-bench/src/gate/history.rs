//! What gates found earlier, one JSON object a line, so that it can be appended to, stored and restored by CI.
//!
//! Every record carries the fingerprint of its machine; figures of another machine are never looked at. A line that a
//! killed run left half-written is skipped and told, and the next record starts on a line of its own.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use super::merge::{MergeOutcome, MergeVerdict};
use super::{Estimate, Outcome, ShipVerdict};
use crate::measure::Machine;

/// One run of a gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "gate", rename_all = "kebab-case")]
pub enum Record {
    /// Of the merge gate.
    Merge(MergeRecord),
    /// Of the ship gate.
    Ship(ShipRecord),
}

/// What the merge gate found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct MergeRecord {
    /// Head's commit; none for a working tree that differs from HEAD.
    pub commit: Option<String>,
    /// Base's commit.
    pub base: Option<String>,
    /// The machine that counted.
    pub machine: Machine,
    /// The answer.
    pub outcome: MergeOutcome,
    /// The answer in one line.
    pub sentence: String,
    /// What was counted.
    pub benchmarks: Vec<CountRecord>,
}

/// Counts of one benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CountRecord {
    /// The benchmark.
    pub name: String,
    /// A hash of its arguments and its repository: counts on different inputs are never compared.
    pub input: String,
    /// Median of head / median of base - 1.
    pub change: Option<f64>,
    /// What it was held to.
    pub limit: f64,
    /// The repeated counts of base and of head.
    pub counts: Vec<BinaryCounts>,
}

/// Repeated counts of one binary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BinaryCounts {
    /// The binary's sha256.
    pub binary: String,
    /// Its counts.
    pub totals: Vec<u64>,
}

/// What the ship gate found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ShipRecord {
    /// The commit of the workspace.
    pub commit: Option<String>,
    /// The machine that measured.
    pub machine: Machine,
    /// The answer.
    pub outcome: Outcome,
    /// The answer in one line.
    pub sentence: String,
    /// Geometric mean of candidate / baseline.
    pub geometric_mean: Estimate,
    /// The same of the A/A arm.
    pub same_binary: Estimate,
    /// Candidate / baseline of each benchmark.
    pub cases: Vec<(String, Estimate)>,
}

impl ShipRecord {
    /// The record of `verdict`.
    pub fn new(verdict: &ShipVerdict, commit: Option<String>, machine: Machine) -> Self {
        Self {
            commit,
            machine,
            outcome: verdict.outcome,
            sentence: verdict.sentence.clone(),
            geometric_mean: verdict.geometric_mean,
            same_binary: verdict.same_binary.geometric_mean,
            cases: verdict.cases.iter().map(|case| (case.name.clone(), case.estimate)).collect(),
        }
    }
}

impl MergeRecord {
    /// The record of `verdict`; `input` tells the input's hash of a benchmark.
    pub fn new(verdict: &MergeVerdict, input: impl Fn(&str) -> String) -> Self {
        let counts = |revision: &super::merge::Revision, totals: &[u64]| {
            let binary = revision.binary.clone().filter(|_| !totals.is_empty())?;
            Some(BinaryCounts { binary, totals: totals.to_vec() })
        };
        let benchmarks = verdict.benchmarks.iter().map(|benchmark| CountRecord {
            name: benchmark.name.clone(),
            input: input(&benchmark.name),
            change: benchmark.change,
            limit: benchmark.limit,
            counts: [counts(&verdict.base, &benchmark.base), counts(&verdict.head, &benchmark.head)]
                .into_iter()
                .flatten()
                .collect(),
        });
        Self {
            commit: verdict.head.commit.clone(),
            base: verdict.base.commit.clone(),
            machine: verdict.machine.clone(),
            outcome: verdict.outcome,
            sentence: verdict.sentence.clone(),
            benchmarks: benchmarks.collect(),
        }
    }
}

/// The records of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// Those that could be read, the oldest first.
    pub records: Vec<Record>,
    /// Lines that hold no record.
    pub unreadable: usize,
}

impl History {
    /// Reads the file at `path`; one that does not exist is an empty history.
    ///
    /// # Errors
    /// The system's, when it exists and can't be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) => Ok(Self::parse(&String::from_utf8_lossy(&bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// The records in `text`.
    pub fn parse(text: &str) -> Self {
        let mut history = Self::default();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match serde_json::from_str(line) {
                Ok(record) => history.records.push(record),
                Err(_) => history.unreadable += 1,
            }
        }
        history
    }

    /// The counts on one input that were made on `machine`, those of each binary together.
    pub fn counts(&self, machine: &Machine, input: &str) -> Vec<BinaryCounts> {
        let mut groups: Vec<BinaryCounts> = Vec::new();
        let here = self.records.iter().filter_map(|record| match record {
            Record::Merge(record) if record.machine == *machine => Some(&record.benchmarks),
            _ => None,
        });
        let same_input = here.flatten().filter(|benchmark| benchmark.input == input);
        for counts in same_input.flat_map(|benchmark| &benchmark.counts) {
            match groups.iter_mut().find(|group| group.binary == counts.binary) {
                Some(group) => group.totals.extend(&counts.totals),
                None => groups.push(counts.clone()),
            }
        }
        groups
    }
}

/// Appends `record` to the file at `path`, which is made where there is none.
///
/// # Errors
/// The system's.
pub fn append(path: &Path, record: &Record) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
    flock(&file, FlockOperation::LockExclusive)?;
    let mut line = String::new();
    if is_torn(&mut file)? {
        line.push('\n');
    }
    line.push_str(&serde_json::to_string(record)?);
    line.push('\n');
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

/// Whether the last line has no end.
fn is_torn(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(machine: Machine, input: &str, binary: &str, totals: &[u64]) -> Record {
        let counts = vec![BinaryCounts { binary: binary.to_owned(), totals: totals.to_vec() }];
        let (name, input) = ("a_guarded_program".to_owned(), input.to_owned());
        let benchmarks = vec![CountRecord { name, input, change: Some(0.0), limit: 0.002, counts }];
        let (outcome, sentence) = (MergeOutcome::Pass, "pass".to_owned());
        Record::Merge(MergeRecord { commit: None, base: None, machine, outcome, sentence, benchmarks })
    }

    fn file() -> (tempfile::TempDir, std::path::PathBuf) {
        let directory = tempfile::tempdir().expect("a scratch directory");
        let path = directory.path().join("made/gate-history.jsonl");
        (directory, path)
    }

    #[test]
    fn what_was_appended_is_read_and_grouped_by_binary() {
        let (_directory, path) = file();
        assert_eq!(History::read(&path).expect("nothing there is fine"), History::default());
        let here = Machine::unknown();
        for (binary, totals) in [("one", [5, 6]), ("two", [7, 7]), ("one", [4, 5])] {
            append(&path, &record(here.clone(), "in", binary, &totals)).expect("the directory is ours");
        }
        let history = History::read(&path).expect("the file is ours");
        assert_eq!((history.records.len(), history.unreadable), (3, 0));
        let counts = |binary: &str, totals: &[u64]| BinaryCounts { binary: binary.to_owned(), totals: totals.to_vec() };
        assert_eq!(history.counts(&here, "in"), [counts("one", &[5, 6, 4, 5]), counts("two", &[7, 7])]);
    }

    #[test]
    fn figures_of_another_machine_or_input_are_never_used() {
        let here = Machine::unknown();
        let others = [
            Machine { cpu: "another".to_owned(), ..here.clone() },
            Machine { cores: 64, ..here.clone() },
            Machine { kernel: "another".to_owned(), ..here.clone() },
            Machine { libc: "another".to_owned(), ..here.clone() },
            Machine { valgrind: "another".to_owned(), ..here.clone() },
        ];
        let mut history = History::default();
        history.records.extend(others.map(|machine| record(machine, "in", "one", &[1, 1000])));
        history.records.push(record(here.clone(), "another input", "one", &[1, 1000]));
        assert!(history.counts(&here, "in").is_empty());
    }

    #[test]
    fn a_torn_last_line_costs_only_itself() {
        let (_directory, path) = file();
        let here = Machine::unknown();
        append(&path, &record(here.clone(), "in", "one", &[5, 6])).expect("the directory is ours");
        let whole = std::fs::read_to_string(&path).expect("just written");
        std::fs::write(&path, format!("{whole}{}", &whole[..whole.len() / 2])).expect("the file is ours");
        append(&path, &record(here.clone(), "in", "one", &[7, 8])).expect("the file is ours");
        let history = History::read(&path).expect("the file is ours");
        assert_eq!((history.records.len(), history.unreadable), (2, 1));
        assert_eq!(history.counts(&here, "in")[0].totals, [5, 6, 7, 8]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}") {
            let _ = History::parse(&text);
        }
    }
}
