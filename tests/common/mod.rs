//! Repositories made with git, and the program run in them as a user would.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;
pub use test_support::git;

/// Two packages, of which `cli` depends on `core`.
pub const CONFIG: &str = r#"{"package":[
  {"name":"core","path":"core","versionedFiles":[{"path":"core/version.toml","format":"toml"}]},
  {"name":"cli","path":"cli","versionedFiles":[{"path":"cli/version.toml","format":"toml"}],"dependsOn":["core"]}
]}"#;

/// Variables that would lead git and the program to another repository or branch than the directory's.
pub const MISLEADING: [&str; 12] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CEILING_DIRECTORIES",
    "GIT_INDEX_FILE",
    "GITHUB_REF",
    "GITHUB_REF_NAME",
    "GITHUB_BASE_REF",
    "CI_COMMIT_BRANCH",
    "CI_COMMIT_REF_NAME",
];

/// Writes a file, with the folders above it.
pub fn write(directory: &Path, file: &str, content: &str) {
    let path = directory.join(file);
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a writable folder");
    fs::write(path, content).expect("a writable file");
}

/// Commits everything, with one more file that holds the message.
pub fn commit(directory: &Path, file: &str, message: &str) {
    write(directory, file, message);
    git(directory, &["add", "-A"]);
    git(directory, &["commit", "-q", "-m", message]);
}

/// A monorepo of two packages at 1.0.0, tagged, with one feature in `core` since.
pub fn monorepo(config: &str) -> TempDir {
    let repository = TempDir::new().expect("a temporary folder");
    git(repository.path(), &["init", "-q"]);
    fill(repository.path(), config);
    repository
}

/// Makes the commits of [`monorepo`] in a repository that has none.
pub fn fill(root: &Path, config: &str) {
    write(root, "ferrflow.json", config);
    for package in ["core", "cli"] {
        let toml = format!("[package]\nname = \"{package}\"\nversion = \"1.0.0\"\n");
        write(root, &format!("{package}/version.toml"), &toml);
    }
    commit(root, "README", "chore: initial");
    git(root, &["tag", "core@v1.0.0"]);
    git(root, &["tag", "-a", "-m", "Release cli@v1.0.0", "cli@v1.0.0"]);
    commit(root, "core/lib.rs", "feat(core): add parser");
}

/// Runs the program in `directory`.
pub fn relplan(directory: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relplan"));
    MISLEADING.iter().for_each(|name| {
        command.env_remove(name);
    });
    command
        .args(args)
        .current_dir(directory)
        .env_remove("RELPLAN_CONFIG")
        .env_remove("RELPLAN_JOBS")
        .env_remove("FERRFLOW_CONFIG")
        .env_remove("FERRFLOW_JOBS")
        // The git that a release runs is to sign and name as the repository says, whoever runs the tests.
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("the program was built")
}

/// What the program answered.
pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// What the program told.
pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// Runs the program, which must fail with exit code 1, nothing on standard output, and every one of `words` in the message.
pub fn assert_refused(directory: &Path, args: &[&str], words: &[&str]) {
    let output = relplan(directory, args);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert_eq!(stdout(&output), "");
    for word in words {
        assert!(message.contains(word), "`{word}` is missing in:\n{message}");
    }
}
