//! The weight of each cell in the sum, where workloads are to weigh the same however many counts they make.
//!
//! A profile decides by shares of all counts, so a workload that runs for seconds drowns one that runs for milliseconds. What
//! weighs equally is scaled up to the one of them with the most counts. Weights are whole numbers and nothing else is used: the
//! same counts give the same weights everywhere.

use std::collections::BTreeMap;

use super::cells::Cell;
use super::facts;
use crate::declaration::{TrainingSpec, Weight};
use crate::toolchain::{ProfileTool, ProfileToolError};

/// How often the heaviest is taken: with it the others come within one in 128 of the same sum.
const FINENESS: u128 = 64;

/// Gives each of `cells` the weight that it has in the sum of all, whose workloads `training` declares. Without one that
/// weighs equally they keep what they have.
///
/// # Errors
/// [`ProfileToolError`] when a cell can't be read.
pub fn settle(tool: &ProfileTool, training: &TrainingSpec, cells: &mut [Cell]) -> Result<(), ProfileToolError> {
    let equal: Vec<&str> = training
        .workloads
        .iter()
        .filter(|workload| workload.weight == Weight::Equal)
        .map(|workload| workload.name.as_str())
        .collect();
    if equal.is_empty() {
        return Ok(());
    }
    let mut weighed = Vec::new();
    for Cell { workload, profile, .. } in cells.iter() {
        let is_equal = equal.contains(&workload.as_str());
        let count = is_equal.then(|| tool.read(&profile.path)).transpose()?.map(|profile| facts::total(&profile));
        weighed.push(Weighed { workload, times: profile.weight, count });
    }
    let weights = resolve(&weighed);
    for (cell, weight) in cells.iter_mut().zip(weights) {
        cell.profile.weight = weight;
    }
    Ok(())
}

/// A cell as far as its weight depends on it.
#[derive(Debug)]
struct Weighed<'a> {
    workload: &'a str,
    /// Its declared weight: that of the CPU model alone where the workload weighs equally.
    times: u64,
    /// The sum of its counts, where the workload weighs equally.
    count: Option<u128>,
}

fn resolve(cells: &[Weighed<'_>]) -> Vec<u64> {
    let mut sums: BTreeMap<&str, u128> = BTreeMap::new();
    for Weighed { workload, times, count } in cells {
        let Some(count) = count else { continue };
        let sum = sums.entry(workload).or_default();
        *sum = sum.saturating_add(count.saturating_mul((*times).into()));
    }
    let most = sums.values().copied().max().unwrap_or_default();
    let weight = |cell: &Weighed<'_>| {
        let scale = match cell.count.and_then(|_| sums.get(cell.workload)) {
            Some(sum) if *sum > 0 => rounded(most.saturating_mul(FINENESS), *sum),
            _ => FINENESS,
        };
        u64::try_from(scale.saturating_mul(cell.times.into())).unwrap_or(u64::MAX)
    };
    cells.iter().map(weight).collect()
}

fn rounded(value: u128, divisor: u128) -> u128 {
    value.saturating_add(divisor / 2) / divisor
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equal(workload: &str, times: u64, count: u128) -> Weighed<'_> {
        Weighed { workload, times, count: Some(count) }
    }

    #[test]
    fn equal_workloads_add_up_to_the_same_and_numbers_keep_their_place_beside_the_heaviest() {
        // Two CPU models, of weights 1 and 3; `long` has a thousand times the counts of `short`.
        let cells = [
            equal("long", 1, 10_000),
            equal("short", 1, 10),
            Weighed { workload: "fixed", times: 2, count: None },
            equal("long", 3, 10_000),
            equal("short", 3, 10),
        ];
        let weights = resolve(&cells);
        assert_eq!(weights, [64, 64_000, 128, 192, 192_000]);
        let sum = |name: &str| -> u128 {
            let own = cells.iter().zip(&weights).filter(|(cell, _)| cell.workload == name);
            own.map(|(cell, weight)| u128::from(*weight) * cell.count.unwrap_or_default()).sum()
        };
        assert_eq!(sum("long"), sum("short"));
    }

    #[test]
    fn sums_differ_by_less_than_one_percent_whatever_their_ratio() {
        for other in [1_u128, 2, 3, 10, 667, 999, 1000] {
            let weights = resolve(&[equal("a", 1, 1000), equal("b", 1, other)]);
            let [first, second] = [1000 * u128::from(weights[0]), other * u128::from(weights[1])];
            assert!(first.abs_diff(second) * 100 < first, "{other}: {first} and {second}");
        }
    }

    #[test]
    fn what_counted_nothing_and_what_is_too_large_stops_nothing_here() {
        assert_eq!(resolve(&[equal("a", 1, u128::MAX), equal("b", 1, 0)]), [1, 64]);
        assert_eq!(resolve(&[equal("a", 1, 1 << 100), equal("b", 1, 1)]), [64, u64::MAX]);
    }
}
