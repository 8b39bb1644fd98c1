//! Tools from crates.io: `cargo install --locked` of the pinned version, with the release profile of their authors.

use std::path::PathBuf;
use std::process::Command;

use host::programs;
use host::progress::Task;

use super::{Cache, InstallError, run};

/// The program `binary` of `package` at `version`, compiled unless the cache has it.
///
/// # Errors
/// [`InstallError`] when it is neither there nor can be compiled.
pub fn install(
    package: &str,
    binary: &str,
    version: &str,
    cache: &Cache,
    task: &Task,
) -> Result<PathBuf, InstallError> {
    let root = cache.directory.join(format!("{package}-{version}"));
    let program = root.join("bin").join(binary);
    if program.is_file() {
        return Ok(program);
    }
    if cache.offline {
        return Err(InstallError::Offline { what: format!("{package} {version}") });
    }
    task.say(&format!("compiling {package} {version}; this takes minutes, once"));
    let cargo = programs::on_path("cargo").ok_or(InstallError::NoInstaller("cargo"))?;
    let mut command = Command::new(cargo);
    command.args(["install", "--quiet", "--locked", "--version", &format!("={version}"), "--root"]);
    // One folder for all of them: they share many dependencies.
    command.arg(&root).arg("--target-dir").arg(cache.directory.join("build")).arg(package);
    // Flags of this shell are not the tool's.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").current_dir(&cache.directory);
    run(&mut command, task)?;
    Ok(program)
}
