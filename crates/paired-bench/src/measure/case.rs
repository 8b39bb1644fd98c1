//! One command line in one directory, what is done before and after it, and the environment every measured or checked run
//! gets.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use host::background::{Background, Problem, Readiness, Stop};
use host::linux::Door;
use render::lines;
use tempfile::NamedTempFile;

use super::MeasureError;

/// One thing to run: arguments in a directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Case {
    /// Name in reports; unique among the cases of one run.
    pub name: String,
    /// Working directory of the run.
    pub directory: PathBuf,
    /// Another program than the arms' own: by its file name beside theirs, or by an absolute path the same for both.
    pub program: Option<String>,
    /// Arguments, without the program's name.
    pub args: Vec<String>,
    /// Variables added to the fixed environment, or instead of it.
    pub environment: Vec<(String, String)>,
    /// The file that standard input reads; empty without one.
    pub stdin: Option<PathBuf>,
    /// What is done before each run, untimed.
    pub before: Vec<Step>,
    /// What is done after each run, untimed.
    pub after: Vec<Step>,
    /// What runs beside each run, in the case's directory: started in this order after `before`, stopped before `after`.
    pub services: Vec<Service>,
    /// Exit codes that count as success when measuring. Comparing outputs ignores them.
    pub exit_codes: Vec<i32>,
}

/// A program that runs beside a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name in messages.
    pub name: String,
    /// The program, on PATH or a path, and its arguments; [`BINARY`] stands for an arm's binary, see [`Case::served_by`].
    pub command: Vec<String>,
    /// Another binary than the arm's own that is meant, by its file name beside it.
    pub program: Option<String>,
    /// Its variables, with PATH added.
    pub environment: Vec<(String, String)>,
    /// What tells that it is ready.
    pub ready: Readiness,
    /// The command that stops it; empty where SIGTERM does.
    pub stop: Vec<String>,
    /// How long it may take to be ready, and to stop.
    pub limit: Duration,
}

/// Something that is done around a run, so that each one finds the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Replaces `to` by a copy of `from`, a file or a folder.
    Copy {
        /// The original.
        from: PathBuf,
        /// The copy.
        to: PathBuf,
    },
    /// Runs a command: a program on PATH or a path, and its arguments.
    Run {
        /// Where.
        directory: PathBuf,
        /// The program and its arguments.
        command: Vec<String>,
        /// The variables, with PATH added.
        environment: Vec<(String, String)>,
    },
}

impl Case {
    /// A case that must exit with 0.
    pub fn new(name: impl Into<String>, directory: impl Into<PathBuf>, args: &[&str]) -> Self {
        Self {
            name: name.into(),
            directory: directory.into(),
            args: args.iter().map(|&argument| argument.to_owned()).collect(),
            exit_codes: vec![0],
            ..Self::default()
        }
    }

    /// The whole environment of its runs: `fixed` with its own variables added.
    pub fn environment_over(&self, fixed: Vec<(String, String)>) -> Vec<(String, String)> {
        let is_own = |name: &String| self.environment.iter().any(|(own, _)| own == name);
        let kept = fixed.into_iter().filter(|(name, _)| !is_own(name));
        kept.chain(self.environment.iter().cloned()).collect()
    }

    /// The file to run where the arm's own is `binary`.
    pub fn program_beside(&self, binary: &Path) -> PathBuf {
        beside(binary, self.program.as_deref())
    }

    /// The same, with services that are the arm's `binary` or beside it.
    #[must_use]
    pub fn served_by(&self, binary: &Path) -> Self {
        let mut case = self.clone();
        for service in &mut case.services {
            let path = beside(binary, service.program.as_deref());
            service.command = with_binary(&service.command, &path);
            service.stop = with_binary(&service.stop, &path);
        }
        case
    }

    /// Does `run` between what comes before and what comes after a run of this case, and returns what it returned.
    ///
    /// # Errors
    /// [`MeasureError::Step`] with what a command before or after it said.
    pub fn around<T>(&self, run: impl FnOnce() -> T) -> Result<T, MeasureError> {
        self.take(&self.before)?;
        let mut running = Vec::new();
        for service in &self.services {
            running.push((service, service.start(&self.directory).map_err(|reason| self.failed(reason))?));
        }
        let returned = run();
        for (service, running) in running.into_iter().rev() {
            service.stop(running, &self.directory).map_err(|reason| self.failed(reason))?;
        }
        self.take(&self.after)?;
        Ok(returned)
    }

    fn take(&self, steps: &[Step]) -> Result<(), MeasureError> {
        steps.iter().try_for_each(|step| step.take().map_err(|reason| self.failed(reason)))
    }

    fn failed(&self, reason: String) -> MeasureError {
        MeasureError::Step { case: self.name.clone(), reason }
    }
}

/// A service that is ready, and what it says.
struct Running {
    background: Background,
    said: NamedTempFile,
}

impl Service {
    fn start(&self, directory: &Path) -> Result<Running, String> {
        let no_file = |error| format!("cannot keep what its service `{}` says: {error}", self.name);
        let said = NamedTempFile::new().map_err(no_file)?;
        let output = said.reopen().map_err(no_file)?;
        let error = output.try_clone().map_err(no_file)?;
        let Some((program, arguments)) = self.command.split_first() else {
            return Err("a service is empty".to_owned());
        };
        let mut command = command(program, arguments, directory, &self.environment);
        command.process_group(0).stdout(output).stderr(error);
        let started = Background::start(|| command.spawn(), &self.ready, self.limit);
        let background = started.map_err(|problem| self.told(&problem, &said))?;
        Ok(Running { background, said })
    }

    fn stop(&self, Running { background, said }: Running, directory: &Path) -> Result<(), String> {
        let path = std::env::var("PATH").ok().map(|path| ("PATH".to_owned(), path));
        let stop = match self.stop.as_slice() {
            [] => Stop::Terminate,
            _ => Stop::Command {
                directory: directory.to_owned(),
                command: self.stop.clone(),
                environment: path.into_iter().chain(self.environment.iter().cloned()).collect(),
            },
        };
        background.stop(&stop).map_err(|problem| self.told(&problem, &said))
    }

    fn told(&self, problem: &Problem, said: &NamedTempFile) -> String {
        let text = std::fs::read(said.path()).unwrap_or_default();
        let last = lines::last(String::from_utf8_lossy(&text).lines());
        format!("its service `{}` {problem}{last}", self.name)
    }
}

impl Step {
    /// Does it; the reason where that fails, for people.
    ///
    /// # Errors
    /// The reason.
    pub fn take(&self) -> Result<(), String> {
        self.take_in(None)
    }

    /// As [`Self::take`], a command in another network.
    ///
    /// # Errors
    /// The reason.
    pub fn take_in(&self, network: Option<Door>) -> Result<(), String> {
        match self {
            Self::Copy { from, to } => {
                copy_anew(from, to).map_err(|error| format!("cannot copy {} anew: {error}", from.display()))
            }
            Self::Run { directory, command, environment } => run(directory, command, environment, network),
        }
    }
}

fn copy_anew(from: &Path, to: &Path) -> std::io::Result<()> {
    match to.symlink_metadata() {
        Ok(there) if there.is_dir() => std::fs::remove_dir_all(to)?,
        Ok(_) => std::fs::remove_file(to)?,
        Err(_) => {}
    }
    if let Some(parent) = to.parent() {
        std::fs::create_dir_all(parent)?;
    }
    if from.is_dir() { host::copy::tree(from, to) } else { std::fs::copy(from, to).map(|_| ()) }
}

fn run(
    directory: &Path,
    command: &[String],
    environment: &[(String, String)],
    network: Option<Door>,
) -> Result<(), String> {
    let told = command.join(" ");
    let Some((program, arguments)) = command.split_first() else { return Ok(()) };
    let mut command = self::command(program, arguments, directory, environment);
    if let Some(door) = network {
        door.lead(&mut command);
    }
    let output = command.output().map_err(|error| format!("cannot run `{told}`: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{told}` ended with {}: {}", output.status, said.trim()))
}

/// A program that is not measured: with these variables and PATH, and an empty standard input.
fn command(program: &str, arguments: &[String], directory: &Path, environment: &[(String, String)]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(directory).env_clear().stdin(Stdio::null());
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command
}

/// What stands for a binary in the commands of services.
pub const BINARY: &str = "{binary}";

/// The words, with `binary` in the place of [`BINARY`].
pub fn with_binary(words: &[String], binary: &Path) -> Vec<String> {
    words.iter().map(|word| word.replace(BINARY, &binary.to_string_lossy())).collect()
}

/// `binary`, or the one of this name beside it.
pub fn beside(binary: &Path, name: Option<&str>) -> PathBuf {
    name.map_or_else(|| binary.to_owned(), |name| binary.with_file_name(name))
}

/// The whole environment of a run. Nothing of the caller's environment comes in, so that locale, time zone, home
/// directory and git configuration can change neither output nor time.
pub fn fixed_environment() -> Vec<(String, String)> {
    [("GIT_CONFIG_NOSYSTEM", "1"), ("HOME", "/nonexistent"), ("LC_ALL", "C"), ("TZ", "UTC")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_own_variables_come_instead_of_the_fixed_ones() {
        let case = Case { environment: vec![("TZ".to_owned(), "Asia/Tokyo".to_owned())], ..Case::default() };
        let environment = case.environment_over(fixed_environment());
        assert_eq!(environment.iter().filter(|(name, _)| name == "TZ").count(), 1);
        assert!(environment.contains(&("TZ".to_owned(), "Asia/Tokyo".to_owned())));
    }

    #[test]
    fn each_run_finds_a_copy_as_it_was() {
        let directory = tempfile::tempdir().expect("a scratch directory");
        let (from, to) = (directory.path().join("original"), directory.path().join("copies/copy"));
        std::fs::create_dir(&from).expect("ours");
        std::fs::write(from.join("kept"), "x").expect("ours");
        let copy = Step::Copy { from, to: to.clone() };
        let add = ["sh", "-c", "cat kept >> added"].map(str::to_owned).to_vec();
        let add = Step::Run { directory: to.clone(), command: add, environment: Vec::new() };
        let case = Case { before: vec![copy, add], ..Case::default() };
        for _ in 0..2 {
            let added = case.around(|| std::fs::read_to_string(to.join("added"))).expect("it can be copied");
            assert_eq!(added.expect("it was added"), "x");
        }
    }

    #[test]
    fn a_failing_step_is_told_with_its_words() {
        let command = ["sh", "-c", "echo no room >&2; exit 3"].map(str::to_owned).to_vec();
        let step = Step::Run { directory: PathBuf::from("/"), command, environment: Vec::new() };
        let case = Case { name: "c".to_owned(), after: vec![step], ..Case::default() };
        let error = case.around(|| ()).expect_err("it fails").to_string();
        assert!(error.starts_with("case c: `sh -c echo no room") && error.ends_with("no room"), "{error}");
    }
}
