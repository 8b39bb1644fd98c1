//! Finds the repository that a directory belongs to, without leaving relative paths.
//!
//! Paths stay relative to the start directory (`.git`, `../.git`, …), so that a run does the same work wherever the
//! repository lies on disk.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::OpenError;
use super::environment::Environment;
use super::settings::{self, Settings};

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

/// Takes the repository that the environment names, else looks in `start` and then upwards.
pub(super) fn find(start: &Path, environment: &Environment) -> Result<(Layout, Settings), OpenError> {
    let found = match &environment.git_dir {
        Some(git_dir) => named(git_dir, start, environment)?,
        None => search(start, environment)?,
    };
    with_work_tree(found, environment)
}

/// What `GIT_DIR` names. Its work tree starts where the process is, unless something else is said.
fn named(git_dir: &Path, start: &Path, environment: &Environment) -> Result<Layout, OpenError> {
    let git_dir = if git_dir.is_file() {
        followed_git_file(git_dir.parent().unwrap_or(Path::new("")), git_dir)?
    } else {
        git_dir.to_owned()
    };
    match common_dir(&git_dir, environment)? {
        Some(common_dir) => Ok(Layout { root: first_directory(start)?, git_dir, common_dir }),
        None => Err(OpenError::NamedIsNone { path: git_dir }),
    }
}

fn search(start: &Path, environment: &Environment) -> Result<Layout, OpenError> {
    let mut directory = first_directory(start)?;
    loop {
        if let Some(layout) = at_work_tree(&directory, environment)? {
            return Ok(layout);
        }
        if let Some(common_dir) = bare_at(&directory, environment)? {
            return Ok(Layout { root: directory.clone(), git_dir: directory, common_dir });
        }
        directory = match above(&directory).filter(|parent| !is_ceiling(parent, environment)) {
            Some(parent) => parent,
            None => return Err(OpenError::NotARepository { start: start.to_owned() }),
        };
    }
}

/// Puts the work tree where the environment or the configuration says.
fn with_work_tree(found: Layout, environment: &Environment) -> Result<(Layout, Settings), OpenError> {
    let settings = settings::read(&found.git_dir, &found.common_dir)?;
    if let Some(root) = &environment.work_tree {
        return Ok((Layout { root: root.clone(), ..found }, settings));
    }
    if settings.bare {
        return Err(OpenError::Bare { path: without_dots(&found.git_dir) });
    }
    let layout = match settings.work_tree.as_ref().map(|path| found.git_dir.join(path)) {
        Some(root) if !root.is_dir() => return Err(OpenError::NoWorkTree { git_dir: found.git_dir, path: root }),
        // The shorter of two names, as in submodules, which say what is known already.
        Some(root) if !same_directory(&root, &found.root) => Layout { root, ..found },
        _ => found,
    };
    Ok((layout, settings))
}

fn is_ceiling(directory: &Path, environment: &Environment) -> bool {
    !environment.ceilings.is_empty()
        && environment.ceilings.iter().any(|ceiling| ceiling.is_dir() && same_directory(ceiling, directory))
}

/// A path as people write it: without `.` in it.
fn without_dots(path: &Path) -> PathBuf {
    let shorter: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    if shorter.as_os_str().is_empty() { path.to_owned() } else { shorter }
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
fn at_work_tree(directory: &Path, environment: &Environment) -> Result<Option<Layout>, OpenError> {
    let dot_git = if directory == Path::new(".") { PathBuf::from(".git") } else { directory.join(".git") };
    let git_dir = match fs::metadata(&dot_git) {
        Ok(metadata) if metadata.is_dir() => dot_git,
        Ok(_) => followed_git_file(directory, &dot_git)?,
        Err(_) => return Ok(None),
    };
    let common_dir = match common_dir(&git_dir, environment)? {
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
fn common_dir(git_dir: &Path, environment: &Environment) -> Result<Option<PathBuf>, OpenError> {
    if !is_present(&git_dir.join("HEAD")) {
        return Ok(None);
    }
    let pointer = git_dir.join("commondir");
    let common_dir = match fs::read_to_string(&pointer) {
        _ if environment.common_dir.is_some() => environment.common_dir.clone().expect("just looked at"),
        Ok(text) => git_dir.join(text.trim_end_matches(['\n', '\r'])),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => git_dir.to_owned(),
        Err(source) => return Err(OpenError::Read { path: pointer, source }),
    };
    let has_objects = environment.object_dir.as_ref().is_some_and(|directory| directory.is_dir())
        || common_dir.join("objects").is_dir();
    let complete = has_objects && common_dir.join("refs").is_dir();
    Ok(complete.then_some(common_dir))
}

/// HEAD may be a dangling symbolic link in repositories made by very old versions of git.
fn is_present(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// The shared part of `directory` if that is itself a repository without a work tree. Inside an ordinary `.git` directory the
/// answer is no, so that the search goes on to the work tree above it.
fn bare_at(directory: &Path, environment: &Environment) -> Result<Option<PathBuf>, OpenError> {
    match common_dir(directory, environment)? {
        Some(common_dir) => Ok(settings::read(directory, &common_dir)?.bare.then_some(common_dir)),
        None => Ok(None),
    }
}
