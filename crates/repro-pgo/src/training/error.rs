//! What can go wrong while training.

use std::path::PathBuf;

use host::exit_code::ExitCode;
use thiserror::Error;

use crate::toolchain::ProfileToolError;

/// Why training failed or its profile was refused.
#[derive(Debug, Error)]
pub enum TrainingError {
    /// The fixed directory belongs to somebody else, or is no directory.
    #[error(
        "{} {problem}; training needs exactly this directory, because paths are part of the profile: remove it and \
         try again", path.display()
    )]
    Root {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The binary is for another architecture than the declared one.
    #[error(
        "{} is a program for {found}, and [build] target is {target}: give the instrumented binary of this target, or declare the \
         other one", path.display()
    )]
    OtherArchitecture {
        /// The binary.
        path: PathBuf,
        /// What it is for.
        found: String,
        /// The triple.
        target: String,
    },
    /// A workload runs on nothing.
    #[error(
        "workload `{workload}` matches no entry of the input set `{set}` in {} (globs: {globs})", directory.display()
    )]
    NothingToRun {
        /// The workload.
        workload: String,
        /// The set.
        set: String,
        /// Where its entries are.
        directory: PathBuf,
        /// The globs.
        globs: String,
    },
    /// A workload ended with another exit code than it declares.
    #[error("{run} failed: {outcome}, allowed are {allowed:?}\n{details}")]
    WorkloadFailed {
        /// The workload and the entry.
        run: String,
        /// The exit code or signal.
        outcome: String,
        /// The exit codes it declares.
        allowed: Vec<i32>,
        /// The command line and the last lines of what it said.
        details: String,
    },
    /// A workload ran too long and was killed.
    #[error("{run} hangs: killed after {seconds} s (training.timeout-seconds)\n{details}")]
    TimedOut {
        /// The workload and the entry.
        run: String,
        /// The limit.
        seconds: u64,
        /// The command line and the last lines of what it said.
        details: String,
    },
    /// A workload ended without writing its counters.
    #[error(
        "{run} left no profile: counters are written when a program returns from main or calls exit(), not on _exit(), \
         abort() or a signal, and not where it has forbidden itself to write (Landlock); and the binary must be the instrumented \
         one\n{details}"
    )]
    NoProfile {
        /// The workload and the entry.
        run: String,
        /// The command line and the last lines of what it said.
        details: String,
    },
    /// A workload could not be started.
    #[error("cannot start `{command}`: {source}{hint}")]
    Start {
        /// The command line.
        command: String,
        /// The system's reason.
        source: std::io::Error,
        /// What to do.
        hint: &'static str,
    },
    /// What is declared around a workload failed.
    #[error("{run}: before or after it, in setup or teardown of pgo.toml, {reason}")]
    Around {
        /// The workload and the entry.
        run: String,
        /// The command and what it said.
        reason: String,
    },
    /// A service did not serve.
    #[error("{run}: its service `{service}` {problem}{details}")]
    Service {
        /// The workload and the entry.
        run: String,
        /// The service, by its command.
        service: String,
        /// What is wrong with it.
        problem: String,
        /// The last lines of what it said, each on a new line.
        details: String,
    },
    /// A program that a workload starts is not installed.
    #[error(
        "{run}: it needs the program `{program}`, which is not on PATH; install it, or name it by its path in pgo.toml"
    )]
    NoProgram {
        /// The workload and the entry.
        run: String,
        /// The program as it is declared.
        program: String,
    },
    /// The machine that runs are made in failed.
    #[error(transparent)]
    Machine(Box<super::machine::MachineError>),
    /// A workload started its own program outside of the emulator.
    #[error(
        "{run} starts its own program again, and that one runs outside of the emulator: it would count what this machine's \
         CPU does; train the inner command as a workload of its own\n{details}"
    )]
    LeavesEmulation {
        /// The workload and the entry.
        run: String,
        /// The command line and the last lines of what it said.
        details: String,
    },
    /// A workload wrote into its inputs, so later runs see something else.
    #[error("{}", .0)]
    InputsChanged(Box<super::changes::Changed>),
    /// The repetitions gave different profiles.
    #[error("{}", .0)]
    Disagreement(Box<super::replicates::Disagreement>),
    /// The training reached too little of the program.
    #[error(
        "training ran only {covered} of {total} functions, {floor} are demanded (limits.min-covered-functions): add \
         workloads, or lower the limit if this is all there is"
    )]
    TooFewCovered {
        /// Functions with a count.
        covered: u64,
        /// Functions in the profile.
        total: u64,
        /// The limit.
        floor: u64,
    },
    /// A profile could not be handled.
    #[error(transparent)]
    ProfileTool(#[from] ProfileToolError),
    /// A file or folder could not be handled.
    #[error("{action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

impl TrainingError {
    /// What the program ends with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::WorkloadFailed { .. }
            | Self::TimedOut { .. }
            | Self::NoProfile { .. }
            | Self::Start { .. }
            | Self::Around { .. }
            | Self::Service { .. } => ExitCode::CommandFailed,
            Self::OtherArchitecture { .. } | Self::NoProgram { .. } => ExitCode::Missing,
            Self::Machine(error) => error.exit_code(),
            Self::ProfileTool(error) => error.exit_code(),
            _ => ExitCode::Refused,
        }
    }

    /// The same with one more line below the command and what it said.
    pub(super) fn with_remark(mut self, remark: &str) -> Self {
        if let Self::WorkloadFailed { details, .. }
        | Self::TimedOut { details, .. }
        | Self::NoProfile { details, .. }
        | Self::Around { reason: details, .. }
        | Self::Service { details, .. } = &mut self
        {
            *details = format!("{details}\n{remark}");
        }
        self
    }

    /// Wraps the system's reason for a failed `action` on `path`.
    pub fn file(action: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
