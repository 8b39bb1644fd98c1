//! Commits whose messages have no type that is known, counted so that nobody takes them for commits that release nothing.

use super::attribution::Batch;
use super::dag::{Dag, Node};
use super::package_set::{PackageSets, SetId};
use super::released::Unreleased;

/// How many unreleased commits have no type that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownTypes {
    /// So many.
    pub commits: usize,
    /// Of so many, merges left aside.
    pub of: usize,
}

/// Counts them among the commits that some package outside of `settled` has not released: those packages have a breaking
/// change and nothing more to learn, so that their commits need not all be read.
pub(super) fn count(
    dag: &Dag,
    unreleased: &Unreleased,
    order: &[(Node, u32)],
    batches: &[Batch],
    settled: SetId,
    sets: &mut PackageSets,
) -> Option<UnknownTypes> {
    if batches.iter().all(|batch| batch.unknown.is_empty()) {
        return None;
    }
    let mut counts = |node: &Node| {
        let released = unreleased.released_for(*node).unwrap_or(unreleased.all());
        dag.parents(*node).len() <= 1 && sets.union(released, settled) != unreleased.all()
    };
    let commits = batches.iter().flat_map(|batch| &batch.unknown).filter(|node| counts(node)).count();
    let skipped = batches.iter().flat_map(|batch| &batch.skipped).filter(|node| counts(node)).count();
    let all = order.iter().filter(|(node, _)| counts(node)).count();
    (commits > 0).then_some(UnknownTypes { commits, of: all - skipped })
}
