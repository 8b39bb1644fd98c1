//! How few functions and blocks hold how much of the counts.

use pgo_profile::Summary;
use serde::Serialize;

/// The shares whose blocks are reported, in millionths: half, 90 %, 99 % and 99.9 %.
const SHARES: [u32; 4] = [500_000, 900_000, 990_000, 999_000];

/// The hottest blocks that hold a share of all counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BlocksHolding {
    /// The share they hold at least.
    pub share: f64,
    /// How many they are; all with the same count as the last of them are among them.
    pub blocks: u64,
    /// The smallest count among them: LLVM takes blocks above the 99 % line for hot.
    pub smallest_count: u64,
    /// How many of the hottest functions hold the same share.
    pub functions: u64,
}

/// What the hottest functions hold together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FunctionsHold {
    /// How many of the hottest functions.
    pub functions: u64,
    /// Their share of all counts.
    pub share: f64,
}

/// The running sum of `shares`, never above 1.
pub fn cumulative(shares: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let sum = |sum: &mut f64, share: f64| {
        *sum += share;
        Some(sum.min(1.0))
    };
    shares.into_iter().scan(0.0, sum).collect()
}

/// How few of the hottest functions hold `share`, by their running sum; all of them where rounding leaves it short.
pub fn functions_holding(cumulative: &[f64], share: f64) -> u64 {
    let below = cumulative.iter().take_while(|held| **held < share - 1e-12).count();
    (below + 1).min(cumulative.len()) as u64
}

/// The blocks and functions that hold each of the told shares; none for a profile without counts.
pub fn blocks_holding(summary: &Summary, cumulative: &[f64]) -> Vec<BlocksHolding> {
    let cutoffs = SHARES.iter().filter_map(|share| summary.cutoff(*share)).filter(|cutoff| cutoff.blocks > 0);
    cutoffs
        .map(|cutoff| {
            let share = f64::from(cutoff.share) / 1e6;
            let functions = functions_holding(cumulative, share);
            BlocksHolding { share, blocks: cutoff.blocks, smallest_count: cutoff.min_count, functions }
        })
        .collect()
}

/// What 1, 2, 5, 10, 20, ... of the hottest functions hold, and all of them.
pub fn steps(cumulative: &[f64]) -> Vec<FunctionsHold> {
    let all = cumulative.len();
    let decades = (0..6).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_usize.pow(power)));
    let numbers = decades.filter(|number| *number < all).chain((all > 0).then_some(all));
    numbers.map(|number| FunctionsHold { functions: number as u64, share: cumulative[number - 1] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_functions_hold_most() {
        let held = cumulative([0.6, 0.3, 0.09, 0.01]);
        assert_eq!([0.5, 0.9, 0.99, 1.0].map(|share| functions_holding(&held, share)), [1, 2, 3, 4]);
        let told: Vec<u64> = steps(&held).iter().map(|step| step.functions).collect();
        assert_eq!(told, [1, 2, 4]);
    }

    #[test]
    fn nothing_holds_nothing() {
        assert_eq!(functions_holding(&[], 0.9), 0);
        assert!(steps(&[]).is_empty());
    }
}
