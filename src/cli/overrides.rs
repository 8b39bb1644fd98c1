//! `--force-version` and `--exclude`: what the command line decides instead of the commits.

use semver::Version;
use thiserror::Error;

use super::failure::CommandError;
use super::selection::find_package;
use crate::config::Config;

/// What is asked for each package, in configuration order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The version it shall get.
    pub forced: Vec<Option<String>>,
    /// Whether it shall stay.
    pub excluded: Vec<bool>,
}

/// A version that can't be forced.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum OverrideError {
    /// It is none.
    #[error("invalid version in --force-version: {text:?} is not a semantic version such as 1.2.3")]
    NoVersion {
        /// What was given.
        text: String,
    },
    /// It isn't clear whose it is.
    #[error("in a monorepo, --force-version wants NAME@VERSION; {text:?} names no package")]
    NoName {
        /// What was given.
        text: String,
    },
    /// The number of threads is none.
    #[error("invalid FERRFLOW_JOBS: {value:?} is not a number from 1 on")]
    NoJobs {
        /// What the variable holds.
        value: String,
    },
    /// One package was given two.
    #[error("--force-version is given more than once for package {package:?}")]
    Twice {
        /// The package.
        package: String,
    },
}

impl Overrides {
    /// Reads what was asked for on the command line.
    ///
    /// # Errors
    /// When a package isn't there or isn't named, a version is none, or a package is given two.
    pub fn new(config: &Config, forced: &[String], excluded: &[String]) -> Result<Self, CommandError> {
        let packages = config.package.len();
        let mut overrides = Self { forced: vec![None; packages], excluded: vec![false; packages] };
        for name in excluded {
            overrides.excluded[find_package(config, name)?] = true;
        }
        for text in forced {
            let (package, version) = forced_version(config, text)?;
            if overrides.forced[package].replace(version).is_some() {
                return Err(OverrideError::Twice { package: config.package[package].name.clone() }.into());
            }
        }
        Ok(overrides)
    }
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
        Err(_) => Err(OverrideError::NoVersion { text: version.to_owned() }.into()),
    }
}
