//! Training: runs the workloads on the inputs under fixed conditions, at least twice, and merges the counts into one
//! profile that anyone gets again.
//!
//! What a profile may not depend on is taken away: randomness (the pinned-entropy object), the environment, the
//! directory (everything runs under [`root::PATH`]), the address space and the CPU (user-mode emulation). What can't be
//! taken away is found by comparing the repetitions, which vary on purpose what must not matter ([`perturbation`]).

mod architecture;
pub mod assemble;
pub mod cells;
pub mod changes;
mod error;
pub mod facts;
pub mod finish;
pub mod machine;
pub mod network;
mod notes;
pub mod observed;
mod outside;
pub mod parts;
pub mod perturbation;
pub mod plan;
pub mod process;
pub mod record;
pub mod replicates;
pub mod root;
mod services;
pub mod session;
pub mod shard;
pub mod side_by_side;
mod weights;

pub use error::TrainingError;
pub use record::TrainingRecord;
pub use session::{TrainingRequest, train, train_shard};
pub use shard::Shard;
