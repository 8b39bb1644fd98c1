//! The decision: pure functions from configuration and history to the next version of every package.

mod decide;
mod groups;
mod hooks;
mod impact;
mod inputs;
mod model;
mod order;
mod package_status;
mod path_rule;
mod propagation;

#[cfg(test)]
mod tests;

use thiserror::Error;

pub use decide::plan;
pub use groups::{GroupError, group_problems};
pub use hooks::{PlannedHook, PlannedHooks, planned_hooks};
pub use impact::{Impact, Joined, Move, impact};
pub use inputs::{PackageState, PlanContext};
pub use model::{FloatingTag, Label, Plan, Release, SkipReason, Skipped};
pub use order::{CycleError, DependencyGraph, Edge, dependencies};
pub use package_status::PackageStatus;
pub use path_rule::path_rule;
pub use propagation::passed_on;

/// Why no plan can be made.
#[derive(Debug, Error)]
pub enum PlanError {
    /// Packages depend on each other in a circle.
    #[error(transparent)]
    Cycle(#[from] CycleError),
    /// Linked and fixed groups contradict each other.
    #[error(transparent)]
    Groups(#[from] GroupError),
    /// A version can't be continued by its strategy.
    #[error("package '{package}'")]
    Version {
        /// Name of the package.
        package: String,
        /// What is wrong with the version.
        source: crate::version::VersionError,
    },
}

impl PlanError {
    /// Stable code of the error, where it has one.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Cycle(_) => Some("E8003"),
            Self::Groups(_) => None,
            Self::Version { source, .. } => source.code(),
        }
    }
}
