//! Other work beside the second build, in turns of many lengths: nothing it makes may depend on how busy a machine is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Threads that compute and rest, as many as there are processors, until this is dropped.
#[derive(Debug)]
pub struct Load {
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    /// Begins.
    pub fn begin() -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        let work = |number| {
            let is_over = Arc::clone(&is_over);
            std::thread::spawn(move || take_turns(number as u64 + 1, &is_over))
        };
        Self { threads: (0..count).map(work).collect(), is_over }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// A third of the time is work.
fn take_turns(seed: u64, is_over: &AtomicBool) {
    let mut state = seed;
    while !is_over.load(Ordering::Relaxed) {
        // Numbers of Knuth's MMIX generator.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let turn = Duration::from_millis(3 + (state >> 59));
        let until = Instant::now() + turn;
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        std::thread::sleep(turn * 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends() {
        let load = Load::begin();
        assert!(!load.threads.is_empty());
        let is_over = Arc::clone(&load.is_over);
        drop(load);
        assert!(is_over.load(Ordering::Relaxed) && Arc::strong_count(&is_over) == 1, "a thread goes on");
    }
}
