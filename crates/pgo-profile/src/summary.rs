//! Totals and the distribution of block counts.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::record::FunctionRecord;

/// The shares of all counts, in millionths, for which an indexed profile records how few blocks hold them.
pub const CUTOFFS: [u32; 16] = [
    10_000, 100_000, 200_000, 300_000, 400_000, 500_000, 600_000, 700_000, 800_000, 900_000, 950_000, 990_000, 999_000,
    999_900, 999_990, 999_999,
];

/// One million: the whole, in the unit of [`CUTOFFS`].
const WHOLE: u128 = 1_000_000;

/// The hottest blocks that together hold a share of all counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cutoff {
    /// The share, in millionths.
    pub share: u32,
    /// The smallest count among those blocks.
    pub min_count: u64,
    /// How many blocks have at least that count.
    pub blocks: u64,
}

/// What a profile amounts to. Functions with a pseudo count are left out, as LLVM does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Instrumented functions.
    pub functions: u64,
    /// Functions of which at least one block ran.
    pub covered_functions: u64,
    /// Instrumented blocks.
    pub blocks: u64,
    /// Blocks that ran.
    pub covered_blocks: u64,
    /// The sum of all block counts; wraps around at 2^64, as in the indexed format.
    pub total_count: u64,
    /// The largest block count.
    pub max_count: u64,
    /// The largest first count of a function.
    pub max_function_count: u64,
    /// The largest count that is not a function's first.
    pub max_internal_count: u64,
    /// How few blocks hold how much, one entry for each of [`CUTOFFS`].
    pub cutoffs: Vec<Cutoff>,
}

impl Summary {
    pub(crate) fn of<'a>(functions: impl IntoIterator<Item = &'a FunctionRecord>) -> Self {
        let mut summary = Self::empty();
        let mut blocks_by_count = BTreeMap::new();
        for counts in functions.into_iter().map(FunctionRecord::real_counts).filter(|counts| !counts.is_empty()) {
            summary.add_function(counts);
            for count in counts {
                *blocks_by_count.entry(Reverse(*count)).or_insert(0) += 1;
            }
        }
        summary.max_count = summary.max_function_count.max(summary.max_internal_count);
        summary.cutoffs = cutoffs(&blocks_by_count, summary.total_count);
        summary
    }

    /// The entry of one of [`CUTOFFS`]; `cutoff(900_000)` says how many blocks hold 90 % of all counts.
    #[must_use]
    pub fn cutoff(&self, share: u32) -> Option<Cutoff> {
        self.cutoffs.iter().copied().find(|cutoff| cutoff.share == share)
    }

    fn empty() -> Self {
        Self {
            functions: 0,
            covered_functions: 0,
            blocks: 0,
            covered_blocks: 0,
            total_count: 0,
            max_count: 0,
            max_function_count: 0,
            max_internal_count: 0,
            cutoffs: Vec::new(),
        }
    }

    fn add_function(&mut self, counts: &[u64]) {
        let covered_blocks = counts.iter().filter(|count| **count > 0).count() as u64;
        self.functions += 1;
        self.covered_functions += u64::from(covered_blocks > 0);
        self.blocks += counts.len() as u64;
        self.covered_blocks += covered_blocks;
        self.total_count = counts.iter().fold(self.total_count, |sum, count| sum.wrapping_add(*count));
        self.max_function_count = self.max_function_count.max(counts[0]);
        self.max_internal_count = counts[1..].iter().copied().fold(self.max_internal_count, u64::max);
    }
}

/// Walks down the counts, largest first, until each share is reached.
fn cutoffs(blocks_by_count: &BTreeMap<Reverse<u64>, u64>, total: u64) -> Vec<Cutoff> {
    let mut counts = blocks_by_count.iter();
    let (mut sum, mut blocks, mut min_count) = (0_u64, 0, 0);
    let mut entry = |share: u32| {
        let wanted = (u128::from(total) * u128::from(share) / WHOLE) as u64;
        while sum < wanted {
            let Some((Reverse(count), frequency)) = counts.next() else { break };
            min_count = *count;
            blocks += frequency;
            sum = sum.wrapping_add(count.wrapping_mul(*frequency));
        }
        Cutoff { share, min_count, blocks }
    };
    CUTOFFS.into_iter().map(&mut entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(counts: &[u64]) -> FunctionRecord {
        FunctionRecord::new("function".to_owned(), 1, counts.to_vec())
    }

    #[test]
    fn totals_maxima_and_coverage() {
        let summary = Summary::of(&[function(&[5, 90, 0]), function(&[0]), function(&[u64::MAX, 7])]);
        assert_eq!((summary.functions, summary.covered_functions), (2, 1));
        assert_eq!((summary.blocks, summary.covered_blocks), (4, 2));
        assert_eq!((summary.total_count, summary.max_count), (95, 90));
        assert_eq!((summary.max_function_count, summary.max_internal_count), (5, 90));
    }

    #[test]
    fn one_block_of_ten_holds_ninety_percent() {
        let summary = Summary::of(&[function(&[900, 50, 50])]);
        assert_eq!(summary.cutoff(900_000), Some(Cutoff { share: 900_000, min_count: 900, blocks: 1 }));
        assert_eq!(summary.cutoff(999_999), Some(Cutoff { share: 999_999, min_count: 50, blocks: 3 }));
        assert_eq!(summary.cutoff(123), None);
    }

    #[test]
    fn nothing_ran() {
        let summary = Summary::of(&[function(&[0, 0])]);
        assert_eq!(summary.cutoff(900_000), Some(Cutoff { share: 900_000, min_count: 0, blocks: 0 }));
        assert_eq!((summary.covered_functions, summary.total_count), (0, 0));
    }
}
