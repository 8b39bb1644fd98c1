//! The commit-graph file: opened where there is a usable one, and distrusted where it contradicts itself.

use std::path::Path;

use gix_commitgraph::{Graph, Position};
use gix_hash::Kind;

use crate::history::WalkError;

/// Opens the commit-graph, single or chained, under `info`. `Ok(None)` if there is none; `Err` says why there is one that
/// can't be used.
pub(in crate::history) fn open(info: &Path, object_hash: Kind) -> Result<Option<Graph>, String> {
    let single = info.join("commit-graph");
    let chain = info.join("commit-graphs");
    let graph = if single.is_file() {
        Graph::from_file(&single, object_hash)
    } else if chain.join("commit-graph-chain").is_file() {
        Graph::from_commit_graphs_dir(&chain, object_hash)
    } else {
        return Ok(None);
    };
    graph.map(Some).map_err(|error| error.to_string())
}

/// Positions of a commit's parents.
pub(super) fn parents(graph: &Graph, position: Position) -> impl Iterator<Item = Result<Position, WalkError>> + '_ {
    graph
        .commit_at(position)
        .iter_parents()
        .map(|parent| parent.map_err(|error| WalkError::CommitGraph(error.to_string())))
}

/// A commit's generation. Graphs written by git before 2.19 have none.
pub(super) fn generation(graph: &Graph, position: Position) -> Result<u32, WalkError> {
    match graph.commit_at(position).generation() {
        0 => Err(WalkError::CommitGraph("it has no generation numbers".to_owned())),
        generation => Ok(generation),
    }
}
