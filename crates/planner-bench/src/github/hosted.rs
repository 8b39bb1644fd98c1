//! A repository as the API tells it: its commits with their files, its tags, and the files at its head.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use host::digest;
use host::git::{self, GitError};
use thiserror::Error;

use super::git_output::{self, GitOutputError, LOG_FORMAT};

/// A commit on the default branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedCommit {
    /// Its name.
    pub sha: String,
    /// Author's name.
    pub author_name: String,
    /// Author's address.
    pub author_email: String,
    /// The whole message.
    pub message: String,
    /// The files it touches.
    pub files: Vec<String>,
}

/// An entry of the tree at the head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// In octal.
    pub mode: String,
    /// `blob` or `tree`.
    pub kind: String,
    /// The object's name.
    pub sha: String,
    /// From the root.
    pub path: String,
}

/// Everything the API tells.
#[derive(Debug, Clone, Default)]
pub struct Hosted {
    /// The default branch.
    pub branch: String,
    /// Newest first.
    pub commits: Vec<HostedCommit>,
    /// Name and commit; each is a release, too.
    pub tags: Vec<(String, String)>,
    /// All folders and files at the head.
    pub tree: Vec<TreeEntry>,
    /// Contents by object name.
    pub blobs: BTreeMap<String, Vec<u8>>,
}

/// Why a repository can't be served.
#[derive(Debug, Error)]
pub enum HostedError {
    /// git could not be run or failed.
    #[error("in {}: {source}", directory.display())]
    Git {
        /// Where.
        directory: PathBuf,
        /// What it said.
        source: GitError,
    },
    /// git said something else than expected.
    #[error(transparent)]
    Output(#[from] GitOutputError),
}

impl Hosted {
    /// Reads the repository at `directory`. `added` are files that the head has besides its own: path and content.
    ///
    /// # Errors
    /// [`HostedError`] when git fails.
    pub fn read(directory: &Path, added: &[(String, String)]) -> Result<Self, HostedError> {
        let text = |args: &[&str]| {
            let answer = git::output(directory, args).map_err(failed(directory))?;
            Ok::<_, HostedError>(String::from_utf8_lossy(&answer).into_owned())
        };
        let branch = text(&["symbolic-ref", "--short", "HEAD"])?.trim().to_owned();
        let commits = git_output::commits(&text(&["log", "-z", "--name-only", LOG_FORMAT])?)?;
        let format = "--format=%(objectname) %(*objectname) %(refname:strip=2)";
        let tags = git_output::tags(&text(&["for-each-ref", format, "refs/tags"])?)?;
        let tree = git_output::tree(&text(&["ls-tree", "-r", "-t", "-z", "HEAD"])?)?;
        let blobs = blobs(directory, &tree)?;
        let mut hosted = Self { branch, commits, tags, tree, blobs };
        for (path, content) in added {
            hosted.add(path, content);
        }
        Ok(hosted)
    }

    /// Puts a file at the root of the head. Its object name only has to be unique.
    fn add(&mut self, path: &str, content: &str) {
        let sha = digest::of_bytes(format!("{path}\0{content}").as_bytes())[..40].to_owned();
        self.tree.retain(|entry| entry.path != path);
        let (mode, kind) = ("100644".to_owned(), "blob".to_owned());
        self.tree.push(TreeEntry { mode, kind, sha: sha.clone(), path: path.to_owned() });
        self.blobs.insert(sha, content.as_bytes().to_vec());
    }
}

fn blobs(directory: &Path, tree: &[TreeEntry]) -> Result<BTreeMap<String, Vec<u8>>, HostedError> {
    let names: String =
        tree.iter().filter(|entry| entry.kind == "blob").map(|entry| format!("{}\n", entry.sha)).collect();
    let mut batch = git::command(directory);
    batch.args(["cat-file", "--batch"]);
    let answer = git::run(batch, names.as_bytes()).map_err(failed(directory))?;
    Ok(git_output::objects(&answer)?.into_iter().collect())
}

fn failed(directory: &Path) -> impl FnOnce(GitError) -> HostedError {
    let directory = directory.to_owned();
    move |source| HostedError::Git { directory, source }
}
