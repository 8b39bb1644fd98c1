//! From a definition to a repository in memory, whichever mode the definition uses.

use crate::definition::Definition;
use crate::repository::{Checkout, Repository};
use crate::tree::TreeError;
use crate::{bulk, explicit};

/// Date of the first commit, 2024-01-01T00:00:00Z; each further commit is a minute later.
pub(crate) const FIRST_DATE: i64 = 1_704_067_200;
/// Seconds between commits.
pub(crate) const DATE_STEP: i64 = 60;

/// Why a definition can't be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// A change that does not fit what is there at that commit.
    #[error("{at}: {source}")]
    Change {
        /// The field, like `commits[3]`.
        at: String,
        /// What does not fit.
        source: TreeError,
    },
    /// A branch is merged by a commit that comes before the one it starts from.
    #[error("branches: `{branch}` starts at commit {at_commit}, which comes after the commit that merges it")]
    StartsTooLate {
        /// The branch.
        branch: String,
        /// Where it starts.
        at_commit: i64,
    },
}

/// A repository ready to be written, and what is checked out of it.
pub(crate) struct Built {
    pub(crate) repository: Repository,
    pub(crate) checkout: Checkout,
}

/// Makes the repository that `definition` describes.
pub(crate) fn build(definition: &Definition) -> Result<Built, BuildError> {
    match &definition.generate {
        Some(parameters) => bulk::build(definition, parameters),
        None => explicit::build(definition),
    }
}
