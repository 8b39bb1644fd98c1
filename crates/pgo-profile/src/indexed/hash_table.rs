//! Where LLVM's on-disk chained hash table puts its entries.
//!
//! The generator starts with 64 buckets and doubles them when three quarters would be in use; an entry goes to the head
//! of its bucket's list; in the end the number of buckets is fitted to the number of entries, moving everything again.

const FIRST_BUCKETS: usize = 64;

/// Puts the entries, given by the hashes of their keys in the order of insertion, into buckets of indices, each in the
/// order in which it is stored.
pub(super) fn buckets(hashes: &[u64]) -> Vec<Vec<usize>> {
    let mut buckets = vec![Vec::new(); FIRST_BUCKETS];
    for index in 0..hashes.len() {
        if 4 * (index + 1) >= 3 * buckets.len() {
            buckets = move_all(&buckets, buckets.len() * 2, hashes);
        }
        push(&mut buckets, hashes, index);
    }
    let fitting = fitting_buckets(hashes.len());
    if fitting != buckets.len() {
        buckets = move_all(&buckets, fitting, hashes);
    }
    for bucket in &mut buckets {
        bucket.reverse();
    }
    buckets
}

/// A power of two of which the entries use between three eighths and three quarters; one bucket for up to two entries.
fn fitting_buckets(entries: usize) -> usize {
    if entries <= 2 { 1 } else { (entries * 4 / 3 + 1).next_power_of_two() }
}

/// The end of a bucket is the head of its list, so the lists are walked backwards.
fn move_all(old: &[Vec<usize>], size: usize, hashes: &[u64]) -> Vec<Vec<usize>> {
    let mut buckets = vec![Vec::new(); size];
    for index in old.iter().flat_map(|bucket| bucket.iter().rev()) {
        push(&mut buckets, hashes, *index);
    }
    buckets
}

fn push(buckets: &mut [Vec<usize>], hashes: &[u64], index: usize) {
    let mask = buckets.len() - 1;
    buckets[hashes[index] as usize & mask].push(index);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_buckets_fits_the_number_of_entries() {
        for (entries, expected) in [(0, 1), (2, 1), (3, 8), (5, 8), (6, 16), (48, 128), (47, 64), (1000, 2048)] {
            let hashes: Vec<u64> = (0..entries).collect();
            assert_eq!(buckets(&hashes).len(), expected, "{entries} entries");
        }
    }

    #[test]
    fn moving_turns_a_list_around() {
        // Two entries end up in one bucket: first 1 before 0 in their lists of one, then taken in bucket order.
        assert_eq!(buckets(&[3, 5]), [vec![1, 0]]);
        assert_eq!(buckets(&[5, 3]), [vec![0, 1]]);
    }
}
