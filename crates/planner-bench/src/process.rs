//! Starts a row's command in its place and says what it cost.

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use host::process;
use host::process::{ChildError, Exit, Invocation};
use paired_bench::measure::samples::Run;
use paired_bench::measure::{fixed_environment, peak_memory};

use super::sampling::Attempt;

/// What a cell runs.
#[derive(Debug, Clone)]
pub struct CellCommand {
    /// The program; `/bin/sh` where there are several command lines.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Where.
    pub directory: PathBuf,
    /// The whole environment.
    pub environment: Vec<(String, String)>,
    /// A folder of results from earlier runs, removed before each: every run starts cold.
    pub result_cache: Option<PathBuf>,
}

impl CellCommand {
    /// Runs `program` with each of `lines` in turn; `before` are arguments in front of each, such as a script.
    pub fn new(
        program: &Path,
        before: &[String],
        lines: &[Vec<String>],
        directory: &Path,
        environment: Vec<(String, String)>,
    ) -> Self {
        let all = |line: &Vec<String>| before.iter().chain(line).cloned().collect::<Vec<_>>();
        let (program, arguments) = match lines {
            [line] => (program.to_owned(), all(line)),
            lines => {
                let command = |line: &Vec<String>| {
                    let words = std::iter::once(program.to_string_lossy().into_owned()).chain(all(line));
                    words.map(|word| quoted(&word)).collect::<Vec<_>>().join(" ")
                };
                let script = lines.iter().map(command).collect::<Vec<_>>().join(" && ");
                (PathBuf::from("/bin/sh"), vec!["-c".to_owned(), script])
            }
        };
        Self { program, arguments, directory: directory.to_owned(), environment, result_cache: None }
    }

    /// The peak resident set of one run, children included, in bytes; 0 where it can't be measured.
    pub fn peak_rss_bytes(&self, timeout: Duration) -> u64 {
        if self.forget_results().is_err() {
            return 0;
        }
        peak_memory::peak_rss_bytes(&self.invocation(timeout)).unwrap_or(0)
    }

    /// Removes what earlier runs remember.
    fn forget_results(&self) -> Result<(), String> {
        match self.result_cache.as_ref().filter(|cache| cache.exists()) {
            Some(cache) => {
                std::fs::remove_dir_all(cache).map_err(|error| format!("cannot remove {}: {error}", cache.display()))
            }
            None => Ok(()),
        }
    }

    /// Runs it once more and writes what it says to `file`, for people who want to see what was decided.
    ///
    /// # Errors
    /// The system's, where the file can't be written. How the run ends is no error: the tables tell.
    pub fn keep_answer(&self, file: &Path, timeout: Duration) -> std::io::Result<()> {
        let answer = std::fs::File::create(file)?;
        let own = answer.try_clone()?;
        let _ = self.forget_results();
        let _ = process::run(&self.invocation(timeout), Stdio::from(answer), Stdio::from(own));
        Ok(())
    }

    fn invocation(&self, timeout: Duration) -> Invocation<'_> {
        Invocation {
            program: &self.program,
            argv0: self.program.as_os_str(),
            args: &self.arguments,
            directory: &self.directory,
            environment: &self.environment,
            stdin: None,
            fixed_addresses: false,
            network: None,
            timeout,
        }
    }

    /// Runs it once; its peak memory is not measured here. Its output goes to a file nobody reads, unless it fails.
    pub fn run(&self, timeout: Duration) -> Attempt {
        let (Ok(stdout), Ok(mut stderr)) = (tempfile::tempfile(), tempfile::tempfile()) else {
            return Attempt::Failed("no temporary file can be made".to_owned());
        };
        if let Err(reason) = self.forget_results() {
            return Attempt::Failed(reason);
        }
        let invocation = self.invocation(timeout);
        let Ok(own) = stderr.try_clone() else {
            return Attempt::Failed("no temporary file can be made".to_owned());
        };
        match process::run(&invocation, Stdio::from(stdout), Stdio::from(own)) {
            Ok(finished) if finished.exit == Exit::Code(0) => Attempt::Finished(Run {
                wall_ns: finished.wall_ns,
                user_ns: finished.user_ns,
                cpu_ns: finished.user_ns + finished.system_ns,
                max_rss_bytes: 0,
            }),
            Ok(finished) => Attempt::Failed(format!("{}{}", finished.exit, last_words(&mut stderr))),
            Err(ChildError::TimedOut { limit, .. }) => Attempt::TooLong(limit.as_secs()),
            Err(error) => Attempt::Failed(error.to_string()),
        }
    }
}

/// The first line a failing program wrote that says something.
fn last_words(stderr: &mut std::fs::File) -> String {
    let mut said = Vec::new();
    if stderr.seek(SeekFrom::Start(0)).is_err() || stderr.take(4000).read_to_end(&mut said).is_err() {
        return String::new();
    }
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().map(str::trim).find(|line| line.chars().any(char::is_alphabetic));
    line.map(|line| format!(": {}", line.chars().take(160).collect::<String>())).unwrap_or_default()
}

/// One word for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// The environment of every run: the fixed one, the pinned Node.js and git on PATH, a home of its own, one thread where a
/// variable says so, and no program that looks for its own updates.
pub fn environment(home: &Path, path: &[PathBuf]) -> Vec<(String, String)> {
    let mut environment = fixed_environment();
    environment.retain(|(name, _)| name != "HOME");
    let path = std::env::join_paths(path).unwrap_or_default();
    let home = home.to_string_lossy();
    let own = [
        ("HOME", &*home),
        ("PATH", &*path.to_string_lossy()),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("RAYON_NUM_THREADS", "1"),
        ("npm_config_offline", "true"),
        ("npm_config_update_notifier", "false"),
        ("NO_UPDATE_NOTIFIER", "1"),
        ("NO_COLOR", "1"),
    ];
    environment.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
    environment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(script: &str) -> CellCommand {
        let lines = [vec!["-c".to_owned(), script.to_owned()]];
        CellCommand::new(Path::new("/bin/sh"), &[], &lines, Path::new("/"), vec![])
    }

    #[test]
    fn failures_keep_the_first_words() {
        let attempt = command("echo; echo 'error: no tags' >&2; exit 3").run(Duration::from_secs(30));
        assert_eq!(attempt, Attempt::Failed("exit code 3: error: no tags".to_owned()));
        assert_eq!(command("sleep 60").run(Duration::from_secs(1)), Attempt::TooLong(1));
        assert!(matches!(command("exit 0").run(Duration::from_secs(30)), Attempt::Finished(_)));
    }

    #[test]
    fn results_of_earlier_runs_are_gone() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let command = CellCommand {
            result_cache: Some(directory.path().join("cache")),
            directory: directory.path().to_owned(),
            ..command("mkdir cache")
        };
        for _ in 0..2 {
            let attempt = command.run(Duration::from_secs(30));
            assert!(matches!(attempt, Attempt::Finished(_)), "mkdir fails if the folder is there: {attempt:?}");
        }
    }

    #[test]
    fn an_answer_is_kept_with_its_complaints() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let file = directory.path().join("answer.txt");
        command("echo planned; echo oh >&2; exit 1").keep_answer(&file, Duration::from_secs(30)).expect("writable");
        assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "planned\noh\n");
        let nowhere = directory.path().join("none/answer.txt");
        assert!(command("true").keep_answer(&nowhere, Duration::from_secs(30)).is_err());
    }

    #[test]
    fn several_lines_become_one_script() {
        let lines = [vec!["it's".to_owned()], vec!["b".to_owned()]];
        let command = CellCommand::new(Path::new("/bin/echo"), &["-n".to_owned()], &lines, Path::new("/"), vec![]);
        assert_eq!(command.arguments, ["-c", r"'/bin/echo' '-n' 'it'\''s' && '/bin/echo' '-n' 'b'"]);
        assert!(matches!(command.run(Duration::from_secs(30)), Attempt::Finished(_)));
    }
}
