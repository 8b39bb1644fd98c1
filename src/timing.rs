//! How long each step takes, for `--timing`. Until the clock is started none is read.

use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

static CLOCK: OnceLock<Clock> = OnceLock::new();

struct Clock {
    start: Instant,
    stages: Mutex<Vec<Stage>>,
}

/// A step's name, and how long it took.
pub type Stage = (&'static str, Duration);

/// Starts to measure.
pub fn start() {
    CLOCK.get_or_init(|| Clock { start: Instant::now(), stages: Mutex::new(Vec::new()) });
}

/// Does `work`, which is the step called `name`.
pub fn stage<T>(name: &'static str, work: impl FnOnce() -> T) -> T {
    let Some(clock) = CLOCK.get() else { return work() };
    let start = Instant::now();
    let result = work();
    let elapsed = start.elapsed();
    clock.stages.lock().expect("no thread panics while it holds the lock").push((name, elapsed));
    result
}

/// The steps so far and the time since the start; `None` if nothing is measured.
pub fn measured() -> Option<(Vec<Stage>, Duration)> {
    let clock = CLOCK.get()?;
    let stages = clock.stages.lock().expect("no thread panics while it holds the lock").clone();
    Some((stages, clock.start.elapsed()))
}
