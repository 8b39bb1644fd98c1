//! Which package a name on the command line means.

use super::failure::CommandError;
use crate::config::Config;

/// Below this, a suggestion confuses more than it helps.
const SIMILAR: f64 = 0.8;

/// Index of the package called `name`.
///
/// # Errors
/// When there is none; the most similar name is suggested.
pub fn find_package(config: &Config, name: &str) -> Result<usize, CommandError> {
    let found = config.package.iter().position(|package| package.name == name);
    found.ok_or_else(|| CommandError::UnknownPackage { name: name.to_owned(), similar: most_similar(config, name) })
}

fn most_similar(config: &Config, name: &str) -> Option<String> {
    let scored = config.package.iter().map(|package| (strsim::jaro_winkler(name, &package.name), &package.name));
    let (score, similar) = scored.max_by(|left, right| left.0.total_cmp(&right.0))?;
    (score >= SIMILAR).then(|| similar.clone())
}
