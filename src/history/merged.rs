//! The commits that a merge brought in.

use std::collections::BinaryHeap;

use super::dag::{Dag, Node};
use super::released::Unreleased;

/// Branches are followed through so many commits. Of a longer one only a part is known.
const MOST_COMMITS: usize = 4096;

/// The unreleased commits that a merge reaches only through its second and further parents.
pub(super) fn branch(dag: &Dag, unreleased: &Unreleased, merge: Node) -> Vec<Node> {
    let [mainline, branches @ ..] = dag.parents(merge) else { return Vec::new() };
    let mut walk = Painting::default();
    walk.paint(dag, *mainline, true);
    branches.iter().for_each(|parent| walk.paint(dag, *parent, false));
    let mut branch = Vec::new();
    // Commits come in the order of their generations, so that whatever reaches one has been painted before it.
    while walk.waiting_branch > 0
        && walk.taken < MOST_COMMITS
        && let Some((node, of_mainline)) = walk.next()
    {
        if !of_mainline && unreleased.released_for(node).is_none() {
            continue;
        }
        branch.extend((!of_mainline).then_some(node));
        dag.parents(node).iter().for_each(|parent| walk.paint(dag, *parent, of_mainline));
    }
    branch
}

/// A walk from both sides of a merge.
#[derive(Default)]
struct Painting {
    /// Generation, commit, and whether the mainline reaches it. A commit may wait more than once.
    waiting: BinaryHeap<(u32, Node, bool)>,
    waiting_branch: usize,
    taken: usize,
}

impl Painting {
    fn paint(&mut self, dag: &Dag, node: Node, of_mainline: bool) {
        self.waiting_branch += usize::from(!of_mainline);
        self.waiting.push((dag.generation(node), node, of_mainline));
    }

    /// The next commit, and whether the mainline reaches it.
    fn next(&mut self) -> Option<(Node, bool)> {
        let (generation, node, mut of_mainline) = self.waiting.pop()?;
        self.taken += 1;
        self.waiting_branch -= usize::from(!of_mainline);
        while let Some(&(_, _, again)) =
            self.waiting.peek().filter(|(other, same, _)| (*other, *same) == (generation, node))
        {
            self.waiting.pop();
            self.waiting_branch -= usize::from(!again);
            of_mainline |= again;
        }
        Some((node, of_mainline))
    }
}
