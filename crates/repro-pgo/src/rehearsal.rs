//! A declared command run before anything long: twice, on a plain build and on a copy of its entry. What would stop a
//! training or spoil a measurement shows here within seconds.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use host::linux::Network;
use host::process::{Captured, ChildError, Exit, Finished, Invocation};
use host::{digest, process};
use paired_bench::measure::case::Step;
use paired_bench::measure::{Case, MeasureError, fixed_environment, peak_memory};
use serde::Serialize;

use crate::check::output::{Lines, sorted};
use crate::training::observed::Observed;
use crate::training::{changes, network};

/// What a command did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Rehearsed {
    /// The command's name.
    pub name: String,
    /// How it ended; the reason where it did not end by itself.
    pub outcome: String,
    /// Its exit code.
    pub exit_code: Option<i32>,
    /// Whether that is one of the declared ones.
    pub as_declared: bool,
    /// Whether it was still running at the end of its time.
    pub timed_out: bool,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// How much processor time it took, in seconds.
    pub cpu_seconds: f64,
    /// How much it printed, to standard output and standard error, in bytes.
    pub printed: usize,
    /// The hashes of what it printed, to standard output and to standard error.
    #[serde(skip)]
    pub answer: [String; 2],
    /// Whether it printed the same twice.
    pub repeats: bool,
    /// The first line that it printed the first time alone.
    pub varies: Option<String>,
    /// Whether it printed the same lines twice, in whatever order.
    pub repeats_sorted: bool,
    /// The first lines of standard error; where nothing is there, of standard output.
    pub said: String,
    /// Whether it starts threads where it may use all processors.
    pub starts_threads: bool,
    /// Whether it read standard input although none is declared; unknown without an emulator.
    pub reads_empty_stdin: Option<bool>,
    /// The programs it started; unknown without an emulator.
    pub children: Option<BTreeSet<String>>,
    /// Whether it tried to reach another machine; unknown where nothing holds it back.
    pub reaches_out: Option<bool>,
    /// The first file of its entry that it changed.
    pub wrote: Option<PathBuf>,
    /// After how many seconds the emulator was stopped, where the command had not ended in it by then: what it does later is
    /// not in `children` and `reads-empty-stdin`.
    pub emulated_until_seconds: Option<u64>,
}

/// An emulator that records what a command does besides computing, and how long it may take for that: it is some twenty
/// times slower than the machine, and what is looked for happens early.
#[derive(Debug, Clone, Copy)]
pub struct Lookout<'a> {
    /// The emulator.
    pub emulator: &'a Path,
    /// The limit.
    pub limit: Duration,
}

/// Under what a command is rehearsed.
#[derive(Debug, Clone, Copy)]
pub struct Conditions<'a> {
    /// Records what it does besides computing, where there is an emulator.
    pub lookout: Option<Lookout<'a>>,
    /// The network that it has in place of this machine's, as in a training. One whose services run beside it has this machine's.
    pub network: Option<&'a Network>,
    /// How long it may take.
    pub timeout: Duration,
}

impl Rehearsed {
    /// What it said, to be put behind a sentence.
    pub fn aside(&self) -> String {
        if self.said.is_empty() { String::new() } else { format!(": {}", self.said) }
    }

    /// What has to be mended before a training, in sentences; `writes` is whether the command declares that it does, `lines` what
    /// `[check]` says of their order.
    pub fn problems(&self, writes: bool, lines: Lines) -> Vec<String> {
        let mut found = Vec::new();
        if !self.as_declared {
            let said = self.aside();
            let network = if self.reaches_out == Some(true) {
                format!("; it tried to reach another machine, and {}", network::WAYS)
            } else {
                String::new()
            };
            found.push(format!("{}, which `exit-codes` does not list{said}{network}", self.outcome));
        }
        let repeats = self.repeats || (self.repeats_sorted && lines == Lines::Sorted);
        if !repeats {
            let way_out = if self.repeats_sorted {
                "only the order of lines varies: `sort-lines = true`"
            } else {
                "take the command out"
            };
            let line = self.varies.as_ref().map(|line| format!(" (`{line}`)")).unwrap_or_default();
            found.push(format!("it prints something else each time{line}, which [check] would refuse: {way_out}"));
        }
        if let Some(file) = self.wrote.as_ref().filter(|_| !writes) {
            found.push(format!("it writes {}: declare `writes = true`", file.display()));
        }
        if self.reads_empty_stdin == Some(true) {
            found.push("it reads standard input, which is empty: declare `stdin`, or give the flag with which it does not read it".to_owned());
        }
        found
    }

    /// What is good to know, in sentences.
    pub fn remarks(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.as_declared && self.printed == 0 && self.wrote.is_none() {
            found.push(
                "it prints nothing and writes nothing: [check] learns nothing from it but its exit code".to_owned(),
            );
        }
        if self.as_declared && self.reaches_out == Some(true) {
            found.push(format!(
                "it tried to reach another machine, so what an answer leads to is untrained: {}",
                network::WAYS
            ));
        }
        if self.starts_threads {
            found.push("it starts threads: training gives it one processor, the gate all of them".to_owned());
        }
        if let Some(children) = self.children.as_ref().filter(|children| !children.is_empty()) {
            let names = children.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            found.push(format!("it starts {names}, which would run outside of the emulator"));
        }
        if let Some(seconds) = self.emulated_until_seconds {
            found.push(format!(
                "it was looked at for its first {seconds} s under the emulator: what it starts or reads later is not known \
                 (`--look-seconds` allows more)"
            ));
        }
        found
    }
}

/// Runs `case` with the executables beside `binary`, under the emulator of the lookout once more where there is one. Its first
/// step is the copy of its entry.
///
/// # Errors
/// [`MeasureError`] when what is declared around it fails.
pub fn rehearse(binary: &Path, case: &Case, conditions: Conditions<'_>) -> Result<Rehearsed, MeasureError> {
    let case = &case.served_by(binary);
    let program = case.program_beside(binary);
    let environment = case.environment_over(fixed_environment());
    let invocation = invocation(binary, &program, case, &environment, conditions);
    let network = conditions.network.filter(|_| invocation.network.is_some());
    let attempts = network.map(Network::attempts);
    let no_room = |source| MeasureError::Scratch { path: std::env::temp_dir(), source };
    let (first, wrote) = case.around(|| (process::capture(&invocation), written(case)))?;
    let first = first.map_err(no_room)?;
    let reaches_out = network.map(|network| Some(network.attempts()) > attempts);
    let mut rehearsed = Rehearsed { name: case.name.clone(), wrote, reaches_out, ..Rehearsed::of(&first, case) };
    if first.ended.is_err() {
        return Ok(rehearsed);
    }
    let second = case.around(|| process::capture(&invocation))?.map_err(no_room)?;
    rehearsed.repeats = first.output == second.output && first.error == second.error;
    let line = varying(&first.output, &second.output).or_else(|| varying(&first.error, &second.error));
    rehearsed.varies = line.filter(|_| !rehearsed.repeats);
    let same_lines = |first: &[u8], second: &[u8]| sorted(first) == sorted(second);
    rehearsed.repeats_sorted = same_lines(&first.output, &second.output) && same_lines(&first.error, &second.error);
    let traced = case.around(|| peak_memory::traced(&invocation))?;
    rehearsed.starts_threads = traced.is_some_and(|traced| traced.starts_threads);
    if let Some(lookout) = conditions.lookout
        && let Some((seen, in_time)) = case.around(|| observe(lookout, &invocation))?
    {
        let reads_nothing = seen.reads_stdin && case.stdin.is_none();
        rehearsed.reads_empty_stdin = (reads_nothing || in_time).then_some(reads_nothing);
        rehearsed.children = (in_time || !seen.children.is_empty()).then_some(seen.children);
        rehearsed.emulated_until_seconds = (!in_time).then_some(lookout.limit.as_secs());
    }
    Ok(rehearsed)
}

/// Runs `case` once and tells how it ended, where that is not as declared.
///
/// # Errors
/// As [`rehearse`].
pub fn misses(binary: &Path, case: &Case, conditions: Conditions<'_>) -> Result<Option<String>, MeasureError> {
    let case = &case.served_by(binary);
    let program = case.program_beside(binary);
    let environment = case.environment_over(fixed_environment());
    let invocation = invocation(binary, &program, case, &environment, conditions);
    let captured = case.around(|| process::capture(&invocation))?;
    let captured = captured.map_err(|source| MeasureError::Scratch { path: std::env::temp_dir(), source })?;
    Ok(Rehearsed::of(&captured, case).problems(true, Lines::AsWritten).into_iter().next())
}

fn invocation<'a>(
    binary: &'a Path,
    program: &'a Path,
    case: &'a Case,
    environment: &'a [(String, String)],
    conditions: Conditions<'_>,
) -> Invocation<'a> {
    Invocation {
        program,
        argv0: binary.file_name().unwrap_or_default(),
        args: &case.args,
        directory: &case.directory,
        environment,
        stdin: case.stdin.as_deref(),
        fixed_addresses: false,
        network: conditions.network.filter(|_| case.services.is_empty()).map(Network::door),
        timeout: conditions.timeout,
    }
}

impl Rehearsed {
    fn of(captured: &Captured, case: &Case) -> Self {
        let (outcome, exit_code) = match captured.ended.as_ref().map(|finished| finished.exit) {
            Ok(Exit::Code(code)) => (format!("it ended with exit code {code}"), Some(code)),
            Ok(exit) => (format!("it ended with {exit}"), None),
            Err(error) => (error.to_string(), None),
        };
        let took = |nanoseconds: fn(&Finished) -> u64| {
            captured.ended.as_ref().map_or(Duration::ZERO, |finished| Duration::from_nanos(nanoseconds(finished)))
        };
        let spoken = if captured.error.trim_ascii().is_empty() { &captured.output } else { &captured.error };
        let said = String::from_utf8_lossy(spoken);
        Self {
            outcome,
            exit_code,
            timed_out: matches!(captured.ended, Err(ChildError::TimedOut { .. })),
            as_declared: exit_code.is_some_and(|code| case.exit_codes.contains(&code)),
            seconds: took(|finished| finished.wall_ns).as_secs_f64(),
            cpu_seconds: took(|finished| finished.user_ns + finished.system_ns).as_secs_f64(),
            printed: captured.output.len() + captured.error.len(),
            answer: [&captured.output, &captured.error].map(|said| digest::of_bytes(said)),
            repeats: true,
            repeats_sorted: true,
            said: said.lines().filter(|line| !line.trim().is_empty()).take(3).collect::<Vec<_>>().join(" | "),
            ..Self::default()
        }
    }
}

/// The first line of `first` that `second` does not have in its place, as far as it fits into a message.
fn varying(first: &[u8], second: &[u8]) -> Option<String> {
    let lines = |text: &[u8]| String::from_utf8_lossy(text).lines().map(str::to_owned).collect::<Vec<_>>();
    let (first, second) = (lines(first), lines(second));
    let found = first.into_iter().enumerate().find(|(index, line)| second.get(*index) != Some(line));
    found.map(|(_, line)| line.trim().chars().take(80).collect())
}

/// The first file that differs from the entry's original.
fn written(case: &Case) -> Option<PathBuf> {
    let Some(Step::Copy { from, to }) = case.before.first() else { return None };
    let name = PathBuf::from(from.file_name()?);
    changes::difference(from, to, &name).ok().flatten().map(|(file, _)| file)
}

/// What it did under the emulator, and whether it ended within the limit; the record up to there is kept otherwise.
fn observe(lookout: Lookout<'_>, invocation: &Invocation<'_>) -> Option<(Observed, bool)> {
    let scratch = tempfile::tempdir().ok()?;
    let record = scratch.path().join("calls");
    let mut command = Command::new(lookout.emulator);
    command.args(["-cpu", "max", "-strace", "-D"]).arg(&record).arg(invocation.program).args(invocation.args);
    let args: Vec<String> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
    let emulated = Invocation {
        program: lookout.emulator,
        argv0: lookout.emulator.file_name().unwrap_or_default(),
        args: &args,
        directory: invocation.directory,
        environment: invocation.environment,
        stdin: invocation.stdin,
        fixed_addresses: false,
        network: invocation.network,
        timeout: lookout.limit,
    };
    let in_time = match process::run(&emulated, Stdio::null(), Stdio::null()) {
        Ok(_) => true,
        Err(ChildError::TimedOut { .. }) => false,
        Err(_) => return None,
    };
    let record = match std::fs::read(record) {
        Ok(record) => record,
        // Stopped before it wrote a line, on a very busy machine.
        Err(_) if !in_time => Vec::new(),
        Err(_) => return None,
    };
    Some((Observed::read(&String::from_utf8_lossy(&record)), in_time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rehearsed(script: &str) -> (tempfile::TempDir, Rehearsed) {
        observed(script, None)
    }

    fn observed(script: &str, lookout: Option<Lookout<'_>>) -> (tempfile::TempDir, Rehearsed) {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let (from, to) = (directory.path().join("entry"), directory.path().join("copy"));
        std::fs::create_dir(&from).expect("the directory is ours");
        let copy = Step::Copy { from, to: to.clone() };
        copy.take().expect("the directory is ours");
        let case = Case { before: vec![copy], ..Case::new("c", to, &["-c", script]) };
        let conditions = Conditions { lookout, network: None, timeout: Duration::from_secs(2) };
        let told = rehearse(Path::new("/bin/sh"), &case, conditions).expect("nothing is around it");
        (directory, told)
    }

    #[test]
    fn what_would_stop_a_training_is_told() {
        let (_directory, fine) = rehearsed("echo fine");
        assert!(fine.problems(false, Lines::AsWritten).is_empty() && fine.printed == 5, "{fine:?}");
        assert!(fine.remarks().is_empty());
        let (_directory, silent) = rehearsed("true");
        assert!(
            silent.problems(false, Lines::AsWritten).is_empty() && silent.remarks()[0].contains("prints nothing"),
            "{silent:?}"
        );
        let (_directory, talking) = rehearsed("echo answer >&2");
        assert!(talking.printed == 7 && talking.remarks().is_empty(), "{talking:?}");
        let (_directory, differing) = rehearsed("date +%N >&2");
        let line = differing.varies.clone().unwrap_or_default();
        assert!(line.len() >= 9 && line.parse::<u64>().is_ok(), "{differing:?}");
        let problem = format!("it prints something else each time (`{line}`), which [check]");
        assert!(differing.problems(false, Lines::AsWritten)[0].starts_with(&problem), "{differing:?}");
        let (_directory, failing) = rehearsed("echo no >&2; exit 3");
        assert_eq!(
            failing.problems(false, Lines::AsWritten),
            ["it ended with exit code 3, which `exit-codes` does not list: no"]
        );
        let (_directory, writing) = rehearsed("echo x > cache");
        assert!(writing.problems(false, Lines::AsWritten)[0].contains("writes entry/cache"), "{writing:?}");
        assert!(writing.problems(true, Lines::AsWritten).is_empty());
        let (_directory, changing) = rehearsed("date +%N");
        assert!(changing.problems(false, Lines::AsWritten)[0].contains("something else each time"), "{changing:?}");
        // The second run finds what the first one left.
        let turning = "[ -e ../turn ] && echo 'a\nb' || echo 'b\na'; touch ../turn";
        let (_directory, turning) = rehearsed(turning);
        assert!(turning.problems(false, Lines::AsWritten)[0].contains("only the order of lines varies"), "{turning:?}");
        assert!(turning.problems(false, Lines::Sorted).is_empty(), "{turning:?}");
        assert!(changing.problems(false, Lines::Sorted)[0].contains("take the command out"), "{changing:?}");
        let (_directory, hanging) = rehearsed("sleep 600");
        assert!(hanging.problems(false, Lines::AsWritten)[0].contains("still running after 2 s"), "{hanging:?}");
    }

    #[test]
    fn a_command_is_cut_off_as_in_a_training() {
        let Ok(network) = Network::alone() else { return };
        let told = |script: &str| {
            let conditions = Conditions { lookout: None, network: Some(&network), timeout: Duration::from_secs(5) };
            let case = Case::new("c", PathBuf::from("/"), &["-c", script]);
            let told = rehearse(Path::new("/bin/bash"), &case, conditions).expect("nothing is around it");
            (told.problems(false, Lines::AsWritten), told.remarks(), misses(Path::new("/bin/bash"), &case, conditions))
        };
        let (problems, _, missed) = told("echo > /dev/udp/192.0.2.1/9");
        assert!(problems[0].contains("another machine") && problems[0].contains("`network = true`"), "{problems:?}");
        assert!(missed.is_ok_and(|missed| missed.is_some_and(|missed| missed.contains("exit code 1"))));
        let (problems, remarks, missed) = told("echo > /dev/udp/192.0.2.1/9; echo fine");
        assert!(problems.is_empty() && remarks[0].contains("127.0.0.1"), "{problems:?} {remarks:?}");
        assert!(missed.is_ok_and(|missed| missed.is_none()));
    }

    #[test]
    fn a_look_under_the_emulator_ends_with_its_limit_and_keeps_what_was_seen() {
        let tools = tempfile::tempdir().expect("a temporary directory can be made");
        let emulator = tools.path().join("emulator");
        // It writes down what `-strace -D FILE` would, and goes on for as long as the file `../slow` is there.
        let script = "#!/bin/sh\nprintf '7 read(0,0x1,3) = 0\\n' > \"$5\"\n[ -e ../slow ] && exec sleep 600\nexit 0\n";
        test_support::script(&emulator, script);
        let lookout = Some(Lookout { emulator: &emulator, limit: Duration::from_secs(3) });
        let (_directory, slow) = observed("touch ../slow; echo fine", lookout);
        assert_eq!((slow.emulated_until_seconds, slow.reads_empty_stdin), (Some(3), Some(true)), "{slow:?}");
        assert!(slow.children.is_none(), "what was not seen to its end is not known: {slow:?}");
        assert!(slow.remarks()[0].contains("for its first 3 s under the emulator"), "{:?}", slow.remarks());
        let (_directory, quick) = observed("echo fine", lookout);
        assert_eq!((quick.emulated_until_seconds, quick.reads_empty_stdin), (None, Some(true)), "{quick:?}");
        assert!(quick.children.as_ref().is_some_and(BTreeSet::is_empty), "{quick:?}");
    }
}
