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

pub(crate) use decide::{contradiction, plan};
pub use groups::GroupError;
pub(crate) use groups::group_problems;
pub(crate) use hooks::{PlannedHook, PlannedHooks, hook_command, planned_hooks};
pub(crate) use impact::{Impact, Joined, Move, impact};
pub(crate) use inputs::PlanContext;
pub use inputs::{Asked, PackageState};
pub use model::{FloatingTag, Label, Plan, Release, SkipReason, Skipped};
pub use order::CycleError;
pub(crate) use order::{DependencyGraph, Edge, dependencies};
pub(crate) use package_status::PackageStatus;
pub(crate) use path_rule::path_rule;
pub(crate) use propagation::passed_on;

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
