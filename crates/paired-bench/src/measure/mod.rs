//! Runs binaries and says what they cost: wall and CPU time of interleaved runs, and instruction counts.

pub mod callgrind;
pub mod case;
mod error;
pub mod function_changes;
pub mod instructions;
pub mod machine;
#[cfg_attr(not(target_os = "linux"), path = "peak_memory_elsewhere.rs")]
pub mod peak_memory;
pub mod plan;
pub mod processes;
pub mod samples;
pub mod wall;

pub use case::{Case, fixed_environment};
pub use error::MeasureError;
pub use machine::Machine;
