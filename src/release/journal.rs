//! The journal: what the release is, written before anything of it can be seen and removed when all of it is done. A run that
//! finds one finishes the release in it instead of planning another.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ReleaseError;
use super::files::{remove_if_there, replace_file};
use super::git::Git;
use super::moments::Hook;

/// Increased when a journal of one program can't be read by another.
const FORMAT: u32 = 1;

/// What a release is, and how far it got where that can't be seen from its results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Journal {
    format: u32,
    /// The git directory of the work tree that the release was begun in.
    pub(super) git_dir: PathBuf,
    /// What the next run does with it.
    pub(super) stage: Stage,
    /// The commit that HEAD was at.
    pub(super) head: String,
    /// Files of the work tree.
    pub(super) files: Vec<FileChange>,
    /// Branches and tags, all of which move at once.
    pub(super) refs: Vec<RefChange>,
    /// Where they are sent to; `None` sends them nowhere.
    pub(super) push: Option<Push>,
    /// Commands that run on the way, and which of them did.
    pub(super) hooks: Vec<Hook>,
    /// What the run reports when it is done.
    pub(super) outcome: Outcome,
}

/// What the next run does with a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// Takes the work tree back to HEAD: hooks were working on it, and there is no commit yet.
    Hooks,
    /// Finishes the release.
    Forward,
    /// Finishes taking it back, because the remote had moved on.
    Back,
}

/// One file of the work tree. Contents are blobs in the object store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileChange {
    /// Its path from the root.
    pub(super) path: String,
    /// What the work tree had of it; `None` where it wasn't there.
    pub(super) before: Option<String>,
    /// What the work tree gets; `None` removes it.
    pub(super) after: Option<String>,
    /// The mode and blob that HEAD has of it.
    pub(super) committed: Option<Entry>,
    /// The mode and blob that the release commit has of it: what filters make of `after`.
    pub(super) release: Option<Entry>,
    /// Whether a sparse checkout leaves it out, so that only the commit changes.
    pub(super) left_out: bool,
}

/// What a tree has of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) mode: String,
    pub(super) blob: String,
}

/// One branch or tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RefChange {
    /// The full name.
    pub(super) name: String,
    /// What it was; `None` where it wasn't there.
    pub(super) before: Option<String>,
    /// What it becomes.
    pub(super) after: String,
}

/// What is sent to the remote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Push {
    /// The remote's name.
    pub(super) remote: String,
    /// What goes where.
    pub(super) refs: Vec<PushedRef>,
}

/// One ref of the remote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PushedRef {
    /// Its full name there.
    pub(super) name: String,
    /// The object it gets.
    pub(super) object: String,
    /// Whether it may be somewhere else already, as moving tags are.
    pub(super) moves: bool,
}

/// What a release did, for reports.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// One entry a package.
    pub(crate) released: Vec<Released>,
    /// The release commit, where there is one.
    pub(crate) commit: Option<String>,
    /// The branch that was released to.
    pub(crate) branch: String,
    /// The branch of the pull request, where there is one.
    pub(crate) request_branch: Option<String>,
    /// The remote that has it, where it was pushed.
    pub(crate) pushed_to: Option<String>,
    /// What the user should know.
    #[serde(default)]
    pub(crate) notes: Vec<String>,
}

/// One package of a release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Released {
    /// Its name.
    pub(crate) package: String,
    /// The line that `check` has of it.
    pub(crate) line: String,
    /// The version it had.
    pub(crate) previous_version: String,
    /// The version it has.
    pub(crate) new_version: String,
    /// What the bump is called.
    pub(crate) bump_type: String,
    /// Its tag.
    pub(crate) tag: String,
    /// Moving tags that followed.
    pub(crate) floating: Vec<String>,
    /// How many commits it holds.
    pub(crate) commit_count: usize,
    /// Whether it is a pre-release.
    pub(crate) prerelease: bool,
    /// Where the previous version was found, as `check --json` has it.
    pub(crate) version_source: Option<serde_json::Value>,
    /// The files that were written for it.
    pub(crate) files: Vec<String>,
    /// The changelog section, or the same text where there is no changelog.
    pub(crate) notes: String,
}

impl Journal {
    /// A release that was begun in the work tree of `git` at `head`.
    pub(super) fn new(git: &Git, head: String, stage: Stage) -> Self {
        Self {
            format: FORMAT,
            git_dir: git.git_dir().to_owned(),
            stage,
            head,
            files: Vec::new(),
            refs: Vec::new(),
            push: None,
            hooks: Vec::new(),
            outcome: Outcome::default(),
        }
    }

    /// The journal of an unfinished release; `None` where there is none.
    ///
    /// # Errors
    /// When it can't be read, or another program or another work tree has to finish it.
    pub(super) fn read(git: &Git) -> Result<Option<Self>, ReleaseError> {
        let path = path(git);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(ReleaseError::Read { path: path.display().to_string(), source }),
        };
        let unusable = |problem: String| ReleaseError::Journal { path: path.display().to_string(), problem };
        let journal: Self = serde_json::from_slice(&text).map_err(|error| unusable(error.to_string()))?;
        if journal.format != FORMAT {
            return Err(unusable(format!("it has format {}, this relplan knows {FORMAT}", journal.format)));
        }
        if journal.git_dir != git.git_dir() {
            return Err(ReleaseError::OtherWorkTree { git_dir: journal.git_dir.display().to_string() });
        }
        Ok(Some(journal))
    }

    /// Puts it in place of the one before, in one step.
    ///
    /// # Errors
    /// When the git directory can't be written.
    pub(super) fn write(&self, git: &Git) -> Result<(), ReleaseError> {
        let path = path(git);
        let failed = |source| ReleaseError::Write { path: path.display().to_string(), source };
        let text = serde_json::to_vec_pretty(self).map_err(|error| failed(error.into()))?;
        replace_file(&path, &text, None).map_err(failed)
    }

    /// Removes it: nothing is left to do.
    ///
    /// # Errors
    /// When the git directory can't be written.
    pub(super) fn remove(git: &Git) -> Result<(), ReleaseError> {
        let path = path(git);
        remove_if_there(&path).map_err(|source| ReleaseError::Write { path: path.display().to_string(), source })
    }
}

fn path(git: &Git) -> PathBuf {
    git.own_dir().join("release.json")
}
