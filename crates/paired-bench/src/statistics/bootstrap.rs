//! Resamples whole rounds of measurements, all series together, and says how their estimates scatter.
//!
//! A round is the resampling unit: the runs of one round share whatever the machine was doing then, so they are drawn
//! or left out together (the cluster bootstrap, Davison and Hinkley, section 3.8). Rounds are drawn within their
//! stratum (the memory layout), so that every resample has the design of the experiment.

use super::{Distribution, Random, trimmed_mean};

/// Measured values of one series, each with the round it comes from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// Round and value, in any order.
    pub values: Vec<(u32, f64)>,
}

/// How often and how to resample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resampling {
    /// Number of replicates.
    pub resamples: u32,
    /// Seed of the draws.
    pub seed: u64,
}

/// The trimmed mean of each series with its replicates; replicate `i` of every series saw the same rounds.
/// `strata[round]` is the stratum of a round; values of rounds beyond it are not counted.
pub fn resample(strata: &[u32], series: &[Series], how: Resampling) -> Vec<Distribution> {
    let sorted: Vec<Sorted> = series.iter().map(|series| Sorted::new(series, strata.len())).collect();
    let whole = vec![1; strata.len()];
    let estimates: Vec<f64> = sorted.iter().map(|series| series.estimate(&whole)).collect();
    let stretch = stretch(strata);
    let members = members(strata);
    let mut random = Random::seeded(how.seed);
    let mut replicates = vec![Vec::with_capacity(how.resamples as usize); series.len()];
    let mut counts = vec![0_u32; strata.len()];
    for _ in 0..how.resamples {
        draw(&members, &mut random, &mut counts);
        for ((series, estimate), replicates) in sorted.iter().zip(&estimates).zip(&mut replicates) {
            replicates.push(estimate + stretch * (series.estimate(&counts) - estimate));
        }
    }
    estimates.into_iter().zip(replicates).map(|(estimate, drawn)| Distribution::new(estimate, drawn)).collect()
}

/// Resampling n rounds scatters by sqrt((n - 1) / n) too little; this puts it right (Hesterberg, "What Teachers Should
/// Know About the Bootstrap", The American Statistician 69 (2015), section 4.2).
fn stretch(strata: &[u32]) -> f64 {
    let freedom = strata.len().saturating_sub(members(strata).len());
    if freedom == 0 { 1.0 } else { (strata.len() as f64 / freedom as f64).sqrt() }
}

/// The rounds of each stratum.
fn members(strata: &[u32]) -> Vec<Vec<usize>> {
    let mut members = std::collections::BTreeMap::<u32, Vec<usize>>::new();
    for (round, &stratum) in strata.iter().enumerate() {
        members.entry(stratum).or_default().push(round);
    }
    members.into_values().collect()
}

/// Draws as many rounds of each stratum as it has, with replacement; `counts` says how often each was drawn.
fn draw(members: &[Vec<usize>], random: &mut Random, counts: &mut [u32]) {
    counts.fill(0);
    for rounds in members {
        for _ in 0..rounds.len() {
            counts[rounds[random.below(rounds.len() as u64) as usize]] += 1;
        }
    }
}

/// A series sorted once, so that no replicate has to sort again.
struct Sorted {
    values: Vec<f64>,
    rounds: Vec<usize>,
}

impl Sorted {
    fn new(series: &Series, rounds: usize) -> Self {
        let mut pairs: Vec<(usize, f64)> =
            series.values.iter().map(|&(round, value)| (round as usize, value)).collect();
        pairs.retain(|&(round, _)| round < rounds);
        pairs.sort_by(|left, right| left.1.total_cmp(&right.1));
        Self { values: pairs.iter().map(|pair| pair.1).collect(), rounds: pairs.iter().map(|pair| pair.0).collect() }
    }

    fn estimate(&self, counts: &[u32]) -> f64 {
        trimmed_mean::of_sorted(&self.values, |index| counts[self.rounds[index]])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOW: Resampling = Resampling { resamples: 999, seed: 5 };

    fn series(values: &[f64]) -> Series {
        Series { values: values.iter().enumerate().map(|(round, &value)| (round as u32, value)).collect() }
    }

    #[test]
    fn the_estimate_is_the_trimmed_mean_and_the_bounds_lie_around_it() {
        let values: Vec<f64> = (0..40).map(|value| f64::from(value % 7)).collect();
        let [distribution] = <[_; 1]>::try_from(resample(&[0; 40], &[series(&values)], HOW)).expect("one series");
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let estimate = distribution.estimate();
        assert_eq!(estimate, trimmed_mean::of_sorted(&sorted, |_| 1));
        assert!(distribution.lower_bound(0.05) < estimate && estimate < distribution.upper_bound(0.05));
    }

    #[test]
    fn the_same_seed_gives_the_same_replicates() {
        let one = resample(&[0, 1, 0, 1, 0], &[series(&[1.0, 2.0, 3.0, 4.0, 9.0])], HOW);
        assert_eq!(one, resample(&[0, 1, 0, 1, 0], &[series(&[1.0, 2.0, 3.0, 4.0, 9.0])], HOW));
        let other = resample(&[0, 1, 0, 1, 0], &[series(&[1.0, 2.0, 3.0, 4.0, 9.0])], Resampling { seed: 6, ..HOW });
        assert_ne!(one, other);
    }

    #[test]
    fn series_are_resampled_together() {
        let values: Vec<f64> = (0..30).map(|value| f64::from(value * value % 11)).collect();
        let negated: Vec<f64> = values.iter().map(|value| -value).collect();
        let both = resample(&[0; 30], &[series(&values), series(&negated)], HOW);
        let mean = Distribution::mean_of(&both);
        assert!(mean.upper_bound(0.01).abs() < 1e-9 && mean.lower_bound(0.01).abs() < 1e-9);
    }

    #[test]
    fn a_difference_between_strata_is_no_scatter() {
        let strata: Vec<u32> = (0..20).map(|round| round % 2).collect();
        let values: Vec<f64> = strata.iter().map(|&stratum| f64::from(stratum) * 10.0).collect();
        let distribution = &resample(&strata, &[series(&values)], HOW)[0];
        assert!((distribution.upper_bound(0.01) - distribution.estimate()).abs() < 1e-9);
    }
}
