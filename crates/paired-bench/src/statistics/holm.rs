//! Holm's step-down correction: many tests at once, and still at most `alpha` false claims among all of them.
//!
//! Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6 (1979).

/// The p-values, each corrected for there being several, in the order given. Never above 1.
pub fn adjust(p_values: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![0.0; p_values.len()];
    let mut largest = 0.0_f64;
    for (rank, index) in ascending(p_values).into_iter().enumerate() {
        largest = largest.max(p_values[index] * (p_values.len() - rank) as f64).min(1.0);
        adjusted[index] = largest;
    }
    adjusted
}

/// The level each of the p-values is held against when all of them together may err with `alpha`: a confidence bound
/// at this level shows what the corrected test saw.
pub fn levels(p_values: &[f64], alpha: f64) -> Vec<f64> {
    let mut levels = vec![alpha; p_values.len()];
    for (rank, index) in ascending(p_values).into_iter().enumerate() {
        levels[index] = alpha / (p_values.len() - rank) as f64;
    }
    levels
}

fn ascending(p_values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&left, &right| p_values[left].total_cmp(&p_values[right]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answer() {
        let adjusted = adjust(&[0.01, 0.04, 0.03, 0.005]);
        for (adjusted, expected) in adjusted.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((adjusted - expected).abs() < 1e-12, "{adjusted} instead of {expected}");
        }
        assert_eq!(adjust(&[0.9, 0.8]), [1.0, 1.0]);
        assert_eq!(adjust(&[]), Vec::<f64>::new());
    }

    #[test]
    fn levels_agree_with_the_adjusted_values() {
        let p_values = [0.012, 0.04, 0.0249, 0.001];
        let rejected = adjust(&p_values).iter().all(|&p| p <= 0.05);
        let by_level = levels(&p_values, 0.05).iter().zip(p_values).all(|(&level, p)| p <= level);
        assert!(rejected && by_level);
        assert_eq!(levels(&[0.5], 0.05), [0.05]);
    }
}
