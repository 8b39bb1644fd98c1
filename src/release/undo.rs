//! Takes a release back that the remote didn't take: tags and branch first, then files, each only where it is still as the
//! release put it.

use super::ReleaseError;
use super::carry_out::{Direction, move_files};
use super::git::Git;
use super::journal::{Journal, Stage};
use super::lock::Lock;
use super::refs::{self, Move};
use super::stale_locks;

/// Takes the journal's release back and removes the journal. Returns the files that somebody else changed in the meantime.
///
/// # Errors
/// When git refuses or a file can't be written; the next run goes on.
pub(super) fn undo(git: &Git, lock: &Lock, journal: &mut Journal, resumed: bool) -> Result<Vec<String>, ReleaseError> {
    if journal.stage != Stage::Back {
        journal.stage = Stage::Back;
        journal.write(git)?;
    }
    if resumed {
        stale_locks::remove(git, journal)?;
    }
    let now = refs::read(git, journal.refs.iter().map(|change| change.name.as_str()))?;
    let placed = journal.refs.iter().filter(|change| now.get(&change.name) == Some(&change.after));
    let moves: Vec<Move<'_>> = placed
        .map(|change| Move { name: &change.name, from: Some(&change.after), to: change.before.as_deref() })
        .collect();
    refs::transaction(git, lock, &moves, "relplan release: taken back")?;
    let kept = move_files(git, lock, &journal.files, Direction::Back)?;
    Journal::remove(git)?;
    Ok(kept)
}
