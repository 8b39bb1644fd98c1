//! Median and interquartile range: a middle and a spread that a few outliers can't move.
//!
//! Quartiles interpolate linearly between order statistics: definition 7 of Hyndman and Fan, "Sample Quantiles in
//! Statistical Packages", The American Statistician 50 (1996).

/// The middle of `values`; NaN where there are none.
pub fn median(values: &[f64]) -> f64 {
    quantile(&sorted(values), 0.5)
}

/// The distance between the first and the third quartile; 0 where there are fewer than two values.
pub fn interquartile_range(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let sorted = sorted(values);
    quantile(&sorted, 0.75) - quantile(&sorted, 0.25)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let position = share * last as f64;
    let (below, above) = (position.floor() as usize, position.ceil() as usize);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(interquartile_range(&[1.0, 2.0, 3.0, 4.0, 5.0]), 2.0);
        assert_eq!(interquartile_range(&[1.0, 2.0, 3.0, 4.0]), 1.5);
    }

    #[test]
    fn an_outlier_moves_neither() {
        let values = [1.0, 2.0, 3.0, 4.0, 1e9];
        assert_eq!((median(&values), interquartile_range(&values)), (3.0, 2.0));
    }

    #[test]
    fn too_few_values_have_no_spread() {
        assert!(median(&[]).is_nan());
        assert_eq!((interquartile_range(&[]), interquartile_range(&[7.0])), (0.0, 0.0));
    }
}
