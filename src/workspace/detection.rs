//! What there is to plan where nothing is configured.

use std::path::Path;

use super::WorkspaceError;
use crate::config::{self, Dialect, LoadedConfig};
use crate::history::{self, Repository};
use crate::init;

/// The configuration that is found in the root or named by `explicit`, else the one package that the root's version files or
/// the tags make.
///
/// # Errors
/// When the configuration or the tags can't be read.
pub(crate) fn load(repository: &Repository, explicit: Option<&Path>) -> Result<LoadedConfig, WorkspaceError> {
    let mut loaded = config::load(repository.root(), explicit)?;
    if loaded.dialect == Dialect::Detected {
        let name = init::repository_name(repository);
        let detected = init::detect(repository.root(), &name, &history::tag_names(repository)?);
        loaded.config = detected.config;
        loaded.warnings.extend(detected.warnings);
    }
    Ok(loaded)
}
