//! Making a repository from a definition's text, and asking git about it.

use std::path::{Path, PathBuf};

use git_fixtures::{Generated, LoadedDefinition, generate_one, load_definition};
use test_support::git_command;

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

/// Everything git can check: objects, commit-graph, index and work tree.
pub fn assert_git_is_happy(directory: &Path) {
    assert_eq!(findings(directory, &["fsck", "--strict", "--full", "--no-progress", "--no-dangling"]), "");
    if directory.join(".git/objects/info/commit-graph").exists() {
        assert_eq!(findings(directory, &["commit-graph", "verify", "--no-progress"]), "");
    }
    assert_eq!(findings(directory, &["status", "--porcelain"]), "");
}

/// What a check of git's found, wherever it says so.
fn findings(directory: &Path, arguments: &[&str]) -> String {
    let output = git_command(directory).args(arguments).output().expect("git runs");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "git {arguments:?} in {}:\n{text}", directory.display());
    text
}
