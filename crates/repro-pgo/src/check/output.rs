//! Runs two binaries on the same cases and demands the same bytes: standard output, standard error, exit code, and what is
//! written into the entry.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use globset::GlobSet;
use host::process;
use host::process::{ChildError, Exit, Invocation};
use paired_bench::measure::case::Step;
use paired_bench::measure::{Case, fixed_environment};

use super::written::{self, Written};

/// Limit of one run.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// One of the two streams a program writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Output => "stdout",
            Self::Error => "stderr",
        })
    }
}

/// Why two binaries may not stand for each other.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// There is nothing to compare, which proves nothing.
    #[error("no case to compare: the check would pass without having looked at anything")]
    NoCases,
    /// A case's directory is missing.
    #[error("case {case}: {} is not a directory", directory.display())]
    NoDirectory {
        /// The case.
        case: String,
        /// Its directory.
        directory: PathBuf,
    },
    /// They wrote different text.
    #[error("case {case}: {stream} differs in line {line}\n  baseline:  {baseline}\n  optimized: {optimized}")]
    Text {
        /// The case.
        case: String,
        /// Where they differ.
        stream: Stream,
        /// The first line that differs, from 1.
        line: usize,
        /// The baseline's line.
        baseline: String,
        /// The optimized binary's line.
        optimized: String,
    },
    /// They ended differently.
    #[error("case {case}: the baseline ended with {baseline}, the optimized binary with {optimized}")]
    Exit {
        /// The case.
        case: String,
        /// How the baseline ended.
        baseline: Exit,
        /// How the optimized binary ended.
        optimized: Exit,
    },
    /// They left other files.
    #[error("case {case}: {} {how}", file.display())]
    Written {
        /// The case.
        case: String,
        /// The file, the entry's name first.
        file: PathBuf,
        /// What is so.
        how: &'static str,
    },
    /// What they left can't be read.
    #[error("case {case}: cannot read what it left of its entry: {source}")]
    Left {
        /// The case.
        case: String,
        /// The system's answer.
        source: io::Error,
    },
    /// The baseline differs from itself.
    #[error(
        "{difference}\n  but the baseline alone answers differently too from run to run, so case {case} proves nothing: take it \
         out of [check], make it repeatable (one thread, a fixed seed), or declare `sort-lines = true` where only the \
         order of lines varies, `ignore-files` where only a file that it writes does"
    )]
    NotRepeatable {
        /// The case.
        case: String,
        /// How its answers differ.
        difference: Box<OutputError>,
    },
    /// What is declared around a run failed.
    #[error("{reason} (setup, services and teardown of pgo.toml)")]
    Around {
        /// The case, the command and what it said.
        reason: String,
    },
    /// A run did not come to its end.
    #[error("case {case}: {source}")]
    Child {
        /// The case.
        case: String,
        /// What happened.
        source: ChildError,
    },
    /// What a run wrote could not be kept.
    #[error("case {case}: cannot keep what it wrote in a temporary file: {source}")]
    Capture {
        /// The case.
        case: String,
        /// The system's answer.
        source: io::Error,
    },
}

/// Whether the order of lines counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lines {
    /// It does.
    #[default]
    AsWritten,
    /// It doesn't: threads write them.
    Sorted,
}

/// What may differ between two answers that count as the same.
#[derive(Debug, Clone, Default)]
pub struct Tolerance {
    /// The order of lines.
    pub lines: Lines,
    /// Files that runs write, by their path in the entry.
    pub files: GlobSet,
}

/// Compares both binaries on every case and returns how many there were.
///
/// # Errors
/// [`OutputError`] for the first difference. Where they differ the baseline is asked again: if it differs from itself,
/// that is reported instead.
pub fn compare(baseline: &Path, optimized: &Path, cases: &[Case], tolerance: &Tolerance) -> Result<usize, OutputError> {
    compare_within(baseline, optimized, cases, tolerance, DEFAULT_TIMEOUT)
}

/// As [`compare`], with a limit for each run.
///
/// # Errors
/// As [`compare`].
pub fn compare_within(
    baseline: &Path,
    optimized: &Path,
    cases: &[Case],
    tolerance: &Tolerance,
    timeout: Duration,
) -> Result<usize, OutputError> {
    if cases.is_empty() {
        return Err(OutputError::NoCases);
    }
    // The program may print its own name: both get the same.
    let argv0 = baseline.file_name().unwrap_or(OsStr::new("program"));
    for case in cases {
        if !case.directory.is_dir() {
            return Err(OutputError::NoDirectory { case: case.name.clone(), directory: case.directory.clone() });
        }
        let ask = |binary: &Path| {
            let case = &case.served_by(binary);
            let answer = answer(&case.program_beside(binary), argv0, case, &tolerance.files, timeout)?;
            Ok(answer.comparable(tolerance.lines))
        };
        let expected = ask(baseline)?;
        let Err(difference) = require_same(case, &expected, &ask(optimized)?) else { continue };
        // Often enough that a coin would show its other side.
        for _ in 0..REPEATS {
            require_same(case, &expected, &ask(baseline)?).map_err(|own| not_repeatable(case, own))?;
        }
        return Err(difference);
    }
    Ok(cases.len())
}

/// How often the baseline is asked again where the optimized binary gave another answer.
const REPEATS: u32 = 3;

fn not_repeatable(case: &Case, difference: OutputError) -> OutputError {
    OutputError::NotRepeatable { case: case.name.clone(), difference: Box::new(difference) }
}

/// All a run tells its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    exit: Exit,
    output: Vec<u8>,
    error: Vec<u8>,
    written: Written,
}

impl Answer {
    /// Without what differs from process to process in every program: the thread's number in the words of a panic.
    fn comparable(mut self, lines: Lines) -> Self {
        self.error = without_thread_numbers(&self.error);
        if lines == Lines::Sorted {
            (self.output, self.error) = (sorted(&self.output), sorted(&self.error));
        }
        self
    }
}

/// The lines of a text in the order of their bytes.
pub fn sorted(text: &[u8]) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    lines.sort_unstable();
    lines.concat()
}

/// `thread 'main' (12345) panicked at` without the number.
fn without_thread_numbers(text: &[u8]) -> Vec<u8> {
    let line = |line: &[u8]| {
        let shortened = std::str::from_utf8(line).ok().filter(|line| line.starts_with("thread '")).and_then(|line| {
            let (thread, rest) = line.split_once("' (")?;
            let (number, rest) = rest.split_once(") panicked at ")?;
            let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| format!("{thread}' panicked at {rest}").into_bytes())
        });
        shortened.unwrap_or_else(|| line.to_owned())
    };
    text.split_inclusive(|&byte| byte == b'\n').flat_map(line).collect()
}

fn answer(
    program: &Path,
    argv0: &OsStr,
    case: &Case,
    ignored: &GlobSet,
    timeout: Duration,
) -> Result<Answer, OutputError> {
    let invocation = Invocation {
        program,
        argv0,
        args: &case.args,
        directory: &case.directory,
        environment: &case.environment_over(fixed_environment()),
        stdin: case.stdin.as_deref(),
        fixed_addresses: false,
        network: None,
        timeout,
    };
    let copies = case.before.iter().filter_map(|step| if let Step::Copy { to, .. } = step { Some(to) } else { None });
    let copies: Vec<&PathBuf> = copies.collect();
    let left = || copies.iter().try_fold(Written::new(), |left, copy| Ok(merged(left, written::read(copy, ignored)?)));
    let ran = case.around(|| (process::capture(&invocation), left()));
    let (captured, left) = ran.map_err(|error| OutputError::Around { reason: error.to_string() })?;
    let written = left.map_err(|source| OutputError::Left { case: case.name.clone(), source })?;
    let captured = captured.map_err(|source| OutputError::Capture { case: case.name.clone(), source })?;
    let finished = captured.ended.map_err(|source| OutputError::Child { case: case.name.clone(), source })?;
    Ok(Answer { exit: finished.exit, output: captured.output, error: captured.error, written })
}

fn merged(mut left: Written, more: Written) -> Written {
    left.extend(more);
    left
}

fn require_same(case: &Case, baseline: &Answer, optimized: &Answer) -> Result<(), OutputError> {
    let streams =
        [(Stream::Output, &baseline.output, &optimized.output), (Stream::Error, &baseline.error, &optimized.error)];
    for (stream, baseline, optimized) in streams {
        if let Some((line, baseline, optimized)) = first_difference(baseline, optimized) {
            return Err(OutputError::Text { case: case.name.clone(), stream, line, baseline, optimized });
        }
    }
    if baseline.exit != optimized.exit {
        return Err(OutputError::Exit { case: case.name.clone(), baseline: baseline.exit, optimized: optimized.exit });
    }
    let Some(written::Difference { file, how }) = written::first_difference(&baseline.written, &optimized.written)
    else {
        return Ok(());
    };
    Err(OutputError::Written { case: case.name.clone(), file, how })
}

/// Number and text of the first line that differs. Lines keep their end, so that a missing newline shows.
fn first_difference(left: &[u8], right: &[u8]) -> Option<(usize, String, String)> {
    if left == right {
        return None;
    }
    let (mut left, mut right) =
        (left.split_inclusive(|&byte| byte == b'\n'), right.split_inclusive(|&byte| byte == b'\n'));
    (1..).find_map(|line| match (left.next(), right.next()) {
        (left, right) if left == right => None,
        (left, right) => Some((line, shown(left), shown(right))),
    })
}

/// A line in quotes with its invisible characters escaped; long ones are cut.
fn shown(line: Option<&[u8]>) -> String {
    const LONGEST: usize = 300;
    match line {
        None => "(ends before this line)".to_owned(),
        Some(line) if line.len() > LONGEST => format!("\"{}\"…", line[..LONGEST].escape_ascii()),
        Some(line) => format!("\"{}\"", line.escape_ascii()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    struct Pair(tempfile::TempDir);

    impl Pair {
        fn new(baseline: &str, optimized: &str) -> Self {
            let directory = tempfile::tempdir().expect("a scratch directory");
            for (name, script) in [("baseline", baseline), ("optimized", optimized)] {
                let path = directory.path().join(name);
                fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("writable");
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("ours");
            }
            Self(directory)
        }

        fn compare(&self) -> Result<usize, OutputError> {
            let cases = [Case::new("first", "/", &["a"]), Case::new("second", "/tmp", &["b"])];
            self.compare_lines(&cases, Lines::AsWritten)
        }

        fn compare_lines(&self, cases: &[Case], lines: Lines) -> Result<usize, OutputError> {
            let timeout = Duration::from_millis(2000);
            let tolerance = Tolerance { lines, ..Tolerance::default() };
            compare_within(
                &self.0.path().join("baseline"),
                &self.0.path().join("optimized"),
                cases,
                &tolerance,
                timeout,
            )
        }

        fn refusal(&self) -> String {
            self.compare().expect_err("they differ").to_string()
        }
    }

    #[test]
    fn same_answers_pass_whatever_the_code() {
        let script = "pwd; echo \"$1 $HOME $LANG $LC_ALL\"; echo talk >&2; exit 3";
        assert_eq!(Pair::new(script, script).compare().expect("the same"), 2);
    }

    #[test]
    fn the_first_differing_line_is_shown() {
        let error = Pair::new("echo x; echo $1", "echo x; echo \"$1\" | tr b c").refusal();
        assert_eq!(error, "case second: stdout differs in line 2\n  baseline:  \"b\\n\"\n  optimized: \"c\\n\"");
    }

    #[test]
    fn a_missing_line_or_newline_shows() {
        let error = Pair::new("echo x; echo y", "echo x").refusal();
        assert!(error.contains("line 2") && error.contains("(ends before this line)"), "{error}");
        let error = Pair::new("echo x", "printf x").refusal();
        assert!(error.contains("\"x\\n\"") && error.contains("\"x\""), "{error}");
    }

    #[test]
    fn stderr_and_exit_codes_count() {
        assert!(Pair::new("echo a >&2", "echo b >&2").refusal().contains("stderr differs in line 1"));
        let error = Pair::new("exit 0", "exit 1").refusal();
        assert!(error.contains("baseline ended with exit code 0, the optimized binary with exit code 1"), "{error}");
        assert!(Pair::new("exit 0", "kill -11 $$").refusal().contains("signal 11"));
    }

    #[test]
    fn a_baseline_that_differs_from_itself_is_told() {
        let error = Pair::new("date +%N", "date +%N").refusal();
        assert!(error.contains("the baseline alone answers differently") && error.contains("case first"), "{error}");
    }

    #[test]
    fn the_order_of_lines_and_the_numbers_of_threads_may_differ() {
        let pair = Pair::new("echo a; echo b", "echo b; echo a");
        let case = [Case::new("c", "/", &[])];
        assert_eq!(pair.compare_lines(&case, Lines::Sorted).expect("the same lines"), 1);
        pair.compare_lines(&case, Lines::AsWritten).expect_err("another order");
        let panics =
            |number: u32| format!("echo \"thread 'main' ({number}) panicked at src/main.rs:1:1:\" >&2; exit 101");
        assert_eq!(Pair::new(&panics(7), &panics(11)).compare().expect("the same panic"), 2);
    }

    #[test]
    fn standard_input_and_surroundings_reach_both() {
        let directory = tempfile::tempdir().expect("a scratch directory");
        let file = directory.path().join("words");
        fs::write(&file, "spoken\n").expect("ours");
        let environment = vec![("WHO".to_owned(), "me".to_owned())];
        let case = Case { stdin: Some(file), environment, ..Case::new("c", "/", &[]) };
        let pair = Pair::new("read word; echo $word $WHO", "echo spoken me");
        assert_eq!(pair.compare_lines(&[case], Lines::AsWritten).expect("the same"), 1);
    }

    #[test]
    fn what_is_written_into_the_entry_counts() {
        let directory = tempfile::tempdir().expect("a scratch directory");
        let (from, to) = (directory.path().join("entry"), directory.path().join("copy/entry"));
        fs::create_dir(&from).expect("ours");
        let copy = Step::Copy { from, to: to.clone() };
        copy.take().expect("ours");
        let case = Case { before: vec![copy], ..Case::new("c", to, &[]) };
        let compare = |baseline: &str, optimized: &str| {
            Pair::new(baseline, optimized).compare_lines(std::slice::from_ref(&case), Lines::AsWritten)
        };
        assert_eq!(compare("echo x > made", "echo x > made").expect("the same"), 1);
        let told = compare("echo x > made", "echo y > made").expect_err("another file").to_string();
        assert_eq!(told, "case c: entry/made differs after the run");
        let told = compare("date +%N > made", "date +%N > made").expect_err("never the same").to_string();
        assert!(told.contains("the baseline alone answers differently") && told.contains("`ignore-files`"), "{told}");
    }

    #[test]
    fn a_hanging_binary_is_an_error() {
        let error = Pair::new("exit 0", "sleep 600").refusal();
        assert!(error.contains("case first") && error.contains("optimized was still running after 2 s"), "{error}");
    }

    #[test]
    fn nothing_to_compare_is_an_error() {
        let program = Path::new("/bin/sh");
        let compare = |cases: &[Case]| compare(program, program, cases, &Tolerance::default());
        assert!(matches!(compare(&[]), Err(OutputError::NoCases)));
        let case = Case::new("lost", "/no/such/directory", &[]);
        let error = compare(&[case]).expect_err("no directory").to_string();
        assert_eq!(error, "case lost: /no/such/directory is not a directory");
    }
}
