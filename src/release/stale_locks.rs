//! Lock files that a killed git left behind. Git never removes another one's locks, because it can't know whose they are;
//! here that can be known.
//!
//! Whoever holds the release's lock knows that no git of an earlier run is alive. A lock file of a ref that the journal names,
//! made after the journal was written, empty or with exactly the value that the journal wants, is what such a git left. Any
//! other git holds its locks for milliseconds, so what changes while we look is not ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use super::ReleaseError;
use super::git::Git;
use super::journal::Journal;

/// Longer than any git holds a ref's lock.
const PATIENCE: Duration = Duration::from_millis(250);

/// Removes the lock files that a killed run of this journal's release left.
///
/// # Errors
/// When one can't be removed.
pub(super) fn remove(git: &Git, journal: &Journal) -> Result<(), ReleaseError> {
    let begun = modified(&git.own_dir().join("release.json"));
    let left = |lock: &PathBuf| is_of_release(lock, journal) && modified(lock) >= begun;
    let seen: Vec<(PathBuf, Option<SystemTime>)> =
        candidates(git, journal).into_iter().filter(left).map(|lock| (lock.clone(), modified(&lock))).collect();
    if seen.is_empty() {
        return Ok(());
    }
    thread::sleep(PATIENCE);
    for (lock, time) in seen {
        if modified(&lock) == time && is_of_release(&lock, journal) {
            let failed = |source| ReleaseError::Write { path: lock.display().to_string(), source };
            fs::remove_file(&lock).map_err(failed)?;
        }
    }
    Ok(())
}

fn candidates(git: &Git, journal: &Journal) -> Vec<PathBuf> {
    let (own, common) = (git.git_dir(), git.common_dir());
    let refs = journal.refs.iter().map(|change| common.join(format!("{}.lock", change.name)));
    let fixed = ["packed-refs.lock", "packed-refs.new", "reftable/tables.list.lock", "refs/stash.lock"]
        .map(|name| common.join(name));
    let of_work_tree = ["HEAD.lock", "index.lock"].map(|name| own.join(name));
    refs.chain(fixed).chain(of_work_tree).filter(|lock| lock.is_file()).collect()
}

/// Whether what the lock file holds can be the release's: those of refs say what the ref shall become.
fn is_of_release(lock: &Path, journal: &Journal) -> bool {
    let is_of_ref = journal.refs.iter().any(|change| lock.ends_with(format!("{}.lock", change.name)));
    if !is_of_ref && !lock.ends_with("HEAD.lock") {
        return true;
    }
    let Ok(text) = fs::read_to_string(lock) else { return false };
    let wanted = |change: &super::journal::RefChange| {
        [Some(&change.after), change.before.as_ref()].into_iter().flatten().any(|id| id.starts_with(text.trim_end()))
    };
    journal.refs.iter().any(wanted)
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}
