//! The decision: pure functions from configuration and history to the next version of every package.

mod decide;
mod groups;
mod hooks;
mod inputs;
mod model;
mod order;
mod propagation;

#[cfg(test)]
mod tests;

use thiserror::Error;

pub use decide::plan;
pub use groups::GroupError;
pub use hooks::{PlannedHook, planned_hooks};
pub use inputs::{ActiveChannel, PackageState, Surroundings};
pub use model::{FloatingTag, Label, Origin, Plan, Release, SkipReason, Skipped};
pub use order::{CycleError, DependencyGraph, Edge};

/// Why no plan can be made.
#[derive(Debug, Error)]
pub enum PlanError {
    /// Packages depend on each other in a circle.
    #[error("[E8003] {0}")]
    Cycle(#[from] CycleError),
    /// Linked and fixed groups contradict each other.
    #[error(transparent)]
    Groups(#[from] GroupError),
    /// A version can't be continued by its strategy.
    #[error("package '{package}': {source}")]
    Version {
        /// Name of the package.
        package: String,
        /// What is wrong with the version.
        source: crate::version::VersionError,
    },
}
