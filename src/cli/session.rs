//! What every command starts from: the repository, its configuration, and the thread count.

use std::env;
use std::num::NonZeroUsize;
use std::thread;

use super::arguments::GlobalArguments;
use super::failure::CommandError;
use crate::config::{self, LoadedConfig};
use crate::history::Repository;

/// An opened repository with its configuration.
pub struct Session {
    /// The repository.
    pub repository: Repository,
    /// Its configuration.
    pub loaded: LoadedConfig,
    /// Threads to read the history with.
    pub jobs: NonZeroUsize,
}

impl Session {
    /// Opens the repository around the directory that was asked for.
    ///
    /// # Errors
    /// When the directory, the repository or its configuration can't be used.
    pub fn start(global: &GlobalArguments) -> Result<Self, CommandError> {
        // Entered rather than joined to every path: what follows is the same wherever the repository lies.
        if global.directory.as_os_str() != "." {
            env::set_current_dir(&global.directory)
                .map_err(|source| CommandError::Directory { directory: global.directory.clone(), source })?;
        }
        let repository = Repository::discover(".".as_ref())?;
        let loaded = config::load(repository.root(), global.config.as_deref())?;
        let jobs = global.jobs.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
        Ok(Self { repository, loaded, jobs })
    }

    /// Tells what is odd about the configuration, on standard error.
    ///
    /// # Errors
    /// When standard error can't be written.
    pub fn tell_warnings(&self, further: &[String]) -> Result<(), CommandError> {
        super::tell(|out| self.loaded.warnings.iter().chain(further).try_for_each(|warning| writeln!(out, "{warning}")))
    }
}
