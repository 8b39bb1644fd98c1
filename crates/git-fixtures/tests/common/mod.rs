//! Making a repository from a definition's text, and asking git about it.
#![allow(dead_code, reason = "each test program uses a part")]

use std::path::{Path, PathBuf};
use std::process::Command;

use git_fixtures::{Generated, LoadedDefinition, generate_one, load_definition};

/// A definition file in a folder of its own, loaded.
pub fn definition(folder: &Path, name: &str, text: &str) -> LoadedDefinition {
    let file = folder.join(format!("{name}.json"));
    std::fs::write(&file, text).expect("the temporary folder is writable");
    load_definition(&file).unwrap_or_else(|error| panic!("{error}"))
}

/// Makes the repository `name` in `folder`.
pub fn make(folder: &Path, name: &str, text: &str) -> (Generated, PathBuf) {
    let directory = folder.join(name);
    let generated = generate_one(&definition(folder, name, text), &directory, false);
    (generated.unwrap_or_else(|error| panic!("{error}")), directory)
}

/// Whether there is a git to ask.
pub fn git_is_installed() -> bool {
    Command::new("git").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Runs git, kept away from the user's and the system's configuration; returns what it said, which must be success.
pub fn git(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "safe.directory=*", "--no-optional-locks"]).args(arguments).current_dir(directory);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
        command.env_remove(name);
    }
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("HOME", directory);
    let output = command.output().expect("git runs");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).expect("git speaks UTF-8");
    assert!(output.status.success(), "git {arguments:?} in {}:\n{text}", directory.display());
    text
}

/// Everything git can check: objects, commit-graph, index and work tree.
pub fn assert_git_is_happy(directory: &Path) {
    assert_eq!(git(directory, &["fsck", "--strict", "--full", "--no-progress", "--no-dangling"]), "");
    if directory.join(".git/objects/info/commit-graph").exists() {
        assert_eq!(git(directory, &["commit-graph", "verify", "--no-progress"]), "");
    }
    assert_eq!(git(directory, &["status", "--porcelain"]), "");
}
