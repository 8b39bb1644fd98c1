//! The order in which commits are attributed: every commit before its parents, along first parents where that is possible,
//! and each merged branch right behind its merge.
//!
//! So the tree of a commit's parent is mostly the tree of the commit that comes next, and is still at hand. And what takes a
//! commit back is read before that commit.

use super::dag::{Dag, HEAD, Node};

/// Reorders `breadth_first`, and gives each commit its rank in it.
pub(super) fn along_first_parents(dag: &Dag, breadth_first: &[Node]) -> Vec<(Node, u32)> {
    const ABSENT: u32 = u32::MAX;
    let mut ranks = vec![ABSENT; dag.len()];
    let mut children = vec![0_u32; dag.len()];
    for (node, rank) in breadth_first.iter().zip(0..) {
        ranks[*node as usize] = rank;
        dag.parents(*node).iter().for_each(|parent| children[*parent as usize] += 1);
    }
    let mut order = Vec::with_capacity(breadth_first.len());
    let mut stack = vec![HEAD];
    while let Some(node) = stack.pop().filter(|_| !breadth_first.is_empty()) {
        order.push((node, ranks[node as usize]));
        // The last one pushed comes next: branches before the mainline.
        for parent in dag.parents(node) {
            let waiting = &mut children[*parent as usize];
            *waiting -= 1;
            if *waiting == 0 && ranks[*parent as usize] != ABSENT {
                stack.push(*parent);
            }
        }
    }
    order
}
