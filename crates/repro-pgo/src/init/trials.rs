//! Commands tried on entries: what ends well, prints the same twice or writes something, and does some work can be trained on
//! and measured.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use host::digest;
use host::linux::Network;

use super::samples::{Samples, common_word};
use super::usage::Usage;
use crate::declaration::invocation::CommandSpec;
use crate::pipeline::cases;
use crate::rehearsal::{Conditions, Rehearsed, rehearse};

/// How long a trial may take; a command that takes longer is no small workload.
const LIMIT: Duration = Duration::from_secs(5);
/// How many commands are kept.
const MOST: usize = 2;
/// How many runs may take longer before no other is tried: a server, or a program that waits for somebody, never ends.
const MOST_UNENDED: usize = 4;
/// Exit codes with which programs tell that they found something; from 64 on they name errors (sysexits.h).
const FINDINGS: std::ops::RangeInclusive<i32> = 1..=63;

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

    /// The exit codes of all of them.
    pub fn exit_codes(&self) -> BTreeSet<i32> {
        self.entries.iter().filter_map(|(_, rehearsed)| rehearsed.exit_code).collect()
    }

    /// How much its answers tell for its doing what users want, the best last.
    fn merit(&self) -> Merit {
        let answers: BTreeSet<_> = self.entries.iter().map(|(_, rehearsed)| &rehearsed.answer).collect();
        if answers.len() < 2 && !self.writes() {
            Merit::SameForEach
        } else if self.exit_codes().into_iter().any(|code| code != 0) {
            Merit::Finds
        } else {
            Merit::Works
        }
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Merit {
    /// It answers the same whatever the entry is.
    SameForEach,
    /// It ends with a code that may tell of an error.
    Finds,
    /// It ends with 0, and what it says depends on the entry.
    Works,
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
    // Nothing that is tried reaches another machine, where the system lets it be cut off.
    let network = Network::alone().ok();
    let network = network.as_ref();
    let mut trials = Trials { binary, usage, tried, limit: LIMIT, network, refused: Vec::new(), unended: 0 };
    let best = trials.best(samples);
    if trials.unended >= MOST_UNENDED {
        trials.refused.insert(0, UNENDED.to_owned());
    }
    Found { workable: best, refused: trials.refused }
}

/// What is said first of a program that was given up.
const UNENDED: &str = "until several runs did not end by themselves: a server belongs into the `services` of a workload whose \
                       `program` is a client of it";

/// The tries of one program.
struct Trials<'a> {
    binary: &'a Path,
    usage: &'a Usage,
    tried: &'a dyn Fn(&str),
    /// How long a try may take.
    limit: Duration,
    network: Option<&'a Network>,
    refused: Vec<String>,
    /// How many runs did not end in time.
    unended: usize,
}

impl Trials<'_> {
    /// The commands of the samples on which they do most.
    fn best<'s>(&mut self, samples: &'s [Samples]) -> Option<(&'s Samples, Vec<Workable>)> {
        let mut found = Vec::new();
        for samples in samples {
            let commands = self.on_samples(samples);
            if let Some(merit) = commands.first().map(Workable::merit) {
                found.push((merit, samples, commands));
            }
        }
        let best = found.into_iter().max_by(|left, right| {
            left.0.cmp(&right.0).then_with(|| worth(left.1, &left.2).total_cmp(&worth(right.1, &right.2)))
        });
        best.map(|(_, samples, commands)| (samples, commands))
    }

    /// The commands that work on at least two entries; only those of the best merit.
    fn on_samples(&mut self, samples: &Samples) -> Vec<Workable> {
        let Some(largest) = samples.entries.first() else { return Vec::new() };
        let word = common_word(&samples.directory.join(largest));
        let mut found = Vec::new();
        for command in self.usage.commands_for(&word) {
            if self.unended < MOST_UNENDED {
                found.extend(self.on_entries(command, samples));
            }
        }
        found.sort_by(|left, right| right.merit().cmp(&left.merit()).then(right.work().total_cmp(&left.work())));
        let best = found.first().map(Workable::merit);
        found.retain(|workable| Some(workable.merit()) == best);
        found.truncate(MOST);
        found
    }

    fn conditions(&self) -> Conditions<'_> {
        Conditions { lookout: None, network: self.network, timeout: self.limit }
    }

    fn on_entries(&mut self, command: CommandSpec, samples: &Samples) -> Option<Workable> {
        let told = format!("`{}` on {}", line(self.binary, &command), samples.directory.display());
        (self.tried)(&told);
        let (mut entries, mut silent, mut reason) = (Vec::new(), Vec::new(), None);
        for (index, entry) in samples.entries.iter().enumerate() {
            // A command that fails on the three largest entries is not meant for them.
            if (index == 3 && entries.is_empty()) || self.unended >= MOST_UNENDED {
                break;
            }
            match self.on_entry(&command, &samples.directory, entry) {
                Ok(done) => entries.push((entry.clone(), done)),
                Err(Unfit::Silent(done)) => {
                    silent.push((entry.clone(), *done));
                    reason = reason.or_else(|| Some("it prints nothing and writes nothing".to_owned()));
                }
                Err(Unfit::Unended(why)) => {
                    self.unended += 1;
                    reason = reason.or(Some(why));
                }
                Err(Unfit::Failed(why)) => reason = reason.or(Some(why)),
                Err(Unfit::NotMeant) => (),
            }
        }
        // Where a program says what it found, one that says nothing found nothing, as for most of its users.
        if !entries.is_empty() {
            entries.extend(silent);
        }
        if entries.len() >= 2 && self.ignores_stdin(&command, &samples.directory, &entries[0]) {
            self.refused.push(format!("{told}: it answers the same whatever it reads from standard input"));
        } else if entries.len() >= 2 {
            entries.sort_by(|left, right| right.1.cpu_seconds.total_cmp(&left.1.cpu_seconds));
            return Some(Workable { command, entries });
        } else if let Some(reason) = reason {
            self.refused.push(format!("{told}: {reason}"));
        }
        None
    }

    /// Whether a command that is given standard input answers the same without: a program that works on its folder where nothing is named
    /// would be trained on what is held out.
    fn ignores_stdin(&self, command: &CommandSpec, directory: &Path, (entry, with): &(String, Rehearsed)) -> bool {
        if command.stdin.is_none() {
            return false;
        }
        let without = CommandSpec { stdin: None, ..command.clone() };
        let Ok(cases) = cases::rehearsal(directory, entry, &without) else { return false };
        let answered = cases.first().and_then(|case| rehearse(self.binary, case, self.conditions()).ok());
        answered.is_some_and(|without| without.answer == with.answer)
    }

    /// What the command does on the entry, where that is fit to be trained on.
    fn on_entry(&self, command: &CommandSpec, directory: &Path, entry: &str) -> Result<Rehearsed, Unfit> {
        let is_directory = directory.join(entry).is_dir();
        // A command that names no entry works in it: it sees nothing of one that is a file.
        let is_named = command.args.iter().any(|arg| arg.contains("{entry}"));
        if command.stdin.is_some() && is_directory || command.stdin.is_none() && !is_named && !is_directory {
            return Err(Unfit::NotMeant);
        }
        let failed = |error: &dyn ToString| Unfit::Failed(error.to_string());
        let cases = cases::rehearsal(directory, entry, command).map_err(|error| failed(&error))?;
        let case = cases.first().ok_or(Unfit::NotMeant)?;
        let rehearsed = rehearse(self.binary, case, self.conditions()).map_err(|error| failed(&error))?;
        if rehearsed.timed_out {
            return Err(Unfit::Unended(rehearsed.outcome));
        }
        if !rehearsed.as_declared && !tells_findings(&rehearsed) {
            return Err(Unfit::Failed(format!("{}{}", rehearsed.outcome, rehearsed.aside())));
        }
        if rehearsed.printed == 0 && rehearsed.wrote.is_none() {
            return Err(Unfit::Silent(Box::new(rehearsed)));
        }
        // What threads print may come in another order.
        let repeats = rehearsed.repeats || (rehearsed.starts_threads && rehearsed.repeats_sorted);
        if repeats {
            return Ok(rehearsed);
        }
        let line = rehearsed.varies.map(|line| format!(", such as `{line}`")).unwrap_or_default();
        Err(failed(&format!("it prints something else each time{line}")))
    }
}

/// How good the samples are: many, with much work. Sources change with the program, and so would the profile: they have to be much
/// better.
fn worth(samples: &Samples, commands: &[Workable]) -> f64 {
    let work: f64 = commands.iter().map(Workable::work).sum();
    let entries = commands.iter().map(|workable| workable.entries.len()).max().unwrap_or(0);
    work * entries.min(ENOUGH) as f64 / if samples.are_sources() { 10.0 } else { 1.0 }
}

/// More entries than this tell little more.
const ENOUGH: usize = 8;

/// The command as it is typed.
fn line(binary: &Path, command: &CommandSpec) -> String {
    let name = binary.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stdin = command.stdin.iter().flat_map(|stdin| ["<".to_owned(), stdin.clone()]);
    let words: Vec<String> = std::iter::once(name).chain(command.args.iter().cloned()).chain(stdin).collect();
    words.join(" ")
}

/// Why a command is not fit to be trained on an entry.
enum Unfit {
    /// It has nothing to do with an entry of that kind, and was not tried.
    NotMeant,
    /// It ended well, and nothing can be seen of what it did.
    Silent(Box<Rehearsed>),
    /// It was still running at the end of its time.
    Unended(String),
    /// What it said.
    Failed(String),
}

/// Whether it looks as if the exit code told that something was found, as linters and `diff` do: it answered, and complained of nothing.
fn tells_findings(rehearsed: &Rehearsed) -> bool {
    let nothing = digest::of_bytes(&[]);
    let [output, error] = &rehearsed.answer;
    rehearsed.exit_code.is_some_and(|code| FINDINGS.contains(&code)) && *output != nothing && *error == nothing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(script: &str) -> Vec<Workable> {
        tried(script, "").0
    }

    /// What comes of a program of this script and help, whose first sample is larger and has a mistake; and the refusals.
    fn tried(script: &str, help: &str) -> (Vec<Workable>, Vec<String>) {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let program = directory.path().join("program");
        test_support::script(&program, script);
        let samples = Samples { directory: directory.path().join("samples"), entries: vec!["a".into(), "b".into()] };
        std::fs::create_dir(&samples.directory).expect("the directory is ours");
        for name in &samples.entries {
            std::fs::write(samples.directory.join(name), format!("words of {name}")).expect("the directory is ours");
        }
        let usage = Usage::read(help);
        let samples = [samples];
        let found = workable(&program, &usage, &samples, &|_| ());
        (found.workable.map(|(_, commands)| commands).unwrap_or_default(), found.refused)
    }

    fn args(found: &[Workable]) -> Vec<String> {
        found.iter().map(|workable| workable.command.args.join(" ")).collect()
    }

    #[test]
    fn a_linter_that_tells_by_its_exit_code_is_trained_where_it_finds_something_and_where_it_finds_nothing() {
        let (found, _) = tried("#!/bin/sh\ngrep -H 'of a' \"$1\" && exit 2; [ -f \"$1\" ]\n", "");
        assert_eq!(args(&found), ["{entry}"]);
        assert_eq!(found[0].exit_codes(), BTreeSet::from([0, 2]));
        let (complaining, refused) = tried("#!/bin/sh\necho \"cannot read $1\" >&2; exit 1\n", "");
        assert!(complaining.is_empty(), "{complaining:?}");
        assert!(refused[0].starts_with("`program {entry}` on ") && refused[0].contains("cannot read"), "{refused:?}");
        let (saying, refused) = tried("#!/bin/sh\necho usage; exit 64\n", "");
        assert!(saying.is_empty() && refused[0].ends_with("exit code 64: usage"), "{refused:?}");
    }

    #[test]
    fn a_command_that_answers_the_same_for_each_entry_is_the_last_choice() {
        let help = "Usage: program [FILE]\n\nCommands:\n  check  Looks\n";
        let script = "#!/bin/sh\ncase \"$1\" in check) echo fine ;; ?*) cat \"$1\" ;; *) exit 1 ;; esac\n";
        assert_eq!(args(&tried(script, help).0), ["{entry}"]);
        let only = "#!/bin/sh\n[ -n \"$1\" ] && echo fine\n";
        assert_eq!(args(&tried(only, "").0), ["{entry}"]);
    }

    #[test]
    fn a_program_that_never_ends_is_given_up() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let program = directory.path().join("program");
        test_support::script(&program, "#!/bin/sh\nexec sleep 600\n");
        let entries = ["a", "b", "c"].map(str::to_owned);
        for name in &entries {
            std::fs::write(directory.path().join(name), "words").expect("the directory is ours");
        }
        let samples = Samples { directory: directory.path().to_owned(), entries: entries.to_vec() };
        let (usage, limit) = (Usage::default(), Duration::from_millis(100));
        let refused = Vec::new();
        let mut trials =
            Trials { binary: &program, usage: &usage, tried: &|_| (), limit, network: None, refused, unended: 0 };
        assert!(trials.best(&[samples.clone(), samples]).is_none());
        assert_eq!(trials.unended, MOST_UNENDED);
        assert!(trials.refused[0].contains("still running after 0.1 s"), "{:?}", trials.refused);
    }

    #[test]
    fn a_program_that_does_not_read_standard_input_is_not_trained_by_it() {
        let reads = found("#!/bin/sh\n[ $# = 0 ] && cat\n");
        assert!(reads.iter().any(|workable| workable.command.stdin.is_some()), "{reads:?}");
        let lists = found("#!/bin/sh\n[ $# = 0 ] && ls\n");
        assert!(lists.is_empty(), "{lists:?}");
    }
}
