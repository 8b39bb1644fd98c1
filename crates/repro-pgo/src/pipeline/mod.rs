//! The stages of the pipeline. Each one's result is in a folder of its own under `target/repro-pgo/<target>/`, with a
//! stamp that says what it was made from; a stage whose inputs are unchanged is not run again.

mod baseline;
mod beside;
pub mod build;
pub mod cases;
pub mod check;
pub mod compilation;
mod error;
pub mod external;
mod fetched;
mod inputs;
mod instrument;
mod json;
mod layout;
mod optimize;
pub mod package;
pub mod pinned;
pub mod provenance;
pub mod relinked;
mod shared;
pub mod sources;
pub mod stamp;
pub mod summary;
mod train;

pub use baseline::baseline;
pub use error::StageError;
pub use inputs::{InputError, InputHashes, SetHash, make_inputs, make_set, verify_set};
pub use instrument::{C_CODE, instrument};
pub use json::{read_json, to_json};
pub use layout::{LaidOut, layout};
pub use optimize::{Optimized, optimize, require_effect};
pub use shared::{Pipeline, StageDir, folder};
pub use train::{Trained, pin, train};

/// Whether a stage had to do anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It ran.
    Done,
    /// Nothing it depends on has changed.
    UpToDate,
}

impl State {
    /// `summary`, marked where nothing was done.
    pub fn label(self, summary: &str) -> String {
        match self {
            Self::Done => summary.to_owned(),
            Self::UpToDate => format!("up to date: {summary}"),
        }
    }
}
