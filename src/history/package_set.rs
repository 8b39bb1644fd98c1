//! Sets of packages as bits, interned so that thousands of commits can share the few sets that occur.

use std::collections::BTreeMap;

/// Names an interned set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SetId(u32);

/// All sets that occur, each stored once.
#[derive(Debug, Clone)]
pub(super) struct PackageSets {
    words_per_set: usize,
    words: Vec<u64>,
    ids: BTreeMap<Box<[u64]>, SetId>,
}

impl PackageSets {
    /// The set without members.
    pub(super) const EMPTY: SetId = SetId(0);

    /// Sets over `packages` packages.
    pub(super) fn new(packages: usize) -> Self {
        let words_per_set = packages.div_ceil(64);
        let mut sets = Self { words_per_set, words: Vec::new(), ids: BTreeMap::new() };
        sets.intern(&vec![0; words_per_set]);
        sets
    }

    /// The set's members as bits.
    #[inline]
    pub(super) fn bits(&self, set: SetId) -> &[u64] {
        let start = set.0 as usize * self.words_per_set;
        &self.words[start..start + self.words_per_set]
    }

    /// The set with exactly these members.
    pub(super) fn intern(&mut self, bits: &[u64]) -> SetId {
        if let Some(set) = self.ids.get(bits) {
            return *set;
        }
        let set = SetId(u32::try_from(self.ids.len()).expect("fewer sets than commits"));
        self.words.extend_from_slice(bits);
        self.ids.insert(bits.into(), set);
        set
    }

    /// The set of these packages.
    pub(super) fn of(&mut self, packages: impl IntoIterator<Item = usize>) -> SetId {
        let mut bits = vec![0; self.words_per_set];
        for package in packages {
            insert(&mut bits, package);
        }
        self.intern(&bits)
    }

    /// All members of both.
    #[inline]
    pub(super) fn union(&mut self, one: SetId, other: SetId) -> SetId {
        if one == other || other == Self::EMPTY {
            one
        } else if one == Self::EMPTY {
            other
        } else {
            self.union_of_different(one, other)
        }
    }

    /// The members of one that the other has, too.
    pub(super) fn intersection(&mut self, one: SetId, other: SetId) -> SetId {
        if one == other {
            return one;
        }
        let common: Vec<u64> = self.bits(one).iter().zip(self.bits(other)).map(|(one, other)| one & other).collect();
        self.intern(&common)
    }

    /// The members of one that the other doesn't have.
    pub(super) fn difference(&mut self, one: SetId, other: SetId) -> SetId {
        let left: Vec<u64> = self.bits(one).iter().zip(self.bits(other)).map(|(one, other)| one & !other).collect();
        self.intern(&left)
    }

    fn union_of_different(&mut self, one: SetId, other: SetId) -> SetId {
        let both: Vec<u64> = self.bits(one).iter().zip(self.bits(other)).map(|(one, other)| one | other).collect();
        self.intern(&both)
    }
}

/// Adds a package to the bits.
pub(super) fn insert(bits: &mut [u64], package: usize) {
    bits[package / 64] |= 1 << (package % 64);
}

/// Adds the other bits.
pub(super) fn unite(bits: &mut [u64], other: &[u64]) {
    for (word, other) in bits.iter_mut().zip(other) {
        *word |= other;
    }
}

/// Removes what is not in the other bits.
pub(super) fn intersect(bits: &mut [u64], other: &[u64]) {
    for (word, other) in bits.iter_mut().zip(other) {
        *word &= other;
    }
}

/// Whether all bits are among the other bits.
pub(super) fn is_subset(bits: &[u64], other: &[u64]) -> bool {
    bits.iter().zip(other).all(|(word, other)| word & !other == 0)
}

/// Whether the package is in the bits.
pub(super) fn contains(bits: &[u64], package: usize) -> bool {
    bits[package / 64] >> (package % 64) & 1 == 1
}

/// The packages in the bits, in order.
pub(super) fn members(bits: &[u64]) -> impl Iterator<Item = usize> + '_ {
    bits.iter().enumerate().flat_map(|(index, word)| {
        let mut rest = *word;
        std::iter::from_fn(move || {
            let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(index * 64 + bit)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_sets_have_equal_ids() {
        let mut sets = PackageSets::new(130);
        let (low, high) = (sets.of([1, 2]), sets.of([129]));
        let both = sets.union(low, high);
        assert_eq!(both, sets.of([129, 2, 1]));
        assert_eq!(sets.union(both, low), both);
        assert_eq!(sets.union(PackageSets::EMPTY, low), low);
        assert_eq!(members(sets.bits(both)).collect::<Vec<_>>(), [1, 2, 129]);
        assert!(contains(sets.bits(both), 129) && !contains(sets.bits(low), 129));
    }

    #[test]
    fn no_packages_at_all_is_fine() {
        let mut sets = PackageSets::new(0);
        assert_eq!(sets.of([]), PackageSets::EMPTY);
        assert_eq!(members(sets.bits(PackageSets::EMPTY)).count(), 0);
    }
}
