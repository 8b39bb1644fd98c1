//! How alike the block counts of two profiles are.

use std::collections::BTreeMap;

use crate::record::FunctionRecord;

/// The overlap of two profiles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// The sum over all blocks of the smaller of their two shares of all counts: 1 for equal distributions, 0 for
    /// profiles without a common block. Two profiles without counts overlap by 0.
    pub score: f64,
    /// Functions with equal name, hash and number of counters in both.
    pub common_functions: u64,
    /// Functions whose name is in both, but no record of the same hash and number of counters.
    pub mismatched_functions: u64,
    /// Functions whose name only the first profile has.
    pub only_in_first: u64,
    /// Functions whose name only the second profile has.
    pub only_in_second: u64,
}

type Versions<'a> = BTreeMap<&'a str, BTreeMap<u64, &'a [u64]>>;

impl Overlap {
    /// Records are matched by name, hash and number of counters; value sites do not count.
    pub(crate) fn between(first: &[FunctionRecord], second: &[FunctionRecord]) -> Self {
        let (totals, known) = ((total(first), total(second)), versions(first));
        let mut overlap =
            Self { score: 0.0, common_functions: 0, mismatched_functions: 0, only_in_first: 0, only_in_second: 0 };
        for function in second {
            let Some(hashes) = known.get(function.name.as_str()) else {
                overlap.only_in_second += 1;
                continue;
            };
            match hashes.get(&function.hash).filter(|counts| counts.len() == function.counts.len()) {
                Some(counts) => {
                    overlap.common_functions += 1;
                    overlap.score += shared(counts, &function.counts, totals);
                }
                None => overlap.mismatched_functions += 1,
            }
        }
        let names = versions(second);
        overlap.only_in_first =
            first.iter().filter(|function| !names.contains_key(function.name.as_str())).count() as u64;
        overlap
    }
}

fn versions(functions: &[FunctionRecord]) -> Versions<'_> {
    let mut versions = Versions::new();
    for function in functions {
        versions.entry(&function.name).or_default().insert(function.hash, &function.counts);
    }
    versions
}

fn total(functions: &[FunctionRecord]) -> f64 {
    functions.iter().flat_map(FunctionRecord::real_counts).map(|count| *count as f64).sum()
}

fn shared(first: &[u64], second: &[u64], (first_total, second_total): (f64, f64)) -> f64 {
    if first_total < 1.0 || second_total < 1.0 {
        return 0.0;
    }
    let share = |(left, right): (&u64, &u64)| (*left as f64 / first_total).min(*right as f64 / second_total);
    first.iter().zip(second).map(share).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(name: &str, hash: u64, counts: &[u64]) -> FunctionRecord {
        FunctionRecord::new(name.to_owned(), hash, counts.to_vec())
    }

    #[test]
    fn a_multiple_of_a_profile_overlaps_fully() {
        let overlap = Overlap::between(&[function("a", 1, &[1, 3])], &[function("a", 1, &[10, 30])]);
        assert!((overlap.score - 1.0).abs() < 1e-12);
        assert_eq!(overlap.common_functions, 1);
    }

    #[test]
    fn the_smaller_share_counts() {
        let overlap = Overlap::between(&[function("a", 1, &[1, 3])], &[function("a", 1, &[3, 1])]);
        assert!((overlap.score - 0.5).abs() < 1e-12);
    }

    #[test]
    fn functions_that_do_not_match_share_nothing() {
        let first = [function("a", 1, &[1]), function("only first", 1, &[1])];
        let second = [function("a", 2, &[1]), function("only second", 1, &[1])];
        let overlap = Overlap::between(&first, &second);
        assert_eq!(overlap.score, 0.0);
        assert_eq!((overlap.mismatched_functions, overlap.only_in_first, overlap.only_in_second), (1, 1, 1));
    }
}
