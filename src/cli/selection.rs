//! Which package a name on the command line means.

use super::failure::CommandError;
use crate::config::{Config, nearest_name};

/// Index of the package called `name`.
///
/// # Errors
/// When there is none; the most similar name is suggested, else all are listed.
pub fn find_package(config: &Config, name: &str) -> Result<usize, CommandError> {
    let found = config.package.iter().position(|package| package.name == name);
    let names = || config.package.iter().map(|package| package.name.as_str());
    found.ok_or_else(|| CommandError::UnknownPackage {
        name: name.to_owned(),
        similar: nearest_name(names(), name).map(str::to_owned),
        names: names().map(str::to_owned).collect(),
    })
}
