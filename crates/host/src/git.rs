//! Git as a command, always isolated in the same way: no repository but the one at the given place, and no
//! configuration but that repository's own.
//!
//! A hook sets `GIT_DIR` and its kin, and whoever inherits them asks another repository than they think. A user's or the
//! system's configuration may rename, sign, quote or hide what git prints.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// What git reads from the environment to find a repository and its parts (`git rev-parse --local-env-vars`).
const LOCAL: [&str; 15] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_WORK_TREE",
];

/// Why git gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// It could not be started.
    #[error("git can't be started: {source}")]
    Start {
        /// The system's answer.
        source: io::Error,
    },
    /// It failed.
    #[error("`git {command}` failed: {said}")]
    Failed {
        /// Its arguments.
        command: String,
        /// What it wrote to standard error.
        said: String,
    },
}

/// Git in `directory`, isolated. Arguments and streams are the caller's.
pub fn command(directory: &Path) -> Command {
    let mut command = Command::new("git");
    for name in LOCAL {
        command.env_remove(name);
    }
    command.current_dir(directory).env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    // With the configuration goes the user's list of trusted owners; the folder was named by the user.
    command.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", "safe.directory").env("GIT_CONFIG_VALUE_0", "*");
    // A question about a password would wait for ever.
    command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
    command
}

/// What git prints in `directory`, with an empty standard input.
///
/// # Errors
/// [`GitError`].
pub fn output(directory: &Path, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
    let mut command = command(directory);
    command.args(arguments);
    run(command, &[])
}

/// What `command` prints, with `input` as its standard input.
///
/// # Errors
/// [`GitError`].
pub fn run(mut command: Command, input: &[u8]) -> Result<Vec<u8>, GitError> {
    let words: Vec<String> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|source| GitError::Start { source })?;
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let output = std::thread::scope(|scope| {
        // On a thread of its own, because git answers while it still reads. One that stops reading has failed: its exit
        // code says so.
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output()
    });
    let output = output.map_err(|source| GitError::Start { source })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(GitError::Failed { command: words.join(" "), said: String::from_utf8_lossy(&output.stderr).trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_the_one_at_the_place() {
        let (one, other) = (repository("one"), repository("other"));
        let mut inherited = command(one.path());
        inherited.args(["config", "user.name"]);
        assert_eq!(run(inherited, &[]).expect("it is set"), b"one\n");
        let names: Vec<_> =
            command(other.path()).get_envs().map(|(name, value)| (name.to_owned(), value.is_none())).collect();
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            assert!(names.contains(&(variable.into(), true)), "{variable} is inherited");
        }
    }

    #[test]
    fn a_failure_says_what_git_said() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let error = output(directory.path(), &["rev-parse", "HEAD"]).expect_err("there is no repository");
        let text = error.to_string();
        assert!(text.starts_with("`git rev-parse HEAD` failed: fatal: not a git repository"), "{text}");
    }

    #[test]
    fn input_of_any_size_is_read() {
        let repository = repository("input");
        let mut hash = command(repository.path());
        hash.args(["hash-object", "--stdin-paths"]);
        std::fs::write(repository.path().join("a"), "").expect("the directory is ours");
        let answers = run(hash, "a\n".repeat(100_000).as_bytes()).expect("git hashes");
        assert_eq!(answers.len(), 41 * 100_000);
    }

    fn repository(name: &str) -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        output(directory.path(), &["init", "--quiet"]).expect("git makes a repository");
        output(directory.path(), &["config", "user.name", name]).expect("git configures it");
        directory
    }
}
