//! Two revisions of one repository as folders of files, without touching the user's working tree, index or objects.
//!
//! Everything goes through git's plumbing with an index and an object folder of our own. A checkout rewrites only the files
//! whose content differs, so that cargo rebuilds only what changed between base and head.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use host::git::{self, GitError};
use paired_bench::gate::merge::Revision;
use thiserror::Error;

/// What a working tree is called.
pub const WORKING_TREE: &str = "working tree";

/// Why a revision could not be had. None of these is a verdict.
#[derive(Debug, Error)]
pub enum RevisionError {
    /// There is no repository.
    #[error("{} is in no git repository, so there is no base to compare with: {said}", directory.display())]
    NoRepository {
        /// Where it was looked for.
        directory: PathBuf,
        /// What git said.
        said: String,
    },
    /// The name is not that of a commit.
    #[error("`{name}` is no commit here; in a shallow clone get it first: git fetch origin {name}")]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// A git command failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A file or folder could not be handled.
    #[error("{action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

impl RevisionError {
    fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}

/// The repository a folder is in, and a folder for what this program adds.
#[derive(Debug)]
pub struct Repository {
    top: PathBuf,
    git_directory: PathBuf,
    objects: PathBuf,
    scratch: PathBuf,
}

impl Repository {
    /// The repository that `directory` is in; `scratch` takes indexes and objects.
    ///
    /// # Errors
    /// [`RevisionError`] when there is none.
    pub fn open(directory: &Path, scratch: &Path) -> Result<Self, RevisionError> {
        let ask = |what: &[&str]| -> Result<PathBuf, RevisionError> {
            let mut command = git::command(directory);
            command.arg("rev-parse").args(what);
            let answer = git::run(command, &[]).map_err(|error| match error {
                GitError::Failed { said, .. } => RevisionError::NoRepository { directory: directory.to_owned(), said },
                GitError::Start { .. } => RevisionError::Git(error),
            })?;
            let line = answer.strip_suffix(b"\n").unwrap_or(&answer);
            Ok(directory.join(OsStr::from_bytes(line)))
        };
        let repository = Self {
            top: ask(&["--show-toplevel"])?,
            git_directory: ask(&["--absolute-git-dir"])?,
            objects: ask(&["--git-path", "objects"])?,
            scratch: scratch.to_owned(),
        };
        let own = repository.own_objects();
        std::fs::create_dir_all(&own).map_err(RevisionError::file("cannot make", &own))?;
        Ok(repository)
    }

    /// The working tree's root.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// The commit that `name` names.
    ///
    /// # Errors
    /// [`RevisionError::Unknown`] when it names none.
    pub fn revision(&self, name: &str) -> Result<Revision, RevisionError> {
        let resolved = |what: &str| {
            let verified = ["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{{what}}}")];
            self.ask(&verified).map_err(|_| RevisionError::Unknown { name: name.to_owned() })
        };
        Ok(Revision { name: name.to_owned(), commit: Some(resolved("commit")?), tree: resolved("tree")?, binary: None })
    }

    /// What is in the working tree now, with the files git does not know and does not ignore, and without `excluded`.
    ///
    /// # Errors
    /// [`RevisionError`] when git fails.
    pub fn working_tree(&self, excluded: &Path) -> Result<Revision, RevisionError> {
        let index = self.scratch.join("working-tree.index");
        let theirs = self.ask(&["rev-parse", "--git-path", "index"])?;
        let theirs = self.top.join(theirs);
        if theirs.is_file() {
            copy_with_time(&theirs, &index).map_err(RevisionError::file("cannot copy", &theirs))?;
        }
        let mut list = self.git(&index, &self.top);
        list.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        if let Ok(inside) = excluded.strip_prefix(&self.top) {
            list.arg(format!("--exclude=/{}", inside.display()));
        }
        let mut listed = git::run(list, &[])?;
        // A repository in the repository ends in a slash: it has no place in a tree.
        let files = listed.split_inclusive(|&byte| byte == 0).filter(|name| !name.ends_with(b"/\0"));
        listed = files.flatten().copied().collect();
        let mut update = self.git(&index, &self.top);
        update.args(["update-index", "-z", "--add", "--remove", "--stdin"]);
        git::run(update, &listed)?;
        let mut write = self.git(&index, &self.top);
        write.arg("write-tree");
        let tree = text(git::run(write, &[])?);
        let _ = std::fs::remove_file(&index);
        let head = self.revision("HEAD").ok().filter(|head| head.tree == tree);
        Ok(Revision { name: WORKING_TREE.to_owned(), commit: head.and_then(|head| head.commit), tree, binary: None })
    }

    /// Makes `source` hold exactly the files of `revision`; `index` remembers what is there for the next time.
    ///
    /// # Errors
    /// [`RevisionError`] when git fails or a file can't be written.
    pub fn check_out(&self, revision: &Revision, source: &Path, index: &Path) -> Result<(), RevisionError> {
        std::fs::create_dir_all(source).map_err(RevisionError::file("cannot make", source))?;
        let mut read = self.git(index, source);
        read.args(["read-tree", "--reset", "-u", &revision.tree]);
        git::run(read, &[])?;
        // Whatever the tree does not have is left of a run that was killed.
        let mut list = self.git(index, source);
        list.args(["ls-files", "-z", "--others"]);
        for name in git::run(list, &[])?.split(|&byte| byte == 0).filter(|name| !name.is_empty()) {
            let stray = source.join(OsStr::from_bytes(name));
            let removed = if stray.is_dir() { std::fs::remove_dir_all(&stray) } else { std::fs::remove_file(&stray) };
            removed.map_err(RevisionError::file("cannot remove", &stray))?;
        }
        Ok(())
    }

    fn own_objects(&self) -> PathBuf {
        self.scratch.join("objects")
    }

    fn ask(&self, arguments: &[&str]) -> Result<String, RevisionError> {
        let mut command = git::command(&self.top);
        command.args(arguments);
        Ok(text(git::run(command, &[])?))
    }

    /// Git on this repository with the files of `work_tree`, known to `index`. New objects go into our own folder.
    fn git(&self, index: &Path, work_tree: &Path) -> Command {
        let mut command = git::command(work_tree);
        // What turns a file's content into git's is set by the user, such as the filter of LFS.
        command.env_remove("GIT_CONFIG_NOSYSTEM").env_remove("GIT_CONFIG_GLOBAL");
        command.env("GIT_DIR", &self.git_directory).env("GIT_WORK_TREE", work_tree).env("GIT_INDEX_FILE", index);
        command.env("GIT_OBJECT_DIRECTORY", self.own_objects());
        command.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", &self.objects);
        command.args(["-c", "core.sparseCheckout=false", "-c", "core.fsmonitor=false", "-c", "core.splitIndex=false"]);
        command
    }
}

/// Copies an index together with its time: git looks at the content only of files that are no older than the index, so that a
/// younger copy would hide a change of the same size in the moment in which the index was written.
fn copy_with_time(from: &Path, to: &Path) -> std::io::Result<()> {
    let modified = std::fs::metadata(from)?.modified()?;
    std::fs::copy(from, to)?;
    std::fs::File::options().write(true).open(to)?.set_modified(modified)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

#[cfg(test)]
#[path = "revisions_tests.rs"]
mod tests;
