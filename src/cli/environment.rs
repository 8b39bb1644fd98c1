//! Where a command runs and what it starts from: the directory, the workspace around it, and what the environment says.

use std::env;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::arguments::GlobalArguments;
use super::failure::CommandError;
use super::messages;
use crate::workspace::{OpenOptions, Workspace};

/// Opens the workspace around the directory that was asked for.
///
/// # Errors
/// When the directory, the repository or its configuration can't be used.
pub fn open(global: &GlobalArguments) -> Result<Workspace, CommandError> {
    enter(global)?;
    let jobs = match global.jobs {
        Some(jobs) => Some(jobs),
        None => jobs_of_ferrflow()?,
    };
    Ok(Workspace::open_with(".".as_ref(), &OpenOptions { config: configuration(global), jobs })?)
}

/// Refuses a workspace without packages.
///
/// # Errors
/// [`CommandError::NoPackages`].
pub fn require_packages(workspace: &Workspace) -> Result<(), CommandError> {
    match workspace.config().package.is_empty() {
        true => Err(CommandError::NoPackages { file: workspace.config_file().map(str::to_owned) }),
        false => Ok(()),
    }
}

/// As [`require_packages`], for commands that have not said what is odd about the repository before.
///
/// # Errors
/// [`CommandError::NoPackages`].
pub fn require_packages_at_first(workspace: &Workspace) -> Result<(), CommandError> {
    let required = require_packages(workspace);
    if required.is_err() {
        messages::write_warnings(workspace.warnings().iter().chain(&workspace.no_commit_warning()))?;
    }
    required
}

/// Makes the directory that was asked for the process's own.
///
/// # Errors
/// When it can't be entered.
pub fn enter(global: &GlobalArguments) -> Result<(), CommandError> {
    // Entered rather than joined to every path: what follows is the same wherever the repository lies.
    let Some(directory) = global.directory.as_ref().filter(|directory| directory.as_os_str() != ".") else {
        return Ok(());
    };
    env::set_current_dir(directory).map_err(|source| CommandError::Directory { directory: directory.clone(), source })
}

/// The configuration named on the command line or in the environment, under relplan's name or FerrFlow's.
pub fn configuration(global: &GlobalArguments) -> Option<PathBuf> {
    let of_ferrflow = || env::var_os("FERRFLOW_CONFIG").filter(|value| !value.is_empty()).map(PathBuf::from);
    global.config.clone().or_else(of_ferrflow)
}

/// The number of threads that FerrFlow's variable asks for.
fn jobs_of_ferrflow() -> Result<Option<NonZeroUsize>, CommandError> {
    let Some(value) = env::var_os("FERRFLOW_JOBS").filter(|value| !value.is_empty()) else { return Ok(None) };
    let value = value.to_string_lossy();
    match value.parse() {
        Ok(jobs) => Ok(Some(jobs)),
        Err(_) => Err(CommandError::InvalidJobs { value: value.into_owned() }),
    }
}
