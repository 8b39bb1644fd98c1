//! Finds the commits that stand for released commits which a rewrite of the history has cut off.

use std::collections::BinaryHeap;

use gix_hash::ObjectId;
use gix_object::Kind;

use super::WalkError;
use super::commit_object;
use super::dag::{Dag, HEAD, Node};
use super::repository::ObjectReader;
use crate::config::OrphanedTagStrategy;

/// No more commits than this are compared with an orphan, the newest first.
const CANDIDATES: usize = 1000;

/// A search among HEAD's newest ancestors.
pub(super) struct Adoption {
    key: Key,
    candidates: Option<Vec<Candidate>>,
}

/// A commit that stands for a cut-off one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Adopted {
    pub(super) node: Node,
    pub(super) id: ObjectId,
    pub(super) time: i64,
}

/// What two commits must have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Tree,
    Message,
}

struct Candidate {
    node: Node,
    key: Vec<u8>,
}

impl Adoption {
    /// `None` if the strategy adopts nothing.
    pub(super) fn new(strategy: OrphanedTagStrategy) -> Option<Self> {
        let key = match strategy {
            OrphanedTagStrategy::Warn => return None,
            OrphanedTagStrategy::TreeHash => Key::Tree,
            OrphanedTagStrategy::Message => Key::Message,
        };
        Some(Self { key, candidates: None })
    }

    /// The newest of HEAD's ancestors that has the orphan's tree or message.
    pub(super) fn find(
        &mut self,
        orphan: &ObjectId,
        dag: &mut Dag,
        reader: &mut ObjectReader,
    ) -> Result<Option<Adopted>, WalkError> {
        let wanted = self.key.of(orphan, reader)?;
        let candidates = match self.candidates.take() {
            Some(candidates) => candidates,
            None => candidates(self.key, dag, reader)?,
        };
        let found = candidates.iter().find(|candidate| candidate.key == wanted).map(|candidate| candidate.node);
        self.candidates = Some(candidates);
        Ok(found.map(|node| Adopted { node, id: dag.id(node), time: dag.time(node) }))
    }
}

impl Key {
    fn of(self, id: &ObjectId, reader: &mut ObjectReader) -> Result<Vec<u8>, WalkError> {
        let mut buffer = Vec::new();
        reader.read(id, Kind::Commit, &mut buffer)?;
        let commit = commit_object::parse(id, &buffer)?;
        Ok(match self {
            Self::Tree => commit.tree.as_slice().to_vec(),
            Self::Message => buffer[commit.message_start..].to_vec(),
        })
    }
}

/// HEAD's newest ancestors by commit time; of equally old ones the first that was discovered.
fn candidates(key: Key, dag: &mut Dag, reader: &mut ObjectReader) -> Result<Vec<Candidate>, WalkError> {
    let mut candidates = Vec::new();
    let mut waiting = BinaryHeap::from([(dag.time(HEAD), std::cmp::Reverse(HEAD))]);
    let mut seen = vec![HEAD];
    while let Some((_, std::cmp::Reverse(node))) = waiting.pop().filter(|_| candidates.len() < CANDIDATES) {
        candidates.push(Candidate { node, key: key.of(&dag.id(node), reader)? });
        dag.read_parents(node)?;
        for parent in dag.parents(node) {
            if !seen.contains(parent) {
                seen.push(*parent);
                waiting.push((dag.time(*parent), std::cmp::Reverse(*parent)));
            }
        }
    }
    Ok(candidates)
}
