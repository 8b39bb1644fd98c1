//! Threads spin until a lock is free, and count how often they had to.

use std::sync::atomic::{AtomicBool, Ordering};

static IS_TAKEN: AtomicBool = AtomicBool::new(false);

fn main() {
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..2000 {
                    while IS_TAKEN.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
                        spin();
                    }
                    inside(round % 100);
                    IS_TAKEN.store(false, Ordering::Release);
                }
            });
        }
    });
}

#[inline(never)]
fn spin() {
    std::hint::spin_loop();
}

#[inline(never)]
fn inside(times: u32) {
    for number in 0..times {
        std::hint::black_box(number);
    }
}
