//! Commit-graph files, version 1: trees, parents, generation numbers and dates of all commits.

use sha1::{Digest, Sha1};

use super::pack_index::fan_out;
use crate::object::ObjectId;

/// What the graph says of a commit.
#[derive(Debug, Clone)]
pub(crate) struct GraphCommit {
    pub(crate) id: ObjectId,
    pub(crate) tree: ObjectId,
    /// Indices of earlier commits of the same list.
    pub(crate) parents: Vec<usize>,
    pub(crate) date: i64,
}

const NO_PARENT: u32 = 0x7000_0000;
const MORE_PARENTS: u32 = 0x8000_0000;
const LAST_PARENT: u32 = 0x8000_0000;
/// Signature, version 1, SHA-1, then the number of chunks and of base graphs.
const HEADER: &[u8] = b"CGPH\x01\x01";

/// The file's bytes; `commits` must list parents before their children.
pub(crate) fn encode(commits: &[GraphCommit]) -> Vec<u8> {
    let order = name_order(commits);
    let ids: Vec<u8> = order.iter().flat_map(|&index| commits[index].id.0).collect();
    let (data, edges) = commit_data(commits, &order);
    let mut chunks = vec![
        (*b"OIDF", fan_out(commits.iter().map(|commit| commit.id))),
        (*b"OIDL", ids),
        (*b"CDAT", data),
        (*b"GDA2", generation_data(commits, &order)),
    ];
    if !edges.is_empty() {
        chunks.push((*b"EDGE", edges));
    }
    assemble(&chunks)
}

fn assemble(chunks: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut file = HEADER.to_vec();
    file.extend([chunks.len() as u8, 0]);
    let mut offset = (file.len() + 12 * (chunks.len() + 1)) as u64;
    for (name, bytes) in chunks {
        file.extend(name);
        file.extend(offset.to_be_bytes());
        offset += bytes.len() as u64;
    }
    file.extend([0; 4]);
    file.extend(offset.to_be_bytes());
    for (_, bytes) in chunks {
        file.extend(bytes);
    }
    let checksum = Sha1::digest(&file);
    file.extend(checksum);
    file
}

/// Indices of the commits, sorted by name.
fn name_order(commits: &[GraphCommit]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..commits.len()).collect();
    order.sort_by_key(|&index| commits[index].id);
    order
}

/// `CDAT`, and `EDGE` for commits with more than two parents.
fn commit_data(commits: &[GraphCommit], order: &[usize]) -> (Vec<u8>, Vec<u8>) {
    let mut places = vec![0u32; commits.len()];
    for (place, &index) in (0u32..).zip(order) {
        places[index] = place;
    }
    let levels = topological_levels(commits);
    let (mut data, mut edges) = (Vec::new(), Vec::new());
    for &index in order {
        let commit = &commits[index];
        let parents: Vec<u32> = commit.parents.iter().map(|&parent| places[parent]).collect();
        data.extend(commit.tree.0);
        data.extend(parents.first().copied().unwrap_or(NO_PARENT).to_be_bytes());
        data.extend(second_parent(&parents, &mut edges).to_be_bytes());
        let date = u64::try_from(commit.date).expect("definitions allow no dates before 1970");
        data.extend((u64::from(levels[index]) << 34 | date).to_be_bytes());
    }
    (data, edges)
}

/// The second parent's place, or where the list of all parents but the first starts in `edges`.
fn second_parent(parents: &[u32], edges: &mut Vec<u8>) -> u32 {
    match parents {
        [] | [_] => NO_PARENT,
        [_, second] => *second,
        [_, others @ .., last] => {
            let start = (edges.len() / 4) as u32;
            for other in others {
                edges.extend(other.to_be_bytes());
            }
            edges.extend((last | LAST_PARENT).to_be_bytes());
            MORE_PARENTS | start
        }
    }
}

/// One more than the highest level of the parents; 1 for a root.
fn topological_levels(commits: &[GraphCommit]) -> Vec<u32> {
    let mut levels = Vec::with_capacity(commits.len());
    for commit in commits {
        let highest = commit.parents.iter().map(|&parent| levels[parent]).max().unwrap_or(0);
        levels.push(highest + 1);
    }
    levels
}

/// `GDA2`: by how much each corrected date (later than all parents') exceeds the commit's own.
fn generation_data(commits: &[GraphCommit], order: &[usize]) -> Vec<u8> {
    let mut corrected: Vec<i64> = Vec::with_capacity(commits.len());
    for commit in commits {
        let latest = commit.parents.iter().map(|&parent| corrected[parent] + 1).max().unwrap_or(0);
        corrected.push(latest.max(commit.date));
    }
    let offset = |index: usize| {
        i32::try_from(corrected[index] - commits[index].date).expect("dates are limited so that offsets fit 31 bits")
    };
    order.iter().flat_map(|&index| offset(index).to_be_bytes()).collect()
}
