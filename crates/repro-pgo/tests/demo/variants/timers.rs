//! Threads wait for time to pass, and who wakes up first steers the control flow.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

fn main() {
    let (sender, receiver) = channel();
    let started = Instant::now();
    for sleeper in 0..6_u64 {
        let sender = sender.clone();
        std::thread::spawn(move || {
            for round in 1..6 {
                std::thread::sleep(Duration::from_micros(700 + sleeper * 130 * round));
                sender.send(sleeper).expect("somebody receives");
            }
        });
    }
    drop(sender);
    let mut last = None;
    loop {
        match receiver.recv_timeout(Duration::from_micros(400)) {
            Ok(sleeper) if last.replace(sleeper) == Some(sleeper) => again(sleeper),
            Ok(sleeper) => other(sleeper),
            Err(RecvTimeoutError::Timeout) => late(started.elapsed()),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

#[inline(never)]
fn again(sleeper: u64) {
    std::hint::black_box(sleeper);
}

#[inline(never)]
fn other(sleeper: u64) {
    std::hint::black_box(sleeper);
}

#[inline(never)]
fn late(elapsed: Duration) {
    for number in 0..elapsed.as_micros() % 50 {
        std::hint::black_box(number);
    }
}
