//! The order in which commits are attributed: along first parents, and each merged branch right behind its merge.
//!
//! So the tree of a commit's parent is mostly the tree of the commit that comes next, and is still at hand.

use super::dag::{Dag, HEAD, Node};

/// Reorders `breadth_first`, and gives each commit its rank in it.
pub(super) fn along_first_parents(dag: &Dag, breadth_first: &[Node]) -> Vec<(Node, u32)> {
    const DONE: u32 = u32::MAX;
    let mut ranks = vec![DONE; dag.len()];
    for (node, rank) in breadth_first.iter().zip(0..) {
        ranks[*node as usize] = rank;
    }
    let mut order = Vec::with_capacity(breadth_first.len());
    let mut stack = vec![HEAD];
    while let Some(node) = stack.pop() {
        let rank = std::mem::replace(&mut ranks[node as usize], DONE);
        if rank == DONE {
            continue;
        }
        order.push((node, rank));
        // The last one pushed comes next: branches before the mainline.
        stack.extend(dag.parents(node));
    }
    order
}
