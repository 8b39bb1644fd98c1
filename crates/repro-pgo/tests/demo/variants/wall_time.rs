//! Does as much as the clock says.

use std::time::{SystemTime, UNIX_EPOCH};

fn main() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set");
    report(now.as_secs() % 10_000);
}

#[inline(never)]
fn report(times: u64) {
    for number in 0..times {
        std::hint::black_box(number);
    }
}
