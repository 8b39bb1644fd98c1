//! Which file is the configuration, and what there is to plan when there is none.

use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::model::{Config, Package, VersionFileFormat, VersionedFile};

/// Names that are looked for in the repository's root. More than one of them is an error.
const NAMES: [&str; 9] = [
    "ferrflow.json",
    "ferrflow.json5",
    "ferrflow.toml",
    "ferrflow.ts",
    "ferrflow.js",
    ".ferrflow",
    "relplan.toml",
    "relplan.json",
    "relplan.json5",
];

/// Version files that a repository without a configuration is planned by, with alternatives in order of preference.
const DETECTED: [(&[&str], VersionFileFormat); 9] = [
    (&["Cargo.toml"], VersionFileFormat::Toml),
    (&["build.gradle.kts", "build.gradle"], VersionFileFormat::Gradle),
    (&["Chart.yaml"], VersionFileFormat::Helm),
    (&["galaxy.yml"], VersionFileFormat::GalaxyYml),
    (&["go.mod"], VersionFileFormat::GoMod),
    (&["package.json"], VersionFileFormat::Json),
    (&["pom.xml"], VersionFileFormat::Xml),
    (&["VERSION", "VERSION.txt"], VersionFileFormat::Txt),
    (&["pyproject.toml"], VersionFileFormat::Toml),
];

/// The configuration file: `explicit` (relative to `root`), or the one in `root`; `None` when there is none.
pub(super) fn find(root: &Path, explicit: Option<&Path>) -> Result<Option<PathBuf>, ConfigError> {
    if let Some(explicit) = explicit {
        let path = root.join(explicit);
        let missing = || ConfigError::NotFound { path: path.display().to_string() };
        return if path.exists() { Ok(Some(path)) } else { Err(missing()) };
    }
    let names = existing(root);
    match names[..] {
        [] => Ok(None),
        [name] => Ok(Some(root.join(name))),
        _ => Err(ConfigError::Several { names: names.into_iter().map(str::to_owned).collect() }),
    }
}

/// The files in `root` that are configurations by their names.
pub fn existing(root: &Path) -> Vec<&'static str> {
    NAMES.into_iter().filter(|name| root.join(name).symlink_metadata().is_ok()).collect()
}

/// Whether a configuration of this name answers as FerrFlow would; only relplan's own names don't.
pub(super) fn is_own(path: &Path) -> bool {
    path.file_stem().and_then(|stem| stem.to_str()) == Some("relplan")
}

/// The configuration of a repository without one: a single package at the root with the version files found there,
/// or nothing.
pub fn detect(root: &Path) -> Config {
    let exists = |name: &&&str| root.join(name).exists();
    let found = DETECTED.iter().filter_map(|(names, format)| {
        let name = names.iter().find(exists)?;
        Some(VersionedFile { path: (*name).to_owned(), format: *format, selector: None })
    });
    let versioned_files: Vec<VersionedFile> = found.collect();
    if versioned_files.is_empty() {
        return Config::default();
    }
    // The root may be `.`, whose name only the whole path tells. Nothing else asks for that path, so that no answer
    // depends on where a configured repository lies.
    let whole = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let name = whole.file_name().and_then(|name| name.to_str()).unwrap_or("project").to_owned();
    let changelog = Some("CHANGELOG.md".to_owned());
    let package = Package { name, path: ".".to_owned(), versioned_files, changelog, ..Package::default() };
    Config { package: vec![package], ..Config::default() }
}
