//! `--timing`: how long each step of a command took. Without it no clock is read.

use std::io::{self, Write};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use super::talk;

static CLOCK: OnceLock<Clock> = OnceLock::new();

struct Clock {
    start: Instant,
    stages: Mutex<Vec<(&'static str, Duration)>>,
}

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

/// Tells what was measured, if anything was.
pub fn report() {
    let Some(clock) = CLOCK.get() else { return };
    let stages = clock.stages.lock().expect("no thread panics while it holds the lock");
    // Nobody is left to tell when standard error is closed.
    let _ = talk::tell(|out| write_table(&stages, clock.start.elapsed(), out));
}

fn write_table(stages: &[(&str, Duration)], total: Duration, out: &mut dyn Write) -> io::Result<()> {
    let width = stages.iter().map(|(name, _)| name.len()).max().unwrap_or_default().max("total".len());
    writeln!(out, "\nTiming breakdown:")?;
    for (name, time) in stages {
        writeln!(out, "  {name:width$}  {:>10}", milliseconds(*time))?;
    }
    writeln!(out, "  {}", "─".repeat(width + 12))?;
    writeln!(out, "  {:width$}  {:>10}", "total", milliseconds(total))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::{Duration, write_table};

    #[test]
    fn columns_line_up() {
        let mut out = Vec::new();
        let stages = [("read history", Duration::from_micros(1234)), ("plan", Duration::from_millis(150))];
        write_table(&stages, Duration::from_millis(160), &mut out).expect("memory is writable");
        assert_eq!(
            String::from_utf8(out).expect("only text was written"),
            "\nTiming breakdown:\n  read history      1.2 ms\n  plan            150.0 ms\n  ────────────────────────\n  total           160.0 ms\n"
        );
    }
}
