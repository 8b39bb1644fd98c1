//! The commits that HEAD reaches, as flat arrays over small integers.
//!
//! Commits come from the commit-graph where there is one and from commit objects elsewhere; either way a commit is read
//! once and is a [`Node`] from then on. Nodes are only ever made for ancestors of HEAD, so having one proves that.

mod graph_file;
mod recent;
mod walk;

use gix_commitgraph::{Graph, Position};
use gix_hash::ObjectId;
use gix_hashtable::HashMap;

use super::WalkError;
use super::repository::ObjectReader;
pub(super) use graph_file::open as open_graph;
use recent::RecentCommits;
pub(super) use walk::Walk;

/// A commit that HEAD reaches: its index in the arrays.
pub(super) type Node = u32;

/// Where a commit stands relative to HEAD, as far as is known without walking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// HEAD reaches it.
    Node(Node),
    /// It is in the commit-graph and may turn out to be reachable.
    Graph(Position),
    /// HEAD doesn't reach it.
    Elsewhere,
}

/// Commits and their parents.
pub(super) struct Dag {
    /// Boxed because it is large and set aside while nodes are made from it.
    graph: Option<Box<Graph>>,
    /// By commit-graph position: one more than the node, or 0.
    nodes_of_positions: Vec<u32>,
    nodes_of_recent: HashMap<ObjectId, Node>,
    recent: RecentCommits,
    /// By node: the commit-graph position, or that plus the graph's length for commits outside of it.
    origins: Vec<u32>,
    /// By node: length of the longest way to a root. Greater than that of every parent.
    generations: Vec<u32>,
    /// By node: where its parents are in `parent_pool`.
    parent_spans: Vec<(u32, u32)>,
    parent_pool: Vec<Node>,
}

/// A node whose parents have not been read.
const UNREAD: (u32, u32) = (u32::MAX, 0);

/// The node of HEAD, which is read first.
pub(super) const HEAD: Node = 0;

/// Most repositories have fewer commits since their last release. Growing up to it costs short runs 1 % of their instructions.
const USUAL_NODES: usize = 256;

impl Dag {
    /// Starts at `head` and reads every commit that `graph` doesn't know.
    pub(super) fn new(head: &ObjectId, graph: Option<Graph>, reader: &mut ObjectReader) -> Result<Self, WalkError> {
        let graph_length = graph.as_ref().map_or(0, Graph::num_commits);
        let mut dag = Self {
            graph: graph.map(Box::new),
            nodes_of_positions: vec![0; graph_length as usize],
            nodes_of_recent: HashMap::default(),
            recent: RecentCommits::default(),
            origins: Vec::with_capacity(USUAL_NODES),
            generations: Vec::with_capacity(USUAL_NODES),
            parent_spans: Vec::with_capacity(USUAL_NODES),
            parent_pool: Vec::with_capacity(USUAL_NODES),
        };
        dag.node_of(head)?;
        recent::read(&mut dag, reader)?;
        Ok(dag)
    }

    /// How many nodes there are so far.
    pub(super) fn len(&self) -> usize {
        self.origins.len()
    }

    /// Looks a commit up, and its time with it, without making it a node.
    pub(super) fn find(&self, id: &ObjectId) -> Option<(Reach, i64)> {
        if let Some(node) = self.nodes_of_recent.get(id) {
            return Some((Reach::Node(*node), self.time(*node)));
        }
        let graph = self.graph.as_ref()?;
        let position = graph.lookup(id)?;
        let time = i64::try_from(graph.commit_at(position).committer_timestamp()).expect("34 bits");
        Some((self.node_at(position).map_or(Reach::Graph(position), Reach::Node), time))
    }

    /// A commit's id.
    pub(super) fn id(&self, node: Node) -> ObjectId {
        match self.source(node) {
            Source::Graph(graph, position) => graph.id_at(position).to_owned(),
            Source::Recent(index) => self.recent.id(index),
        }
    }

    /// A commit's root tree.
    pub(super) fn tree(&self, node: Node) -> ObjectId {
        match self.source(node) {
            Source::Graph(graph, position) => graph.commit_at(position).root_tree_id().to_owned(),
            Source::Recent(index) => self.recent.tree(index),
        }
    }

    /// When a commit was committed, in seconds since 1970.
    pub(super) fn time(&self, node: Node) -> i64 {
        match self.source(node) {
            Source::Graph(graph, position) => {
                i64::try_from(graph.commit_at(position).committer_timestamp()).expect("34 bits")
            }
            Source::Recent(index) => self.recent.time(index),
        }
    }

    /// A commit's message, if it was read along with its header and kept.
    pub(super) fn message(&self, node: Node) -> Option<&[u8]> {
        match self.source(node) {
            Source::Graph(..) => None,
            Source::Recent(index) => self.recent.message(index),
        }
    }

    /// Length of the longest way from a commit to a root.
    pub(super) fn generation(&self, node: Node) -> u32 {
        self.generations[node as usize]
    }

    /// A commit's parents in order. Empty before they are read by [`Self::read_parents`].
    pub(super) fn parents(&self, node: Node) -> &[Node] {
        match self.parent_spans[node as usize] {
            UNREAD => &[],
            (start, end) => &self.parent_pool[start as usize..end as usize],
        }
    }

    /// Makes sure that a commit's parents are known.
    pub(super) fn read_parents(&mut self, node: Node) -> Result<(), WalkError> {
        if self.parent_spans[node as usize] != UNREAD {
            return Ok(());
        }
        let position = Position(self.origins[node as usize]);
        let graph = self.graph.take().expect("only commits of the graph are left unread");
        let start = self.parent_pool.len();
        let parents = graph_file::parents(&graph, position).try_for_each(|parent| {
            let parent = self.node_at_or_new(&graph, parent?)?;
            self.parent_pool.push(parent);
            Ok(())
        });
        self.graph = Some(graph);
        self.close_parents(node, start);
        parents.and_then(|()| self.refuse_wrong_generations(node))
    }

    /// Whether a commit reaches another one. HEAD must reach both.
    pub(super) fn contains(&mut self, commit: &ObjectId, wanted: &ObjectId) -> Result<bool, WalkError> {
        let (Some((Reach::Node(commit), _)), Some((Reach::Node(wanted), _))) = (self.find(commit), self.find(wanted))
        else {
            return Ok(false);
        };
        let mut seen = vec![false; self.len()];
        let mut waiting = vec![commit];
        while let Some(node) = waiting.pop() {
            if node == wanted {
                return Ok(true);
            }
            // Only commits of a greater generation can reach the wanted one.
            if self.generation(node) <= self.generation(wanted) {
                continue;
            }
            self.read_parents(node)?;
            seen.resize(self.len(), false);
            for index in 0..self.parents(node).len() {
                let parent = self.parents(node)[index];
                if !std::mem::replace(&mut seen[parent as usize], true) {
                    waiting.push(parent);
                }
            }
        }
        Ok(false)
    }

    /// A parent of a greater generation would break the order of the walk.
    fn refuse_wrong_generations(&self, node: Node) -> Result<(), WalkError> {
        let generation = self.generation(node);
        if self.parents(node).iter().all(|parent| self.generation(*parent) < generation) {
            return Ok(());
        }
        Err(WalkError::CommitGraph(format!("commit {} has a parent of a higher generation", self.id(node))))
    }

    fn close_parents(&mut self, node: Node, start: usize) {
        let position = |index: usize| u32::try_from(index).expect("fewer than 2^32 parents");
        self.parent_spans[node as usize] = (position(start), position(self.parent_pool.len()));
    }

    fn graph_length(&self) -> u32 {
        u32::try_from(self.nodes_of_positions.len()).expect("taken from a u32")
    }

    fn source(&self, node: Node) -> Source<'_> {
        let origin = self.origins[node as usize];
        match &self.graph {
            Some(graph) if origin < self.graph_length() => Source::Graph(graph, Position(origin)),
            _ => Source::Recent((origin - self.graph_length()) as usize),
        }
    }

    fn generation_at(&self, position: Position) -> u32 {
        self.graph.as_ref().map_or(0, |graph| graph.commit_at(position).generation())
    }

    fn node_at(&self, position: Position) -> Option<Node> {
        self.nodes_of_positions[position.0 as usize].checked_sub(1)
    }

    fn node_at_or_new(&mut self, graph: &Graph, position: Position) -> Result<Node, WalkError> {
        match self.node_at(position) {
            Some(node) => Ok(node),
            None => {
                let node = self.push(position.0, graph_file::generation(graph, position)?);
                self.nodes_of_positions[position.0 as usize] = node + 1;
                Ok(node)
            }
        }
    }

    /// The node of an ancestor of HEAD, made if need be.
    fn node_of(&mut self, id: &ObjectId) -> Result<Node, WalkError> {
        if let Some(node) = self.nodes_of_recent.get(id) {
            return Ok(*node);
        }
        if let Some(graph) = self.graph.take() {
            let node = graph.lookup(id).map(|position| self.node_at_or_new(&graph, position));
            self.graph = Some(graph);
            if let Some(node) = node {
                return node;
            }
        }
        let origin = self.graph_length() + self.recent.push(*id);
        let node = self.push(origin, 0);
        self.nodes_of_recent.insert(*id, node);
        Ok(node)
    }

    fn push(&mut self, origin: u32, generation: u32) -> Node {
        let node = u32::try_from(self.origins.len()).expect("fewer than 2^32 commits");
        self.origins.push(origin);
        self.generations.push(generation);
        self.parent_spans.push(UNREAD);
        node
    }
}

/// Where a node's facts are.
enum Source<'a> {
    Graph(&'a Graph, Position),
    Recent(usize),
}
