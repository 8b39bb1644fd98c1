//! Which side of a merge a package's history comes from, as `git log -- path` simplifies it (`git help log`, "History
//! Simplification").
//!
//! Where a merge left a package as one of its parents had it, the package's history goes on along that parent only: what the
//! other sides did to the package was thrown away (`-s ours`), undone before, or never was the package's (subtrees that were
//! joined). A parent that is released doesn't end the search along the others.

use std::collections::BTreeMap;

use gix_hash::ObjectId;

use super::WalkError;
use super::dag::{Dag, HEAD, Node};
use super::ownership::Ownership;
use super::package_set::{PackageSets, SetId, is_subset};
use super::released::Unreleased;
use super::repository::ObjectReader;
use super::tree::TreeComparison;

/// For every unreleased commit the packages whose history it is part of.
#[derive(Debug)]
pub(super) struct Followed {
    by_node: Vec<SetId>,
    merges: BTreeMap<Node, Compared>,
}

/// What a merge was found to change of its first parent.
#[derive(Debug, Clone, Copy)]
struct Compared {
    /// The packages that were looked at.
    packages: SetId,
    /// Those among them that it changes.
    touched: SetId,
}

/// What the comparison of merges goes by.
pub(super) struct Released<'a> {
    /// The commits that some package has not released.
    pub(super) unreleased: &'a Unreleased,
    /// The packages' last releases.
    pub(super) boundaries: &'a [(Node, SetId)],
}

impl Followed {
    /// Works through `visited`, commits before their parents. `None` if there is no merge, so that everything is followed.
    /// `ownership` is `None` in a repository of one package, which owns everything.
    pub(super) fn through(
        visited: &[Node],
        released: &Released<'_>,
        dag: &Dag,
        ownership: Option<&Ownership>,
        sets: &mut PackageSets,
        reader: &mut ObjectReader,
    ) -> Result<Option<Self>, WalkError> {
        let nodes = || visited.iter().copied().filter(|node| released.unreleased.released_for(*node).is_some());
        if nodes().all(|node| dag.parents(node).len() < 2) {
            return Ok(None);
        }
        let mut by_node = vec![PackageSets::EMPTY; dag.len()];
        by_node[HEAD as usize] = released.unreleased.all();
        let trees = ownership.map(TreeComparison::new);
        let mut simplification = Simplification { released, dag, sets, reader, trees, merges: BTreeMap::new() };
        for node in nodes() {
            let followed = by_node[node as usize];
            let along = simplification.along(node, followed)?;
            for (parent, along) in dag.parents(node).iter().zip(along) {
                let known = by_node[*parent as usize];
                by_node[*parent as usize] = simplification.sets.union(known, along);
            }
        }
        Ok(Some(Self { by_node, merges: simplification.merges }))
    }

    /// The packages whose history a commit is part of.
    pub(super) fn packages(&self, node: Node) -> SetId {
        self.by_node[node as usize]
    }

    /// The packages among `wanted` that a merge changes of its first parent, if that was found out for all of them.
    pub(super) fn touched<'s>(&self, node: Node, wanted: &[u64], sets: &'s PackageSets) -> Option<&'s [u64]> {
        let compared = self.merges.get(&node)?;
        is_subset(wanted, sets.bits(compared.packages)).then(|| sets.bits(compared.touched))
    }
}

struct Simplification<'a> {
    released: &'a Released<'a>,
    dag: &'a Dag,
    sets: &'a mut PackageSets,
    reader: &'a mut ObjectReader,
    trees: Option<TreeComparison<'a>>,
    merges: BTreeMap<Node, Compared>,
}

impl Simplification<'_> {
    /// For each parent the packages whose history goes on along it.
    fn along(&mut self, node: Node, followed: SetId) -> Result<Vec<SetId>, WalkError> {
        let parents = self.dag.parents(node);
        let undecided = self.undecided(node, followed);
        if parents.len() < 2 || undecided.iter().all(|word| *word == 0) {
            return Ok(vec![followed; parents.len()]);
        }
        let tree = self.dag.tree(node);
        let mut open = undecided.clone();
        let mut along = Vec::with_capacity(parents.len());
        for (index, parent) in parents.iter().enumerate() {
            let wanted: Vec<u64> =
                open.iter().zip(self.relevant(*parent)).map(|(open, parent)| open & parent).collect();
            let looked_at = if index == 0 { &undecided } else { &wanted };
            let touched = self.touched(&tree, &self.dag.tree(*parent), looked_at)?;
            if index == 0 {
                let compared = Compared { packages: self.sets.intern(&undecided), touched: self.sets.intern(&touched) };
                self.merges.insert(node, compared);
            }
            let same: Vec<u64> = wanted.iter().zip(&touched).map(|(wanted, touched)| wanted & !touched).collect();
            open.iter_mut().zip(&same).for_each(|(open, same)| *open &= !same);
            along.push(same);
        }
        // Packages that are as no parent had them go on along all, and so do those that have one way only.
        let all = self.sets.bits(followed);
        let everywhere: Vec<u64> =
            all.iter().zip(&undecided).zip(&open).map(|((all, undecided), open)| all & (!undecided | open)).collect();
        let joined =
            |same: Vec<u64>| -> Vec<u64> { same.iter().zip(&everywhere).map(|(one, other)| one | other).collect() };
        Ok(along.into_iter().map(joined).map(|bits| self.sets.intern(&bits)).collect())
    }

    /// The packages that have more than one way to go on.
    fn undecided(&self, node: Node, followed: SetId) -> Vec<u64> {
        let parents = self.dag.parents(node);
        let Some(released) = self.released.unreleased.released_for(node).filter(|_| parents.len() > 1) else {
            return Vec::new();
        };
        let mut once = vec![0; self.sets.bits(followed).len()];
        let mut twice = once.clone();
        for parent in parents {
            let ways = once.iter_mut().zip(&mut twice).zip(self.relevant(*parent));
            ways.for_each(|((once, twice), parent)| {
                *twice |= *once & parent;
                *once |= parent;
            });
        }
        let here = self.sets.bits(followed).iter().zip(self.sets.bits(released));
        twice.iter().zip(here).map(|(twice, (followed, released))| twice & followed & !released).collect()
    }

    /// The packages that a commit can decide for: not those that have released it, unless with that very commit.
    fn relevant(&self, node: Node) -> Vec<u64> {
        let all = self.sets.bits(self.released.unreleased.all());
        let released = self.released.unreleased.released_for(node).unwrap_or(self.released.unreleased.all());
        let boundary = self.released.boundaries.binary_search_by_key(&node, |(node, _)| *node);
        let boundary = boundary.map_or(PackageSets::EMPTY, |index| self.released.boundaries[index].1);
        let here = self.sets.bits(released).iter().zip(self.sets.bits(boundary));
        all.iter().zip(here).map(|(all, (released, boundary))| all & (!released | boundary)).collect()
    }

    /// The packages among `wanted` that differ between two root trees.
    fn touched(&mut self, left: &ObjectId, right: &ObjectId, wanted: &[u64]) -> Result<Vec<u64>, WalkError> {
        match &mut self.trees {
            _ if left == right => Ok(vec![0; wanted.len()]),
            None => Ok(wanted.to_vec()),
            Some(trees) => {
                let touched = trees.touched(Some(left), Some(right), wanted, self.reader)?;
                Ok(touched.iter().zip(wanted).map(|(touched, wanted)| touched & wanted).collect())
            }
        }
    }
}
