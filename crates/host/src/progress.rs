//! Talk on stderr while a stage runs: bars on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

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
        Task { mode: self, label, bar, started: Instant::now() }
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
}

impl Task {
    /// A task nobody hears of.
    pub fn silent() -> Self {
        Progress::Silent.begin(1, 1, "")
    }

    /// From now on the stage has `total` steps.
    pub fn expect_steps(&self, total: usize) {
        self.bar.set_length(total as u64);
        let style = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {msg}");
        self.bar.set_style(style.expect("the template is well-formed").progress_chars("=> "));
    }

    /// One more step is done.
    pub fn step(&self) {
        self.bar.inc(1);
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
        let seconds = self.started.elapsed().as_secs_f64();
        self.bar.finish_and_clear();
        self.mode.say(&format!("{} {summary} ({seconds:.1} s)", self.label));
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
