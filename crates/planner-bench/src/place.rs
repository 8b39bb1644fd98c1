//! A copy of a repository in which one tool can plan: its configuration, its tags, its remote, its API.

use std::path::{Path, PathBuf};
use std::{fs, io};

use host::copy;
use thiserror::Error;

use super::github::hosted::HostedError;
use super::github::{Hosted, Server};
use super::setup::Setup;
use super::shape::{Shape, ShapeError};

/// Why a tool can't be given its place.
#[derive(Debug, Error)]
pub enum PlaceError {
    /// A file or folder.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// git refused.
    #[error("in {}: {source}", directory.display())]
    Git {
        /// Where.
        directory: PathBuf,
        /// What it said.
        source: host::git::GitError,
    },
    /// The repository can't be served.
    #[error(transparent)]
    Hosted(#[from] HostedError),
    /// The repository has another shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
}

/// Where a tool runs.
#[derive(Debug)]
pub struct WorkingCopy {
    /// The copy of the repository.
    pub directory: PathBuf,
    /// The API, where it needs one.
    pub api: Option<Server>,
}

fn file_error(path: &Path) -> impl FnOnce(io::Error) -> PlaceError {
    let path = path.to_owned();
    move |source| PlaceError::File { path, source }
}

/// What the repository at `directory` holds.
///
/// # Errors
/// [`PlaceError`] when it can't be read or the tools can't be configured for it.
pub fn shape(name: &str, directory: &Path) -> Result<Shape, PlaceError> {
    let file = directory.join("ferrflow.json");
    let configuration = fs::read_to_string(&file).map_err(file_error(&file))?;
    let tags = git(directory, &["tag", "--list"])?;
    let commits = git(directory, &["rev-list", "--count", "HEAD"])?;
    let tags: Vec<&str> = tags.lines().collect();
    Ok(Shape::new(name, &configuration, &tags, commits.trim().parse().unwrap_or(0))?)
}

/// Copies `repository` to `directory` and gives it what `setup` says. `modules` is linked as its `node_modules`.
///
/// # Errors
/// [`PlaceError`] for the first thing that can't be done.
pub fn make(
    repository: &Path,
    directory: &Path,
    setup: &Setup,
    modules: Option<&Path>,
) -> Result<WorkingCopy, PlaceError> {
    copy::tree(repository, directory).map_err(file_error(directory))?;
    let origin = directory.with_extension("origin.git");
    let mut excluded = String::new();
    for (path, content) in &setup.files {
        excluded.push_str(&format!("/{path}\n"));
        write(&directory.join(path), &content.replace("{origin}", &origin.to_string_lossy()))?;
    }
    if let Some(modules) = modules {
        let link = directory.join("node_modules");
        std::os::unix::fs::symlink(modules, &link).map_err(file_error(&link))?;
        excluded.push_str("/node_modules\n");
    }
    write(&directory.join(".git/info/exclude"), &excluded)?;
    if setup.recovers_missed_releases {
        recover_missed_releases(&directory.join("ferrflow.json"))?;
    }
    for (tag, beside) in &setup.tags {
        git(directory, &["tag", tag, &format!("{beside}^{{}}")])?;
    }
    // Tags by the hundred lie in one file in a repository that is cloned; the copy must not be slower than that.
    git(directory, &["pack-refs", "--all"])?;
    // The copies have other times than the index remembers; every tool would have to look into each file again.
    git(directory, &["status", "--short"])?;
    if setup.has_origin {
        let (from, to) = (directory.to_string_lossy(), origin.to_string_lossy());
        git(directory, &["clone", "--quiet", "--bare", &from, &to])?;
        git(directory, &["remote", "add", "origin", &to])?;
    }
    let hosted = setup.api_files.as_ref().map(|files| Hosted::read(directory, files)).transpose()?;
    let api = hosted.map(Server::start).transpose().map_err(file_error(directory))?;
    Ok(WorkingCopy { directory: directory.to_owned(), api })
}

fn write(path: &Path, content: &str) -> Result<(), PlaceError> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).map_err(file_error(parent))?;
    fs::write(path, content).map_err(file_error(path))
}

fn recover_missed_releases(file: &Path) -> Result<(), PlaceError> {
    let text = fs::read_to_string(file).map_err(file_error(file))?;
    let mut configuration: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| file_error(file)(error.into()))?;
    configuration["workspace"]["recoverMissedReleases"] = true.into();
    fs::write(file, format!("{configuration:#}\n")).map_err(file_error(file))
}

fn git(directory: &Path, args: &[&str]) -> Result<String, PlaceError> {
    let answer = host::git::output(directory, args);
    let answer = answer.map_err(|source| PlaceError::Git { directory: directory.to_owned(), source })?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
