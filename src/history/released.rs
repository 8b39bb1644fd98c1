//! Which commits are already released, for all packages in one sweep.
//!
//! A package's boundary is the commit of its last release. Everything the boundary reaches is released. Commits are visited
//! before their parents, each hands its set of "released for" packages down, and the sweep ends as soon as all commits
//! that wait are released for every package.

use super::WalkError;
use super::dag::{Dag, HEAD, Node, Walk};
use super::package_set::{PackageSets, SetId};

/// The commits that some package has not released yet, and for each the packages that have.
#[derive(Debug)]
pub(super) struct Unreleased {
    /// By node, for nodes that the sweep came to.
    released_for: Vec<SetId>,
    all: SetId,
}

impl Unreleased {
    /// Sweeps the history from HEAD. `boundaries` are the released commits with the packages they release; `unplanned`
    /// packages count as released throughout.
    pub(super) fn sweep(
        dag: &mut Dag,
        walk: &mut Walk,
        sets: &mut PackageSets,
        boundaries: &[(Node, SetId)],
        unplanned: SetId,
        all: SetId,
    ) -> Result<Self, WalkError> {
        let mut sweep = Sweep::new(dag, boundaries, unplanned, all);
        let mut next = 0;
        while sweep.waiting_unreleased > 0 {
            if next == walk.visited().len() && !walk.step(dag)? {
                break;
            }
            sweep.visit(walk.visited()[next], dag, sets);
            next += 1;
        }
        Ok(Self { released_for: sweep.released_for, all })
    }

    /// All packages.
    pub(super) fn all(&self) -> SetId {
        self.all
    }

    /// The packages that have released a commit, `None` if all have.
    pub(super) fn released_for(&self, node: Node) -> Option<SetId> {
        self.released_for.get(node as usize).copied().filter(|set| *set != self.all)
    }

    /// The commits that some package has not released, breadth-first from HEAD with parents in order.
    pub(super) fn breadth_first(&self, dag: &Dag) -> Vec<Node> {
        let mut seen = vec![false; self.released_for.len()];
        let mut order = Vec::new();
        let mut discover = |node: Node, order: &mut Vec<Node>| {
            if self.released_for(node).is_some() && !std::mem::replace(&mut seen[node as usize], true) {
                order.push(node);
            }
        };
        discover(HEAD, &mut order);
        let mut next = 0;
        while let Some(node) = order.get(next).copied() {
            for parent in dag.parents(node) {
                discover(*parent, &mut order);
            }
            next += 1;
        }
        order
    }
}

struct Sweep {
    released_for: Vec<SetId>,
    /// By node: whether a child was visited.
    waiting: Vec<bool>,
    /// By node: the packages it is the last release of.
    boundaries: Vec<SetId>,
    all: SetId,
    waiting_unreleased: usize,
}

impl Sweep {
    fn new(dag: &Dag, boundaries: &[(Node, SetId)], unplanned: SetId, all: SetId) -> Self {
        let mut by_node = vec![PackageSets::EMPTY; dag.len()];
        for (node, packages) in boundaries {
            by_node[*node as usize] = *packages;
        }
        let mut sweep =
            Self { released_for: Vec::new(), waiting: Vec::new(), boundaries: by_node, all, waiting_unreleased: 0 };
        sweep.grow(dag);
        sweep.wait(HEAD, unplanned);
        sweep
    }

    fn grow(&mut self, dag: &Dag) {
        self.released_for.resize(dag.len(), self.all);
        self.waiting.resize(dag.len(), false);
    }

    fn visit(&mut self, node: Node, dag: &Dag, sets: &mut PackageSets) {
        self.grow(dag);
        let released = self.released_for[node as usize];
        self.waiting_unreleased -= usize::from(released != self.all);
        let boundary = self.boundaries.get(node as usize).copied().unwrap_or(PackageSets::EMPTY);
        let released = sets.union(released, boundary);
        self.released_for[node as usize] = released;
        for parent in dag.parents(node) {
            let known = self.released_for[*parent as usize];
            if self.waiting[*parent as usize] {
                self.waiting_unreleased -= usize::from(known != self.all);
                self.wait(*parent, sets.union(known, released));
            } else {
                self.wait(*parent, released);
            }
        }
    }

    fn wait(&mut self, node: Node, released: SetId) {
        self.waiting[node as usize] = true;
        self.released_for[node as usize] = released;
        self.waiting_unreleased += usize::from(released != self.all);
    }
}
