//! Why a release could not be packed or is not what it claims to be.

use std::io;
use std::path::PathBuf;

/// A release that could not be packed or verified.
#[derive(Debug, thiserror::Error)]
pub enum DistError {
    /// A file that belongs into the tarball could not be read.
    #[error("cannot read {} for the tarball: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// An output could not be written; nothing half-written stays.
    #[error("cannot write {}: {source}; nothing was left there", path.display())]
    Write {
        /// The file that would have come out.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A name or path that can't be part of a tarball.
    #[error("{name:?} cannot be used in a tarball: {problem}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// The crates of the binary are not known.
    #[error("cannot tell what is in the binary: {problem}")]
    Inventory {
        /// What went wrong.
        problem: String,
    },
    /// A crate without the text of its licence, which has to go along with the binary.
    #[error(
        "{name} {version} ({license}) carries no licence text: put it into licenses/{name}-{version}.txt and add that to `files` in \
         [dist] of pgo.toml"
    )]
    NoLicenseText {
        /// The crate.
        name: String,
        /// Its version.
        version: String,
        /// Its licence, as its manifest says.
        license: String,
    },
    /// A toolchain without the notices of its standard library.
    #[error(
        "cannot read the notices of Rust's standard library from {}: {source}; rustup's toolchains have them. For another one, add \
         {} to `files` in [dist] of pgo.toml", path.display(), super::legal::STANDARD_LIBRARY
    )]
    NoNotices {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A binary that runs only where it was built.
    #[error("{} would not start anywhere else: {problem}", path.display())]
    NotAlone {
        /// The binary.
        path: PathBuf,
        /// What it needs.
        problem: String,
    },
    /// A binary without the list of its crates.
    #[error("{}: {problem}", path.display())]
    Unlisted {
        /// The binary.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// Debug information of another build.
    #[error("{name} is not of the build of {}: their build ids differ; name the folder of its own with --debuginfo", path.display())]
    OtherDebuginfo {
        /// The file with debug information.
        name: String,
        /// The binary.
        path: PathBuf,
    },
    /// A tarball that may not be passed on.
    #[error("this is no release: {problem}")]
    Unlawful {
        /// What is missing.
        problem: String,
    },
    /// A tarball that could not be read.
    #[error("cannot read the tarball {}: {source}", path.display())]
    Tarball {
        /// The tarball.
        path: PathBuf,
        /// The reader's answer.
        source: io::Error,
    },
    /// A tarball that is not what [`super::pack()`] writes.
    #[error("{} is not an intact release: {problem}", path.display())]
    NotIntact {
        /// The tarball.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
}
