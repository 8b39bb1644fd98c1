//! What is fuzzed. Each target takes any bytes and must neither panic nor hang; what else must hold is asserted in it.
//! `tests/fuzz/mod.rs` and cargo-fuzz run the same functions.

mod history;
mod texts;

use tempfile::TempDir;

pub use history::{plan, reftable, tag_index};
pub use texts::{commit_messages, configuration, version_files};

/// A temporary folder, in memory where there is such a place, because every input gets one.
fn folder() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).expect("a temporary folder")
}
