//! What keeps a release from being begun: work that isn't committed, an operation of git's that isn't finished.

use super::ReleaseError;
use super::git::Git;
use super::writes::{Before, Writes};

/// What git leaves in its directory while it is in the middle of something.
const IN_PROGRESS: [(&str, &str); 6] = [
    ("MERGE_HEAD", "merge"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
    ("rebase-merge", "rebase"),
    ("rebase-apply", "rebase"),
    ("BISECT_START", "bisection"),
];

/// Refuses a work tree in which something is going on, or in which tracked files have changes. Untracked files are no
/// hindrance: a release neither commits nor changes them.
///
/// # Errors
/// Naming what is going on, or the files.
pub(super) fn refuse_unfinished_work(git: &Git) -> Result<(), ReleaseError> {
    if let Some((_, what)) = IN_PROGRESS.iter().find(|(name, _)| git.git_dir().join(name).exists()) {
        return Err(ReleaseError::InProgress { what });
    }
    match changed_files(git)? {
        files if files.is_empty() => Ok(()),
        files => Err(ReleaseError::Dirty { files }),
    }
}

/// Tracked files that differ from HEAD, in the work tree or in the index, as `git status --short` lists them.
///
/// # Errors
/// When git can't tell.
pub(super) fn changed_files(git: &Git) -> Result<Vec<String>, ReleaseError> {
    let status = ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=no"];
    let listed = git.run(&status, &[])?;
    Ok(String::from_utf8_lossy(&listed).split('\0').filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// Refuses files that a release would write although git doesn't know what is in them: those that are there and in no commit,
/// and those of a submodule. `committed` says whether HEAD has a file.
///
/// # Errors
/// Naming the first such file.
pub(super) fn refuse_unknown_files(
    writes: &Writes<'_>,
    committed: impl Fn(&str) -> Option<String>,
) -> Result<(), ReleaseError> {
    for (path, Before { content, .. }, _) in writes.files() {
        let problem = |problem: &str| ReleaseError::Path { path: path.to_owned(), problem: problem.to_owned() };
        let parents = path.match_indices('/').map(|(end, _)| &path[..end]);
        for parent in parents {
            match committed(parent).as_deref() {
                Some("160000") => return Err(problem(&format!("lies in the submodule {parent}; release it there"))),
                Some("120000") => return Err(problem(&format!("lies below {parent}, which is a link for git"))),
                _ => {}
            }
        }
        match (committed(path).as_deref(), content) {
            (None, Some(_)) => {
                return Err(problem(
                    "is not tracked by git, so that a release would write over what is nowhere else; \
                                    commit it first",
                ));
            }
            (Some(mode), _) if !mode.starts_with("100") => return Err(problem("is no ordinary file for git")),
            _ => {}
        }
    }
    Ok(())
}
