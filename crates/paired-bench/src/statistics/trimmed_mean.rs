//! The mean of what is left after cutting a fifth off both ends: nearly as tight as the mean where the noise is
//! normal, and unmoved by the outliers of a shared machine.
//!
//! Wilcox, "Introduction to Robust Estimation and Hypothesis Testing", recommends 20 % as the default.

/// Share of the weight cut off at each end.
const TRIM: f64 = 0.2;

/// The trimmed mean of `values`, which must be sorted, where value `i` counts `weight(i)` times. Fractions of a value
/// are cut too, so that the result moves smoothly with the weights. NaN where there is no weight at all.
pub fn of_sorted(values: &[f64], weight: impl Fn(usize) -> u32) -> f64 {
    let mut total = 0;
    for index in 0..values.len() {
        total += weight(index);
    }
    let (first, last) = (TRIM * f64::from(total), (1.0 - TRIM) * f64::from(total));
    let (mut passed, mut sum) = (0, 0.0);
    for (index, value) in values.iter().enumerate() {
        let start = passed;
        passed += weight(index);
        let kept = f64::from(passed).min(last) - f64::from(start).max(first);
        if kept > 0.0 {
            sum += kept * value;
        }
    }
    sum / (last - first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_a_fifth_off_each_end() {
        let values = [-1000.0, 1.0, 2.0, 3.0, 1e9];
        assert!((of_sorted(&values, |_| 1) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn cuts_fractions_of_a_value() {
        // 20 % of four values is 0.8 of a value: 0.2 of the outer ones stay.
        let expected = (0.2 * 0.0 + 1.0 + 2.0 + 0.2 * 10.0) / 2.4;
        assert!((of_sorted(&[0.0, 1.0, 2.0, 10.0], |_| 1) - expected).abs() < 1e-12);
    }

    #[test]
    fn a_weight_repeats_a_value() {
        let repeated = of_sorted(&[1.0, 1.0, 1.0, 5.0, 7.0, 7.0], |_| 1);
        let weighted = of_sorted(&[1.0, 5.0, 7.0], |index| [3, 1, 2][index]);
        assert!((repeated - weighted).abs() < 1e-12);
    }

    #[test]
    fn no_weight_is_no_number() {
        assert!(of_sorted(&[1.0], |_| 0).is_nan());
    }
}
