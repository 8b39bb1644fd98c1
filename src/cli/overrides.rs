//! `--force-version` and `--exclude`: what the command line decides instead of the commits.

use semver::Version;
use thiserror::Error;

use super::failure::CommandError;
use super::selection::find_package;
use crate::config::Config;
use crate::workspace::Workspace;

/// A version that can't be forced.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum OverrideError {
    /// It is invalid.
    #[error("invalid version in --force-version: {text:?} is not a semantic version such as 1.2.3")]
    Invalid {
        /// What was given.
        text: String,
    },
    /// It isn't clear whose it is.
    #[error("in a monorepo, --force-version wants NAME@VERSION; {text:?} names no package")]
    NoName {
        /// What was given.
        text: String,
    },
    /// One package was given two.
    #[error("--force-version is given more than once for package {package:?}")]
    Twice {
        /// The package.
        package: String,
    },
}

/// Lets the command line decide about packages: versions that are forced, packages that stay.
///
/// # Errors
/// When a package isn't there or isn't named, a version is invalid, or a package is given two.
pub fn apply(workspace: &mut Workspace, forced: &[String], excluded: &[String]) -> Result<(), CommandError> {
    for name in excluded {
        workspace.exclude(find_package(workspace.config(), name)?);
    }
    for text in forced {
        let (package, version) = forced_version(workspace.config(), text)?;
        if workspace.force_version(package, version).is_some() {
            return Err(OverrideError::Twice { package: workspace.config().package[package].name.clone() }.into());
        }
    }
    Ok(())
}

/// The package and the version in `NAME@VERSION`, or in `VERSION` alone where there is one package. Names may begin with `@`
/// and hold more of them; a version holds none.
fn forced_version(config: &Config, text: &str) -> Result<(usize, String), CommandError> {
    let (package, version) = match text.rsplit_once('@') {
        Some((name, version)) => (find_package(config, name)?, version),
        None if config.package.len() == 1 => (0, text),
        None => return Err(OverrideError::NoName { text: text.to_owned() }.into()),
    };
    let version = version.strip_prefix('v').unwrap_or(version);
    match Version::parse(version) {
        Ok(_) => Ok((package, version.to_owned())),
        Err(_) => Err(OverrideError::Invalid { text: version.to_owned() }.into()),
    }
}
