//! Visits the ancestors of HEAD, every commit before its parents, as far as somebody asks.

use std::collections::BinaryHeap;

use super::{Dag, HEAD, Node, Reach};
use crate::history::WalkError;

/// A walk that goes on where it stopped. It goes by generation, so dates may be as wrong as they like.
#[derive(Debug)]
pub(in crate::history) struct Walk {
    /// Commits whose children have all been visited, the highest generation first, then in the order of discovery.
    waiting: BinaryHeap<(u32, std::cmp::Reverse<Node>)>,
    queued: Vec<bool>,
    visited: Vec<Node>,
}

impl Walk {
    /// A walk that has not left HEAD.
    pub(in crate::history) fn new(dag: &Dag) -> Self {
        let mut walk =
            Self { waiting: BinaryHeap::new(), queued: Vec::new(), visited: Vec::with_capacity(super::USUAL_NODES) };
        walk.queue(dag, HEAD);
        walk
    }

    /// The commits visited so far, children before parents. All of their parents are known.
    pub(in crate::history) fn visited(&self) -> &[Node] {
        &self.visited
    }

    /// Visits one more commit; `false` when there is none left.
    pub(in crate::history) fn step(&mut self, dag: &mut Dag) -> Result<bool, WalkError> {
        let Some((_, std::cmp::Reverse(node))) = self.waiting.pop() else { return Ok(false) };
        dag.read_parents(node)?;
        self.visited.push(node);
        for index in 0..dag.parents(node).len() {
            self.queue(dag, dag.parents(node)[index]);
        }
        Ok(true)
    }

    /// Whether HEAD reaches a commit. Goes no deeper than the commit's generation.
    pub(in crate::history) fn reaches(&mut self, dag: &mut Dag, place: Reach) -> Result<bool, WalkError> {
        let position = match place {
            Reach::Node(_) => return Ok(true),
            Reach::Elsewhere => return Ok(false),
            Reach::Graph(position) => position,
        };
        let generation = dag.generation_at(position);
        loop {
            if dag.node_at(position).is_some() {
                return Ok(true);
            }
            let deeper = self.waiting.peek().is_some_and(|(waiting, _)| *waiting > generation);
            if !deeper || !self.step(dag)? {
                return Ok(false);
            }
        }
    }

    fn queue(&mut self, dag: &Dag, node: Node) {
        if self.queued.len() < dag.len() {
            self.queued.resize(dag.len(), false);
        }
        if !std::mem::replace(&mut self.queued[node as usize], true) {
            self.waiting.push((dag.generation(node), std::cmp::Reverse(node)));
        }
    }
}
