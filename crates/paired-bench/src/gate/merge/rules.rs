//! The merge gate's rules, fixed before anything is counted.
//!
//! A gated benchmark is refused if and only if the median count of head is above that of base by more than
//! `max(limit, 3 IQR)`, where the IQR is that of the benchmark's own A/A: the counts of one and the same binary, each
//! relative to their median. A program whose counts repeat exactly is held to `limit` alone (0.2 % is what rustls gates
//! its instruction counts at; the 3 IQR are those of rustc-perf). Where base's counts differ, both sides are counted three
//! times as often, so that the spread is known. A suspicion is confirmed by building both sides again
//! from nothing, in other directories, and counting again: only what both counts say refuses a merge.

use globset::Glob;
use serde::{Deserialize, Serialize};

use crate::statistics::quartiles::{interquartile_range, median};

/// What head must not exceed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct MergeRules {
    /// Glob over the names of the benchmarks that are gated; the others are reported only.
    pub benchmarks: String,
    /// The smallest growth that counts, as a share of base's instructions.
    pub limit: f64,
    /// How often each binary is counted on each benchmark; three times as often where base's counts differ.
    pub repeats: u32,
    /// How many interquartile ranges of its own A/A a benchmark may grow by.
    pub spread_factor: f64,
}

impl Default for MergeRules {
    fn default() -> Self {
        Self { benchmarks: "*".to_owned(), limit: 0.002, repeats: 3, spread_factor: 3.0 }
    }
}

impl MergeRules {
    /// Whether the benchmark `name` is gated. An invalid pattern gates everything: that can't let anything through.
    pub fn is_gated(&self, name: &str) -> bool {
        Glob::new(&self.benchmarks).map_or(true, |glob| glob.compile_matcher().is_match(name))
    }

    /// Whether `counts` of one binary say enough: where they differ, their spread has to be known from three times as many.
    pub fn is_enough(&self, counts: &[u64]) -> bool {
        let repeats = self.repeats as usize;
        let exact = counts.windows(2).all(|pair| pair[0] == pair[1]);
        counts.len() >= if exact { repeats } else { 3 * repeats }
    }

    /// The limit of a benchmark whose A/A scatters by the interquartile range `spread`.
    pub fn limit_for(&self, spread: f64) -> f64 {
        self.limit.max(self.spread_factor * spread)
    }
}

/// The interquartile range of repeated counts. Each group holds counts of one binary on one input; its values are taken
/// relative to its own median, so that groups of different binaries say something together.
pub fn spread<'a>(groups: impl IntoIterator<Item = &'a [u64]>) -> f64 {
    let deviations = groups.into_iter().flat_map(|counts| {
        let middle = middle(counts);
        counts.iter().map(move |&count| count as f64 / middle - 1.0)
    });
    interquartile_range(&deviations.collect::<Vec<_>>())
}

/// The median count.
pub fn middle(counts: &[u64]) -> f64 {
    median(&counts.iter().map(|&count| count as f64).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_chooses() {
        assert!(MergeRules::default().is_gated("tag_index_build"), "without a pattern every benchmark is gated");
        let rules = MergeRules { benchmarks: "*_guarded_program".to_owned(), ..MergeRules::default() };
        assert!(rules.is_gated("mono_large_guarded_program") && !rules.is_gated("tag_index_build"));
        let broken = MergeRules { benchmarks: "[".to_owned(), ..rules };
        assert!(broken.is_gated("tag_index_build"));
    }

    #[test]
    fn exact_counts_are_held_to_the_limit_alone() {
        let rules = MergeRules::default();
        assert_eq!(rules.limit_for(spread([[100_u64, 100, 100].as_slice()])), 0.002);
    }

    #[test]
    fn scattering_counts_get_three_times_their_spread() {
        let spread = spread([[1000_u64, 1010, 990].as_slice(), &[5000, 5050, 4950]]);
        assert!((spread - 0.015).abs() < 1e-9, "{spread}");
        assert!((MergeRules::default().limit_for(spread) - 0.045).abs() < 1e-9);
    }

    #[test]
    fn counts_that_differ_are_repeated_more_often() {
        let rules = MergeRules::default();
        assert!(!rules.is_enough(&[5, 5]) && rules.is_enough(&[5, 5, 5]));
        assert!(!rules.is_enough(&[5, 5, 6]) && !rules.is_enough(&[1, 2, 3, 4, 5, 6, 7, 8]));
        assert!(rules.is_enough(&[1, 2, 3, 4, 5, 6, 7, 8, 9]));
    }
}
