//! The files that HEAD changed, or that changed since a release, for people to read.

use gix_hash::ObjectId;
use gix_object::Kind;

use super::commit_object;
use super::repository::{ObjectError, ObjectReader, corrupt};
use super::tree::differences;
use super::{HistoryError, Repository};

/// Paths of the files that differ between HEAD and its parent, sorted; all files of a root commit. A merge has changed
/// nothing, or with `both_sides` whatever differs from any parent.
///
/// # Errors
/// When an object is missing or damaged.
pub fn head_files(repository: &Repository, both_sides: bool) -> Result<Vec<String>, HistoryError> {
    let Some(head) = repository.head_id() else { return Ok(Vec::new()) };
    let mut reader = repository.reader();
    let (tree, parents) = tree_and_parents(&head, &mut reader)?;
    let mut files = Vec::new();
    if parents.is_empty() {
        collect(None, tree, &mut reader, &mut files)?;
    }
    if parents.len() == 1 || both_sides {
        for parent in parents {
            let (parent, _) = tree_and_parents(&parent, &mut reader)?;
            collect(Some(parent), tree, &mut reader, &mut files)?;
        }
    }
    files.sort_unstable();
    files.dedup();
    Ok(files)
}

/// Paths of the files that differ between HEAD and `commit`, sorted; without a commit all files of HEAD.
///
/// # Errors
/// When an object is missing or damaged.
pub fn files_since(repository: &Repository, commit: Option<ObjectId>) -> Result<Vec<String>, HistoryError> {
    let Some(head) = repository.head_id() else { return Ok(Vec::new()) };
    let mut reader = repository.reader();
    let (tree, _) = tree_and_parents(&head, &mut reader)?;
    let before = match commit {
        Some(commit) => Some(tree_and_parents(&commit, &mut reader)?.0),
        None => None,
    };
    let mut files = Vec::new();
    collect(before, tree, &mut reader, &mut files)?;
    files.sort_unstable();
    Ok(files)
}

fn tree_and_parents(id: &ObjectId, reader: &mut ObjectReader) -> Result<(ObjectId, Vec<ObjectId>), ObjectError> {
    let mut buffer = Vec::new();
    reader.read(id, Kind::Commit, &mut buffer)?;
    let commit = commit_object::parse(id, &buffer)?;
    Ok((commit.tree, reader.parents(id, &commit)?))
}

/// Adds the files that differ between two trees.
fn collect(
    left: Option<ObjectId>,
    right: ObjectId,
    reader: &mut ObjectReader,
    files: &mut Vec<String>,
) -> Result<(), ObjectError> {
    let mut pending = Vec::new();
    pending.extend((left != Some(right)).then(|| (String::new(), left, Some(right))));
    let (mut left_data, mut right_data) = (Vec::new(), Vec::new());
    while let Some((path, left, right)) = pending.pop() {
        read_tree(left, reader, &mut left_data)?;
        read_tree(right, reader, &mut right_data)?;
        let hash_length = right.or(left).map_or(0, |id| id.kind().len_in_bytes());
        let differences = differences(&left_data, &right_data, hash_length);
        let either = || right.or(left).expect("two missing trees don't differ");
        for difference in differences.ok_or_else(|| corrupt(&either(), Kind::Tree, "its entries make no sense"))? {
            let path = format!("{path}{}", String::from_utf8_lossy(difference.name));
            if difference.is_directory {
                pending.push((path + "/", difference.left, difference.right));
            } else {
                files.push(path);
            }
        }
    }
    Ok(())
}

fn read_tree(id: Option<ObjectId>, reader: &mut ObjectReader, data: &mut Vec<u8>) -> Result<(), ObjectError> {
    data.clear();
    match id {
        Some(id) => reader.read(&id, Kind::Tree, data),
        None => Ok(()),
    }
}
