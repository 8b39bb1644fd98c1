//! What the model's types can't say: paths stay in the repository and are spelled as git spells them, names differ, every
//! package has a place.

use std::collections::BTreeMap;

use super::error::ConfigError;
use super::model::{Config, Package};
use super::path::{with_slashes, within_repository};
use super::shared_path::shared_path;

/// Normalises the packages' paths and refuses what can't be planned. `file` is named in errors.
pub(super) fn finish(config: &mut Config, file: &str) -> Result<(), ConfigError> {
    for (index, package) in config.package.iter_mut().enumerate() {
        if package.path.is_empty() {
            return Err(ConfigError::MissingPath { name: package.name.clone() });
        }
        let refuse = |key: &str, path: &str, problem| ConfigError::OutsideRepository {
            file: file.to_owned(),
            key: format!("`package[{index}].{key}`"),
            path: path.to_owned(),
            problem,
        };
        package.path = with_slashes(&package.path);
        package.path = within_repository(&package.path).map_err(|problem| refuse("path", &package.path, problem))?;
        for (number, shared) in package.shared_paths.iter_mut().enumerate() {
            let key = format!("sharedPaths[{number}]");
            *shared = shared_path(shared).map_err(|problem| refuse(&key, shared, problem))?;
        }
        for (number, versioned) in package.versioned_files.iter_mut().enumerate() {
            let key = format!("versionedFiles[{number}].path");
            versioned.path = with_slashes(&versioned.path);
            within_repository(&versioned.path).map_err(|problem| refuse(&key, &versioned.path, problem))?;
        }
        if let Some(changelog) = &package.changelog {
            within_repository(changelog).map_err(|problem| refuse("changelog", changelog, problem))?;
        }
    }
    refuse_duplicates(&config.package)
}

fn refuse_duplicates(packages: &[Package]) -> Result<(), ConfigError> {
    let mut paths: BTreeMap<&str, &str> = BTreeMap::new();
    for package in packages {
        if let Some(first) = paths.insert(&package.name, &package.path) {
            return Err(ConfigError::DuplicateName {
                name: package.name.clone(),
                first: first.to_owned(),
                second: package.path.clone(),
            });
        }
    }
    Ok(())
}
