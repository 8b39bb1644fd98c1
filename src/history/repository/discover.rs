//! Finds the repository that a directory belongs to, without leaving relative paths.
//!
//! Paths stay relative to the start directory (`.git`, `../.git`, …), so that a run does the same work wherever the
//! repository lies on disk.

use std::fs;
use std::path::{Path, PathBuf};

use super::OpenError;

/// Where a repository keeps its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// Top of the work tree.
    pub(super) root: PathBuf,
    /// What belongs to this work tree alone: `HEAD`.
    pub(super) git_dir: PathBuf,
    /// What all work trees share: objects, tags, configuration. The same as `git_dir` in an ordinary repository.
    pub(super) common_dir: PathBuf,
}

/// Looks in `start` and then upwards.
pub(super) fn find(start: &Path) -> Result<Layout, OpenError> {
    let mut directory = first_directory(start)?;
    loop {
        if let Some(layout) = at_work_tree(&directory)? {
            return Ok(layout);
        }
        if is_bare(&directory)? {
            return Err(OpenError::Bare { path: directory });
        }
        directory = match above(&directory) {
            Some(parent) => parent,
            None => return Err(OpenError::NotARepository { start: start.to_owned() }),
        };
    }
}

fn first_directory(start: &Path) -> Result<PathBuf, OpenError> {
    if start.is_absolute() {
        fs::canonicalize(start).map_err(|source| OpenError::Read { path: start.to_owned(), source })
    } else if start.as_os_str().is_empty() {
        Ok(PathBuf::from("."))
    } else {
        Ok(start.to_owned())
    }
}

/// The directory above, `None` at the top of the file system.
fn above(directory: &Path) -> Option<PathBuf> {
    if directory.is_absolute() {
        return directory.parent().map(Path::to_owned);
    }
    let parent = if directory == Path::new(".") { PathBuf::from("..") } else { directory.join("..") };
    (!same_directory(directory, &parent)).then_some(parent)
}

#[cfg(unix)]
fn same_directory(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => true,
    }
}

#[cfg(not(unix))]
fn same_directory(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => true,
    }
}

/// The repository whose work tree starts at `directory`: it holds `.git`, a directory or a file that points to one.
fn at_work_tree(directory: &Path) -> Result<Option<Layout>, OpenError> {
    let dot_git = if directory == Path::new(".") { PathBuf::from(".git") } else { directory.join(".git") };
    let git_dir = match fs::metadata(&dot_git) {
        Ok(metadata) if metadata.is_dir() => dot_git,
        Ok(_) => followed_git_file(directory, &dot_git)?,
        Err(_) => return Ok(None),
    };
    let common_dir = match common_dir(&git_dir)? {
        Some(common_dir) => common_dir,
        None => return Ok(None),
    };
    Ok(Some(Layout { root: directory.to_owned(), git_dir, common_dir }))
}

/// Follows `gitdir: PATH`, as linked work trees and submodules have it.
fn followed_git_file(directory: &Path, file: &Path) -> Result<PathBuf, OpenError> {
    let text = fs::read_to_string(file).map_err(|source| OpenError::Read { path: file.to_owned(), source })?;
    let target = text.strip_prefix("gitdir:").map(|target| directory.join(target.trim()));
    match target {
        Some(target) if target.is_dir() => Ok(target),
        _ => Err(OpenError::DanglingGitFile { path: file.to_owned(), content: text.trim().to_owned() }),
    }
}

/// The directory shared by all work trees, `None` if `git_dir` is no repository.
fn common_dir(git_dir: &Path) -> Result<Option<PathBuf>, OpenError> {
    if !is_present(&git_dir.join("HEAD")) {
        return Ok(None);
    }
    let pointer = git_dir.join("commondir");
    let common_dir = match fs::read_to_string(&pointer) {
        Ok(text) => git_dir.join(text.trim_end_matches(['\n', '\r'])),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => git_dir.to_owned(),
        Err(source) => return Err(OpenError::Read { path: pointer, source }),
    };
    let complete = common_dir.join("objects").is_dir() && common_dir.join("refs").is_dir();
    Ok(complete.then_some(common_dir))
}

/// HEAD may be a dangling symbolic link in repositories made by very old versions of git.
fn is_present(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether `directory` is itself a repository without a work tree. Inside an ordinary `.git` directory the answer is no,
/// so that the search goes on to the work tree above it.
fn is_bare(directory: &Path) -> Result<bool, OpenError> {
    match common_dir(directory)? {
        Some(common_dir) => Ok(super::settings::read(directory, &common_dir)?.bare),
        None => Ok(false),
    }
}
