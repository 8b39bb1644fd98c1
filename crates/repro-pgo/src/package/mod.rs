//! The release as files: a reproducible tarball, its manifest, and the checksums and gate figures beside it.
//!
//! The tarball is a function of its contents alone, so everything that differs from run to run (times, intervals,
//! the verdict behind the choice of binary) goes into files beside it, never into it.

pub mod archive;
mod binary;
pub mod checksums;
pub mod crate_list;
mod error;
pub mod inventory;
pub mod legal;
pub mod manifest;
mod notices;
mod pack;
pub mod release;
mod sbom;
mod static_library;
pub mod verify;

pub use error::DistError;
pub use manifest::Manifest;
pub use pack::{DEBUGINFO, DistRequest, DistResult, GateFiles, bill_file, debuginfo_file, gate_file, pack};
pub use verify::verify;

#[cfg(test)]
mod tests;
