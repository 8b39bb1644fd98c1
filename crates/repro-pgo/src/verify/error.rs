//! Why a verification could not be carried out.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a verification could not be carried out.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// One of the two builds failed or refused.
    #[error("the {which} build in {} did not succeed, so nothing can be compared:\n{said}", directory.display())]
    Build {
        /// `first` or `varied`.
        which: &'static str,
        /// The copy.
        directory: PathBuf,
        /// The last lines it said.
        said: String,
    },
    /// There is no build to compare with.
    #[error("{} holds no build: neither instrumented/ nor target/repro-pgo/{target}/; make one with `repro-pgo build`", directory.display())]
    NothingThere {
        /// The folder.
        directory: PathBuf,
        /// The triple.
        target: String,
    },
    /// A profile that can't be read.
    #[error(transparent)]
    Profile(#[from] crate::toolchain::ProfileToolError),
    /// A file or folder could not be handled.
    #[error("{action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

impl VerifyError {
    /// Wraps the system's reason for a failed `action` on `path`.
    pub fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
