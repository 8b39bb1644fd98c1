//! Runs one child process to its end within a time limit and reports what the kernel charged it for.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process_group};
use serde::{Deserialize, Serialize};

use crate::linux;
use crate::linux::Door;

/// What to start, and how.
#[derive(Debug)]
pub struct Invocation<'a> {
    /// Executable file.
    pub program: &'a Path,
    /// What the program sees as `argv[0]`.
    pub argv0: &'a OsStr,
    /// The other arguments.
    pub args: &'a [String],
    /// Working directory.
    pub directory: &'a Path,
    /// The whole environment; nothing is inherited.
    pub environment: &'a [(String, String)],
    /// The file that standard input reads; empty without one.
    pub stdin: Option<&'a Path>,
    /// Switch address-space randomisation off where the kernel lets us (a seccomp filter may not: then it stays on).
    pub fixed_addresses: bool,
    /// Another network than this process's.
    pub network: Option<Door>,
    /// The process group is killed after this time.
    pub timeout: Duration,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    /// It returned this code.
    Code(i32),
    /// This signal killed it.
    Signal(i32),
}

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
        }
    }
}

/// A process that ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// How it ended.
    pub exit: Exit,
    /// CLOCK_MONOTONIC from before the spawn to after the wait, in nanoseconds.
    pub wall_ns: u64,
    /// CPU time in user mode, in nanoseconds. The kernel splits user and system by ticks; only their sum is precise.
    pub user_ns: u64,
    /// CPU time in the kernel, in nanoseconds.
    pub system_ns: u64,
}

/// Why a process didn't come to its own end.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// It could not be started.
    #[error("cannot start {} in {}: {source}", program.display(), directory.display())]
    Start {
        /// The executable.
        program: PathBuf,
        /// Its working directory.
        directory: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Its standard input is not there.
    #[error("cannot open {}, which standard input is to read: {source}", path.display())]
    Input {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// It could not be waited for.
    #[error("cannot wait for {}: {source}", program.display())]
    Wait {
        /// The executable.
        program: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// It ran too long and was killed.
    #[error("{} was still running after {} s and was killed; raise the timeout or look at why it hangs",
        program.display(), limit.as_secs_f64())]
    TimedOut {
        /// The executable.
        program: PathBuf,
        /// The limit it ran into.
        limit: Duration,
    },
}

/// Starts the invocation, waits for its end and returns its cost.
pub fn run(invocation: &Invocation<'_>, stdout: Stdio, stderr: Stdio) -> Result<Finished, ChildError> {
    let mut command = command(invocation);
    command.stdin(stdin(invocation)?).stdout(stdout).stderr(stderr);
    let (start, child) = spawn(&mut command).map_err(|source| ChildError::Start {
        program: invocation.program.to_owned(),
        directory: invocation.directory.to_owned(),
        source,
    })?;
    let wait_error = |source| ChildError::Wait { program: invocation.program.to_owned(), source };
    let pid = Pid::from_child(&child);
    let ended = ends_within(pid, invocation.timeout).map_err(wait_error);
    if !matches!(ended, Ok(true)) {
        // The group exists for as long as its leader isn't reaped, so this can't hit anyone else's processes.
        let _ = kill_process_group(pid, Signal::KILL);
    }
    let (status, usage) = reap(pid).map_err(wait_error)?;
    let wall_ns = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
    if !ended? {
        return Err(ChildError::TimedOut { program: invocation.program.to_owned(), limit: invocation.timeout });
    }
    Ok(Finished {
        exit: exit_of(ExitStatus::from_raw(status)),
        wall_ns,
        user_ns: nanoseconds(usage.ru_utime),
        system_ns: nanoseconds(usage.ru_stime),
    })
}

/// A run whose output was kept.
#[derive(Debug)]
pub struct Captured {
    /// How it ended and what it took.
    pub ended: Result<Finished, ChildError>,
    /// What it wrote to standard output.
    pub output: Vec<u8>,
    /// What it wrote to standard error.
    pub error: Vec<u8>,
}

/// As [`run`], and keeps what the child wrote, also where it failed. It writes into files, so that no pipe can fill up.
///
/// # Errors
/// The system's, when there is no temporary file or it can't be read.
pub fn capture(invocation: &Invocation<'_>) -> io::Result<Captured> {
    let (output, error) = (tempfile::tempfile()?, tempfile::tempfile()?);
    let ended = run(invocation, output.try_clone()?.into(), error.try_clone()?.into());
    Ok(Captured { ended, output: content(output)?, error: content(error)? })
}

fn content(mut file: File) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut content)?;
    Ok(content)
}

/// What standard input reads, opened anew for each run.
///
/// # Errors
/// [`ChildError::Input`] when the file can't be opened.
pub fn stdin(invocation: &Invocation<'_>) -> Result<Stdio, ChildError> {
    let Some(path) = invocation.stdin else { return Ok(Stdio::null()) };
    let opened = File::open(path);
    opened.map(Stdio::from).map_err(|source| ChildError::Input { path: path.to_owned(), source })
}

/// The invocation as a command, its output not yet decided; standard input is empty.
pub fn command(invocation: &Invocation<'_>) -> Command {
    let mut command = Command::new(invocation.program);
    command
        .arg0(invocation.argv0)
        .args(invocation.args)
        .current_dir(invocation.directory)
        .env_clear()
        .envs(invocation.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .process_group(0);
    if invocation.fixed_addresses {
        // SAFETY: it is a bare system call: it neither allocates nor takes a lock, as a forked child requires.
        unsafe {
            command.pre_exec(|| {
                // Where it is forbidden, addresses stay random.
                let _ = linux::fix_addresses();
                Ok(())
            });
        }
    }
    if let Some(door) = invocation.network {
        door.lead(&mut command);
    }
    command
}

/// Starts the command and says when. A freshly copied binary is "busy" while a process that another thread is just
/// starting still holds the copy open for writing, so that answer is waited out.
fn spawn(command: &mut Command) -> io::Result<(Instant, Child)> {
    let mut attempts = 0;
    loop {
        let start = Instant::now();
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && attempts < 100 => {
                attempts += 1;
                std::thread::sleep(Duration::from_millis(10));
            }
            result => return result.map(|child| (start, child)),
        }
    }
}

fn ends_within(pid: Pid, limit: Duration) -> io::Result<bool> {
    let handle = linux::process_handle(pid)?;
    let deadline = Instant::now() + limit;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(left.subsec_nanos()),
        };
        match poll(&mut [PollFd::from_borrowed_fd(handle.as_fd(), PollFlags::IN)], Some(&timeout)) {
            Ok(ready) => return Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn reap(pid: Pid) -> io::Result<(libc::c_int, libc::rusage)> {
    let pid = pid.as_raw_nonzero().get();
    let mut status: libc::c_int = 0;
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    loop {
        // SAFETY: both pointers lead to live values of the right type, and pid is our own child, not reaped yet.
        if unsafe { libc::wait4(pid, &mut status, 0, usage.as_mut_ptr()) } == pid {
            // SAFETY: rusage is plain integers, zeroed above and filled in by the kernel.
            return Ok((status, unsafe { usage.assume_init() }));
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// How a process ended.
pub fn exit_of(status: ExitStatus) -> Exit {
    match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, signal) => Exit::Signal(signal.unwrap_or(0)),
    }
}

fn nanoseconds(time: libc::timeval) -> u64 {
    // Their types differ from system to system.
    let (seconds, microseconds) = (u64::try_from(time.tv_sec), u64::try_from(time.tv_usec));
    seconds.unwrap_or(0) * 1_000_000_000 + microseconds.unwrap_or(0) * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, timeout: Duration) -> Result<Finished, ChildError> {
        let args = ["-c".to_owned(), script.to_owned()];
        let invocation = Invocation {
            program: Path::new("/bin/sh"),
            argv0: OsStr::new("sh"),
            args: &args,
            directory: Path::new("/"),
            environment: &[],
            stdin: None,
            fixed_addresses: false,
            network: None,
            timeout,
        };
        run(&invocation, Stdio::null(), Stdio::null())
    }

    #[test]
    fn reports_code_signal_and_cost() {
        let finished = shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exit 7", Duration::from_secs(30))
            .expect("the shell runs");
        assert_eq!(finished.exit, Exit::Code(7));
        assert!(finished.user_ns + finished.system_ns > 0 && finished.wall_ns > 0);
        let killed = shell("kill -9 $$", Duration::from_secs(30)).expect("the shell runs");
        assert_eq!(killed.exit, Exit::Signal(9));
    }

    #[test]
    fn a_hanging_process_and_its_children_are_killed() {
        let error = shell("sleep 600 & sleep 600; true", Duration::from_millis(200)).expect_err("hangs");
        assert!(matches!(error, ChildError::TimedOut { .. }), "{error}");
        assert!(error.to_string().contains("/bin/sh was still running after 0.2 s"), "{error}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let invocation = Invocation {
            program: Path::new("/no/such/program"),
            argv0: OsStr::new("x"),
            args: &[],
            directory: Path::new("/"),
            environment: &[],
            stdin: None,
            fixed_addresses: true,
            network: None,
            timeout: Duration::from_secs(1),
        };
        let error = run(&invocation, Stdio::null(), Stdio::null()).expect_err("nothing to start");
        assert!(error.to_string().contains("cannot start /no/such/program in /"), "{error}");
    }
}
