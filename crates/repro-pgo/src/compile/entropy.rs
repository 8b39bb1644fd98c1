//! The object that pins entropy, the order of directory entries, and in a machine the number of processors in the
//! instrumented binary.
//!
//! Preloading a library can't reach a static binary; a symbol linked into it can. `std` asks for `getrandom` before it
//! falls back to the system call, so its `RandomState` takes the same seeds in every run; and it lists folders by
//! `readdir64`, which the linker can send elsewhere ([`LINK_ARGUMENT`]).

use std::path::{Path, PathBuf};

use super::{BuildError, object};

/// The object's sources, by file; the first one is the crate's root.
const SOURCES: [(&str, &str); 3] = [
    ("pinned_entropy.rs", include_str!("../../assets/pinned_entropy.rs")),
    ("sorted_directories.rs", include_str!("../../assets/sorted_directories.rs")),
    ("told_processors.rs", include_str!("../../assets/told_processors.rs")),
];

/// Sends calls of the C library's functions for folders, and for the number of processors, to the object.
pub const LINK_ARGUMENT: &str = "-Clink-arg=-Wl,--wrap=readdir64,--wrap=readdir,--wrap=closedir,--wrap=rewinddir,\
                                 --wrap=sched_getaffinity,--wrap=sysconf";

/// All of the object's source.
pub fn source() -> String {
    SOURCES.iter().map(|(_, text)| *text).collect()
}

/// Compiles the object for `target` into `directory` and returns its absolute path. `workspace` selects the toolchain.
///
/// # Errors
/// [`BuildError::Object`] when rustc refuses, [`BuildError::File`] when `directory` can't be written.
pub fn compile(target: &str, workspace: &Path, directory: &Path) -> Result<PathBuf, BuildError> {
    object::compile(&SOURCES, target, workspace, directory)
}
