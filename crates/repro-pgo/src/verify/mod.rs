//! The proof by variation: the whole pipeline twice, from copies of the source, under conditions that must not matter;
//! then everything it made is compared, and the first difference is explained.

mod bytes;
mod compare;
mod elf;
mod error;
mod load;
mod preload;
mod rebuild;
mod report;
mod sources;
mod variation;

pub use compare::{Comparison, compare};
pub use error::VerifyError;
pub use rebuild::{Built, Rebuild, existing};
pub use report::{Report, Verdict};
pub use sources::copy_sources;
pub use variation::Variation;
