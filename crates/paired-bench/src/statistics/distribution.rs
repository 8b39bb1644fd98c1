//! An estimate with its bootstrap replicates: one-sided bounds and the p-values that agree with them exactly.
//!
//! Percentile method: Efron and Tibshirani, "An Introduction to the Bootstrap", chapter 13; p-values count the
//! observed sample as one more replicate (Davison and Hinkley, "Bootstrap Methods and their Application", section 4.2).

/// An estimate and what it came out as on resampled data.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    estimate: f64,
    /// In the order they were drawn: replicate `i` of every series comes from the same resampled rounds.
    replicates: Vec<f64>,
    sorted: Vec<f64>,
}

impl Distribution {
    /// Puts an estimate and its replicates together.
    pub fn new(estimate: f64, replicates: Vec<f64>) -> Self {
        let mut sorted = replicates.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        Self { estimate, replicates, sorted }
    }

    /// The mean of several estimates that were resampled together, with their dependence kept.
    pub fn mean_of(parts: &[Self]) -> Self {
        let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / parts.len() as f64;
        let resamples = parts.first().map_or(0, |part| part.replicates.len());
        let replicates =
            (0..resamples).map(|index| mean(&mut parts.iter().map(|part| part.replicates[index]))).collect();
        Self::new(mean(&mut parts.iter().map(|part| part.estimate)), replicates)
    }

    /// The value on the data as it is.
    pub fn estimate(&self) -> f64 {
        self.estimate
    }

    /// The true value is below this with confidence `1 - alpha`. Infinite where there are too few replicates to say.
    pub fn upper_bound(&self, alpha: f64) -> f64 {
        match self.tail(alpha) {
            0 => f64::INFINITY,
            tail => self.sorted[self.sorted.len() - tail],
        }
    }

    /// The true value is above this with confidence `1 - alpha`.
    pub fn lower_bound(&self, alpha: f64) -> f64 {
        match self.tail(alpha) {
            0 => f64::NEG_INFINITY,
            tail => self.sorted[tail - 1],
        }
    }

    /// One-sided p-value of "the true value is not below `threshold`": at most `alpha` exactly where
    /// `upper_bound(alpha) < threshold`.
    pub fn p_below(&self, threshold: f64) -> f64 {
        self.p_value(|replicate| replicate < threshold)
    }

    /// One-sided p-value of "the true value is not above `threshold`".
    pub fn p_above(&self, threshold: f64) -> f64 {
        self.p_value(|replicate| replicate > threshold)
    }

    /// A replicate that is no number speaks against whatever is claimed.
    fn p_value(&self, agrees: impl Fn(f64) -> bool) -> f64 {
        let against = self.replicates.iter().filter(|&&replicate| !agrees(replicate)).count();
        (against as f64 + 1.0) / (self.replicates.len() as f64 + 1.0)
    }

    /// How many replicates, counted from the end, the bound lies at.
    fn tail(&self, alpha: f64) -> usize {
        // The small addition keeps 0.05 * 1000 from coming out as 49.
        ((alpha * (self.sorted.len() as f64 + 1.0) + 1e-9) as usize).min(self.sorted.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hundred() -> Distribution {
        Distribution::new(50.0, (1..=99).rev().map(f64::from).collect())
    }

    #[test]
    fn bounds_are_order_statistics() {
        let distribution = hundred();
        assert_eq!(distribution.upper_bound(0.05), 95.0);
        assert_eq!(distribution.lower_bound(0.05), 5.0);
        assert_eq!(distribution.upper_bound(0.001), f64::INFINITY);
        assert_eq!(distribution.lower_bound(0.001), f64::NEG_INFINITY);
    }

    #[test]
    fn p_values_agree_with_the_bounds() {
        let distribution = hundred();
        for threshold in [0.5, 5.0, 50.0, 94.9, 95.0, 95.1, 98.9, 120.0] {
            for alpha in [0.01, 0.02, 0.05, 0.1, 0.5] {
                let below = distribution.p_below(threshold) <= alpha;
                assert_eq!(below, distribution.upper_bound(alpha) < threshold, "{threshold} {alpha}");
                let above = distribution.p_above(threshold) <= alpha;
                assert_eq!(above, distribution.lower_bound(alpha) > threshold, "{threshold} {alpha}");
            }
        }
    }

    #[test]
    fn what_is_no_number_proves_nothing() {
        let distribution = Distribution::new(f64::NAN, vec![f64::NAN; 99]);
        assert_eq!((distribution.p_below(1.0), distribution.p_above(-1.0)), (1.0, 1.0));
    }

    #[test]
    fn the_mean_keeps_the_dependence() {
        let up = Distribution::new(2.0, vec![1.0, 2.0, 3.0]);
        let down = Distribution::new(4.0, vec![5.0, 4.0, 3.0]);
        let mean = Distribution::mean_of(&[up, down]);
        assert_eq!(mean, Distribution::new(3.0, vec![3.0, 3.0, 3.0]));
    }
}
