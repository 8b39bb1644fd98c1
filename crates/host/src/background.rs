//! A program that runs beside another one: started first, awaited until it is ready, and stopped afterwards.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};

use crate::linux::{Door, Network};
use crate::process::{self, Exit, Invocation};

/// How often a service is looked at that is awaited.
const LOOK: Duration = Duration::from_millis(10);

/// What tells that a service is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// A TCP port of this machine is listened on. It is looked up, not connected to, so that the service sees nothing of it.
    Port(u16),
    /// A file, a folder or a socket is there.
    File(PathBuf),
}

/// What stops a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// SIGTERM.
    Terminate,
    /// A command: a program on PATH or a path, and its arguments.
    Command {
        /// Where it runs.
        directory: PathBuf,
        /// The program and its arguments.
        command: Vec<String>,
        /// All its variables.
        environment: Vec<(String, String)>,
    },
}

/// What is wrong with a service; a sentence whose subject is the service.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// It could not be started.
    #[error("cannot be started: {0}")]
    Start(io::Error),
    /// Its port is another program's.
    #[error("needs port {0}, which another program listens on already: end that one, or take another port")]
    PortTaken(u16),
    /// A file that it is to make can't be removed beforehand.
    #[error("makes {}, where something is that cannot be removed: {source}", path.display())]
    FileStays {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// It was not ready in time.
    #[error("was not ready after {seconds} s: {awaited}; correct `ready`, or look at what it said")]
    NotReady {
        /// The limit.
        seconds: u64,
        /// What was waited for.
        awaited: String,
    },
    /// It ended before it was ready.
    #[error("ended with {0} before it was ready; it has to stay in the foreground until it is stopped")]
    EndedUnready(Exit),
    /// It ended before it was stopped.
    #[error(
        "ended with {0} before it was stopped; let it run on, or declare what ends it as `stop` instead of in the command \
         beside it"
    )]
    EndedEarly(Exit),
    /// The command that is to stop it failed.
    #[error("cannot be stopped: its `stop` command {0}")]
    Stop(String),
    /// It did not stop.
    #[error(
        "did not stop: {seconds} s after {how} it still ran, and was killed; let it end then, or declare the command that \
         ends it as `stop`"
    )]
    NotStopped {
        /// The limit.
        seconds: u64,
        /// What was done to stop it.
        how: &'static str,
    },
    /// It stopped in another way than asked to.
    #[error("ended with {0} when it was stopped; it has to end with exit code 0, or by the signal")]
    EndedBadly(Exit),
    /// It could not be watched.
    #[error("cannot be watched: {0}")]
    Watch(io::Error),
}

impl Readiness {
    /// What is waited for, as a sentence.
    pub fn awaited(&self) -> String {
        match self {
            Self::Port(port) => format!("nothing listens on port {port}"),
            Self::File(path) => format!("there is no {}", path.display()),
        }
    }

    fn is_given(&self, tables: &Path) -> bool {
        match self {
            Self::Port(port) => is_listened_on(*port, tables),
            Self::File(path) => path.symlink_metadata().is_ok(),
        }
    }

    /// Makes sure that what is there afterwards is the service's own.
    fn clear(&self, tables: &Path) -> Result<(), Problem> {
        match self {
            Self::Port(port) if is_listened_on(*port, tables) => Err(Problem::PortTaken(*port)),
            Self::Port(_) => Ok(()),
            Self::File(path) => match std::fs::remove_file(path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    Err(Problem::FileStays { path: path.clone(), source })
                }
                _ => Ok(()),
            },
        }
    }
}

/// The tables of the network of this process.
const TABLES: &str = "/proc/net";

/// Whether a program listens on the TCP port, as the kernel's `tables` tell (proc(5)).
fn is_listened_on(port: u16, tables: &Path) -> bool {
    let end = format!(":{port:04X}");
    let listens = |line: &str| {
        // Number, local address, remote address, state: 0A is that of a listening socket.
        let mut words = line.split_whitespace().skip(1);
        words.next().is_some_and(|local| local.ends_with(&end)) && words.nth(1) == Some("0A")
    };
    let tables = ["tcp", "tcp6"].map(|table| std::fs::read_to_string(tables.join(table)).unwrap_or_default());
    tables.iter().any(|table| table.lines().any(listens))
}

/// A service that is ready. It is killed, with all of its process group, when this is dropped.
#[derive(Debug)]
pub struct Background {
    child: Child,
    limit: Duration,
    network: Option<Door>,
}

impl Background {
    /// Starts a service by `start`, in a process group of its own, and waits until it is ready, no longer than `limit`; it may take
    /// as long to stop.
    ///
    /// # Errors
    /// [`Problem`] when it does not become ready.
    pub fn start(
        start: impl FnOnce() -> io::Result<Child>,
        ready: &Readiness,
        limit: Duration,
    ) -> Result<Self, Problem> {
        Self::start_in(None, start, ready, limit)
    }

    /// As [`Self::start`] where `start` enters this network: its ports are looked up there, and its `stop` command runs there.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_in(
        network: Option<&Network>,
        start: impl FnOnce() -> io::Result<Child>,
        ready: &Readiness,
        limit: Duration,
    ) -> Result<Self, Problem> {
        let tables = network.map_or_else(|| TABLES.into(), Network::tables);
        ready.clear(&tables)?;
        let child = start().map_err(Problem::Start)?;
        let started = Self { child, limit, network: network.map(Network::door) };
        let until = Instant::now() + limit;
        loop {
            if let Some(exit) = started.exit()? {
                return Err(Problem::EndedUnready(exit));
            }
            if ready.is_given(&tables) {
                return Ok(started);
            }
            if Instant::now() >= until {
                return Err(Problem::NotReady { seconds: limit.as_secs(), awaited: ready.awaited() });
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Its process.
    pub fn process(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// That it still runs.
    ///
    /// # Errors
    /// [`Problem::EndedEarly`] where it does not.
    pub fn require_running(&self) -> Result<(), Problem> {
        self.exit()?.map_or(Ok(()), |exit| Err(Problem::EndedEarly(exit)))
    }

    /// Stops it and waits for its end.
    ///
    /// # Errors
    /// [`Problem`] when it has ended before, does not end in time, or ends in another way.
    pub fn stop(self, stop: &Stop) -> Result<(), Problem> {
        self.require_running()?;
        let how = match stop {
            Stop::Terminate => {
                kill_process(self.process(), Signal::TERM).map_err(|error| Problem::Watch(error.into()))?;
                "SIGTERM"
            }
            Stop::Command { directory, command, environment } => {
                self.run(directory, command, environment)?;
                "its `stop` command"
            }
        };
        let until = Instant::now() + self.limit;
        loop {
            match self.exit()? {
                Some(exit) if is_as_asked(exit) => return Ok(()),
                Some(exit) => return Err(Problem::EndedBadly(exit)),
                None if Instant::now() >= until => {
                    return Err(Problem::NotStopped { seconds: self.limit.as_secs(), how });
                }
                None => std::thread::sleep(LOOK),
            }
        }
    }

    fn run(&self, directory: &Path, command: &[String], environment: &[(String, String)]) -> Result<(), Problem> {
        let Some((program, args)) = command.split_first() else { return Ok(()) };
        let invocation = Invocation {
            program: Path::new(program),
            argv0: OsStr::new(program),
            args,
            directory,
            environment,
            stdin: None,
            fixed_addresses: false,
            network: self.network,
            timeout: self.limit,
        };
        let captured = process::capture(&invocation).map_err(Problem::Watch)?;
        match captured.ended {
            Ok(finished) if finished.exit == Exit::Code(0) => Ok(()),
            Ok(finished) => {
                let said = String::from_utf8_lossy(&captured.error).trim().to_owned();
                Err(Problem::Stop(format!("ended with {}: {said}", finished.exit)))
            }
            Err(error) => Err(Problem::Stop(format!("failed: {error}"))),
        }
    }

    /// How it has ended. It is not reaped before it is dropped, so its process group stays its own.
    fn exit(&self) -> Result<Option<Exit>, Problem> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let ended = waitid(WaitId::Pid(self.process()), options).map_err(|error| Problem::Watch(error.into()))?;
        Ok(ended.map(|status| match status.exit_status() {
            Some(code) => Exit::Code(code),
            None => Exit::Signal(status.terminating_signal().unwrap_or(0)),
        }))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let leader = self.process();
        // What it started may outlive it in the group.
        let _ = kill_process_group(leader, Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Whether a service that was asked to stop ended as programs do then: by themselves, or by the signal, which a shell tells as
/// 128 and its number.
pub fn is_as_asked(exit: Exit) -> bool {
    [Exit::Code(0), Exit::Code(130), Exit::Code(143), Exit::Signal(2), Exit::Signal(15)].contains(&exit)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(20);

    fn started(script: &str, ready: &Readiness, limit: Duration) -> Result<Background, Problem> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]).process_group(0);
        Background::start(|| command.spawn(), ready, limit)
    }

    fn file() -> (tempfile::TempDir, Readiness, String) {
        let folder = tempfile::tempdir().expect("a temporary directory can be made");
        let path = folder.path().join("ready");
        let told = path.display().to_string();
        (folder, Readiness::File(path), told)
    }

    #[test]
    fn a_service_is_awaited_and_stopped() {
        let (_folder, ready, path) = file();
        std::fs::write(&path, "of another run").expect("the directory is ours");
        let wait = format!("[ -e {path} ] || touch {path}; exec sleep 600");
        started(&wait, &ready, LIMIT).expect("it gets ready").stop(&Stop::Terminate).expect("SIGTERM ends it");
        let gone = format!("rm {path}");
        let stop = |script: &str| Stop::Command {
            directory: "/".into(),
            command: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
            environment: vec![("PATH".to_owned(), std::env::var("PATH").expect("tests have a PATH"))],
        };
        let asked = format!("touch {path}; while [ -e {path} ]; do sleep 0.01; done");
        started(&asked, &ready, LIMIT).expect("it gets ready").stop(&stop(&gone)).expect("the command ends it");
        let failing = started(&asked, &ready, LIMIT).expect("it gets ready").stop(&stop("echo no >&2; exit 3"));
        assert!(failing.expect_err("it fails").to_string().contains("its `stop` command ended with exit code 3: no"));
    }

    #[test]
    fn a_service_that_does_not_serve_is_told() {
        let (_folder, ready, path) = file();
        let told = |result: Result<(), Problem>| result.expect_err("it does not serve").to_string();
        let refused = |script: &str, limit| told(started(script, &ready, limit).map(|_| ()));
        assert!(refused("exit 7", LIMIT).starts_with("ended with exit code 7 before it was ready"));
        assert!(refused("exec sleep 600", Duration::ZERO).contains(&format!("there is no {path}")));
        let mut deaf =
            started(&format!("trap '' TERM; touch {path}; sleep 600"), &ready, LIMIT).expect("it gets ready");
        deaf.limit = Duration::from_secs(1);
        let deaf = told(deaf.stop(&Stop::Terminate));
        assert!(deaf.starts_with("did not stop: 1 s after SIGTERM it still ran"), "{deaf}");
        let bad = format!("trap 'exit 5' TERM; touch {path}; while :; do sleep 0.01; done");
        let bad = told(started(&bad, &ready, LIMIT).expect("it gets ready").stop(&Stop::Terminate));
        assert!(bad.starts_with("ended with exit code 5 when it was stopped"), "{bad}");
        let short = started(&format!("touch {path}; sleep 0.1; exit 4"), &ready, LIMIT);
        let short = short.expect("it gets ready");
        while short.require_running().is_ok() {
            std::thread::sleep(LOOK);
        }
        assert!(told(short.stop(&Stop::Terminate)).starts_with("ended with exit code 4 before it was stopped"));
    }

    #[test]
    fn a_port_is_ready_once_it_is_listened_on_and_taken_from_then_on() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a loopback interface");
        let port = listener.local_addr().expect("it is bound").port();
        assert!(is_listened_on(port, Path::new(TABLES)));
        let taken = started("exec sleep 600", &Readiness::Port(port), LIMIT).expect_err("it is taken").to_string();
        assert!(taken.starts_with(&format!("needs port {port}, which another program")), "{taken}");
    }
}
