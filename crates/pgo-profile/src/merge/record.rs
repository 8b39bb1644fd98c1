//! Adding two records of one function.

use super::{MergeProblem, site};
use crate::record::{FunctionRecord, MAX_COUNT, PseudoCount, ValueKind};

/// A function's first record, `weight` times.
pub(super) fn scaled(record: &FunctionRecord, weight: u64, problems: &mut Vec<MergeProblem>) -> FunctionRecord {
    let mut scaled = record.clone();
    if weight > 1 {
        scale(&mut scaled, weight, problems);
    }
    site::order_by_count(&mut scaled);
    scaled
}

fn scale(record: &mut FunctionRecord, weight: u64, problems: &mut Vec<MergeProblem>) {
    for count in &mut record.counts {
        *count = bounded(saturating_product(*count, weight), problems);
    }
    for value in record.value_sites.iter_mut().flatten().flatten() {
        let (product, overflow) = saturating_product(value.count, weight);
        value.count = product;
        report(overflow, problems);
    }
}

/// Adds `new` to `sum`, `weight` times.
pub(super) fn add(sum: &mut FunctionRecord, new: &FunctionRecord, weight: u64, problems: &mut Vec<MergeProblem>) {
    if sum.counts.len() != new.counts.len() {
        problems.push(MergeProblem::CounterNumberMismatch);
    } else if sum.pseudo_count().is_some() || new.pseudo_count().is_some() {
        add_pseudo_counts(sum, new, problems);
    } else {
        add_counts(sum, new, weight, problems);
        add_bitmap_and_values(sum, new, weight, problems);
    }
    site::order_by_count(sum);
}

/// Hot outweighs warm; a record with real counts cannot join.
fn add_pseudo_counts(sum: &mut FunctionRecord, new: &FunctionRecord, problems: &mut Vec<MergeProblem>) {
    match (sum.pseudo_count(), new.pseudo_count()) {
        (Some(_), Some(PseudoCount::Hot)) => sum.counts[0] = u64::MAX,
        (Some(_), Some(PseudoCount::Warm)) => {}
        _ => problems.push(MergeProblem::CounterNumberMismatch),
    }
}

fn add_counts(sum: &mut FunctionRecord, new: &FunctionRecord, weight: u64, problems: &mut Vec<MergeProblem>) {
    for (count, addend) in sum.counts.iter_mut().zip(&new.counts) {
        *count = bounded(saturating_sum(*count, *addend, weight), problems);
    }
}

fn add_bitmap_and_values(
    sum: &mut FunctionRecord,
    new: &FunctionRecord,
    weight: u64,
    problems: &mut Vec<MergeProblem>,
) {
    if sum.bitmap.len() != new.bitmap.len() {
        problems.push(MergeProblem::BitmapSizeMismatch);
        return;
    }
    for (byte, other) in sum.bitmap.iter_mut().zip(&new.bitmap) {
        *byte |= other;
    }
    for kind in ValueKind::ALL {
        let (sites, new_sites) = (&mut sum.value_sites[kind as usize], new.sites(kind));
        if sites.len() != new_sites.len() {
            problems.push(MergeProblem::ValueSiteNumberMismatch(kind));
            continue;
        }
        for (known, new) in sites.iter_mut().zip(new_sites) {
            site::add(known, new, weight, problems);
        }
    }
}

/// Caps a block count below the pseudo counts.
fn bounded((count, overflow): (u64, bool), problems: &mut Vec<MergeProblem>) -> u64 {
    report(overflow || count > MAX_COUNT, problems);
    count.min(MAX_COUNT)
}

pub(super) fn report(overflow: bool, problems: &mut Vec<MergeProblem>) {
    if overflow {
        problems.push(MergeProblem::CounterOverflow);
    }
}

/// `sum + addend * weight`, and whether that was too much.
pub(super) fn saturating_sum(sum: u64, addend: u64, weight: u64) -> (u64, bool) {
    let (product, product_overflow) = saturating_product(addend, weight);
    let (total, sum_overflow) = sum.overflowing_add(product);
    let overflow = product_overflow || sum_overflow;
    (if overflow { u64::MAX } else { total }, overflow)
}

fn saturating_product(count: u64, weight: u64) -> (u64, bool) {
    count.checked_mul(weight).map_or((u64::MAX, true), |product| (product, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(counts: &[u64]) -> FunctionRecord {
        FunctionRecord::new("function".to_owned(), 1, counts.to_vec())
    }

    fn sum(left: &[u64], right: &[u64], weight: u64) -> (Vec<u64>, Vec<MergeProblem>) {
        let (mut sum, mut problems) = (record(left), Vec::new());
        add(&mut sum, &record(right), weight, &mut problems);
        (sum.counts, problems)
    }

    #[test]
    fn counts_are_added_with_their_weight() {
        assert_eq!(sum(&[1, 2], &[10, 20], 3), (vec![31, 62], vec![]));
    }

    #[test]
    fn an_overflowing_count_stays_below_the_pseudo_counts_and_is_reported() {
        assert_eq!(sum(&[MAX_COUNT - 1], &[2], 1), (vec![MAX_COUNT], vec![MergeProblem::CounterOverflow]));
        assert_eq!(sum(&[0], &[1 << 40], 1 << 40), (vec![MAX_COUNT], vec![MergeProblem::CounterOverflow]));
    }

    #[test]
    fn a_record_with_another_number_of_counters_is_left_out() {
        assert_eq!(sum(&[1], &[1, 1], 1), (vec![1], vec![MergeProblem::CounterNumberMismatch]));
    }

    #[test]
    fn hot_outweighs_warm() {
        assert_eq!(sum(&[u64::MAX - 1, 5], &[u64::MAX, 7], 1), (vec![u64::MAX, 5], vec![]));
        assert_eq!(sum(&[u64::MAX, 5], &[3, 7], 1), (vec![u64::MAX, 5], vec![MergeProblem::CounterNumberMismatch]));
    }
}
