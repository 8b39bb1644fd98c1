//! One command line in one directory, and the environment every measured or checked run gets.

use std::path::PathBuf;

/// One thing to run: arguments in a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Name in reports; unique among the cases of one run.
    pub name: String,
    /// Working directory of the run.
    pub directory: PathBuf,
    /// Arguments, without the program's name.
    pub args: Vec<String>,
    /// Exit codes that count as success when measuring. Comparing outputs ignores them.
    pub exit_codes: Vec<i32>,
}

impl Case {
    /// A case that must exit with 0.
    pub fn new(name: impl Into<String>, directory: impl Into<PathBuf>, args: &[&str]) -> Self {
        Self {
            name: name.into(),
            directory: directory.into(),
            args: args.iter().map(|&argument| argument.to_owned()).collect(),
            exit_codes: vec![0],
        }
    }
}

/// The whole environment of a run. Nothing of the caller's environment comes in, so that locale, time zone, home
/// directory and git configuration can change neither output nor time.
pub fn fixed_environment() -> Vec<(String, String)> {
    [("GIT_CONFIG_NOSYSTEM", "1"), ("HOME", "/nonexistent"), ("LC_ALL", "C"), ("TZ", "UTC")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}
