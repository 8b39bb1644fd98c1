//! Repositories made with git itself, with fixed dates and without anybody's configuration.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use test_support::{answer, git_command};

/// A repository in a directory that is removed afterwards.
pub struct TestRepository {
    directory: TempDir,
    path: PathBuf,
}

impl TestRepository {
    /// An empty repository on branch `main`.
    pub fn new() -> Self {
        Self::with_format("sha1")
    }

    /// An empty repository whose objects are named by `format`.
    pub fn with_format(format: &str) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let path = directory.path().join("repository");
        std::fs::create_dir(&path).expect("a new directory");
        let repository = Self { directory, path };
        repository.git(["init", "--quiet", "--initial-branch=main", &format!("--object-format={format}")]);
        repository
    }

    /// A repository with the commits of a script, `main` checked out.
    pub fn of(script: &Script) -> Self {
        let repository = Self::new();
        repository.import(script);
        repository
    }

    /// Top of the work tree.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A path beside the repository, removed with it.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Runs git in the repository and returns what it printed.
    pub fn git<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> String {
        self.git_with_input(arguments, "")
    }

    /// Runs git in the repository with something on its standard input.
    pub fn git_with_input<'a>(&self, arguments: impl IntoIterator<Item = &'a str>, input: &str) -> String {
        run(&self.path, &arguments.into_iter().collect::<Vec<_>>(), input)
    }

    /// Adds the commits of a script and checks `main` out.
    pub fn import(&self, script: &Script) {
        self.git_with_input(["fast-import", "--quiet", "--force"], &script.text);
        self.git(["reset", "--quiet", "--hard", "main"]);
    }

    /// The id of a revision.
    pub fn id(&self, revision: &str) -> String {
        self.git(["rev-parse", "--verify", revision]).trim().to_owned()
    }

    /// Path of a loose object.
    pub fn loose_object(&self, id: &str) -> PathBuf {
        self.path.join(".git/objects").join(&id[..2]).join(&id[2..])
    }
}

/// Runs git in `directory`.
pub fn run(directory: &Path, arguments: &[&str], input: &str) -> String {
    let mut git = git_command(directory);
    git.args(arguments).envs(["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"].map(|name| (name, "1000000000 +0000")));
    answer(git, input)
}

/// Commits and tags to be made, as input of `git fast-import`. Commits are called by number, from 1.
#[derive(Default)]
pub struct Script {
    text: String,
    commits: usize,
}

impl Script {
    /// A commit on `parents` that writes each path (or removes it, where the content is empty). Becomes `main`.
    pub fn commit(&mut self, parents: &[usize], time: i64, message: &str, files: &[(&str, &str)]) -> usize {
        self.commits += 1;
        if parents.is_empty() {
            // Without this, a second root would go on from `main`.
            self.line("reset refs/heads/main");
        }
        self.line("commit refs/heads/main");
        self.line(&format!("mark :{}", self.commits));
        self.line(&format!("committer C <c@example.com> {time} +0000"));
        self.data(message);
        for (index, parent) in parents.iter().enumerate() {
            self.line(&format!("{} :{parent}", if index == 0 { "from" } else { "merge" }));
        }
        for (path, content) in files {
            if content.is_empty() {
                self.line(&format!("D {path}"));
            } else {
                self.line(&format!("M 100644 inline {path}"));
                self.data(content);
            }
        }
        self.commits
    }

    /// A tag that is the commit itself.
    pub fn tag(&mut self, name: &str, commit: usize) {
        self.line(&format!("reset refs/tags/{name}\nfrom :{commit}\n"));
    }

    /// Points `main` elsewhere.
    pub fn main_at(&mut self, commit: usize) {
        self.line(&format!("reset refs/heads/main\nfrom :{commit}\n"));
    }

    fn line(&mut self, line: &str) {
        writeln!(self.text, "{line}").expect("writing to a string");
    }

    fn data(&mut self, data: &str) {
        writeln!(self.text, "data {}\n{data}", data.len()).expect("writing to a string");
    }
}
