//! One run of the instrumented binary: nothing of the caller's environment reaches it, and it ends in time.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use host::linux::{CpuSet, Door, Network};
use host::{copy, linux};
use paired_bench::measure::case::{Step, beside};
use render::lines;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, Resource, Rlimit, Signal};

use super::observed::Observed;
use super::perturbation::Perturbation;
use super::plan::Run;
use super::{TrainingError, network, outside, perturbation, root};
use crate::declaration::invocation::Placed;
use crate::layout::trace;
use crate::toolchain::Emulator;

/// Where the parts of a training are under the root.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The instrumented binary.
    pub binary: PathBuf,
    /// The sets.
    pub inputs: PathBuf,
    /// The raw profiles of one repetition.
    pub profiles: PathBuf,
    /// What the runs print.
    pub output: PathBuf,
    /// The copies of entries that are written into, a folder for each run.
    pub fresh: PathBuf,
}

impl Layout {
    /// The binary that `run` runs.
    pub(super) fn binary_of(&self, run: &Run) -> PathBuf {
        beside(&self.binary, run.command.binary.as_deref())
    }
}

/// What one run gave.
#[derive(Debug)]
pub struct Executed {
    /// The raw profile, or the trace; none of a program that is not trained.
    pub profile: Option<PathBuf>,
    /// The same of its services that are trained binaries.
    pub services: Vec<PathBuf>,
    /// What it did besides, where this repetition records it.
    pub observed: Option<Observed>,
}

/// What the runs are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The instrumented binary writes down how often its blocks ran.
    Counts,
    /// The emulator writes down each block of the binary as it is first executed.
    Traces,
}

/// What all runs of a training share.
#[derive(Debug)]
pub struct Conditions<'a> {
    /// What runs the binary.
    pub emulator: &'a Emulator,
    /// Where everything is.
    pub layout: &'a Layout,
    /// The time limit of one run.
    pub timeout: Duration,
    /// What this repetition varies.
    pub perturbation: Perturbation,
    /// The processors this program may use.
    pub processors: &'a [usize],
    /// What the runs are for.
    pub purpose: Purpose,
    /// The network that they are in, where it is not this machine's.
    pub network: Option<&'a Network>,
}

/// The whole environment of a run.
pub(super) fn environment(profile: &Path) -> [(&'static str, OsString); 4] {
    [("HOME", "/homeless".into()), ("LC_ALL", "C".into()), ("LLVM_PROFILE_FILE", profile.into()), ("TZ", "UTC".into())]
}

impl Conditions<'_> {
    /// Runs `run`, the one with this `index`, on the processor `cpu`.
    ///
    /// # Errors
    /// [`TrainingError`] when it can't be started, fails, hangs, leaves no profile, or starts itself outside of the emulator.
    pub fn execute(&self, index: usize, run: &Run, cpu: usize) -> Result<Executed, TrainingError> {
        self.execute_all(index, run, cpu).map_err(|error| network::explained(self.network, error))
    }

    fn execute_all(&self, index: usize, run: &Run, cpu: usize) -> Result<Executed, TrainingError> {
        let placed = self.place(index, run)?;
        self.around(run, &placed, &placed.setup)?;
        let (mut executed, served) =
            self.serving(index, run, &placed, cpu, |services| self.execute_placed(index, run, &placed, cpu, services))?;
        executed.services = served.profiles;
        if let Some(observed) = &mut executed.observed {
            served.observed.into_iter().for_each(|other| observed.add_service(other));
        }
        self.around(run, &placed, &placed.teardown)?;
        let fresh = self.layout.fresh.join(format!("{index:06}"));
        if run.command.writes {
            std::fs::remove_dir_all(&fresh).map_err(TrainingError::file("cannot remove", &fresh))?;
        }
        Ok(executed)
    }

    /// The run on its entry, or on a copy of it that it may write into.
    pub(super) fn place(&self, index: usize, run: &Run) -> Result<Placed, TrainingError> {
        let set = self.layout.inputs.join(&run.set);
        if !run.command.writes {
            return Ok(run.command.place(&set, &run.entry));
        }
        let fresh = self.layout.fresh.join(format!("{index:06}"));
        let (from, to) = (set.join(&run.entry), fresh.join(&run.entry));
        std::fs::create_dir_all(&fresh).map_err(TrainingError::file("cannot make", &fresh))?;
        let copied = if from.is_dir() {
            copy::tree_in_order(&from, &to, self.perturbation.order)
        } else {
            std::fs::copy(&from, &to).map(|_| ())
        };
        copied.map_err(TrainingError::file("cannot copy", &from))?;
        Ok(run.command.place(&fresh, &run.entry))
    }

    /// Runs the commands that are declared around a run.
    pub(super) fn around(&self, run: &Run, placed: &Placed, commands: &[Vec<String>]) -> Result<(), TrainingError> {
        let fixed = environment(Path::new("/dev/null")).map(|(name, value)| (name.to_owned(), value));
        let fixed = fixed.into_iter().filter(|(name, _)| name != "LLVM_PROFILE_FILE");
        let mut variables: Vec<(String, String)> =
            fixed.map(|(name, value)| (name, value.to_string_lossy().into_owned())).collect();
        variables.extend(placed.environment.iter().cloned());
        for command in commands {
            let step = Step::Run {
                directory: placed.directory.clone(),
                command: command.clone(),
                environment: variables.clone(),
            };
            step.take_in(self.door()).map_err(|reason| TrainingError::Around { run: name(run), reason })?;
        }
        Ok(())
    }

    /// Whether the emulator writes down the system calls.
    pub(super) fn is_recorded(&self) -> bool {
        self.purpose == Purpose::Counts && self.emulator.is_emulated() && self.perturbation.records_calls
    }

    fn execute_placed(
        &self,
        index: usize,
        run: &Run,
        placed: &Placed,
        cpu: usize,
        services: &[Pid],
    ) -> Result<Executed, TrainingError> {
        let profile = self.layout.profiles.join(format!("{index:06}.profraw"));
        let stderr = self.layout.output.join(format!("{index:06}.stderr"));
        let record = self.layout.output.join(format!("{index:06}.calls"));
        let counts = self.purpose == Purpose::Counts;
        let is_trained = run.command.program.is_none();
        let is_recorded = self.is_recorded() && is_trained;
        let mut command = self.command(run, placed, &profile, is_recorded.then_some(&*record))?;
        let told = tell(&command);
        let file = |path: &Path| File::create(path).map_err(TrainingError::file("cannot write", path));
        // Files, not pipes: how much a pipe takes at once depends on the reader, and the program sees it.
        command.stdin(stdin(placed.stdin.as_deref())?).stderr(file(&stderr)?);
        command.stdout(file(&self.layout.output.join(format!("{index:06}.stdout")))?);
        self.isolate(&mut command, cpu);
        let started = |source: io::Error| TrainingError::Start { command: told.clone(), hint: hint(&source), source };
        let mut child = spawn(&mut command).map_err(started)?;
        let status = self.wait(&mut child, services).map_err(started)?;
        let details = format!("  command: {told}{}", last_lines(&stderr));
        self.judge(run, status, &details)?;
        if !is_trained {
            // Its services are watched, and what they did is noted with it.
            return Ok(Executed {
                profile: None,
                services: Vec::new(),
                observed: self.is_recorded().then(Observed::default),
            });
        }
        let observed = is_recorded.then(|| observed_in(&record)).transpose()?;
        if observed.as_ref().is_some_and(|observed| observed.starts_itself(&self.layout.binary_of(run))) {
            return Err(TrainingError::LeavesEmulation { run: name(run), details });
        }
        if !counts || profile.metadata().is_ok_and(|metadata| metadata.len() > 0) {
            return Ok(Executed { profile: Some(profile), services: Vec::new(), observed });
        }
        Err(TrainingError::NoProfile { run: name(run), details })
    }

    fn command(
        &self,
        run: &Run,
        placed: &Placed,
        profile: &Path,
        record: Option<&Path>,
    ) -> Result<Command, TrainingError> {
        let mut command = match &run.command.program {
            Some(program) => outside_command(&outside::find(run, program)?),
            None => {
                let mut command = self.emulated(run, &self.layout.binary_of(run), profile, record);
                command.env_clear().envs(environment(profile));
                command
            }
        };
        command.args(&placed.args).current_dir(&placed.directory);
        command.envs(placed.environment.iter().map(|(name, value)| (name, value)));
        Ok(command)
    }

    /// The trained `binary`, under the emulator where there is one.
    pub(super) fn emulated(&self, run: &Run, binary: &Path, profile: &Path, record: Option<&Path>) -> Command {
        let (Emulator::QemuUser { path, .. }, Some(model)) = (self.emulator, &run.cpu_model) else {
            return Command::new(binary);
        };
        let mut command = Command::new(path);
        command.args(["-cpu", model, "-seed", "1"]);
        if self.purpose == Purpose::Traces {
            command.args(["-d", trace::LOGGED, "-D"]).arg(profile);
        }
        if let Some(record) = record {
            command.arg("-strace").arg("-D").arg(record);
        }
        command.arg(binary);
        command
    }

    /// The command line of a run that was made elsewhere, and the last lines of what it said.
    ///
    /// # Errors
    /// [`TrainingError::NoProgram`].
    pub(super) fn details(
        &self,
        run: &Run,
        placed: &Placed,
        profile: &Path,
        stderr: &Path,
    ) -> Result<String, TrainingError> {
        Ok(format!("  command: {}{}", tell(&self.command(run, placed, profile, None)?), last_lines(stderr)))
    }

    /// Everything between fork and exec that makes runs alike: a process group of its own (so that a hanging run is killed
    /// with its children), one network, one processor, fixed limits and file mode mask, natively no randomised addresses. Fails with
    /// [`WRONG_PARITY`] in a process whose id has another parity than this repetition's.
    pub(super) fn isolate(&self, command: &mut Command, cpu: usize) {
        let (fixed_addresses, id_parity) = (!self.emulator.is_emulated(), self.perturbation.id_parity);
        let network = self.door();
        command.process_group(0);
        let prepare = move || {
            if std::process::id() % 2 != id_parity {
                return Err(io::Error::from_raw_os_error(WRONG_PARITY));
            }
            if let Some(door) = network {
                door.enter()?;
            }
            linux::die_with_parent()?;
            rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
            // The emulator takes its guest's stack size from this limit.
            limit(Resource::Stack, 8 << 20)?;
            limit(Resource::Nofile, 1024)?;
            limit(Resource::Core, 0)?;
            let mut processors = CpuSet::new();
            processors.set(cpu);
            linux::set_affinity(None, &processors)?;
            if fixed_addresses { linux::fix_addresses() } else { Ok(()) }
        };
        // SAFETY: the closure allocates nothing, takes no lock and makes system calls only.
        unsafe { command.pre_exec(prepare) };
    }

    fn door(&self) -> Option<Door> {
        self.network.map(Network::door)
    }

    /// Waits for `child`; `None` when it had to be killed.
    fn wait(&self, child: &mut Child, services: &[Pid]) -> io::Result<Option<ExitStatus>> {
        let pid = Pid::from_child(child);
        let handle = linux::process_handle(pid)?;
        let in_time = if self.perturbation.scatters_threads {
            self.wait_scattering(pid, services, &handle)?
        } else {
            has_ended(&handle, self.timeout)?
        };
        if !in_time {
            rustix::process::kill_process_group(pid, Signal::KILL)?;
        }
        let status = child.wait()?;
        Ok(in_time.then_some(status))
    }

    fn wait_scattering(&self, pid: Pid, services: &[Pid], handle: &OwnedFd) -> io::Result<bool> {
        let started = Instant::now();
        while started.elapsed() < self.timeout {
            for process in services.iter().chain([&pid]) {
                perturbation::scatter_threads(*process, self.processors);
            }
            if has_ended(handle, perturbation::PATIENCE)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn judge(&self, run: &Run, status: Option<ExitStatus>, details: &str) -> Result<(), TrainingError> {
        let details = details.to_owned();
        let Some(status) = status else {
            return Err(TrainingError::TimedOut { run: name(run), seconds: self.timeout.as_secs(), details });
        };
        if status.code().is_some_and(|code| run.exit_codes.contains(&code)) {
            return Ok(());
        }
        let outcome = match (status.code(), status.signal()) {
            (Some(code), _) => format!("exit code {code}"),
            (None, signal) => format!("killed by signal {}", signal.unwrap_or_default()),
        };
        Err(TrainingError::WorkloadFailed { run: name(run), outcome, allowed: run.exit_codes.clone(), details })
    }
}

/// A program that is not trained, in the fixed environment of those that are. It runs on this machine as it is.
pub(super) fn outside_command(program: &Path) -> Command {
    let mut command = Command::new(program);
    let fixed = environment(Path::new("")).into_iter().filter(|(name, _)| *name != "LLVM_PROFILE_FILE");
    command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path))).envs(fixed);
    command
}

/// What standard input reads.
fn stdin(file: Option<&Path>) -> Result<Stdio, TrainingError> {
    let Some(path) = file else { return Ok(Stdio::null()) };
    Ok(Stdio::from(File::open(path).map_err(TrainingError::file("cannot open for standard input", path))?))
}

pub(super) fn observed_in(record: &Path) -> Result<Observed, TrainingError> {
    let text = std::fs::read(record).map_err(TrainingError::file("cannot read", record))?;
    std::fs::remove_file(record).map_err(TrainingError::file("cannot remove", record))?;
    Ok(Observed::read(&String::from_utf8_lossy(&text)))
}

/// The run in messages.
pub fn name(run: &Run) -> String {
    let model = run.cpu_model.as_ref().map(|model| format!(" (CPU model {model})")).unwrap_or_default();
    format!("workload `{}` on {}/{}{model}", run.workload, run.set, run.entry)
}

/// The answer of a process whose id has the wrong parity; nothing else before exec gives it.
const WRONG_PARITY: i32 = libc::EADDRINUSE;

/// Starts `command` until the process has an id of the right parity.
pub(super) fn spawn(command: &mut Command) -> io::Result<Child> {
    for _ in 1..perturbation::STARTS {
        match command.spawn() {
            Err(error) if error.raw_os_error() == Some(WRONG_PARITY) => {}
            decided => return decided,
        }
    }
    command.spawn()
}

fn limit(resource: Resource, value: u64) -> io::Result<()> {
    let maximum = rustix::process::getrlimit(resource).maximum;
    let current = maximum.map_or(value, |maximum| maximum.min(value));
    Ok(rustix::process::setrlimit(resource, Rlimit { current: Some(current), maximum })?)
}

fn hint(source: &io::Error) -> &'static str {
    if source.kind() == io::ErrorKind::PermissionDenied {
        "; native training switches address space randomisation off, which containers often forbid: declare \
         `emulator = \"qemu-user\"`"
    } else {
        ""
    }
}

/// Waits until the process of `handle` has ended, but no longer than `limit`; tells whether it has.
fn has_ended(handle: &OwnedFd, limit: Duration) -> io::Result<bool> {
    let limit = Timespec {
        tv_sec: i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(limit.subsec_nanos()),
    };
    let mut ended = [PollFd::new(handle, PollFlags::IN)];
    Ok(rustix::io::retry_on_intr(|| rustix::event::poll(&mut ended, Some(&limit)))? > 0)
}

fn tell(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words = words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ");
    let directory = command.get_current_dir().unwrap_or(Path::new(root::PATH));
    format!("cd {} && {words}", directory.display())
}

/// The last lines of what a run said, each on a new line and indented; the emulator's remarks about missing features are left out.
pub(super) fn last_lines(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    lines::last(text.lines().filter(|line| !line.contains("TCG doesn't support requested feature")))
}
