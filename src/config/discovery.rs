//! Which file is the configuration.

use std::path::{Path, PathBuf};

use super::error::ConfigError;

/// Names that are looked for in the repository's root. More than one of them is an error.
const NAMES: [&str; 10] = [
    "ferrflow.json",
    "ferrflow.json5",
    "ferrflow.toml",
    "ferrflow.ts",
    "ferrflow.js",
    ".ferrflow",
    "relplan.toml",
    "relplan.json",
    "relplan.jsonc",
    "relplan.json5",
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
