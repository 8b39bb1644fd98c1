//! Gates: whether measured figures allow what is about to be done.

pub mod history;
pub mod merge;
pub mod retry;
pub mod rules;
pub mod ship;
pub mod verdict;

#[cfg(test)]
pub(crate) mod documented;
#[cfg(any(test, feature = "simulated"))]
pub mod simulated;

pub use merge::{MergeOutcome, MergeRules, MergeVerdict};
pub use retry::{Decided, decide_with_retry};
pub use rules::ShipRules;
pub use verdict::{CaseVerdict, Estimate, Finding, Outcome, SameBinary, ShipVerdict};
