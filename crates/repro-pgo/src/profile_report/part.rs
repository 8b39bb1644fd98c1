//! What one workload or one CPU model contributes to a profile.

use std::collections::BTreeMap;

use pgo_profile::{FunctionRecord, Profile};
use serde::Serialize;

use super::function::{self, FunctionShare};

/// How many of a part's hottest functions are listed.
const HOTTEST: usize = 3;

/// A part of a profile.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PartOverview {
    /// The workload's or the CPU model's name.
    pub name: String,
    /// Its part of all counts, weighted as in the merge.
    pub share: f64,
    /// Functions that ran.
    pub covered_functions: u64,
    /// Functions that ran in no other part of this kind.
    pub only_here: u64,
    /// Blocks that ran.
    pub covered_blocks: u64,
    /// How far its counts agree with the whole profile's, block by block, from 0 to 1.
    pub overlap_with_whole: f64,
    /// Its hottest functions, with their shares of this part's counts.
    pub hottest: Vec<FunctionShare>,
    /// The functions with most counts among those that ran in no other part.
    pub hottest_only_here: Vec<FunctionShare>,
}

/// Describes parts of one kind, in their order. Together they are `whole`.
pub fn overviews(whole: &Profile, parts: &[(String, Profile)]) -> Vec<PartOverview> {
    let in_parts = times_covered(parts);
    let counted: f64 = parts.iter().map(|(_, part)| function::grand_total(part)).sum();
    let describe = |(name, part): &(String, Profile)| {
        let total = function::grand_total(part);
        let hot = function::by_count(part);
        let only: Vec<_> = hot.iter().filter(|record| in_parts.get(&key(record)) == Some(&1)).collect();
        let summary = part.summary();
        PartOverview {
            name: name.clone(),
            share: function::share(total, counted),
            covered_functions: summary.covered_functions,
            only_here: only.len() as u64,
            covered_blocks: summary.covered_blocks,
            overlap_with_whole: whole.overlap(part).score,
            hottest: hot.iter().take(HOTTEST).map(|record| FunctionShare::new(record, total)).collect(),
            hottest_only_here: only.iter().take(HOTTEST).map(|record| FunctionShare::new(record, total)).collect(),
        }
    };
    parts.iter().map(describe).collect()
}

fn key(function: &FunctionRecord) -> (&str, u64) {
    (&function.name, function.hash)
}

/// In how many parts each function ran.
fn times_covered(parts: &[(String, Profile)]) -> BTreeMap<(&str, u64), usize> {
    let mut times = BTreeMap::new();
    for function in parts.iter().flat_map(|(_, part)| part.functions()).filter(|function| function.is_covered()) {
        *times.entry(key(function)).or_insert(0) += 1;
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(functions: &[(&str, &[u64])]) -> Profile {
        let records =
            functions.iter().map(|(name, counts)| FunctionRecord::new((*name).to_owned(), 1, counts.to_vec()));
        Profile::new(Default::default(), records.collect(), Vec::new())
    }

    #[test]
    fn shares_add_up_and_what_only_one_part_runs_is_found() {
        let whole = profile(&[("both", &[4]), ("sse", &[2]), ("avx", &[2])]);
        let parts = [
            ("Nehalem".to_owned(), profile(&[("both", &[2]), ("sse", &[2])])),
            ("Haswell".to_owned(), profile(&[("both", &[2]), ("avx", &[2])])),
        ];
        let told = overviews(&whole, &parts);
        assert_eq!(told.iter().map(|part| part.share).collect::<Vec<_>>(), [0.5, 0.5]);
        assert_eq!((told[0].covered_functions, told[0].only_here), (2, 1));
        assert_eq!(told[1].hottest_only_here[0].name, "avx");
        assert!((told[0].overlap_with_whole - 0.75).abs() < 1e-12);
    }
}
