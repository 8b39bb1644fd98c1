//! The object that pins entropy in the instrumented binary.
//!
//! Preloading a library can't reach a static binary; a symbol linked into it can. `std` asks for `getrandom` before it
//! falls back to the system call, so its `RandomState` takes the same seeds in every run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{BuildError, environment};
use crate::toolchain::rustc;

/// The object's source.
pub const SOURCE: &str = include_str!("../../assets/pinned_entropy.rs");

/// Compiles the object for `target` into `directory` and returns its absolute path. `workspace` selects the toolchain.
///
/// # Errors
/// [`BuildError::Entropy`] when rustc refuses, [`BuildError::File`] when `directory` can't be written.
pub fn compile(target: &str, workspace: &Path, directory: &Path) -> Result<PathBuf, BuildError> {
    let source = directory.join("pinned_entropy.rs");
    let object = directory.join("pinned_entropy.o");
    std::fs::create_dir_all(directory).map_err(BuildError::file("cannot make", directory))?;
    std::fs::write(&source, SOURCE).map_err(BuildError::file("cannot write", &source))?;
    let mut command = Command::new(rustc::program());
    environment::scrub(&mut command);
    command.current_dir(workspace).stdin(Stdio::null());
    command.args(["--edition=2024", "--crate-type=lib", "--emit=obj", "--target", target]);
    command.args(["-Cpanic=abort", "-Copt-level=2", "-Crelocation-model=pic"]);
    command.arg("-o").arg(&object).arg(&source);
    let started = |source| BuildError::Start { program: "rustc".to_owned(), source };
    let output = command.output().map_err(started)?;
    if output.status.success() {
        return Ok(object);
    }
    let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(BuildError::Entropy { target: target.to_owned(), stderr })
}
