//! Configuration: where it is found, how it is read, and what it says.

mod check;
mod discovery;
mod error;
mod include;
mod json_schema;
mod locate;
mod model;
mod nearest;
mod node;
mod path;
mod schema;
mod shared_path;
mod source;
mod validate;

use std::path::Path;

use serde::Deserialize;

pub(crate) use discovery::existing;
pub use error::{ConfigError, Location, Position};
pub(crate) use json_schema::{config_schema, package_schema};
pub use model::*;
pub(crate) use nearest::nearest_name;
pub(crate) use shared_path::SharedPattern;

use path::KeyPath;
use source::Source;

use crate::compatibility::Compatibility;

/// Whose rules a configuration is read by, where they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// A file of FerrFlow's: answers are the ones FerrFlow would give.
    FerrFlow,
    /// A file of relplan's own.
    Relplan,
    /// No file; the packages were found by their version files.
    Detected,
}

/// A configuration, and how it was come by.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedConfig {
    /// What it says.
    pub config: Config,
    /// Whose rules it is read by.
    pub dialect: Dialect,
    /// Those rules, one by one.
    pub(crate) compatibility: Compatibility,
    /// The file, relative to the repository's root where it is inside; `None` when there is none.
    pub file: Option<String>,
    /// Warnings to print, one a line.
    pub warnings: Vec<String>,
}

impl LoadedConfig {
    fn new(mut config: Config, dialect: Dialect, file: Option<String>, warnings: Vec<String>) -> Self {
        let compatibility = Compatibility::of(dialect, &config.workspace);
        if compatibility.dependents_move_by_a_patch {
            propagate_as_patches(&mut config);
        }
        config.workspace.linked_moves_all = compatibility.linked_moves_all;
        Self { config, dialect, compatibility, file, warnings }
    }
}

/// Reads the configuration of the repository at `root`: the file `explicit` (relative to `root`), else the one file
/// with a known name there. Where there is none, nothing is configured, and the caller looks for packages.
pub fn load(root: &Path, explicit: Option<&Path>) -> Result<LoadedConfig, ConfigError> {
    let Some(path) = discovery::find(root, explicit)? else {
        return Ok(LoadedConfig::new(Config::default(), Dialect::Detected, None, Vec::new()));
    };
    let source = Source::read(root, &path)?;
    let mut warnings = Vec::new();
    let mut config = parse(&source, &mut warnings)?;
    include::resolve(root, &path, &mut config, &mut warnings)?;
    validate::finish(&mut config, &source.file)?;
    let dialect = if discovery::is_own(&path) { Dialect::Relplan } else { Dialect::FerrFlow };
    Ok(LoadedConfig::new(config, dialect, Some(source.file), warnings))
}

/// Dependencies that leave open how bumps reach the package.
fn propagate_as_patches(config: &mut Config) {
    let dependencies = config.package.iter_mut().flat_map(|package| &mut package.depends_on);
    for dependency in dependencies.filter(|dependency| dependency.is_default) {
        dependency.propagate = Propagate::Patch;
    }
}

fn parse(source: &Source, warnings: &mut Vec<String>) -> Result<Config, ConfigError> {
    let mut node = source.parse()?;
    check::conform(source, &mut node, schema::CONFIG, warnings)?;
    Config::deserialize(node).map_err(|error| source.value_error(&KeyPath::ROOT, &error.to_string()))
}

#[cfg(test)]
mod tests;
