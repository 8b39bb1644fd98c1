//! Why a release is not what it should be.

use std::io;
use std::path::{Path, PathBuf};

use crate::package::DistError;

/// Something that stops a release.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// A file or folder could not be handled.
    #[error("{action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A tarball that is not intact.
    #[error(transparent)]
    Tarball(#[from] DistError),
    /// A list of hashes that can't be read.
    #[error("{} is no list of hashes: {problem}; make it with `repro-pgo release record`", path.display())]
    Hashes {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// Two things of the same name.
    #[error("{name} is named twice")]
    NamedTwice {
        /// The name.
        name: String,
    },
    /// The tarballs don't make a release.
    #[error("these tarballs make no release:\n{}", problems.join("\n"))]
    NoRelease {
        /// Everything that is wrong.
        problems: Vec<String>,
    },
}

impl ReleaseError {
    /// Wraps the system's reason for a failed `action` on `path`.
    pub fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
