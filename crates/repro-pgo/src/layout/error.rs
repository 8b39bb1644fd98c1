//! Why functions can't be put into their order.

use std::path::PathBuf;

use host::exit_code::ExitCode;
use thiserror::Error;

use crate::toolchain::EmulatorError;
use crate::training::TrainingError;

/// What stops the layout.
#[derive(Debug, Error)]
pub enum LayoutError {
    /// Nothing to trace with.
    #[error(
        "[layout] order = \"trace\" runs the training under user-mode emulation, whatever [training] emulator says: {}",
        without_other_advice(.0)
    )]
    NoEmulator(EmulatorError),
    /// A linker that cargo would take from a file, where it is not known which one wins.
    #[error(
        "{} sets the linker, and [layout] has to record what it is told: set {variable} to it instead, for every stage",
        file.display()
    )]
    ConfiguredLinker {
        /// The configuration file.
        file: PathBuf,
        /// The variable.
        variable: String,
    },
    /// The link of the optimized build was not seen.
    #[error(
        "the link of the optimized build was not recorded in {} ({reason}), so it can't be repeated in another order; \
         [layout] needs a build that links by {variable}, or by cc", directory.display()
    )]
    NotRecorded {
        /// Where the record should be.
        directory: PathBuf,
        /// What is missing.
        reason: String,
        /// The variable that names the linker.
        variable: String,
    },
    /// The recorded link gives another file than cargo's.
    #[error(
        "the recorded link of {binary}, repeated as it was, gives other bytes than cargo's: something it reads has changed since, or \
         the file was changed after the link; remove {} and try again", directory.display()
    )]
    OtherBytes {
        /// The binary.
        binary: String,
        /// The folder of the build.
        directory: PathBuf,
    },
    /// The linker failed.
    #[error("the link of {what} failed:\n{stderr}")]
    Link {
        /// The twin, or the ordered binary.
        what: &'static str,
        /// The last lines of what the linker said.
        stderr: String,
    },
    /// The linker could not be started.
    #[error("cannot run the linker {program}: {source}")]
    Start {
        /// The linker.
        program: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A linker that can't order functions.
    #[error(
        "the linker wrote a map that is not lld's, and only lld places functions by a list: leave out `-fuse-ld` and \
         `-Clinker-features=-lld`, or remove [layout]"
    )]
    NotLld,
    /// The linker did not do what it was told.
    #[error(
        "the linker did not follow the order: {misplaced} stands before {expected}, which is earlier in {}; is it a wrapper that \
         drops --symbol-ordering-file?", order.display()
    )]
    Ignored {
        /// The function that comes too early.
        misplaced: String,
        /// The one that should come before it.
        expected: String,
        /// The list.
        order: PathBuf,
    },
    /// A function of the list is not in the binary.
    #[error("{} names {function}, which is not in the binary: it was made for another build; make a new one with `repro-pgo layout`", order.display())]
    Foreign {
        /// The list.
        order: PathBuf,
        /// The first such function.
        function: String,
    },
    /// The list was made for another build.
    #[error("the order {} is stale: {what}; make a new one with `repro-pgo layout`", order.display())]
    Stale {
        /// The list.
        order: PathBuf,
        /// What does not fit.
        what: String,
    },
    /// The emulator's log can't be read.
    #[error("the emulator's trace of {run} {problem}")]
    Trace {
        /// The run.
        run: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Two repetitions met functions in different orders.
    #[error(
        "the order of functions is not reproducible: repetition {replicate} differs from the first in {run}, from its function \
         number {place} on ({first} and {other}); what makes a profile differ makes this differ: threads, time, process ids, \
         or the order in which the kernel lists a folder"
    )]
    Disagreement {
        /// Which repetition differs from the first.
        replicate: u32,
        /// The first run that differs.
        run: String,
        /// The place in it, counted from 1.
        place: usize,
        /// The function there in the first repetition.
        first: String,
        /// The function there in the other.
        other: String,
    },
    /// More than one binary.
    #[error(
        "[layout] is for one binary, and [build] has `more-binaries`, which would be linked in no order; remove either"
    )]
    SeveralBinaries,
    /// The binary can't be read.
    #[error("{} can't be read as an ELF file with symbols: {problem}", path.display())]
    Unreadable {
        /// The binary.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A run of the training failed.
    #[error(transparent)]
    Run(#[from] TrainingError),
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

impl LayoutError {
    /// What the program ends with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::NoEmulator(_) | Self::Start { .. } => ExitCode::Missing,
            Self::Run(error) => error.exit_code(),
            _ => ExitCode::Refused,
        }
    }

    /// Wraps the system's reason for a failed `action` on `path`.
    pub fn file(action: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}

/// What is wrong, without the advice to train natively: that traces nothing.
fn without_other_advice(error: &EmulatorError) -> String {
    match error {
        EmulatorError::Missing { names } => format!(
            "{names} not found on PATH; install it (Debian, Ubuntu: `apt-get install qemu-user`; Nix: `qemu-user`), or remove \
             [layout]"
        ),
        other @ (EmulatorError::Lacks { .. } | EmulatorError::Machine(_)) => other.to_string(),
    }
}
