//! Which side of a merge a package's history comes from, as `git log -- path` simplifies it (`git help log`, "History
//! Simplification").
//!
//! Where a merge left a package as one of its parents had it, the package's history goes on along that parent only: what the
//! other sides did to the package was thrown away (`-s ours`), undone before, or never was the package's (subtrees that were
//! joined). A parent that is released doesn't end the search along the others.
//!
//! Commits that every way from HEAD leads through belong to every package's history, whatever the merges above did. Between two
//! such commits lies a region, and its merges are compared only if a commit in it could tell something new.

use std::collections::BTreeMap;

use gix_hash::ObjectId;

use super::WalkError;
use super::dag::{Dag, HEAD, Node};
use super::package_set::{PackageSets, SetId, is_subset};
use super::released::Unreleased;
use super::repository::ObjectReader;
use super::tree::TreeComparison;

/// The unreleased commits, cut into regions where merges decide.
#[derive(Debug)]
pub(super) struct Regions {
    /// Commits before their parents.
    nodes: Vec<Node>,
    /// By node: its place in `nodes`.
    places: Vec<u32>,
    /// By place: its region, if it is in one.
    regions: Vec<Option<u32>>,
    /// Places of a region's commits, behind the place of the commit that all ways into it lead through.
    spans: Vec<(usize, usize)>,
}

/// What merges are compared by.
#[derive(Clone, Copy)]
pub(super) struct Basis<'a> {
    pub(super) dag: &'a Dag,
    /// The commits that some package has not released.
    pub(super) unreleased: &'a Unreleased,
    /// The packages' last releases, sorted.
    pub(super) boundaries: &'a [(Node, SetId)],
    pub(super) sets: &'a PackageSets,
}

/// What is known of the regions so far, for one thread.
pub(super) struct Followed<'a> {
    regions: &'a Regions,
    basis: Basis<'a>,
    known: BTreeMap<u32, Known>,
}

/// What objects and trees are read with. `None` in a repository of one package, which owns everything.
pub(super) struct Tools<'w, 'a> {
    pub(super) reader: &'w mut ObjectReader,
    pub(super) trees: Option<&'w mut TreeComparison<'a>>,
}

/// For each commit of a region the packages, among some, whose history it is part of, as bits.
struct Known {
    among: Vec<u64>,
    by_place: Vec<Vec<u64>>,
}

impl Regions {
    /// Cuts `visited`, commits before their parents. `None` if there is no region.
    pub(super) fn cut(
        visited: &[Node],
        unreleased: &Unreleased,
        boundaries: &[(Node, SetId)],
        dag: &Dag,
    ) -> Option<Self> {
        let is_unreleased = |node: Node| unreleased.released_for(node).is_some();
        let is_boundary = |node: Node| boundaries.binary_search_by_key(&node, |(node, _)| *node).is_ok();
        if visited.iter().all(|node| dag.parents(*node).len() < 2) {
            return None;
        }
        let nodes: Vec<Node> = visited.iter().copied().filter(|node| is_unreleased(*node)).collect();
        let mut cut = Self {
            places: vec![u32::MAX; dag.len()],
            regions: Vec::with_capacity(nodes.len()),
            spans: Vec::new(),
            nodes: Vec::new(),
        };
        let mut discovered = vec![false; dag.len()];
        discovered[HEAD as usize] = true;
        // A way that ends at a release or a root stays open for ever: a package's history may go there and nowhere else.
        let (mut waiting, mut open_for_ever, mut last_cut) = (1, false, 0);
        for (place, node) in nodes.iter().enumerate() {
            waiting -= 1;
            cut.places[*node as usize] = index(place);
            if waiting == 0 && !open_for_ever {
                cut.close(last_cut, place);
                last_cut = place;
                cut.regions.push(None);
            } else {
                cut.regions.push(Some(index(cut.spans.len())));
            }
            let parents = dag.parents(*node);
            open_for_ever |= parents.iter().all(|parent| !is_unreleased(*parent));
            for parent in parents {
                if !is_unreleased(*parent) {
                    open_for_ever |= parents.len() > 1 && is_boundary(*parent);
                } else if !std::mem::replace(&mut discovered[*parent as usize], true) {
                    waiting += 1;
                }
            }
        }
        cut.close(last_cut, nodes.len());
        cut.nodes = nodes;
        (!cut.spans.is_empty()).then_some(cut)
    }

    /// Ends the region between two places, if there is anything between them.
    fn close(&mut self, top: usize, end: usize) {
        if top + 1 < end {
            self.spans.push((top, end));
        }
    }

    /// The region that a commit is in.
    fn region(&self, node: Node) -> Option<u32> {
        self.regions[self.places[node as usize] as usize]
    }
}

impl<'a> Followed<'a> {
    pub(super) fn new(regions: &'a Regions, basis: Basis<'a>) -> Self {
        Self { regions, basis, known: BTreeMap::new() }
    }

    /// Whether merges decide what packages' history a commit is part of.
    pub(super) fn concerns(&self, node: Node) -> bool {
        self.regions.region(node).is_some()
    }

    /// Leaves only packages in `wanted` whose history a commit is part of. `among` are all packages that may be asked for of
    /// its region later on.
    pub(super) fn keep(
        &mut self,
        node: Node,
        wanted: &mut [u64],
        among: &[u64],
        tools: &mut Tools<'_, '_>,
    ) -> Result<(), WalkError> {
        let Some(region) = self.regions.region(node) else { return Ok(()) };
        let (top, _) = self.regions.spans[region as usize];
        if self.known.get(&region).is_none_or(|known| !is_subset(wanted, &known.among)) {
            let among = among.iter().zip(&*wanted).map(|(among, wanted)| among | wanted).collect();
            let known = self.find_out(region, among, tools)?;
            self.known.insert(region, known);
        }
        let place = self.regions.places[node as usize] as usize;
        let followed = &self.known[&region].by_place[place - top];
        wanted.iter_mut().zip(followed).for_each(|(wanted, followed)| *wanted &= followed);
        Ok(())
    }

    /// Follows the packages `among` through a region.
    fn find_out(&self, region: u32, among: Vec<u64>, tools: &mut Tools<'_, '_>) -> Result<Known, WalkError> {
        let (top, end) = self.regions.spans[region as usize];
        let mut by_place = vec![vec![0; among.len()]; end - top];
        by_place[0].clone_from(&among);
        for place in top..end {
            let node = self.regions.nodes[place];
            let followed = std::mem::take(&mut by_place[place - top]);
            let along = self.along(node, &followed, tools)?;
            by_place[place - top] = followed;
            for (parent, along) in self.basis.dag.parents(node).iter().zip(along) {
                let place = self.regions.places[*parent as usize] as usize;
                if let Some(known) = place.checked_sub(top).and_then(|place| by_place.get_mut(place)) {
                    known.iter_mut().zip(along).for_each(|(known, along)| *known |= along);
                }
            }
        }
        Ok(Known { among, by_place })
    }

    /// For each parent the packages, among the followed ones, whose history goes on along it.
    fn along(&self, node: Node, followed: &[u64], tools: &mut Tools<'_, '_>) -> Result<Vec<Vec<u64>>, WalkError> {
        let dag = self.basis.dag;
        let parents = dag.parents(node);
        let mut open = if parents.len() > 1 { self.undecided(node, followed) } else { Vec::new() };
        if open.iter().all(|word| *word == 0) {
            return Ok(vec![followed.to_vec(); parents.len()]);
        }
        let tree = dag.tree(node);
        // Packages that have one way only go on along all.
        let mut everywhere: Vec<u64> = followed.iter().zip(&open).map(|(followed, open)| followed & !open).collect();
        let mut along = Vec::with_capacity(parents.len());
        for parent in parents {
            let wanted: Vec<u64> = open.iter().zip(self.relevant(*parent)).map(|(open, way)| open & way).collect();
            let touched = tools.touched(&tree, &dag.tree(*parent), &wanted)?;
            let same: Vec<u64> = wanted.iter().zip(&touched).map(|(wanted, touched)| wanted & !touched).collect();
            open.iter_mut().zip(&same).for_each(|(open, same)| *open &= !same);
            along.push(same);
        }
        // And so do packages that are as no parent had them.
        everywhere.iter_mut().zip(&open).for_each(|(everywhere, open)| *everywhere |= open);
        for along in &mut along {
            along.iter_mut().zip(&everywhere).for_each(|(along, everywhere)| *along |= everywhere);
        }
        Ok(along)
    }

    /// The packages that have more than one way to go on.
    fn undecided(&self, node: Node, followed: &[u64]) -> Vec<u64> {
        let Some(released) = self.basis.unreleased.released_for(node) else { return Vec::new() };
        let mut once = vec![0; followed.len()];
        let mut twice = once.clone();
        for parent in self.basis.dag.parents(node) {
            let ways = once.iter_mut().zip(&mut twice).zip(self.relevant(*parent));
            ways.for_each(|((once, twice), way)| {
                *twice |= *once & way;
                *once |= way;
            });
        }
        let here = followed.iter().zip(self.basis.sets.bits(released));
        twice.iter().zip(here).map(|(twice, (followed, released))| twice & followed & !released).collect()
    }

    /// The packages that a commit can decide for: not those that have released it, unless with that very commit.
    fn relevant(&self, node: Node) -> impl Iterator<Item = u64> + use<'a> {
        let Basis { unreleased, boundaries, sets, .. } = self.basis;
        let released = unreleased.released_for(node).unwrap_or(unreleased.all());
        let boundary = boundaries.binary_search_by_key(&node, |(node, _)| *node);
        let boundary = boundary.map_or(PackageSets::EMPTY, |index| boundaries[index].1);
        let here = sets.bits(released).iter().zip(sets.bits(boundary));
        sets.bits(unreleased.all()).iter().zip(here).map(|(all, (released, boundary))| all & (!released | boundary))
    }
}

impl Tools<'_, '_> {
    /// The packages among `wanted` that differ between two root trees.
    fn touched(&mut self, left: &ObjectId, right: &ObjectId, wanted: &[u64]) -> Result<Vec<u64>, WalkError> {
        match &mut self.trees {
            _ if left == right => Ok(vec![0; wanted.len()]),
            None => Ok(wanted.to_vec()),
            Some(trees) => Ok(trees.touched(Some(left), Some(right), wanted, self.reader)?.to_vec()),
        }
    }
}

fn index(length: usize) -> u32 {
    u32::try_from(length).expect("fewer than 2^32 commits")
}
