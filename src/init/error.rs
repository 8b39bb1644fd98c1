//! Why no configuration can be proposed or written.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why no configuration can be proposed or written.
#[derive(Debug, Error)]
pub enum InitError {
    /// There is a configuration already.
    #[error("there is a configuration already: {}; edit it, or remove it to start anew", .names.join(", "))]
    Exists {
        /// The files.
        names: Vec<String>,
    },
    /// Nothing looks like a package.
    #[error(
        "no package found: no Cargo, npm, pnpm, yarn, Go, Gradle or Python manifest and no version file in the root; write a relplan.toml by hand (`relplan schema` lists its keys)"
    )]
    Nothing,
    /// A manifest can't be read.
    #[error("{file}: {problem}")]
    Manifest {
        /// The manifest, relative to the repository's root.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The configuration can't be written.
    #[error("cannot write {}", .file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl InitError {
    /// Stable code of the error, where it has one.
    pub fn code(&self) -> Option<&'static str> {
        matches!(self, Self::Exists { .. }).then_some("E1017")
    }
}
