//! The object that pins entropy and the order of directory entries in the instrumented binary.
//!
//! Preloading a library can't reach a static binary; a symbol linked into it can. `std` asks for `getrandom` before it
//! falls back to the system call, so its `RandomState` takes the same seeds in every run; and it lists folders by
//! `readdir64`, which the linker can send elsewhere ([`LINK_ARGUMENT`]).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{BuildError, environment};
use crate::toolchain::rustc;

/// The object's sources, by file; the first one is the crate's root.
const SOURCES: [(&str, &str); 2] = [
    ("pinned_entropy.rs", include_str!("../../assets/pinned_entropy.rs")),
    ("sorted_directories.rs", include_str!("../../assets/sorted_directories.rs")),
];

/// Sends calls of the C library's functions for folders to the object.
pub const LINK_ARGUMENT: &str = "-Clink-arg=-Wl,--wrap=readdir64,--wrap=readdir,--wrap=closedir,--wrap=rewinddir";

/// All of the object's source.
pub fn source() -> String {
    SOURCES.iter().map(|(_, text)| *text).collect()
}

/// Compiles the object for `target` into `directory` and returns its absolute path. `workspace` selects the toolchain.
///
/// # Errors
/// [`BuildError::Entropy`] when rustc refuses, [`BuildError::File`] when `directory` can't be written.
pub fn compile(target: &str, workspace: &Path, directory: &Path) -> Result<PathBuf, BuildError> {
    let object = directory.join("pinned_entropy.o");
    std::fs::create_dir_all(directory).map_err(BuildError::file("cannot make", directory))?;
    for (name, text) in SOURCES {
        let source = directory.join(name);
        std::fs::write(&source, text).map_err(BuildError::file("cannot write", &source))?;
    }
    let mut command = Command::new(rustc::program());
    environment::scrub(&mut command);
    command.current_dir(workspace).stdin(Stdio::null());
    command.args(["--edition=2024", "--crate-type=lib", "--emit=obj", "--target", target]);
    command.args(["-Cpanic=abort", "-Copt-level=2", "-Crelocation-model=pic", "-Ccodegen-units=1"]);
    command.arg("-o").arg(&object).arg(directory.join(SOURCES[0].0));
    let started = |source| BuildError::Start { program: "rustc".to_owned(), source };
    let output = command.output().map_err(started)?;
    if output.status.success() {
        return Ok(object);
    }
    let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(BuildError::Entropy { target: target.to_owned(), stderr })
}
