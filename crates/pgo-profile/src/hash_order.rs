//! The order in which LLVM writes the several records of one function name.
//!
//! LLVM keeps them in a `SmallDenseMap` keyed by the control flow hash and writes them in bucket order: four buckets,
//! then sixty-four, then twice as many whenever three quarters would be in use; quadratic probing.

/// Buckets of a map that has not grown yet.
const SMALL_BUCKETS: usize = 4;
/// Buckets after the first growth.
const LARGE_BUCKETS: usize = 64;

/// The indices of `hashes` (distinct, in the order they were inserted) in bucket order.
pub(crate) fn bucket_order(hashes: &[u64]) -> Vec<usize> {
    let mut buckets = vec![None; SMALL_BUCKETS];
    for (index, _) in hashes.iter().enumerate() {
        if (index + 1) * 4 >= buckets.len() * 3 {
            buckets = grow(&buckets, hashes);
        }
        insert(&mut buckets, hashes, index);
    }
    buckets.into_iter().flatten().collect()
}

fn grow(buckets: &[Option<usize>], hashes: &[u64]) -> Vec<Option<usize>> {
    let mut grown = vec![None; (buckets.len() * 2).max(LARGE_BUCKETS)];
    for index in buckets.iter().flatten() {
        insert(&mut grown, hashes, *index);
    }
    grown
}

fn insert(buckets: &mut [Option<usize>], hashes: &[u64], index: usize) {
    let mask = buckets.len() - 1;
    let mut bucket = mix(hashes[index]) as usize & mask;
    let mut step = 1;
    while buckets[bucket].is_some() {
        bucket = (bucket + step) & mask;
        step += 1;
    }
    buckets[bucket] = Some(index);
}

/// LLVM's hash of a 64-bit key: one multiplication (splitmix64's constant) and one shift.
fn mix(key: u64) -> u32 {
    let product = key.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (product ^ (product >> 31)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_index_comes_once() {
        for count in [0, 1, 2, 3, 47, 48, 49, 300] {
            let hashes: Vec<u64> = (0..count).map(|index| index * 7919).collect();
            let mut order = bucket_order(&hashes);
            order.sort_unstable();
            assert_eq!(order, (0..hashes.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_single_record_needs_no_order() {
        assert_eq!(bucket_order(&[42]), [0]);
    }
}
