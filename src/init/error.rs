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
        "no package found: looked for manifests of Cargo, npm (pnpm, yarn, Lerna, Nx), Go, Gradle, Maven, Python, .NET, Elixir, Ruby, Dart and Helm, for version files in the root, and for version tags"
    )]
    Nothing {
        /// What was seen and could not be used.
        notes: Vec<String>,
    },
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
    /// What to do next, where the message doesn't say so already.
    pub fn hint(&self) -> Option<String> {
        let Self::Nothing { notes } = self else { return None };
        let seen = notes.iter().map(|note| format!("{note}; "));
        let example = "write a relplan.toml by hand, for example\n\n    [[package]]\n    name = \"tool\"\n    path = \".\"\n    \
            versioned_files = [{ path = \"VERSION\", format = \"txt\" }]\n\n  without versioned_files the version is the highest \
            tag's; `relplan schema` lists all keys";
        Some(seen.collect::<String>() + example)
    }

    /// Stable code of the error, where it has one.
    pub fn code(&self) -> Option<&'static str> {
        matches!(self, Self::Exists { .. }).then_some("E1017")
    }
}
