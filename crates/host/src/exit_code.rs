//! The exit codes of every subcommand.

/// How a command ended, as the shell sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// It did what was asked.
    Fine = 0,
    /// A check refused, or something failed.
    Refused = 1,
    /// The command line could not be understood; clap exits with it.
    Usage = 2,
    /// Nothing could be measured, or the measurement is void.
    NotMeasured = 3,
    /// A tool or a file of the system that is needed is missing, or is another one than is needed.
    Missing = 4,
    /// A declared command failed, did not end, or left nothing behind that was to be counted.
    CommandFailed = 5,
    /// The emulated machine that commands run in failed: its memory ran out, or its kernel gave up.
    MachineFailed = 6,
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}

/// The paragraph every `--help` ends with.
pub const HELP: &str = "Exit codes: 0 fine, 1 refused or failed, 2 usage, 3 could not measure";
