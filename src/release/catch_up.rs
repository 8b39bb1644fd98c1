//! After the remote was faster: brings the branch to where the remote has it, so that the release is planned anew.

use super::ReleaseError;
use super::git::Git;
use super::journal::Journal;
use super::lock::Lock;

/// Fetches, and moves the branch forward.
///
/// Git's own `merge` does that, because it writes files with all filters and attributes, and stops before a local change or an
/// untracked file that would be lost. Its hooks are off, and it neither stashes nor squashes whatever the configuration says.
///
/// # Errors
/// When the remote can't be read, or the branches have parted.
pub(super) fn catch_up(git: &Git, _lock: &Lock, journal: &Journal) -> Result<(), ReleaseError> {
    let Some(push) = &journal.push else { return Ok(()) };
    let branch = &journal.outcome.branch;
    git.run(
        &["fetch", "--quiet", "--tags", "--no-recurse-submodules", "--", &push.remote, &format!("refs/heads/{branch}")],
        &[],
    )?;
    let theirs = git.line(&["rev-parse", "--verify", "FETCH_HEAD^{commit}"], &[])?;
    if git.is_ancestor(&theirs, "HEAD") {
        return Ok(());
    }
    if !git.is_ancestor("HEAD", &theirs) {
        return Err(ReleaseError::Parted { branch: branch.clone(), remote: push.remote.clone() });
    }
    git.run(&["merge", "--quiet", "--ff-only", "--no-squash", "--no-autostash", &theirs], &[]).map(drop)
}
