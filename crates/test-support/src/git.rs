//! Git as the tests run it: the same on every machine, in a hook as well as in a terminal.

use std::env;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

/// Git in `directory`, ready for arguments: without the configuration of the machine and its user, without the repository that an
/// environment around the tests may name, and with a fixed author.
pub fn git_command(directory: &Path) -> Command {
    let mut command = Command::new("git");
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
        command.env_remove(name);
    }
    command
        .current_dir(directory)
        .args(["-c", "safe.directory=*", "-c", "init.defaultBranch=main", "--no-optional-locks"])
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1"), ("LC_ALL", "C")])
        .envs([("GIT_AUTHOR_NAME", "Test"), ("GIT_AUTHOR_EMAIL", "test@test.com")])
        .envs([("GIT_COMMITTER_NAME", "Test"), ("GIT_COMMITTER_EMAIL", "test@test.com")]);
    command
}

/// What git prints; it has to succeed.
#[track_caller]
pub fn git(directory: &Path, arguments: &[&str]) -> String {
    git_with_input(directory, arguments, "")
}

/// The same with something on its standard input.
#[track_caller]
pub fn git_with_input(directory: &Path, arguments: &[&str], input: impl AsRef<[u8]>) -> String {
    let mut command = git_command(directory);
    command.args(arguments);
    answer(command, input)
}

/// What a [`git_command`] prints that is given `input`; it has to succeed.
#[track_caller]
pub fn answer(mut command: Command, input: impl AsRef<[u8]>) -> String {
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = started.expect("git is installed");
    let (mut stdin, input) = (child.stdin.take().expect("piped"), input.as_ref());
    let output = thread::scope(|scope| {
        // On a thread of its own, because git answers while it still reads; where it stops reading, its exit code says why.
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().expect("git ends")
    });
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("git prints UTF-8 here")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::require;

    #[test]
    fn commits_have_one_author_on_every_machine() {
        if require("git").is_none() {
            return;
        }
        let folder = env::temp_dir().join(format!("test-support-{}", std::process::id()));
        std::fs::create_dir(&folder).expect("a new folder");
        git(&folder, &["init", "--quiet"]);
        git_with_input(&folder, &["commit", "--quiet", "--allow-empty", "--file=-"], "feat: x");
        assert_eq!(git(&folder, &["log", "--format=%an <%ce> %s %D"]), "Test <test@test.com> feat: x HEAD -> main\n");
        std::fs::remove_dir_all(&folder).expect("it is ours");
    }
}
