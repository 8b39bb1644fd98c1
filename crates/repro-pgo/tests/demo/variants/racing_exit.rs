//! Ends while its threads are still counting.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

static COUNTED: AtomicU64 = AtomicU64::new(0);

fn main() {
    for _ in 0..2 {
        std::thread::spawn(|| {
            loop {
                count();
            }
        });
    }
    while COUNTED.load(Ordering::Relaxed) == 0 {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(20));
}

#[inline(never)]
fn count() {
    COUNTED.fetch_add(1, Ordering::Relaxed);
}
