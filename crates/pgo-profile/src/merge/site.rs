//! Adding the values of one site, and keeping the most frequent ones.

use std::cmp::Reverse;

use super::MergeProblem;
use super::record::{report, saturating_sum};
use crate::record::{FunctionRecord, MAX_VALUES_PER_SITE, ProfiledValue, ValueSite};
use crate::unstable_sort;

/// Adds the values of `new` to `sum`, `weight` times. A value only `new` has keeps its count: LLVM leaves the weight out
/// there (`InstrProfValueSiteRecord::merge`), and rustc is to see what LLVM would have written.
pub(super) fn add(sum: &mut ValueSite, new: &ValueSite, weight: u64, problems: &mut Vec<MergeProblem>) {
    let mut new = new.clone();
    unstable_sort::sort_by_key(sum, |value| value.value);
    unstable_sort::sort_by_key(&mut new, |value| value.value);
    *sum = zip(sum, &new, weight, problems);
}

/// One pass over both lists, sorted by value; equal values pair up one to one.
fn zip(sum: &[ProfiledValue], new: &[ProfiledValue], weight: u64, problems: &mut Vec<MergeProblem>) -> ValueSite {
    let mut merged = Vec::with_capacity(sum.len().max(new.len()));
    let mut left = sum.iter().copied().peekable();
    for addend in new {
        merged.extend(std::iter::from_fn(|| left.next_if(|value| value.value < addend.value)));
        match left.next_if(|value| value.value == addend.value) {
            Some(known) => {
                let (count, overflow) = saturating_sum(known.count, addend.count, weight);
                report(overflow, problems);
                merged.push(ProfiledValue { value: known.value, count });
            }
            None => merged.push(*addend),
        }
    }
    merged.extend(left);
    merged
}

/// Puts each site's values in the order a finished profile has: most frequent first, at most 255.
pub(super) fn order_by_count(record: &mut FunctionRecord) {
    for site in record.value_sites.iter_mut().flatten() {
        site.sort_by_key(|value| Reverse(value.count));
        site.truncate(MAX_VALUES_PER_SITE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(values: &[(u64, u64)]) -> ValueSite {
        values.iter().map(|&(value, count)| ProfiledValue { value, count }).collect()
    }

    fn sum(left: &[(u64, u64)], right: &[(u64, u64)], weight: u64) -> ValueSite {
        let mut sum = site(left);
        add(&mut sum, &site(right), weight, &mut Vec::new());
        sum
    }

    #[test]
    fn equal_values_are_summed_and_the_rest_is_kept() {
        assert_eq!(sum(&[(8, 3), (4, 1)], &[(4, 10), (9, 2)], 1), site(&[(4, 11), (8, 3), (9, 2)]));
    }

    #[test]
    fn the_weight_counts_for_known_values_only() {
        assert_eq!(sum(&[(4, 1)], &[(4, 10), (9, 2)], 5), site(&[(4, 51), (9, 2)]));
    }

    #[test]
    fn several_unknown_targets_pair_up_one_to_one() {
        assert_eq!(sum(&[(0, 5), (0, 3)], &[(0, 1)], 1), site(&[(0, 6), (0, 3)]));
    }

    #[test]
    fn a_site_keeps_its_255_most_frequent_values() {
        let mut record = FunctionRecord::new("function".to_owned(), 1, vec![1]);
        record.value_sites[1].push((0..300).map(|value| ProfiledValue { value, count: value }).collect());
        order_by_count(&mut record);
        let kept = &record.value_sites[1][0];
        assert_eq!((kept.len(), kept[0].count, kept[254].count), (255, 299, 45));
    }
}
