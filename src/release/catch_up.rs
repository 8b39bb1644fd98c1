//! After the remote was faster: brings the branch to where the remote has it, so that the release is planned anew.

use super::ReleaseError;
use super::git::Git;
use super::journal::Journal;
use super::lock::Lock;

/// Fetches, and moves the branch forward.
///
/// # Errors
/// When the remote can't be read, or the branches have parted.
pub(super) fn catch_up(git: &Git, _lock: &Lock, journal: &Journal) -> Result<(), ReleaseError> {
    let Some(push) = &journal.push else { return Ok(()) };
    let branch = &journal.outcome.branch;
    git.run(&["fetch", "--quiet", "--tags", "--", &push.remote, &format!("refs/heads/{branch}")], &[])?;
    let theirs = git.line(&["rev-parse", "--verify", "FETCH_HEAD^{commit}"], &[])?;
    if git.is_ancestor(&theirs, "HEAD") {
        return Ok(());
    }
    if !git.is_ancestor("HEAD", &theirs) {
        return Err(ReleaseError::Parted { branch: branch.clone(), remote: push.remote.clone() });
    }
    git.run(&["merge", "--quiet", "--ff-only", &theirs], &[]).map(drop)
}
