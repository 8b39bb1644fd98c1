//! A pool whose threads steal: each has a queue of its own, and takes from the others' when that is empty.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const WORKERS: usize = 4;

fn main() {
    let queues: [Mutex<VecDeque<u32>>; WORKERS] = Default::default();
    queues[0].lock().expect("no worker panics").push_back(512);
    let open = AtomicUsize::new(1);
    std::thread::scope(|scope| {
        for own in 0..WORKERS {
            let (queues, open) = (&queues, &open);
            scope.spawn(move || {
                while open.load(Ordering::Acquire) > 0 {
                    match take(queues, own) {
                        Some(size) => split(queues, own, open, size),
                        None => std::thread::yield_now(),
                    }
                }
            });
        }
    });
}

/// From the back of its own queue, else from the front of another one.
fn take(queues: &[Mutex<VecDeque<u32>>; WORKERS], own: usize) -> Option<u32> {
    let back = queues[own].lock().expect("no worker panics").pop_back();
    back.or_else(|| {
        let others = (1..WORKERS).map(|step| (own + step) % WORKERS);
        let stolen = others.filter_map(|other| queues[other].lock().expect("no worker panics").pop_front()).next();
        stolen.inspect(|size| steal(*size))
    })
}

/// Halves the work, as joins of a parallel iterator do.
fn split(queues: &[Mutex<VecDeque<u32>>; WORKERS], own: usize, open: &AtomicUsize, size: u32) {
    if size > 1 {
        open.fetch_add(2, Ordering::AcqRel);
        let mut queue = queues[own].lock().expect("no worker panics");
        queue.extend([size / 2, size - size / 2]);
    } else {
        for number in 0..200 {
            std::hint::black_box(number);
        }
    }
    open.fetch_sub(1, Ordering::AcqRel);
}

#[inline(never)]
fn steal(size: u32) {
    std::hint::black_box(size);
}
