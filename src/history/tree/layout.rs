//! Where a tree's entries are and what a change of each means: worked out once and shared by all trees that differ only in
//! the ids they hold, as consecutive versions of a directory mostly do.

use super::entry;
use crate::history::ownership::{Directory, Effect, Ownership};
use crate::history::package_set::PackageSets;

/// The entries of a tree that stands for a directory of the trie.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// The directory.
    pub(super) directory: Directory,
    /// Its entries in order, without gaps.
    pub(super) slots: Vec<Slot>,
}

/// One entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// Where the next entry starts.
    pub(super) end: usize,
    /// What a change of it means.
    pub(super) effect: Effect,
}

impl Layout {
    /// Reads the whole tree; `None` if it makes no sense.
    pub(super) fn read(
        directory: Directory,
        data: &[u8],
        hash_length: usize,
        ownership: &Ownership,
        sets: &mut PackageSets,
    ) -> Option<Self> {
        let mut slots = Vec::new();
        let mut start = 0;
        while start < data.len() {
            let entry = entry::read(data, start, hash_length)?;
            let effect = ownership.effect(directory, entry.name, entry.is_directory, sets);
            slots.push(Slot { end: entry.end, effect });
            start = entry.end;
        }
        Some(Self { directory, slots })
    }

    /// Where a slot's entry starts.
    pub(super) fn start(&self, slot: usize) -> usize {
        slot.checked_sub(1).map_or(0, |previous| self.slots[previous].end)
    }

    /// The slot at or after `from` that holds the byte at `offset`, or the number of slots if it is behind the last.
    pub(super) fn slot_at(&self, offset: usize, from: usize) -> usize {
        from + self.slots[from..].partition_point(|slot| slot.end <= offset)
    }
}
