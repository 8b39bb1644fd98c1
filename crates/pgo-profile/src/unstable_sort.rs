//! The order in which LLVM's sort leaves equal elements.
//!
//! LLVM sorts values and addresses with libstdc++'s `std::sort`, which is not stable: where two elements are equal but
//! not the same (several external call targets at one site, several names at one address), the bytes of a merged profile
//! depend on that algorithm. It is quicksort with the median of three down to runs of sixteen, then insertion sort.

/// Runs up to this length are left to insertion sort.
const RUN: usize = 16;

/// Sorts by `key` and leaves equal elements in the order `std::sort` of libstdc++ leaves them in.
///
/// Past its depth limit, which takes crafted input, `std::sort` turns to heap sort; this sort stays correct there, but
/// no longer orders equal elements alike.
pub(crate) fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    let depth = items.len().checked_ilog2().unwrap_or(0) * 2;
    split_into_runs(items, &key, depth);
    // Insertion sort is stable, so any stable sort gives its order.
    items.sort_by_key(key);
}

fn split_into_runs<T, K: Ord>(mut items: &mut [T], key: &impl Fn(&T) -> K, mut depth: u32) {
    while items.len() > RUN && depth > 0 {
        depth -= 1;
        move_median_to_front(items, key);
        let cut = partition(items, key);
        let (left, right) = items.split_at_mut(cut);
        split_into_runs(right, key, depth);
        items = left;
    }
}

/// Swaps the median of the second, the middle and the last element to the front, as the pivot.
fn move_median_to_front<T, K: Ord>(items: &mut [T], key: &impl Fn(&T) -> K) {
    let (second, middle, last) = (1, items.len() / 2, items.len() - 1);
    let less = |left: usize, right: usize| key(&items[left]) < key(&items[right]);
    let median = if less(second, middle) {
        if less(middle, last) {
            middle
        } else if less(second, last) {
            last
        } else {
            second
        }
    } else if less(second, last) {
        second
    } else if less(middle, last) {
        last
    } else {
        middle
    };
    items.swap(0, median);
}

/// Hoare's partition around the front element; the pivot itself stays where it is. The median of three bounds both scans.
fn partition<T, K: Ord>(items: &mut [T], key: &impl Fn(&T) -> K) -> usize {
    let (mut low, mut high) = (1, items.len());
    loop {
        while key(&items[low]) < key(&items[0]) {
            low += 1;
        }
        high -= 1;
        while key(&items[0]) < key(&items[high]) {
            high -= 1;
        }
        if low >= high {
            return low;
        }
        items.swap(low, high);
        low += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn up_to_sixteen_elements_keep_the_order_of_equals() {
        let mut items: Vec<_> = (0..16).map(|index| (index % 3, index)).collect();
        let mut stable = items.clone();
        stable.sort_by_key(|item| item.0);
        sort_by_key(&mut items, |item| item.0);
        assert_eq!(items, stable);
    }

    proptest! {
        #[test]
        fn sorts_anything(mut items in prop::collection::vec(0_u8..40, 0..400)) {
            let mut expected = items.clone();
            expected.sort_unstable();
            sort_by_key(&mut items, |item| *item);
            prop_assert_eq!(items, expected);
        }
    }
}
