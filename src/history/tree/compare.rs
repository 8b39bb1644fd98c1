//! Compares two trees as raw bytes: equal stretches are skipped, and only entries that differ are looked at.
//!
//! As long as just ids differ, both trees share one layout and nothing is parsed. Where names or modes differ, the trees are
//! merged entry by entry until they agree again.

use std::cmp::Ordering;

use super::entry::{self, Entry};
use super::layout::{Layout, Slot};
use crate::history::ownership::{Effect, Ownership};
use crate::history::package_set::PackageSets;

/// A changed entry: what it means, and the raw ids before and after, where there are any. Which side is older doesn't matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change<'a> {
    /// What the change means.
    pub(super) effect: Effect,
    /// The id on the left, if the entry is there.
    pub(super) left: Option<&'a [u8]>,
    /// The id on the right, if the entry is there.
    pub(super) right: Option<&'a [u8]>,
}

/// What a comparison needs to know besides the trees.
pub(super) struct Context<'o, 's> {
    pub(super) hash_length: usize,
    pub(super) ownership: &'o Ownership,
    pub(super) sets: &'s mut PackageSets,
}

/// The layout of the right tree.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RightLayout {
    /// The same as the left one's.
    Shared,
    /// Another one.
    Own(Layout),
}

/// Reports every entry that differs. `None` if the right tree makes no sense.
pub(super) fn compare<'a>(
    left: (&'a [u8], &Layout),
    right: &'a [u8],
    context: &mut Context<'_, '_>,
    mut report: impl FnMut(Change<'a>),
) -> Option<RightLayout> {
    let mut merge = Merge::new(left.0, left.1, right, context.hash_length);
    while merge.skip_equal() {
        let step = match merge.only_id_differs() {
            Some(step) => step,
            None => merge.names_differ(context)?,
        };
        report(step.change);
        merge.apply(&step);
    }
    Some(merge.right_layout())
}

/// Two trees, compared up to an entry of each.
struct Merge<'a, 'l> {
    left: &'a [u8],
    layout: &'l Layout,
    right: &'a [u8],
    hash_length: usize,
    slot: usize,
    left_offset: usize,
    right_offset: usize,
    /// The right tree's entries, once they are known not to be at the same places as the left tree's.
    right_slots: Option<Vec<Slot>>,
}

/// How far a difference takes the comparison, and what it is.
struct Step<'a> {
    change: Change<'a>,
    advance_left: bool,
    /// The right tree's entry, if it takes part.
    right_slot: Option<Slot>,
    /// Whether both trees go on at the same places.
    aligned: bool,
}

impl<'a, 'l> Merge<'a, 'l> {
    fn new(left: &'a [u8], layout: &'l Layout, right: &'a [u8], hash_length: usize) -> Self {
        Self { left, layout, right, hash_length, slot: 0, left_offset: 0, right_offset: 0, right_slots: None }
    }

    /// Moves on to the next entries that differ; `false` if there are none.
    fn skip_equal(&mut self) -> bool {
        let equal = common_prefix(&self.left[self.left_offset..], &self.right[self.right_offset..]);
        let slot = self.layout.slot_at(self.left_offset + equal, self.slot);
        let left_offset = self.layout.start(slot);
        if let Some(slots) = &mut self.right_slots {
            let (from, to) = (self.left_offset, self.right_offset);
            slots.extend(
                self.layout.slots[self.slot..slot].iter().map(|slot| Slot { end: slot.end - from + to, ..*slot }),
            );
        }
        self.right_offset += left_offset - self.left_offset;
        (self.slot, self.left_offset) = (slot, left_offset);
        left_offset < self.left.len() || self.right_offset < self.right.len()
    }

    /// The step over two entries with the same mode and name.
    fn only_id_differs(&self) -> Option<Step<'a>> {
        let slot = self.layout.slots.get(self.slot)?;
        let left = &self.left[self.left_offset..slot.end];
        let right = self.right.get(self.right_offset..self.right_offset + left.len())?;
        let id_start = left.len() - self.hash_length;
        if left[..id_start] != right[..id_start] {
            return None;
        }
        let change = Change { effect: slot.effect, left: Some(&left[id_start..]), right: Some(&right[id_start..]) };
        let right_slot = Slot { end: self.right_offset + left.len(), effect: slot.effect };
        Some(Step { change, advance_left: true, right_slot: Some(right_slot), aligned: true })
    }

    /// The step over an entry that only one side has, or that has another mode.
    fn names_differ(&self, context: &mut Context<'_, '_>) -> Option<Step<'a>> {
        let left =
            (self.left_offset < self.left.len()).then(|| entry::read(self.left, self.left_offset, self.hash_length));
        let right = (self.right_offset < self.right.len())
            .then(|| entry::read(self.right, self.right_offset, self.hash_length));
        let mut right_slot = |entry: &Entry<'_>| {
            let effect = context.ownership.effect(self.layout.directory, entry.name, entry.is_directory, context.sets);
            Slot { end: entry.end, effect }
        };
        let step = |change, advance_left, right_slot| Step { change, advance_left, right_slot, aligned: false };
        let (left, right) = (lift(left)?, lift(right)?);
        let order = match (&left, &right) {
            (Some(left), Some(right)) => entry::order(left, right),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        let (left, right) = (left.filter(|_| order.is_le()), right.filter(|_| order.is_ge()));
        let slot = right.as_ref().map(&mut right_slot);
        let effect = match left {
            Some(_) => self.layout.slots[self.slot].effect,
            None => slot?.effect,
        };
        let change = Change { effect, left: left.map(|entry| entry.id), right: right.map(|entry| entry.id) };
        Some(step(change, left.is_some(), slot))
    }

    fn apply(&mut self, step: &Step<'a>) {
        if !step.aligned && self.right_slots.is_none() {
            self.right_slots = Some(self.layout.slots[..self.slot].to_vec());
        }
        if let Some(right_slot) = step.right_slot {
            self.right_offset = right_slot.end;
            self.right_slots.iter_mut().for_each(|slots| slots.push(right_slot));
        }
        if step.advance_left {
            self.left_offset = self.layout.slots[self.slot].end;
            self.slot += 1;
        }
    }

    fn right_layout(self) -> RightLayout {
        match self.right_slots {
            None => RightLayout::Shared,
            Some(slots) => RightLayout::Own(Layout { directory: self.layout.directory, slots }),
        }
    }
}

/// Turns "an entry that may make no sense, if there is one" around.
fn lift<T>(entry: Option<Option<T>>) -> Option<Option<T>> {
    match entry {
        None => Some(None),
        Some(None) => None,
        Some(some) => Some(some),
    }
}

/// How many bytes two slices have in common at their beginnings.
fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    // Large blocks for speed, then smaller ones to find the place.
    let equal = equal_blocks::<512>(one, other);
    let equal = equal + equal_blocks::<8>(&one[equal..], &other[equal..]);
    equal + equal_blocks::<1>(&one[equal..], &other[equal..])
}

/// How many bytes the blocks have that two slices have in common at their beginnings.
fn equal_blocks<const BLOCK: usize>(one: &[u8], other: &[u8]) -> usize {
    let blocks = one.as_chunks::<BLOCK>().0.iter().zip(other.as_chunks::<BLOCK>().0);
    blocks.take_while(|(one, other)| one == other).count() * BLOCK
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::list::differences;
    use super::*;
    use crate::config::NestedPackages;
    use crate::history::ownership::{ROOT, Rules, build};
    use crate::history::request::PackageScope;

    const HASH_LENGTH: usize = 20;

    fn ownership() -> Ownership {
        let scope = |path: &str| PackageScope { path: path.to_owned(), ..PackageScope::default() };
        let rules = Rules { nested: NestedPackages::Shared, shared_paths_by_component: false };
        build(&[scope("a"), scope("b/in"), scope("ab")], rules)
    }

    /// A tree of entries with random names, kinds and ids.
    fn tree() -> impl Strategy<Value = Vec<u8>> {
        let entry = (0..4_u8, 1..4_u8);
        prop::collection::btree_map("[ab.-]{1,3}", entry, 0..12).prop_map(|entries| written(&entries))
    }

    fn written(entries: &BTreeMap<String, (u8, u8)>) -> Vec<u8> {
        let mode = |kind: u8| ["100644", "100755", "40000", "40000"][usize::from(kind)];
        let sort_key = |name: &String, kind: u8| if kind > 1 { format!("{name}/") } else { name.clone() };
        let mut entries: Vec<_> = entries.iter().collect();
        entries.sort_by_key(|(name, (kind, _))| sort_key(name, *kind));
        let text = |name: &str, kind: u8, id: u8| [format!("{} {name}\0", mode(kind)).as_bytes(), &[id; 20]].concat();
        entries.into_iter().flat_map(|(name, (kind, id))| text(name, *kind, *id)).collect()
    }

    type Ids = (Option<Vec<u8>>, Option<Vec<u8>>);

    fn compared(left: &[u8], right: &[u8]) -> Option<(Vec<Ids>, Layout)> {
        let ownership = ownership();
        let mut sets = ownership.sets().clone();
        let layout = Layout::read(ROOT, left, HASH_LENGTH, &ownership, &mut sets)?;
        let mut context = Context { hash_length: HASH_LENGTH, ownership: &ownership, sets: &mut sets };
        let mut changes = Vec::new();
        let right_layout = compare((left, &layout), right, &mut context, |change| {
            changes.push((change.left.map(<[u8]>::to_vec), change.right.map(<[u8]>::to_vec)));
        })?;
        match right_layout {
            RightLayout::Shared => Some((changes, layout)),
            RightLayout::Own(own) => Some((changes, own)),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn finds_the_differences_and_the_right_layout(left in tree(), right in tree()) {
            let (changes, layout) = compared(&left, &right).expect("both make sense");
            let expected: Vec<Ids> = differences(&left, &right, HASH_LENGTH).expect("both make sense").iter().map(|difference| {
                let id = |id: Option<gix_hash::ObjectId>| id.map(|id| id.as_slice().to_vec());
                (id(difference.left), id(difference.right))
            }).collect();
            prop_assert_eq!(changes, expected);
            let ownership = ownership();
            let mut sets = ownership.sets().clone();
            let read = Layout::read(ROOT, &right, HASH_LENGTH, &ownership, &mut sets);
            prop_assert_eq!(Some(layout), read);
        }

        #[test]
        fn survives_any_bytes(left in tree(), mut right in tree(), at: prop::sample::Index, byte: u8, cut: bool) {
            if cut {
                right.truncate(at.index(right.len() + 1));
            } else if !right.is_empty() {
                let index = at.index(right.len());
                right[index] = byte;
            }
            compared(&left, &right);
            compared(&right, &left);
        }
    }
}
