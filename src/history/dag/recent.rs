//! Commits that no commit-graph knows: read from their objects, once each, breadth-first from HEAD.

use std::collections::VecDeque;

use gix_hash::ObjectId;
use gix_object::Kind;

use super::{Dag, HEAD, Node};
use crate::history::WalkError;
use crate::history::commit_object;
use crate::history::repository::{ObjectReader, corrupt};

/// Messages are kept up to this many bytes, so that recent commits need not be read again.
const MESSAGE_BYTES: usize = 16 * 1024 * 1024;

/// A message that was not kept.
const NOT_KEPT: (u32, u32) = (u32::MAX, 0);

/// What was read from commit objects, in the order of reading.
#[derive(Default)]
pub(super) struct RecentCommits {
    ids: Vec<ObjectId>,
    trees: Vec<ObjectId>,
    times: Vec<i64>,
    messages: Vec<(u32, u32)>,
    message_pool: Vec<u8>,
}

impl RecentCommits {
    /// Adds a commit of which only the id is known.
    pub(super) fn push(&mut self, id: ObjectId) -> u32 {
        let index = u32::try_from(self.ids.len()).expect("fewer than 2^32 commits");
        self.trees.push(ObjectId::null(id.kind()));
        self.ids.push(id);
        self.times.push(0);
        self.messages.push(NOT_KEPT);
        index
    }

    pub(super) fn id(&self, index: usize) -> ObjectId {
        self.ids[index]
    }

    pub(super) fn tree(&self, index: usize) -> ObjectId {
        self.trees[index]
    }

    pub(super) fn time(&self, index: usize) -> i64 {
        self.times[index]
    }

    pub(super) fn message(&self, index: usize) -> Option<&[u8]> {
        match self.messages[index] {
            NOT_KEPT => None,
            (start, end) => Some(&self.message_pool[start as usize..end as usize]),
        }
    }

    fn keep_message(&mut self, index: usize, message: &[u8]) {
        let start = self.message_pool.len();
        if start + message.len() > MESSAGE_BYTES {
            return;
        }
        self.message_pool.extend_from_slice(message);
        let position = |offset: usize| u32::try_from(offset).expect("below the limit");
        self.messages[index] = (position(start), position(self.message_pool.len()));
    }
}

/// Reads every commit between HEAD and the commit-graph, or down to the roots if there is no graph.
pub(super) fn read(dag: &mut Dag, reader: &mut ObjectReader) -> Result<(), WalkError> {
    let mut queue = VecDeque::new();
    queue.extend(recent_index(dag, HEAD).map(|index| (HEAD, index)));
    let mut buffer = Vec::new();
    while let Some((node, index)) = queue.pop_front() {
        let known = dag.len();
        read_one(dag, node, index, reader, &mut buffer)?;
        let new = known..dag.len();
        let new = new.map(|node| Node::try_from(node).expect("a node"));
        queue.extend(new.filter_map(|node| recent_index(dag, node).map(|index| (node, index))));
    }
    set_generations(dag);
    Ok(())
}

/// A node's index among the recent commits, `None` if the commit-graph knows it.
fn recent_index(dag: &Dag, node: Node) -> Option<usize> {
    dag.origins[node as usize].checked_sub(dag.graph_length()).map(|index| index as usize)
}

fn read_one(
    dag: &mut Dag,
    node: Node,
    index: usize,
    reader: &mut ObjectReader,
    buffer: &mut Vec<u8>,
) -> Result<(), WalkError> {
    let id = dag.recent.id(index);
    reader.read(&id, Kind::Commit, buffer)?;
    let commit = commit_object::parse(&id, buffer)?;
    let start = dag.parent_pool.len();
    match reader.grafted_parents(&id) {
        Some(parents) => parents.iter().try_for_each(|parent| add_parent(dag, parent))?,
        None => {
            for parent in commit.parents() {
                add_parent(dag, &parent.ok_or_else(|| corrupt(&id, Kind::Commit, "a parent's id is no id"))?)?;
            }
        }
    }
    dag.close_parents(node, start);
    dag.recent.trees[index] = commit.tree;
    dag.recent.times[index] = commit.time;
    dag.recent.keep_message(index, &buffer[commit.message_start..]);
    Ok(())
}

fn add_parent(dag: &mut Dag, parent: &ObjectId) -> Result<(), WalkError> {
    let parent = dag.node_of(parent)?;
    dag.parent_pool.push(parent);
    Ok(())
}

/// Gives every recent commit the generation that a commit-graph would give it, parents first.
fn set_generations(dag: &mut Dag) {
    let mut stack = vec![HEAD];
    while let Some(node) = stack.last().copied() {
        let (mut generation, mut waits) = (0, false);
        for parent in dag.parents(node) {
            match dag.generations[*parent as usize] {
                0 => {
                    stack.push(*parent);
                    waits = true;
                }
                known => generation = generation.max(known),
            }
        }
        if !waits {
            if dag.generations[node as usize] == 0 {
                dag.generations[node as usize] = generation + 1;
            }
            stack.pop();
        }
    }
}
