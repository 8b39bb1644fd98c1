//! Talk on stderr while a stage runs: bars on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How long the steps of a stage take before a log says how much longer they will.
const ESTIMATE_AFTER: Duration = Duration::from_secs(60);

/// How to talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Bars that are replaced by a line at their end.
    Bars,
    /// A line at the beginning and one at the end of each stage.
    Lines,
    /// Nothing.
    Silent,
}

impl Progress {
    /// Bars where stderr is a terminal that is watched, lines in logs.
    pub fn detect(quiet: bool) -> Self {
        match (quiet, std::io::stderr().is_terminal() && std::env::var_os("CI").is_none()) {
            (true, _) => Self::Silent,
            (false, true) => Self::Bars,
            (false, false) => Self::Lines,
        }
    }

    /// Begins stage `number` of `total`.
    pub fn begin(self, number: usize, total: usize, name: &str) -> Task {
        let width = total.to_string().len();
        let label = format!("[{number:>width$}/{total}] {name:<10}");
        let bar = match self {
            Self::Bars => spinner(&label),
            Self::Lines => {
                eprintln!("{label} ...");
                ProgressBar::hidden()
            }
            Self::Silent => ProgressBar::hidden(),
        };
        let (steps_since, is_estimated) = Default::default();
        Task { mode: self, label, bar, started: Instant::now(), steps_since, is_estimated, took: OnceLock::new() }
    }

    /// Says `text` on a line of its own.
    pub fn say(self, text: &str) {
        if self != Self::Silent {
            eprintln!("{text}");
        }
    }
}

fn spinner(label: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {spinner} {msg}").expect("the template is well-formed");
    let bar = ProgressBar::new_spinner().with_style(style).with_prefix(label.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// A running stage.
#[derive(Debug)]
pub struct Task {
    mode: Progress,
    label: String,
    bar: ProgressBar,
    started: Instant,
    steps_since: OnceLock<Instant>,
    is_estimated: AtomicBool,
    took: OnceLock<Duration>,
}

impl Task {
    /// A task nobody hears of.
    pub fn silent() -> Self {
        Progress::Silent.begin(1, 1, "")
    }

    /// From now on the stage has `total` steps.
    pub fn expect_steps(&self, total: usize) {
        self.bar.set_length(total as u64);
        self.steps_since.get_or_init(Instant::now);
        let style = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len}, {eta} left: {msg}");
        self.bar.set_style(style.expect("the template is well-formed").progress_chars("=> "));
    }

    /// One more step is done.
    pub fn step(&self) {
        self.bar.inc(1);
        let took = self.steps_since.get().map_or(Duration::ZERO, Instant::elapsed);
        if self.mode != Progress::Lines || took < ESTIMATE_AFTER {
            return;
        }
        let estimate = estimate(self.bar.position(), self.bar.length().unwrap_or_default(), took);
        let is_first = estimate.is_some() && !self.is_estimated.swap(true, Ordering::Relaxed);
        if let Some(estimate) = estimate.filter(|_| is_first) {
            eprintln!("{} {estimate}", self.label);
        }
    }

    /// `done` of `planned` steps are done.
    pub fn at_step(&self, done: usize, planned: usize) {
        if self.bar.length() != Some(planned as u64) {
            self.expect_steps(planned);
        }
        self.bar.set_position(done as u64);
    }

    /// What is being done right now.
    pub fn doing(&self, what: &str) {
        self.bar.set_message(what.to_owned());
    }

    /// What the stage made took this long, beside others.
    pub fn took(&self, time: Duration) {
        // The first one counts.
        let _ = self.took.set(time);
    }

    /// Says `text` on a line that stays.
    pub fn say(&self, text: &str) {
        match self.mode {
            Progress::Bars => self.bar.suspend(|| eprintln!("{text}")),
            Progress::Lines => eprintln!("{text}"),
            Progress::Silent => {}
        }
    }

    /// Ends the stage with what came out; the duration stands behind it.
    pub fn finish(self, summary: &str) {
        let seconds = self.took.get().copied().unwrap_or_else(|| self.started.elapsed()).as_secs_f64();
        self.bar.finish_and_clear();
        self.mode.say(&format!("{} {summary} ({seconds:.1} s)", self.label));
    }
}

/// How long the rest will take, where that is worth a line and the first steps tell it.
fn estimate(done: u64, planned: u64, took: Duration) -> Option<String> {
    if done * 20 < planned {
        return None;
    }
    let left = took.as_secs_f64() / done as f64 * planned.saturating_sub(done) as f64;
    let minutes = (left / 60.0).round();
    (minutes >= 1.0 && minutes.is_finite())
        .then(|| format!("{done} of {planned} done in {} s, about {minutes:.0} min left", took.as_secs()))
}

impl Drop for Task {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_stage_says_how_long_it_takes() {
        let after_a_minute = |done, planned| estimate(done, planned, Duration::from_secs(60));
        assert_eq!(after_a_minute(31, 372).as_deref(), Some("31 of 372 done in 60 s, about 11 min left"));
        assert_eq!(after_a_minute(370, 372), None);
        assert_eq!(after_a_minute(1, 372), None, "a machine boots before its first step");
        assert_eq!(after_a_minute(0, 0), None);
    }
}
