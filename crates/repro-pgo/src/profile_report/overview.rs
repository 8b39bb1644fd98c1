//! The figures of one profile.

use std::collections::BTreeMap;

use pgo_profile::{FunctionRecord, Profile};
use render::number;
use serde::Serialize;

use super::concentration::{self, BlocksHolding, FunctionsHold};
use super::function::{self, FunctionShare};
use super::symbol;

/// What a profile says about its program.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Overview {
    /// Instrumented functions.
    pub functions: u64,
    /// Functions that ran.
    pub covered_functions: u64,
    /// Instrumented blocks.
    pub blocks: u64,
    /// Blocks that ran.
    pub covered_blocks: u64,
    /// The sum of all block counts, at most 2^64 - 1.
    pub count: u64,
    /// The largest block count.
    pub largest_block: u64,
    /// The hottest blocks that hold half, 90 %, 99 % and 99.9 % of the counts.
    pub blocks_holding: Vec<BlocksHolding>,
    /// What the hottest functions hold together.
    pub hottest_functions_hold: Vec<FunctionsHold>,
    /// The hottest functions, as many as asked for.
    pub hottest: Vec<FunctionShare>,
    /// All crates, the one with most counts first.
    pub crates: Vec<CrateShare>,
    /// The running sum of the shares of all functions that ran, the hottest first.
    #[serde(skip)]
    pub cumulative: Vec<f64>,
}

/// A crate's part of a profile.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct CrateShare {
    /// Its name as the compiler knows it.
    pub name: String,
    /// Its instrumented functions.
    pub functions: u64,
    /// Those that ran.
    pub covered_functions: u64,
    /// The sum of their block counts, at most 2^64 - 1.
    pub count: u64,
    /// Their part of all counts.
    pub share: f64,
}

impl Overview {
    /// The figures of `profile`, with the `top` hottest functions by name.
    pub fn of(profile: &Profile, top: usize) -> Self {
        let profile = profile.folded();
        let summary = profile.summary();
        let whole = function::grand_total(&profile);
        let hot = function::by_count(&profile);
        let shares = hot.iter().map(|record| function::share(function::total(record) as f64, whole));
        let cumulative = concentration::cumulative(shares);
        Self {
            functions: summary.functions,
            covered_functions: summary.covered_functions,
            blocks: summary.blocks,
            covered_blocks: summary.covered_blocks,
            count: profile.functions().iter().map(function::total).fold(0, u64::saturating_add),
            largest_block: summary.max_count,
            blocks_holding: concentration::blocks_holding(&summary, &cumulative),
            hottest_functions_hold: concentration::steps(&cumulative),
            hottest: hot.iter().take(top).map(|record| FunctionShare::new(record, whole)).collect(),
            crates: crates(profile.functions(), whole),
            cumulative,
        }
    }

    /// The last line: how much ran, and how few functions matter.
    pub fn sentence(&self) -> String {
        let Self { functions, covered_functions, .. } = self;
        let ran = format!("{covered_functions} of {functions} functions ran");
        if self.cumulative.is_empty() {
            return ran;
        }
        let (share, few) = (number::percent(0.9), concentration::functions_holding(&self.cumulative, 0.9));
        let hold = if few == 1 { "holds" } else { "hold" };
        format!("{ran}; {few} of them {hold} {share} of the counts")
    }
}

fn crates(functions: &[FunctionRecord], whole: f64) -> Vec<CrateShare> {
    let mut crates: BTreeMap<String, CrateShare> = BTreeMap::new();
    for record in functions {
        let name = symbol::readable(&record.name).crate_name;
        let entry = crates.entry(name.clone()).or_insert_with(|| CrateShare {
            name,
            functions: 0,
            covered_functions: 0,
            count: 0,
            share: 0.0,
        });
        entry.functions += 1;
        entry.covered_functions += u64::from(record.is_covered());
        entry.count = entry.count.saturating_add(function::total(record));
    }
    let mut crates: Vec<CrateShare> = crates.into_values().collect();
    for entry in &mut crates {
        entry.share = function::share(entry.count as f64, whole);
    }
    crates.sort_by(|left, right| right.count.cmp(&left.count).then_with(|| left.name.cmp(&right.name)));
    crates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overview(functions: &[(&str, &[u64])]) -> Overview {
        let records =
            functions.iter().map(|(name, counts)| FunctionRecord::new((*name).to_owned(), 1, counts.to_vec()));
        Overview::of(&Profile::new(Default::default(), records.collect(), Vec::new()), 2)
    }

    #[test]
    fn coverage_concentration_and_crates() {
        let overview = overview(&[
            ("_ZN4demo4main17h306645db6907bfccE", &[900, 50]),
            ("_ZN4core3fmt5write17h306645db6907bfccE", &[40, 0]),
            ("_ZN4core3fmt6number17h306645db6907bfccE", &[0]),
            ("memcpy", &[10]),
        ]);
        assert_eq!((overview.functions, overview.covered_functions), (4, 3));
        assert_eq!((overview.blocks, overview.covered_blocks, overview.count), (6, 4, 1000));
        let ninety = overview.blocks_holding.iter().find(|holding| holding.share == 0.9).expect("90 % is reported");
        assert_eq!((ninety.blocks, ninety.smallest_count, ninety.functions), (1, 900, 1));
        let hottest: Vec<&str> = overview.hottest.iter().map(|function| function.name.as_str()).collect();
        assert_eq!(hottest, ["demo::main", "core::fmt::write"]);
        let crates: Vec<(&str, u64, u64)> = overview
            .crates
            .iter()
            .map(|entry| (entry.name.as_str(), entry.covered_functions, entry.functions))
            .collect();
        assert_eq!(crates, [("demo", 1, 1), ("core", 1, 2), ("(none)", 1, 1)]);
        assert_eq!(overview.sentence(), "3 of 4 functions ran; 1 of them holds 90 % of the counts");
    }

    #[test]
    fn a_profile_without_counts_is_told_without_shares() {
        let overview = overview(&[("idle", &[0, 0])]);
        assert!(overview.blocks_holding.is_empty() && overview.hottest.is_empty());
        assert_eq!(overview.crates[0].share, 0.0);
        assert_eq!(overview.sentence(), "0 of 1 functions ran");
    }
}
