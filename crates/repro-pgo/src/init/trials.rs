//! Commands tried on entries: what ends well, prints the same twice or writes something, and does some work can be trained on
//! and measured.

use std::path::Path;
use std::time::Duration;

use super::samples::{Samples, common_word};
use super::usage::Usage;
use crate::declaration::invocation::CommandSpec;
use crate::pipeline::cases;
use crate::rehearsal::{Rehearsed, rehearse};

/// How long a trial may take; a command that takes longer is no small workload.
const LIMIT: Duration = Duration::from_secs(5);
/// How many commands are kept.
const MOST: usize = 2;

/// A command and the entries that it works on.
#[derive(Debug, Clone)]
pub struct Workable {
    /// The command.
    pub command: CommandSpec,
    /// Entries and what happened there, the one with most work first.
    pub entries: Vec<(String, Rehearsed)>,
}

impl Workable {
    /// How much work it does on all of them.
    fn work(&self) -> f64 {
        self.entries.iter().map(|(_, rehearsed)| rehearsed.cpu_seconds).sum()
    }

    /// Whether it starts threads on any of them.
    pub fn starts_threads(&self) -> bool {
        self.entries.iter().any(|(_, rehearsed)| rehearsed.starts_threads)
    }

    /// Whether it writes into any of them.
    pub fn writes(&self) -> bool {
        self.entries.iter().any(|(_, rehearsed)| rehearsed.wrote.is_some())
    }
}

/// The samples, and the commands that work on at least two of their entries: of the folder where they do most.
pub fn workable<'a>(
    binary: &Path,
    usage: &Usage,
    samples: &'a [Samples],
    tried: &dyn Fn(&str),
) -> Option<(&'a Samples, Vec<Workable>)> {
    let found = samples.iter().filter_map(|samples| {
        let found = on_samples(binary, usage, samples, tried);
        (!found.is_empty()).then_some((samples, found))
    });
    let work = |found: &[Workable]| found.iter().map(Workable::work).sum::<f64>();
    found.max_by(|left, right| work(&left.1).total_cmp(&work(&right.1)))
}

fn on_samples(binary: &Path, usage: &Usage, samples: &Samples, tried: &dyn Fn(&str)) -> Vec<Workable> {
    let Some(largest) = samples.entries.first() else { return Vec::new() };
    let word = common_word(&samples.directory.join(largest));
    let mut found = Vec::new();
    for command in usage.commands_for(&word) {
        tried(&format!("`{}` on {}", command.args.join(" "), samples.directory.display()));
        let mut entries = Vec::new();
        for (index, entry) in samples.entries.iter().enumerate() {
            // A command that fails on the three largest entries is not meant for them.
            if index == 3 && entries.is_empty() {
                break;
            }
            entries.extend(on_entry(binary, &command, &samples.directory, entry).map(|done| (entry.clone(), done)));
        }
        if entries.len() >= 2 {
            entries.sort_by(|left, right| right.1.cpu_seconds.total_cmp(&left.1.cpu_seconds));
            found.push(Workable { command, entries });
        }
    }
    found.sort_by(|left, right| right.work().total_cmp(&left.work()));
    found.truncate(MOST);
    found
}

/// What the command does on the entry, where that is fit to be trained on.
fn on_entry(binary: &Path, command: &CommandSpec, directory: &Path, entry: &str) -> Option<Rehearsed> {
    if command.stdin.is_some() && directory.join(entry).is_dir() {
        return None;
    }
    let cases = cases::rehearsal(directory, entry, command).ok()?;
    let rehearsed = rehearse(binary, cases.first()?, None, LIMIT).ok()?;
    // What threads print may come in another order.
    let answers = rehearsed.printed > 0 || rehearsed.wrote.is_some();
    let is_fit = rehearsed.as_declared
        && answers
        && (rehearsed.repeats || (rehearsed.starts_threads && rehearsed.repeats_sorted));
    is_fit.then_some(rehearsed)
}
