//! A function's part of a profile.

use std::cmp::Reverse;

use pgo_profile::{FunctionRecord, Profile};
use serde::Serialize;

use super::symbol;

/// A function and its share of all counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FunctionShare {
    /// The demangled name, without hashes.
    pub name: String,
    /// The crate it is from.
    #[serde(rename = "crate")]
    pub crate_name: String,
    /// The name in the profile.
    pub symbol: String,
    /// The hash of its control flow graph, in hexadecimal.
    pub hash: String,
    /// The sum of its block counts, at most 2^64 - 1.
    pub count: u64,
    /// The largest of its block counts.
    pub largest_block: u64,
    /// Its part of all counts of the profile, from 0 to 1.
    pub share: f64,
}

/// The sum of a function's block counts, at most 2^64 - 1.
pub fn total(function: &FunctionRecord) -> u64 {
    function.real_counts().iter().fold(0, |sum, count| sum.saturating_add(*count))
}

/// The sum of all block counts; as a float, since it may exceed 64 bits.
pub fn grand_total(profile: &Profile) -> f64 {
    profile.functions().iter().flat_map(FunctionRecord::real_counts).map(|count| *count as f64).sum()
}

/// `part` of `whole`; nothing is no part of anything.
pub fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

impl FunctionShare {
    /// Describes `function` of a profile whose counts add up to `whole`.
    pub fn new(function: &FunctionRecord, whole: f64) -> Self {
        let readable = symbol::readable(&function.name);
        let count = total(function);
        Self {
            name: readable.name,
            crate_name: readable.crate_name,
            symbol: function.name.clone(),
            hash: format!("{:#018x}", function.hash),
            count,
            largest_block: function.max_count(),
            share: share(count as f64, whole),
        }
    }
}

/// The functions that ran, those with most counts first; equal ones by name and hash. `profile` is folded.
pub fn by_count(profile: &Profile) -> Vec<&FunctionRecord> {
    let mut functions: Vec<_> = profile.functions().iter().filter(|function| function.is_covered()).collect();
    functions.sort_by_cached_key(|function| (Reverse(total(function)), &function.name, function.hash));
    functions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_counts_come_first_and_idle_functions_never() {
        let function = |name: &str, counts: &[u64]| FunctionRecord::new(name.to_owned(), 1, counts.to_vec());
        let functions = vec![function("b", &[3, 1]), function("idle", &[0]), function("a", &[4]), function("c", &[9])];
        let profile = Profile::new(Default::default(), functions, Vec::new());
        let names: Vec<&str> = by_count(&profile).iter().map(|function| function.name.as_str()).collect();
        assert_eq!(names, ["c", "a", "b"]);
        let hottest = FunctionShare::new(by_count(&profile)[0], grand_total(&profile));
        assert!((hottest.share - 9.0 / 17.0).abs() < 1e-12);
        assert_eq!(hottest.hash, "0x0000000000000001");
    }

    #[test]
    fn sums_do_not_overflow() {
        let function = FunctionRecord::new("f".to_owned(), 1, vec![u64::MAX - 2; 3]);
        assert_eq!(total(&function), u64::MAX);
        assert_eq!(share(1.0, 0.0), 0.0);
    }
}
