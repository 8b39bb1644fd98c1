//! Work that is done side by side, on one thread a processor.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Does `work` for each number below `count`, on a thread for each of `processors`, and returns what it gave in the order of the
/// numbers. `work` is told the number and the processor. Nothing new is begun once something has failed.
///
/// # Errors
/// That of the lowest number that failed.
pub fn side_by_side<Done: Send, Failed: Send>(
    count: usize,
    processors: &[usize],
    work: impl Fn(usize, usize) -> Result<Done, Failed> + Sync,
) -> Result<Vec<Done>, Failed> {
    let next = AtomicUsize::new(0);
    let on = |processor: usize| {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return done;
            }
            let outcome = work(number, processor);
            if outcome.is_err() {
                next.store(count, Ordering::Relaxed);
            }
            done.push((number, outcome));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let workers: Vec<_> = processors.iter().map(|processor| scope.spawn(|| on(*processor))).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker does not panic")).collect::<Vec<_>>()
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_their_order_and_the_lowest_failure_is_told() {
        let doubled = side_by_side(100, &[0, 1, 2], |number, _| Ok::<_, ()>(2 * number));
        assert_eq!(doubled, Ok((0..100).map(|number| 2 * number).collect()));
        let failed = side_by_side(100, &[0, 1, 2], |number, _| if number < 7 { Ok(number) } else { Err(number) });
        assert_eq!(failed, Err(7));
        let begun = AtomicUsize::new(0);
        let stopped = side_by_side(100, &[0], |_, _| Err::<(), _>(begun.fetch_add(1, Ordering::Relaxed)));
        assert_eq!((stopped, begun.into_inner()), (Err(0), 1));
    }
}
