//! Counts the instructions of a run under callgrind, twice, in the most repeatable surroundings there are.
//!
//! The program is copied to a path of fixed length and run with the fixed environment and without address-space
//! randomisation; what still differs between the two runs is the program's own doing (random seeds, threads).

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use host::process;
use host::process::{Exit, Invocation};
use serde::{Deserialize, Serialize};

use super::callgrind::{self, Counts, FunctionCost};
use super::processes::{copy, copy_as};
use super::{Case, MeasureError, fixed_environment};

/// Limit of one run under callgrind, which is about fifty times slower than without.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// Instructions of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstructionCount {
    /// Of the first run.
    pub total: u64,
    /// Of the second run.
    pub repeated: u64,
    /// By function, of the first run. Addresses stand in for names where the binary is stripped.
    pub functions: BTreeMap<String, FunctionCost>,
}

impl InstructionCount {
    /// Whether both runs counted the same, as they do for a deterministic program.
    pub fn agrees(&self) -> bool {
        self.total == self.repeated
    }
}

/// The `valgrind` on PATH.
pub fn find_valgrind() -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|directory| directory.join("valgrind")).find(|candidate| {
        fs::metadata(candidate).is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0)
    })
}

/// Counts with the `valgrind` on PATH; None where there is none.
pub fn count(binary: &Path, case: &Case) -> Result<Option<InstructionCount>, MeasureError> {
    find_valgrind().map(|valgrind| count_with(&valgrind, binary, case, DEFAULT_TIMEOUT)).transpose()
}

/// Counts with the given `valgrind`, each of the two runs within the limit.
fn count_with(
    valgrind: &Path,
    binary: &Path,
    case: &Case,
    timeout: Duration,
) -> Result<InstructionCount, MeasureError> {
    let counter = Counter::new(valgrind, binary, timeout)?;
    let first = counter.count(case)?;
    let second = counter.count(case)?;
    Ok(InstructionCount { total: first.total, repeated: second.total, functions: first.functions })
}

/// Counts one binary, from a copy of its own, as often as it is asked to.
#[derive(Debug)]
pub struct Counter {
    valgrind: PathBuf,
    binary: PathBuf,
    program: PathBuf,
    timeout: Duration,
    scratch: tempfile::TempDir,
}

impl Counter {
    /// Copies `binary` into a folder whose path has the same length each time.
    ///
    /// # Errors
    /// [`MeasureError`] when there is no room for the copy.
    pub fn new(valgrind: &Path, binary: &Path, timeout: Duration) -> Result<Self, MeasureError> {
        let scratch = tempfile::Builder::new()
            .prefix("callgrind-")
            .tempdir()
            .map_err(|source| MeasureError::Scratch { path: std::env::temp_dir(), source })?;
        let program = copy(binary, scratch.path())?;
        Ok(Self { valgrind: valgrind.to_owned(), binary: binary.to_owned(), program, timeout, scratch })
    }

    /// One run of `case`.
    ///
    /// # Errors
    /// [`MeasureError`] when it fails, hangs, or leaves no readable counts.
    pub fn count(&self, case: &Case) -> Result<Counts, MeasureError> {
        let (valgrind, scratch) = (&self.valgrind, self.scratch.path());
        let program = &case.program_beside(&self.program);
        if case.program.is_some() {
            copy_as(&case.program_beside(&self.binary), program)?;
        }
        case.around(|| Run { valgrind, program, case, scratch, timeout: self.timeout }.once())?
    }
}

struct Run<'a> {
    valgrind: &'a Path,
    program: &'a Path,
    case: &'a Case,
    scratch: &'a Path,
    timeout: Duration,
}

impl Run<'_> {
    fn once(&self) -> Result<Counts, MeasureError> {
        let (out, log) = (self.scratch.join("callgrind.out"), self.scratch.join("valgrind.log"));
        let exit = self.start(&out, &log)?;
        if !matches!(exit, Exit::Code(code) if self.case.exit_codes.contains(&code)) {
            return Err(self.failure(exit, &log));
        }
        let text = fs::read(&out).map_err(|source| MeasureError::Scratch { path: out.clone(), source })?;
        let counts = callgrind::parse(&String::from_utf8_lossy(&text))
            .map_err(|source| MeasureError::CallgrindFormat { case: self.case.name.clone(), source })?;
        fs::remove_file(&out).map_err(|source| MeasureError::Scratch { path: out, source })?;
        Ok(counts)
    }

    fn start(&self, out: &Path, log: &Path) -> Result<Exit, MeasureError> {
        let mut args = vec![
            // No ~/.valgrindrc and no .valgrindrc of the repository that is measured.
            "--command-line-only=yes".to_owned(),
            // It would map a file whose name has the process id in it, and the C library reads the list of mappings to find the
            // stack: a process id with another number of digits gave another count.
            "--vgdb=no".to_owned(),
            "--tool=callgrind".to_owned(),
            format!("--callgrind-out-file={}", out.display()),
            format!("--log-file={}", log.display()),
            self.program.display().to_string(),
        ];
        args.extend_from_slice(&self.case.args);
        let invocation = Invocation {
            program: self.valgrind,
            argv0: OsStr::new("valgrind"),
            args: &args,
            directory: &self.case.directory,
            environment: &self.case.environment_over(fixed_environment()),
            stdin: self.case.stdin.as_deref(),
            fixed_addresses: true,
            network: None,
            timeout: self.timeout,
        };
        let finished = process::run(&invocation, Stdio::null(), Stdio::null()).map_err(|source| {
            MeasureError::Child { case: self.case.name.clone(), arm: "callgrind".to_owned(), source }
        })?;
        Ok(finished.exit)
    }

    fn failure(&self, exit: Exit, log: &Path) -> MeasureError {
        let log = String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned();
        let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = lines[lines.len().saturating_sub(5)..].join("\n");
        let said = if last.is_empty() { String::new() } else { format!("; valgrind's last lines:\n{last}") };
        MeasureError::Callgrind { case: self.case.name.clone(), exit, expected: self.case.exit_codes.clone(), said }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Case {
        Case::new("case", "/", &["-c", script])
    }

    fn script(text: &str) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().expect("a scratch directory");
        let path = directory.path().join("valgrind");
        fs::write(&path, text).expect("writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("ours");
        (directory, path)
    }

    #[test]
    fn counts_a_real_program_twice() {
        let Some(count) = count(Path::new("/bin/sh"), &shell("exit 0")).expect("callgrind works") else {
            return; // No valgrind on this machine: that is what None is for.
        };
        assert!(count.agrees(), "{} and {}", count.total, count.repeated);
        assert!(count.total > 1000 && !count.functions.is_empty());
        assert!(count.functions.values().all(|cost| cost.own <= cost.inclusive && cost.inclusive <= count.total));
    }

    #[test]
    fn nothing_that_the_program_sees_has_the_process_id_in_it() {
        let script = "while read -r line; do case $line in *vgdb*|*-$$-*) exit 9;; esac; done </proc/self/maps";
        let seen = count(Path::new("/bin/sh"), &shell(script));
        assert!(seen.is_ok(), "{seen:?}");
    }

    #[test]
    fn a_failing_valgrind_is_quoted() {
        let (_directory, valgrind) = script(
            "#!/bin/sh\nfor a; do case $a in --log-file=*) echo 'valgrind: no such tool' > \"${a#--log-file=}\";; esac; done\nexit 1\n",
        );
        let error = count_with(&valgrind, Path::new("/bin/sh"), &shell("exit 0"), DEFAULT_TIMEOUT).expect_err("fails");
        let error = error.to_string();
        assert!(error.contains("exit code 1") && error.contains("no such tool"), "{error}");
    }

    #[test]
    fn a_valgrind_that_writes_nothing_is_an_error() {
        let (_directory, valgrind) = script("#!/bin/sh\nexit 0\n");
        let error = count_with(&valgrind, Path::new("/bin/sh"), &shell("exit 0"), DEFAULT_TIMEOUT).expect_err("fails");
        assert!(error.to_string().contains("callgrind.out"), "{error}");
    }

    #[test]
    fn a_hanging_run_ends_at_the_limit() {
        let (_directory, valgrind) = script("#!/bin/sh\nsleep 600\n");
        let limit = Duration::from_millis(200);
        let error = count_with(&valgrind, Path::new("/bin/sh"), &shell("exit 0"), limit).expect_err("hangs");
        assert!(matches!(error, MeasureError::Child { source: process::ChildError::TimedOut { .. }, .. }), "{error}");
    }

    #[test]
    fn an_exit_code_the_case_allows_is_fine() {
        if find_valgrind().is_none() {
            return;
        }
        let refused = count(Path::new("/bin/sh"), &shell("exit 4")).expect_err("4 is not allowed");
        assert!(refused.to_string().contains("exit code 4, expected exit code [0]"), "{refused}");
        let allowed = Case { exit_codes: vec![4], ..shell("exit 4") };
        assert!(count(Path::new("/bin/sh"), &allowed).is_ok());
    }
}
