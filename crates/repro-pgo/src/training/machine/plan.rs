//! What the machine's init is to run: words that each end with a zero byte, lists with their length before them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use host::background::Readiness;

/// Where it is in the machine.
pub const PATH: &str = "/repro-pgo.plan";

/// One run.
#[derive(Debug, Clone)]
pub struct Planned<'a> {
    /// Where its counters go.
    pub profile: &'a Path,
    /// Where standard output goes.
    pub stdout: &'a Path,
    /// Where standard error goes.
    pub stderr: &'a Path,
    /// What standard input reads.
    pub stdin: &'a Path,
    /// The working directory.
    pub directory: &'a Path,
    /// The program.
    pub program: &'a Path,
    /// Its arguments, without the program's name.
    pub arguments: Vec<&'a OsStr>,
    /// `NAME=value`.
    pub environment: Vec<String>,
    /// What runs beside it.
    pub services: Vec<PlannedService>,
}

/// One service of a run, in the same directory.
#[derive(Debug, Clone)]
pub struct PlannedService {
    /// Where its counters go.
    pub profile: PathBuf,
    /// Where both of its outputs go.
    pub said: PathBuf,
    /// What tells that it is ready.
    pub ready: Readiness,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// `NAME=value`.
    pub environment: Vec<String>,
    /// The command that stops it; empty where SIGTERM does.
    pub stop: Vec<String>,
    /// `NAME=value`, of that command.
    pub stop_environment: Vec<String>,
}

/// A plan to be written.
#[derive(Debug)]
pub struct Plan(Vec<u8>);

impl Plan {
    /// A plan for a machine that shares `size` bytes, whose runs may each take `seconds` by its clock and must leave `inputs`
    /// as they are.
    pub fn new(size: u64, seconds: u64, inputs: &Path) -> Self {
        let mut plan = Self(Vec::new());
        plan.word(size.to_string());
        plan.word(seconds.to_string());
        plan.word(inputs);
        plan
    }

    /// Adds a run.
    pub fn add(&mut self, run: &Planned<'_>) {
        for path in [run.profile, run.stdout, run.stderr, run.stdin, run.directory, run.program] {
            self.word(path);
        }
        self.word((run.arguments.len() + 1).to_string());
        self.word(run.program);
        run.arguments.iter().for_each(|argument| self.word(argument));
        self.list(&run.environment);
        self.word(run.services.len().to_string());
        run.services.iter().for_each(|service| self.service(service));
    }

    fn service(&mut self, service: &PlannedService) {
        let (file, tables) = match &service.ready {
            // As the kernel's tables of sockets tell of one that listens (proc(5)): local and remote address, state.
            Readiness::Port(port) => {
                let listening = |address: &str| format!(":{port:04X} {address}:0000 0A");
                (PathBuf::new(), ["00000000", &"0".repeat(32)].map(listening))
            }
            Readiness::File(path) => (path.clone(), Default::default()),
        };
        for path in [&service.profile, &service.said, &file] {
            self.word(path);
        }
        tables.iter().for_each(|table| self.word(table));
        for list in [&service.command, &service.environment, &service.stop, &service.stop_environment] {
            self.list(list);
        }
    }

    fn list(&mut self, words: &[impl AsRef<OsStr>]) {
        self.word(words.len().to_string());
        words.iter().for_each(|word| self.word(word));
    }

    fn word(&mut self, word: impl AsRef<OsStr>) {
        self.0.extend_from_slice(word.as_ref().as_bytes());
        self.0.push(0);
    }

    /// The bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}
