//! Makes the journal come true: refs, files, index. Every step looks at what is there first, so that doing it again does
//! nothing, and whatever was changed by somebody else in the meantime stays as it is.

use super::ReleaseError;
use super::git::Git;
use super::journal::{Entry, FileChange, Journal};
use super::lock::Lock;
use super::refs::{self, Move, Position};
use super::stale_locks;

/// How far the refs of a release let it be finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refs {
    /// They are where the release wants them.
    Moved,
    /// One went somewhere else: the release can't be finished.
    Elsewhere,
}

/// Which way a release goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Back,
}

/// Moves branch and tags to where the release has them. With `resumed`, lock files of a killed run are cleared away.
///
/// `only_branches` leaves the tags for later, because a hook runs between the commit and its tags.
///
/// # Errors
/// When git refuses.
pub(super) fn move_refs(
    git: &Git,
    lock: &Lock,
    journal: &Journal,
    resumed: bool,
    only_branches: bool,
) -> Result<Refs, ReleaseError> {
    if resumed {
        stale_locks::remove(git, journal)?;
    }
    let now = refs::read(git, journal.refs.iter().map(|change| change.name.as_str()))?;
    let mut moves = Vec::new();
    for change in &journal.refs {
        match refs::position(git, change, &now) {
            Position::After | Position::Beyond => {}
            Position::Elsewhere => return Ok(Refs::Elsewhere),
            Position::Before if only_branches && change.name.starts_with("refs/tags/") => {}
            Position::Before => {
                moves.push(Move { name: &change.name, from: change.before.as_deref(), to: Some(&change.after) })
            }
        }
    }
    refs::transaction(git, lock, &moves, "relplan release")?;
    Ok(Refs::Moved)
}

/// Brings files and index to where they belong, and returns what was changed by somebody else and therefore stays.
///
/// # Errors
/// When a file or the index can't be written.
pub(super) fn move_files(
    git: &Git,
    lock: &Lock,
    files: &[FileChange],
    direction: Direction,
) -> Result<Vec<String>, ReleaseError> {
    let mut kept = Vec::new();
    for file in files {
        let moved = match direction {
            Direction::Forward => file.apply(git)?,
            Direction::Back => file.revert(git)?,
        };
        if !moved {
            kept.push(file.path.clone());
        }
    }
    move_index(git, lock, files, direction)?;
    Ok(kept)
}

/// Puts the index where the commit has it. What was staged by somebody else in the meantime stays staged.
fn move_index(git: &Git, lock: &Lock, files: &[FileChange], direction: Direction) -> Result<(), ReleaseError> {
    let committed = |file: &&FileChange| file.committed != file.release;
    let files: Vec<&FileChange> = files.iter().filter(committed).collect();
    if files.is_empty() {
        return Ok(());
    }
    let staged = staged(git, &files)?;
    let mut entries = Vec::new();
    let mut left_out = Vec::new();
    for (file, staged) in files.iter().zip(staged) {
        let (from, to) = match direction {
            Direction::Forward => (&file.committed, &file.release),
            Direction::Back => (&file.release, &file.committed),
        };
        if staged == *from {
            entries.extend(index_line(&file.path, to.as_ref(), from.as_ref()));
            left_out.extend(file.left_out.then_some(file.path.as_str()));
        }
    }
    if !entries.is_empty() {
        lock.shared_with_children(|| git.run(&["update-index", "-z", "--index-info"], &entries))?;
    }
    if !left_out.is_empty() {
        let arguments: Vec<&str> = ["update-index", "--skip-worktree", "--"].into_iter().chain(left_out).collect();
        lock.shared_with_children(|| git.run(&arguments, &[]))?;
    }
    // So that the next `git status` need not read the files again. It fails where a file was changed, which is no failure.
    let _ = lock.shared_with_children(|| git.run(&["update-index", "-q", "--refresh"], &[]));
    Ok(())
}

fn index_line(path: &str, entry: Option<&Entry>, before: Option<&Entry>) -> Vec<u8> {
    let line = match entry {
        Some(entry) => format!("{} {}\t{path}\0", entry.mode, entry.blob),
        None => format!("0 {}\t{path}\0", "0".repeat(before.map_or(0, |before| before.blob.len()))),
    };
    line.into_bytes()
}

/// What the index has of each file.
fn staged(git: &Git, files: &[&FileChange]) -> Result<Vec<Option<Entry>>, ReleaseError> {
    let paths = files.iter().map(|file| file.path.as_str());
    let arguments: Vec<&str> = ["ls-files", "--stage", "-z", "--"].into_iter().chain(paths).collect();
    let listed = git.run(&arguments, &[])?;
    let listed = String::from_utf8_lossy(&listed).into_owned();
    let of_path = |file: &&FileChange| {
        listed.split('\0').find_map(|line| {
            let (entry, path) = line.split_once('\t')?;
            let mut words = entry.split(' ');
            let (mode, blob) = (words.next()?, words.next()?);
            (path == file.path).then(|| Entry { mode: mode.to_owned(), blob: blob.to_owned() })
        })
    };
    Ok(files.iter().map(of_path).collect())
}
