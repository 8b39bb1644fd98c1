//! Four threads take work from one queue; who gets what steers the control flow.

use std::sync::Mutex;

fn main() {
    let queue = Mutex::new(0..4000_u32);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let (queue, done) = (&queue, &done);
            scope.spawn(move || {
                loop {
                    let Some(item) = queue.lock().expect("no worker panics").next() else { return };
                    work(item);
                    done.lock().expect("no worker panics").push(worker);
                }
            });
        }
    });
    let order = done.into_inner().expect("no worker panics");
    for pair in order.windows(2).filter(|pair| pair[0] != pair[1]) {
        changed(pair[0]);
    }
}

#[inline(never)]
fn work(item: u32) {
    for number in 0..item % 300 {
        std::hint::black_box(number);
    }
}

#[inline(never)]
fn changed(worker: u32) {
    std::hint::black_box(worker);
}
