//! How far two profiles agree, and what moved between them.

use std::collections::{BTreeMap, BTreeSet};

use pgo_profile::{FunctionRecord, Profile};
use render::number;
use serde::Serialize;

use super::{function, symbol};

/// Shares are sums of floats: what is this close to 1 is 1.
const ROUNDING: f64 = 1e-9;

/// Two profiles side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Comparison {
    /// By block, from 0 to 1: the sum over all blocks of the smaller of their two shares of the counts, which
    /// `llvm-profdata overlap` calls edge overlap. 1 for profiles of the same functions and counts, even without any.
    pub agreement: f64,
    /// The same by function: what is left of the differences when only the sums of functions are compared.
    pub function_overlap: f64,
    /// Whether every function has the same counts in both.
    pub same_counts: bool,
    /// Functions in both, with the same hashes.
    pub common_functions: u64,
    /// The parts of the first's and the second's counts that are in functions with the same hash in both.
    pub matched_shares: [f64; 2],
    /// Functions in both whose control flow differs, those with most counts first.
    pub changed: Vec<ChangedFunction>,
    /// Functions that only the first has, those with most counts first.
    pub only_in_first: Vec<MovedFunction>,
    /// Functions that only the second has, those with most counts first.
    pub only_in_second: Vec<MovedFunction>,
    /// How many of those only in one have the same readable name as one only in the other.
    pub renamed: u64,
    /// Every function whose share differs, the largest difference first.
    pub moved: Vec<MovedFunction>,
}

/// A function's shares of the counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct MovedFunction {
    /// The demangled name, without hashes.
    pub name: String,
    /// The crate it is from.
    #[serde(rename = "crate")]
    pub crate_name: String,
    /// The name in the profile.
    pub symbol: String,
    /// Its part of the first profile's counts.
    pub before: f64,
    /// Its part of the second profile's counts.
    pub after: f64,
}

/// A function whose control flow differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ChangedFunction {
    /// The function and its shares.
    #[serde(flatten)]
    pub function: MovedFunction,
    /// The hashes of its control flow graphs in the first profile, in hexadecimal.
    pub hashes_before: Vec<String>,
    /// Those in the second.
    pub hashes_after: Vec<String>,
}

impl MovedFunction {
    /// By how much its share grew.
    pub fn change(&self) -> f64 {
        self.after - self.before
    }

    fn larger(&self) -> f64 {
        self.before.max(self.after)
    }
}

/// One name's records in both profiles; several versions of a function have one name and different hashes.
#[derive(Debug, Default)]
struct Pair<'a> {
    first: Vec<&'a FunctionRecord>,
    second: Vec<&'a FunctionRecord>,
}

/// What makes counts comparable: the hash and the number of counters.
fn shapes(records: &[&FunctionRecord]) -> BTreeSet<(u64, usize)> {
    records.iter().map(|record| (record.hash, record.counts.len())).collect()
}

fn sum(records: &[&FunctionRecord]) -> f64 {
    records.iter().flat_map(|record| record.real_counts()).map(|count| *count as f64).sum()
}

impl Comparison {
    /// Compares two profiles.
    pub fn between(first: &Profile, second: &Profile) -> Self {
        let (first, second) = (first.folded(), second.folded());
        let wholes = [function::grand_total(&first), function::grand_total(&second)];
        let pairs = pairs(&first, &second);
        let same_counts = have_same_counts(&pairs);
        let score = if same_counts { 1.0 } else { first.overlap(&second).score };
        let moved: Vec<MovedFunction> = pairs.iter().map(|(name, pair)| moved(name, pair, wholes)).collect();
        let with = |wanted: fn(&Pair<'_>) -> bool| -> Vec<MovedFunction> {
            let chosen = moved.iter().zip(pairs.values()).filter(|(_, pair)| wanted(pair));
            by_larger(chosen.map(|(function, _)| function.clone()).collect())
        };
        let only_in_first = with(|pair| pair.second.is_empty());
        let only_in_second = with(|pair| pair.first.is_empty());
        Self {
            agreement: if score > 1.0 - ROUNDING { 1.0 } else { score },
            function_overlap: moved.iter().map(|function| function.before.min(function.after)).sum::<f64>().min(1.0),
            same_counts,
            common_functions: pairs.values().filter(|pair| shapes(&pair.first) == shapes(&pair.second)).count() as u64,
            matched_shares: matched_shares(&pairs, wholes),
            changed: changed(&pairs, &moved),
            renamed: renamed(&only_in_first, &only_in_second),
            only_in_first,
            only_in_second,
            moved: by_change(moved),
        }
    }

    /// The last line. `demanded` is the floor, from 0 to 1, where one is set.
    pub fn sentence(&self, demanded: Option<f64>) -> String {
        let agree = match self.agreement {
            _ if self.same_counts => "the profiles agree to 100 %: every count is the same".to_owned(),
            1.0 => "the profiles agree to 100 %".to_owned(),
            // Neither may be rounded up to an agreement that is not there.
            share if share >= 0.9995 => "the profiles agree to more than 99.9 %".to_owned(),
            share => format!("the profiles agree to {}", number::percent(share)),
        };
        match demanded.filter(|floor| self.is_below(*floor)) {
            Some(floor) => format!("{agree}, less than the {} demanded", number::percent(floor)),
            None => agree,
        }
    }

    /// Whether they agree less than `floor`, from 0 to 1.
    pub fn is_below(&self, floor: f64) -> bool {
        self.agreement < floor
    }

    /// Why the profiles can hardly be compared, where that is so.
    pub fn note(&self) -> Option<String> {
        let without_partner = self.only_in_first.len().min(self.only_in_second.len()) as u64;
        (without_partner > self.common_functions && self.renamed * 2 > without_partner).then(|| {
            format!(
                "{} functions only in one have a namesake in the other whose symbol differs in its hash: the profiles are \
                 of different compilers, crate versions or flags",
                self.renamed
            )
        })
    }
}

fn pairs<'a>(first: &'a Profile, second: &'a Profile) -> BTreeMap<&'a str, Pair<'a>> {
    let mut pairs: BTreeMap<&str, Pair<'_>> = BTreeMap::new();
    for record in first.functions() {
        pairs.entry(&record.name).or_default().first.push(record);
    }
    for record in second.functions() {
        pairs.entry(&record.name).or_default().second.push(record);
    }
    pairs
}

fn have_same_counts(pairs: &BTreeMap<&str, Pair<'_>>) -> bool {
    let counts = |records: &[&FunctionRecord]| -> BTreeMap<u64, Vec<u64>> {
        records.iter().map(|record| (record.hash, record.counts.clone())).collect()
    };
    pairs.values().all(|pair| counts(&pair.first) == counts(&pair.second))
}

fn moved(name: &str, pair: &Pair<'_>, wholes: [f64; 2]) -> MovedFunction {
    let readable = symbol::readable(name);
    MovedFunction {
        name: readable.name,
        crate_name: readable.crate_name,
        symbol: name.to_owned(),
        before: function::share(sum(&pair.first), wholes[0]),
        after: function::share(sum(&pair.second), wholes[1]),
    }
}

fn changed(pairs: &BTreeMap<&str, Pair<'_>>, moved: &[MovedFunction]) -> Vec<ChangedFunction> {
    let hashes = |records: &[&FunctionRecord]| -> Vec<String> {
        shapes(records).into_iter().map(|(hash, _)| format!("{hash:#018x}")).collect()
    };
    let both = |pair: &Pair<'_>| !pair.first.is_empty() && !pair.second.is_empty();
    let differing =
        pairs.values().zip(moved).filter(|(pair, _)| both(pair) && shapes(&pair.first) != shapes(&pair.second));
    let mut changed: Vec<ChangedFunction> = differing
        .map(|(pair, function)| ChangedFunction {
            function: function.clone(),
            hashes_before: hashes(&pair.first),
            hashes_after: hashes(&pair.second),
        })
        .collect();
    changed.sort_by(|left, right| right.function.larger().total_cmp(&left.function.larger()));
    changed
}

fn matched_shares(pairs: &BTreeMap<&str, Pair<'_>>, wholes: [f64; 2]) -> [f64; 2] {
    let mut matched = [0.0; 2];
    for pair in pairs.values() {
        let (first, second) = (shapes(&pair.first), shapes(&pair.second));
        for (matched, records) in matched.iter_mut().zip([&pair.first, &pair.second]) {
            let shape = |record: &FunctionRecord| (record.hash, record.counts.len());
            let common = records.iter().copied().filter(|record| {
                let shape = shape(record);
                first.contains(&shape) && second.contains(&shape)
            });
            *matched += sum(&common.collect::<Vec<_>>());
        }
    }
    [function::share(matched[0], wholes[0]), function::share(matched[1], wholes[1])]
}

fn renamed(only_in_first: &[MovedFunction], only_in_second: &[MovedFunction]) -> u64 {
    let names: BTreeSet<&str> = only_in_first.iter().map(|function| function.name.as_str()).collect();
    only_in_second.iter().filter(|function| names.contains(function.name.as_str())).count() as u64
}

// Both sorts are stable and their input is in symbol order, so equal functions stay in it.

fn by_larger(mut functions: Vec<MovedFunction>) -> Vec<MovedFunction> {
    functions.sort_by(|left, right| right.larger().total_cmp(&left.larger()));
    functions
}

fn by_change(mut functions: Vec<MovedFunction>) -> Vec<MovedFunction> {
    functions.retain(|function| function.change().abs() > ROUNDING);
    functions.sort_by(|left, right| right.change().abs().total_cmp(&left.change().abs()));
    functions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(functions: &[(&str, u64, &[u64])]) -> Profile {
        let records = functions
            .iter()
            .map(|(name, hash, counts)| FunctionRecord::new((*name).to_owned(), *hash, counts.to_vec()));
        Profile::new(Default::default(), records.collect(), Vec::new())
    }

    fn compare(first: &[(&str, u64, &[u64])], second: &[(&str, u64, &[u64])]) -> Comparison {
        Comparison::between(&profile(first), &profile(second))
    }

    fn names(functions: &[MovedFunction]) -> Vec<&str> {
        functions.iter().map(|function| function.name.as_str()).collect()
    }

    #[test]
    fn a_profile_agrees_with_itself_and_with_its_multiple() {
        let same = compare(&[("a", 1, &[1, 2])], &[("a", 1, &[1, 2])]);
        assert_eq!(same.sentence(Some(1.0)), "the profiles agree to 100 %: every count is the same");
        let multiple = compare(&[("a", 1, &[1, 2]), ("b", 1, &[3])], &[("a", 1, &[7, 14]), ("b", 1, &[21])]);
        assert_eq!(multiple.sentence(None), "the profiles agree to 100 %");
        assert!(multiple.moved.is_empty() && !multiple.same_counts);
        assert_eq!(compare(&[], &[]).agreement, 1.0);
    }

    #[test]
    fn every_kind_of_difference_is_told_once() {
        let first: &[(&str, u64, &[u64])] = &[
            ("same", 1, &[50]),
            ("changed", 1, &[20]),
            ("gone", 1, &[10]),
            ("gone idle", 1, &[0]),
            ("less", 1, &[20]),
        ];
        let second: &[(&str, u64, &[u64])] =
            &[("same", 1, &[50]), ("changed", 2, &[20]), ("new", 1, &[25]), ("less", 1, &[5])];
        let told = compare(first, second);
        assert!((told.agreement - 0.55).abs() < 1e-12, "same 50, less 5: {}", told.agreement);
        assert!((told.function_overlap - 0.75).abs() < 1e-12);
        assert_eq!(told.common_functions, 2);
        assert_eq!(names(&told.only_in_first), ["gone", "gone idle"]);
        assert_eq!(names(&told.only_in_second), ["new"]);
        assert_eq!(told.changed[0].hashes_after, ["0x0000000000000002"]);
        assert_eq!(names(&told.moved), ["new", "less", "gone"]);
        assert!((told.matched_shares[0] - 0.7).abs() < 1e-12);
        assert_eq!(told.sentence(Some(0.9)), "the profiles agree to 55 %, less than the 90 % demanded");
        assert!(told.is_below(0.9) && !told.is_below(0.55 - 1e-9));
    }

    #[test]
    fn nearly_is_not_fully() {
        let nearly = compare(&[("a", 1, &[1_000_000, 1])], &[("a", 1, &[1_000_000, 2])]);
        assert_eq!(nearly.sentence(None), "the profiles agree to more than 99.9 %");
        assert!(nearly.is_below(1.0));
    }

    #[test]
    fn symbols_of_another_compiler_are_explained() {
        let first: &[(&str, u64, &[u64])] = &[("_ZN4demo4main17h306645db6907bfccE", 1, &[1])];
        let second: &[(&str, u64, &[u64])] = &[("_ZN4demo4main17h1111111111111111E", 1, &[1])];
        let told = compare(first, second);
        assert_eq!((told.renamed, told.agreement), (1, 0.0));
        assert!(told.note().is_some_and(|note| note.contains("different compilers")));
        assert_eq!(compare(first, first).note(), None);
    }
}
