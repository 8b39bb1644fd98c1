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

/// What came of all tries.
#[derive(Debug, Clone, Default)]
pub struct Found<'a> {
    /// The samples and the commands that work on at least two of their entries, of the folder where they do most.
    pub workable: Option<(&'a Samples, Vec<Workable>)>,
    /// What became of commands that work nowhere: `` `args` on folder: how it ended ``.
    pub refused: Vec<String>,
}

/// Tries the commands that `usage` suggests on all `samples`.
pub fn workable<'a>(binary: &Path, usage: &Usage, samples: &'a [Samples], tried: &dyn Fn(&str)) -> Found<'a> {
    let mut refused = Vec::new();
    let found = samples.iter().filter_map(|samples| {
        let found = on_samples(binary, usage, samples, tried, &mut refused);
        (!found.is_empty()).then_some((samples, found))
    });
    let work = |found: &[Workable]| found.iter().map(Workable::work).sum::<f64>();
    let workable = found.max_by(|left, right| work(&left.1).total_cmp(&work(&right.1)));
    Found { workable, refused }
}

fn on_samples(
    binary: &Path,
    usage: &Usage,
    samples: &Samples,
    tried: &dyn Fn(&str),
    refused: &mut Vec<String>,
) -> Vec<Workable> {
    let Some(largest) = samples.entries.first() else { return Vec::new() };
    let word = common_word(&samples.directory.join(largest));
    let mut found = Vec::new();
    for command in usage.commands_for(&word) {
        let told = format!("`{}` on {}", command.args.join(" "), samples.directory.display());
        tried(&told);
        let (mut entries, mut reason) = (Vec::new(), None);
        for (index, entry) in samples.entries.iter().enumerate() {
            // A command that fails on the three largest entries is not meant for them.
            if index == 3 && entries.is_empty() {
                break;
            }
            match on_entry(binary, &command, &samples.directory, entry) {
                Ok(done) => entries.push((entry.clone(), done)),
                Err(why) => reason = reason.or(why),
            }
        }
        if entries.len() >= 2 && ignores_stdin(binary, &command, &samples.directory, &entries[0]) {
            refused.push(format!("{told}: it answers the same whatever it reads from standard input"));
        } else if entries.len() >= 2 {
            entries.sort_by(|left, right| right.1.cpu_seconds.total_cmp(&left.1.cpu_seconds));
            found.push(Workable { command, entries });
        } else if let Some(reason) = reason {
            refused.push(format!("{told}: {reason}"));
        }
    }
    found.sort_by(|left, right| right.work().total_cmp(&left.work()));
    found.truncate(MOST);
    found
}

/// Whether a command that is given standard input answers the same without: a program that works on its folder where nothing is named
/// would be trained on what is held out.
fn ignores_stdin(binary: &Path, command: &CommandSpec, directory: &Path, (entry, with): &(String, Rehearsed)) -> bool {
    if command.stdin.is_none() {
        return false;
    }
    let without = CommandSpec { stdin: None, ..command.clone() };
    let Ok(cases) = cases::rehearsal(directory, entry, &without) else { return false };
    let answered = cases.first().and_then(|case| rehearse(binary, case, None, LIMIT).ok());
    answered.is_some_and(|without| without.answer == with.answer)
}

/// What the command does on the entry, where that is fit to be trained on; else why not, where it was tried.
fn on_entry(binary: &Path, command: &CommandSpec, directory: &Path, entry: &str) -> Result<Rehearsed, Option<String>> {
    let is_directory = directory.join(entry).is_dir();
    // A command that names no entry works in it: it sees nothing of one that is a file.
    let is_named = command.args.iter().any(|arg| arg.contains("{entry}"));
    if command.stdin.is_some() && is_directory || command.stdin.is_none() && !is_named && !is_directory {
        return Err(None);
    }
    let cases = cases::rehearsal(directory, entry, command).map_err(|error| Some(error.to_string()))?;
    let case = cases.first().ok_or(None)?;
    let rehearsed = rehearse(binary, case, None, LIMIT).map_err(|error| Some(error.to_string()))?;
    if !rehearsed.as_declared {
        let said = if rehearsed.said.is_empty() { String::new() } else { format!(": {}", rehearsed.said) };
        return Err(Some(format!("{}{said}", rehearsed.outcome)));
    }
    if rehearsed.printed == 0 && rehearsed.wrote.is_none() {
        return Err(Some("it prints nothing and writes nothing".to_owned()));
    }
    // What threads print may come in another order.
    let repeats = rehearsed.repeats || (rehearsed.starts_threads && rehearsed.repeats_sorted);
    if repeats { Ok(rehearsed) } else { Err(Some("it prints something else each time".to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(script: &str) -> Vec<Workable> {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let program = directory.path().join("program");
        test_support::script(&program, script);
        let samples = Samples { directory: directory.path().join("samples"), entries: vec!["a".into(), "b".into()] };
        std::fs::create_dir(&samples.directory).expect("the directory is ours");
        for name in &samples.entries {
            std::fs::write(samples.directory.join(name), format!("words of {name}")).expect("the directory is ours");
        }
        let usage = Usage { words: Vec::new(), ..Usage::default() };
        on_samples(&program, &usage, &samples, &|_| (), &mut Vec::new())
    }

    #[test]
    fn a_program_that_does_not_read_standard_input_is_not_trained_by_it() {
        let reads = found("#!/bin/sh\n[ $# = 0 ] && cat\n");
        assert!(reads.iter().any(|workable| workable.command.stdin.is_some()), "{reads:?}");
        let lists = found("#!/bin/sh\n[ $# = 0 ] && ls\n");
        assert!(lists.is_empty(), "{lists:?}");
    }
}
