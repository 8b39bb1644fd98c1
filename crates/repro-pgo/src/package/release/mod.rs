//! What a release needs beyond its tarball: hashes that two machines can compare, the tarballs of all platforms in one
//! place, and the answer to "is this published tarball what the source gives?".

pub(crate) mod collect;
mod error;
mod gate_agrees;
pub mod hashes;
mod rebuilt;

pub use collect::{CollectRequest, Collected, collect};
pub use error::ReleaseError;
pub use hashes::{Hash, Hashes, Mismatch, differences, record};
pub use rebuilt::{Rebuilt, compare};
