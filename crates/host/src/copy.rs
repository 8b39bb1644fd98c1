//! A fresh copy of the inputs, the same in everything a program can see: order of creation, modes and times.

use std::fs::{File, FileTimes};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The time every copied file has: 2001-09-09, a number that no program takes for zero or for now.
const SECONDS: u64 = 1_000_000_000;

/// The order in which the entries of a folder are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By name.
    ByName,
    /// By name, the last one first.
    Reversed,
}

/// Copies the tree at `from` to `to`, which must not exist. Entries are made in the order of their names, so that a file
/// system that lists them as they were made gives one order. Links are copied as links.
///
/// # Errors
/// The system's, for the first file that can't be copied.
pub fn tree(from: &Path, to: &Path) -> io::Result<()> {
    tree_in_order(from, to, Order::ByName)
}

/// As [`tree`], with entries made in this `order`.
///
/// # Errors
/// The system's, for the first file that can't be copied.
pub fn tree_in_order(from: &Path, to: &Path, order: Order) -> io::Result<()> {
    let metadata = from.symlink_metadata()?;
    if metadata.is_symlink() {
        return symlink(std::fs::read_link(from)?, to);
    }
    if !metadata.is_dir() {
        std::fs::copy(from, to)?;
        let executable = metadata.permissions().mode() & 0o100 != 0;
        return settle(to, if executable { 0o755 } else { 0o644 });
    }
    std::fs::create_dir(to)?;
    let mut entries = sorted_entries(from)?;
    if order == Order::Reversed {
        entries.reverse();
    }
    for entry in entries {
        let name = entry.file_name().unwrap_or_default();
        tree_in_order(&entry, &to.join(name), order)?;
    }
    settle(to, 0o755)
}

/// Copies the program at `from` to `to`.
///
/// # Errors
/// The system's, when it can't be read or written.
pub fn executable(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::copy(from, to)?;
    settle(to, 0o755)
}

/// The entries of `directory`, ordered by name.
///
/// # Errors
/// The system's, when it can't be listed.
pub fn sorted_entries(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = directory.read_dir()?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

fn settle(path: &Path, mode: u32) -> io::Result<()> {
    let file = File::open(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(mode))?;
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(SECONDS);
    file.set_times(FileTimes::new().set_accessed(time).set_modified(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_has_fixed_modes_and_times() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let (from, to) = (directory.path().join("from"), directory.path().join("to"));
        std::fs::create_dir_all(from.join("deep")).expect("the directory is ours");
        std::fs::write(from.join("deep/file"), "text").expect("the directory is ours");
        symlink("deep/file", from.join("link")).expect("the directory is ours");
        tree(&from, &to).expect("everything is readable");
        let metadata = to.join("deep/file").metadata().expect("it was copied");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o644);
        let modified = metadata.modified().expect("the system keeps times");
        assert_eq!(modified, SystemTime::UNIX_EPOCH + Duration::from_secs(SECONDS));
        assert_eq!(std::fs::read_link(to.join("link")).expect("it is a link"), Path::new("deep/file"));
    }
}
