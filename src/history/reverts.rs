//! Commits that take others back before either is released: neither counts then.

use std::collections::BTreeMap;

use gix_hash::ObjectId;
use gix_object::Kind;

use super::WalkError;
use super::commit_object;
use super::dag::{Dag, Node, Reach};
use super::merged::branch;
use super::package_set::{PackageSets, SetId};
use super::released::Unreleased;
use super::repository::{ObjectError, ObjectReader};
use crate::commit::{self, Reverted};

/// By commit that counts no more: the packages that it does count for.
pub(super) type Rulings = BTreeMap<Node, SetId>;

/// What is known of the history, for finding out which commits cancel each other.
pub(super) struct Search<'a> {
    pub(super) dag: &'a Dag,
    pub(super) unreleased: &'a Unreleased,
    /// The unreleased commits, each before its parents.
    pub(super) order: &'a [(Node, u32)],
    pub(super) reader: &'a mut ObjectReader,
}

impl Search<'_> {
    /// Which commits the `reverts`, given with the packages whose history they are part of, and their targets leave to count.
    /// A revert that is taken back itself takes nothing back, and neither does one for packages for which a merge threw it away.
    pub(super) fn rulings(
        &mut self,
        reverts: &BTreeMap<Node, Vec<u64>>,
        sets: &mut PackageSets,
    ) -> Result<Rulings, WalkError> {
        let newest_first: Vec<Node> =
            self.order.iter().map(|(node, _)| *node).filter(|node| reverts.contains_key(node)).collect();
        let mut messages = Vec::with_capacity(newest_first.len());
        for node in &newest_first {
            messages.push(self.message(*node)?);
        }
        let wanted: Vec<Reverted<'_>> = messages.iter().map(|message| commit::reverted(message)).collect();
        let titled = self.titled(&newest_first, &wanted)?;
        let mut rulings = Rulings::new();
        for ((node, wanted), titled) in newest_first.iter().zip(&wanted).zip(titled) {
            let all = self.unreleased.all();
            let here = sets.intern(&reverts[node]);
            let here = rulings.get(node).map_or(here, |left| sets.intersection(here, *left));
            if here == PackageSets::EMPTY {
                continue;
            }
            let elsewhere = sets.difference(all, here);
            let counts_here = |target: &Node, sets: &mut PackageSets| {
                rulings.get(target).is_none_or(|left| sets.intersection(here, *left) != PackageSets::EMPTY)
            };
            let targets = match wanted.ids[..] {
                [] => vec![titled.into_iter().find(|target| counts_here(target, sets))],
                _ => wanted.ids.iter().map(|id| self.unreleased_commit(id)).collect(),
            };
            let mut kept = PackageSets::EMPTY;
            for target in &targets {
                // A revert of what is released, or of what can't be found, changes what users have.
                let released = target.and_then(|target| self.unreleased.released_for(target));
                kept = sets.union(kept, released.unwrap_or(self.unreleased.all()));
                let merged = target.map(|target| branch(self.dag, self.unreleased, target)).unwrap_or_default();
                for taken_back in target.iter().chain(&merged) {
                    let left = rulings.entry(*taken_back).or_insert(all);
                    *left = sets.intersection(*left, elsewhere);
                }
            }
            let left = rulings.get(node).copied().unwrap_or(all);
            let kept = sets.intersection(left, kept);
            if kept != all {
                rulings.insert(*node, kept);
            }
        }
        Ok(rulings)
    }

    /// The unreleased commit with an id, or with one that begins so.
    fn unreleased_commit(&self, id: &str) -> Option<Node> {
        let is_unreleased = |node: &Node| self.unreleased.released_for(*node).is_some();
        if let Ok(id) = ObjectId::from_hex(id.as_bytes()) {
            let Some((Reach::Node(node), _)) = self.dag.find(&id) else { return None };
            return Some(node).filter(is_unreleased);
        }
        let begins_so = |node: &Node| self.dag.id(*node).to_string().starts_with(&id.to_ascii_lowercase());
        self.order.iter().map(|(node, _)| *node).find(begins_so)
    }

    /// For each revert that gives no id: the older commits with the title it quotes, the newest first.
    fn titled(&mut self, reverts: &[Node], wanted: &[Reverted<'_>]) -> Result<Vec<Vec<Node>>, WalkError> {
        let mut found = vec![Vec::new(); reverts.len()];
        // As many candidates as there are reverts are enough, whatever becomes of the others.
        let is_open =
            |index: usize, found: &[Vec<Node>]| wanted[index].ids.is_empty() && found[index].len() < reverts.len();
        let (mut next, order) = (0, self.order);
        for (node, _) in order {
            if (0..next).any(|index| is_open(index, &found)) {
                let message = self.message(*node)?;
                let title = commit::title_key(&message);
                for index in (0..next).filter(|index| wanted[*index].title == title && !title.is_empty()) {
                    found[index].push(*node);
                }
            }
            next += usize::from(reverts.get(next) == Some(node));
        }
        Ok(found)
    }

    fn message(&mut self, node: Node) -> Result<Vec<u8>, ObjectError> {
        if let Some(message) = self.dag.message(node) {
            return Ok(message.to_vec());
        }
        let (id, mut buffer) = (self.dag.id(node), Vec::new());
        self.reader.read(&id, Kind::Commit, &mut buffer)?;
        let start = commit_object::parse(&id, &buffer)?.message_start;
        Ok(buffer.split_off(start))
    }
}
