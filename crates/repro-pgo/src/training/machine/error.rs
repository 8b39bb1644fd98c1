//! What can go wrong with a machine as a whole.

use std::path::PathBuf;

use host::exit_code::ExitCode;
use thiserror::Error;

/// Why a machine gave no counters.
#[derive(Debug, Error)]
pub enum MachineError {
    /// It ended before it had run everything.
    #[error("the machine ended while {doing} ran; its kernel or its init gave up, or the emulator did\n{said}")]
    Ended {
        /// The run.
        doing: String,
        /// The last lines of console and emulator.
        said: String,
    },
    /// Its memory is too small.
    #[error(
        "the machine's memory of {megabytes} MB is too small: it ran out while {doing} ran; declare more, \
         `memory-megabytes` in [training.machine]\n{said}"
    )]
    OutOfMemory {
        /// The run.
        doing: String,
        /// How much it has.
        megabytes: u64,
        /// What its kernel said.
        said: String,
    },
    /// The host waited for too long.
    #[error(
        "{doing} does not end: after {seconds} s, ten times training.timeout-seconds because an emulated machine is slow{}, \
         the machine was stopped\n{said}",
        if *boot > 0 { format!(", and {boot} s more for it to boot") } else { String::new() }
    )]
    Hangs {
        /// The run.
        doing: String,
        /// How long it was waited for.
        seconds: u64,
        /// How much longer because it had to boot.
        boot: u64,
        /// What its kernel said.
        said: String,
    },
    /// The counters of all runs are too much.
    #[error("the counters of all runs on a CPU model take more than {megabytes} MB; train on fewer entries")]
    NoRoom {
        /// How much there is room for.
        megabytes: u64,
    },
    /// What a program needs can't be brought along.
    #[error("cannot bring {} into the machine: {source}", path.display())]
    Bring {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// A program that is to be brought along is no ELF file.
    #[error(
        "{} is no x86-64 Linux program but a script or something else, and the machine has no interpreter: name a program \
         ({doing} starts it), or choose `emulator = \"qemu-user\"`", path.display()
    )]
    NoProgram {
        /// The file.
        path: PathBuf,
        /// The run.
        doing: String,
    },
    /// The emulator does not start.
    #[error("cannot start {}: {source}", path.display())]
    Start {
        /// The emulator.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The shared memory can't be used.
    #[error("cannot use the memory shared with the machine, {}: {source}", path.display())]
    Shared {
        /// The file behind it.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

impl MachineError {
    /// What the program ends with: neither a command that doesn't end nor a program from outside is the machine's failure.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Hangs { .. } => ExitCode::CommandFailed,
            Self::Start { .. } => ExitCode::Missing,
            Self::NoProgram { .. } => ExitCode::Refused,
            Self::Ended { .. }
            | Self::OutOfMemory { .. }
            | Self::NoRoom { .. }
            | Self::Bring { .. }
            | Self::Shared { .. } => ExitCode::MachineFailed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hang_tells_all_the_time_that_was_waited() {
        let told = |boot| {
            let doing = "workload `a` on b/c".to_owned();
            MachineError::Hangs { doing, seconds: 20, boot, said: String::new() }.to_string()
        };
        assert!(told(300).contains("after 20 s, ten times training.timeout-seconds"), "{}", told(300));
        assert!(told(300).contains(", and 300 s more for it to boot, the machine was stopped"), "{}", told(300));
        assert!(told(0).contains("is slow, the machine was stopped"), "{}", told(0));
    }
}
