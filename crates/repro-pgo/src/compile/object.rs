//! Objects of the driver's own that are linked into binaries it builds to train, count or try with.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{BuildError, environment};
use crate::toolchain::rustc;

/// Compiles the crate of `sources`, name and text of each file with the root first, for `target` into `directory`, and
/// returns the object's absolute path. `workspace` selects the toolchain.
///
/// # Errors
/// [`BuildError::Object`] when rustc refuses, [`BuildError::File`] when `directory` can't be written.
pub fn compile(
    sources: &[(&str, &str)],
    target: &str,
    workspace: &Path,
    directory: &Path,
) -> Result<PathBuf, BuildError> {
    std::fs::create_dir_all(directory).map_err(BuildError::file("cannot make", directory))?;
    for (name, text) in sources {
        let source = directory.join(name);
        std::fs::write(&source, text).map_err(BuildError::file("cannot write", &source))?;
    }
    let (root, _) = sources.first().expect("an object has a source");
    let object = directory.join(root).with_extension("o");
    let mut command = Command::new(rustc::program());
    environment::scrub(&mut command);
    command.current_dir(workspace).stdin(Stdio::null());
    command.args(["--edition=2024", "--crate-type=lib", "--emit=obj", "--target", target]);
    command.args(["-Cpanic=abort", "-Copt-level=2", "-Crelocation-model=pic", "-Ccodegen-units=1"]);
    command.arg("-o").arg(&object).arg(directory.join(root));
    let started = |source| BuildError::Start { program: "rustc".to_owned(), source };
    let output = command.output().map_err(started)?;
    if output.status.success() {
        return Ok(object);
    }
    let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(BuildError::Object { name: (*root).to_owned(), target: target.to_owned(), stderr })
}
