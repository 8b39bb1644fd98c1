//! A profile in memory: the function records of one file, or of a merge.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::hot::{self, HotFunction};
use crate::merge;
use crate::overlap::Overlap;
use crate::record::FunctionRecord;
use crate::summary::Summary;
use crate::{indexed, text};

/// How the program was instrumented, as far as it varies between IR-level profiles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Variants {
    /// A second round of instrumentation after inlining (`-fcs-profile-generate`).
    pub context_sensitive: bool,
    /// The entry block always has a counter of its own, and it comes first.
    pub entry_first: bool,
    /// Loop entries always have a counter.
    pub loop_entries: bool,
    /// Only the entry block has a counter.
    pub function_entry_only: bool,
}

impl Variants {
    /// What a merge of both kinds of profile is.
    pub(crate) fn union(self, other: Self) -> Self {
        Self {
            context_sensitive: self.context_sensitive || other.context_sensitive,
            entry_first: self.entry_first || other.entry_first,
            loop_entries: self.loop_entries || other.loop_entries,
            function_entry_only: self.function_entry_only || other.function_entry_only,
        }
    }
}

/// The function records of a profile.
///
/// Just read, it holds the records as its file does: in the file's order, and a function that occurs twice stays twice.
/// Writing, summing up and comparing work on the folded form, where each name and hash occurs once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    variants: Variants,
    functions: Vec<FunctionRecord>,
    binary_ids: Vec<Vec<u8>>,
    folded: bool,
}

impl Profile {
    /// A profile of records in any order, as a reader or a test collects them.
    #[must_use]
    pub fn new(variants: Variants, functions: Vec<FunctionRecord>, binary_ids: Vec<Vec<u8>>) -> Self {
        Self { variants, functions, binary_ids, folded: false }
    }

    /// What a merge leaves: each name and hash once, sorted by name, the hashes of a name in the order they arrived.
    pub(crate) fn from_fold(variants: Variants, functions: Vec<FunctionRecord>, binary_ids: Vec<Vec<u8>>) -> Self {
        Self { variants, functions, binary_ids, folded: true }
    }

    /// How the program was instrumented.
    #[must_use]
    pub fn variants(&self) -> Variants {
        self.variants
    }

    /// The function records.
    #[must_use]
    pub fn functions(&self) -> &[FunctionRecord] {
        &self.functions
    }

    /// The build ids of the programs that wrote the profile.
    #[must_use]
    pub fn binary_ids(&self) -> &[Vec<u8>] {
        &self.binary_ids
    }

    /// The profile in the indexed format, version 13, that rustc with LLVM 22 reads (`.profdata`).
    #[must_use]
    pub fn write_indexed(&self) -> Vec<u8> {
        indexed::write(&self.folded())
    }

    /// The profile in the text format, sorted by name and hash. It has no place for binary ids.
    #[must_use]
    pub fn write_text(&self) -> String {
        text::write(&self.folded())
    }

    /// A digest of each function's record, in this profile's order. Runs of one binary have the same order, so two of them
    /// differ where their digests do.
    #[must_use]
    pub fn digests(&self) -> Vec<u64> {
        // NB: the seed of this hasher is fixed.
        let digest = |record: &FunctionRecord| {
            let mut hasher = DefaultHasher::new();
            record.hash(&mut hasher);
            hasher.finish()
        };
        self.functions.iter().map(digest).collect()
    }

    /// Totals, maxima, coverage, and how few blocks hold how much of the counts.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::of(self.folded().functions())
    }

    /// How alike the block counts of two profiles are.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Overlap {
        Overlap::between(self.folded().functions(), other.folded().functions())
    }

    /// The `limit` functions with the largest block counts, hottest first; equal ones by name and hash.
    #[must_use]
    pub fn hottest(&self, limit: usize) -> Vec<HotFunction> {
        hot::hottest(self.folded().functions(), limit)
    }

    /// The same counts with each name and hash once, sorted by name: what all sums and comparisons work on.
    #[must_use]
    pub fn folded(&self) -> Cow<'_, Self> {
        if self.folded { Cow::Borrowed(self) } else { Cow::Owned(merge::fold(self)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_digest_of_the_function_that_counted_otherwise_differs() {
        let digests = |count| {
            let functions = [("same", 1), ("other", count)];
            let records = functions.map(|(name, count)| FunctionRecord::new(name.to_owned(), 7, vec![count]));
            Profile::new(Variants::default(), records.into(), Vec::new()).digests()
        };
        let [first, other] = [3, 4].map(digests);
        assert_eq!(first[0], other[0]);
        assert_ne!(first[1], other[1]);
        assert_eq!(first, digests(3));
    }
}
