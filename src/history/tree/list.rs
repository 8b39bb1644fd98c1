//! All differences of two trees, for people to read.

use std::cmp::Ordering;

use gix_hash::ObjectId;

use super::entry::{self, Entry};

/// An entry that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::history) struct TreeDifference<'a> {
    /// Its name.
    pub(in crate::history) name: &'a [u8],
    /// Whether it is a directory.
    pub(in crate::history) is_directory: bool,
    /// What it is on the left, if it is there.
    pub(in crate::history) left: Option<ObjectId>,
    /// What it is on the right, if it is there.
    pub(in crate::history) right: Option<ObjectId>,
}

/// The entries in which two trees differ, in tree order; `None` if one of them makes no sense.
pub(in crate::history) fn differences<'a>(
    left: &'a [u8],
    right: &'a [u8],
    hash_length: usize,
) -> Option<Vec<TreeDifference<'a>>> {
    let (left, right) = (entries(left, hash_length)?, entries(right, hash_length)?);
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let mut differences = Vec::new();
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return Some(differences),
            (Some(left), Some(right)) => entry::order(left, right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
        };
        let left = left.next_if(|_| order.is_le());
        let right = right.next_if(|_| order.is_ge());
        differences.extend(difference(left, right));
    }
}

/// The id of the entry called `name`; `None` if the tree has none, or makes no sense.
pub(in crate::history) fn entry_named(data: &[u8], name: &[u8], hash_length: usize) -> Option<ObjectId> {
    let entry = entries(data, hash_length)?.into_iter().find(|entry| entry.name == name)?;
    Some(ObjectId::from_bytes_or_panic(entry.id))
}

fn entries(data: &[u8], hash_length: usize) -> Option<Vec<Entry<'_>>> {
    let mut entries = Vec::new();
    let mut start = 0;
    while start < data.len() {
        let entry = entry::read(data, start, hash_length)?;
        start = entry.end;
        entries.push(entry);
    }
    Some(entries)
}

fn difference<'a>(left: Option<Entry<'a>>, right: Option<Entry<'a>>) -> Option<TreeDifference<'a>> {
    let either = left.or(right)?;
    let same = left.zip(right).is_some_and(|(left, right)| (left.mode, left.id) == (right.mode, right.id));
    let id = |entry: Option<Entry<'_>>| entry.map(|entry| ObjectId::from_bytes_or_panic(entry.id));
    let difference =
        TreeDifference { name: either.name, is_directory: either.is_directory, left: id(left), right: id(right) };
    (!same).then_some(difference)
}
