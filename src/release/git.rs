//! Git as a command, in the workspace's repository and with the user's configuration: their name, their signing key, their
//! way to the remote. Nothing that lies in the repository is run, so git's own hooks are off.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::ReleaseError;
use super::redact::redacted;
use crate::history::Repository;

/// Variables that would make git write somewhere else than where relplan reads.
const MISLEADING: [&str; 5] =
    ["GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_QUARANTINE_PATH", "GIT_INTERNAL_SUPER_PREFIX"];

/// What every call is told: to run nothing from the repository, to clean nothing up meanwhile, and to have what it wrote on
/// the disk before it says so.
const CONFIGURATION: [&str; 6] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "core.fsync=loose-object,reference",
    "core.quotePath=false",
];

/// One repository's git.
#[derive(Debug, Clone)]
pub(super) struct Git {
    root: PathBuf,
    git_dir: PathBuf,
    common_dir: PathBuf,
}

impl Git {
    /// The git of `repository`, with absolute paths.
    ///
    /// # Errors
    /// When one of its folders isn't there.
    pub(super) fn of(repository: &Repository) -> Result<Self, ReleaseError> {
        let absolute = |path: &Path| {
            path.canonicalize().map_err(|source| ReleaseError::Read { path: path.display().to_string(), source })
        };
        Ok(Self {
            root: absolute(repository.root())?,
            git_dir: absolute(repository.git_dir())?,
            common_dir: absolute(repository.common_dir())?,
        })
    }

    /// Top of the work tree.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// What belongs to this work tree alone.
    pub(super) fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// What all work trees share.
    pub(super) fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The folder of relplan's own, which `git` takes no notice of.
    pub(super) fn own_dir(&self) -> PathBuf {
        self.common_dir.join("relplan")
    }

    /// A command in the top of the work tree, streams and arguments left to the caller.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new("git");
        MISLEADING.iter().for_each(|name| {
            command.env_remove(name);
        });
        command.current_dir(&self.root).env("GIT_DIR", &self.git_dir).env("GIT_WORK_TREE", &self.root);
        command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_LITERAL_PATHSPECS", "1");
        for setting in CONFIGURATION {
            command.args(["-c", setting]);
        }
        command
    }

    /// What git prints, given `input`.
    ///
    /// # Errors
    /// When it can't be started, or fails.
    pub(super) fn run(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, ReleaseError> {
        let mut command = self.command();
        command.args(arguments);
        output(command, arguments, input)
    }

    /// The one line that git prints.
    ///
    /// # Errors
    /// When it can't be started, or fails.
    pub(super) fn line(&self, arguments: &[&str], input: &[u8]) -> Result<String, ReleaseError> {
        let printed = self.run(arguments, input)?;
        Ok(String::from_utf8_lossy(&printed).trim_end().to_owned())
    }

    /// Whether `commit` is `descendant` or reachable from it. A commit that isn't there is no ancestor.
    pub(super) fn is_ancestor(&self, commit: &str, descendant: &str) -> bool {
        self.run(&["merge-base", "--is-ancestor", commit, descendant], &[]).is_ok()
    }

    /// As [`Self::line`] for a question whose answer may be no: `None` where git fails or prints nothing.
    pub(super) fn ask(&self, arguments: &[&str]) -> Option<String> {
        self.line(arguments, &[]).ok().filter(|line| !line.is_empty())
    }
}

/// What `command` prints, given `input`; `arguments` are what a failure calls it by.
///
/// # Errors
/// When it can't be started, or fails.
pub(super) fn output(mut command: Command, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, ReleaseError> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|source| ReleaseError::NoGit { source })?;
    let mut stdin =
        child.stdin.take().ok_or_else(|| ReleaseError::NoGit { source: io::ErrorKind::BrokenPipe.into() })?;
    let output = std::thread::scope(|scope| {
        // On a thread of its own, because git answers while it still reads. One that stops reading has failed, and says why.
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output()
    });
    let output = output.map_err(|source| ReleaseError::NoGit { source })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = redacted(String::from_utf8_lossy(&output.stderr).trim());
    let said = if said.is_empty() { output.status.to_string() } else { said };
    Err(ReleaseError::Git { command: arguments.first().copied().unwrap_or_default().to_owned(), said })
}
