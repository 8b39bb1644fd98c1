//! `repro-pgo profile`.

use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use host::exit_code::ExitCode;
use serde_json::{Value, json};

use super::{Shared, inputs, instrument};
use crate::pipeline::{self, StageDir, stamp, to_json};
use crate::profile_report::{Comparison, html, load, text};
use crate::training::session::PROFILE;

const EXAMPLES: &str = "Examples:
  repro-pgo profile show
  repro-pgo profile diff before.profdata after.profdata

Exit codes: 0 shown, 1 unreadable or less alike than demanded, 2 usage";

const SHOW_EXAMPLES: &str = "Examples:
  repro-pgo profile show
  repro-pgo profile show out/profile/merged.profdata --top 50
  repro-pgo profile show --json | jq '.hottest[].name'
  repro-pgo profile show --html profile.html

Exit codes: 0 shown, 1 missing or unreadable, 2 usage";

const DIFF_EXAMPLES: &str = "Examples:
  repro-pgo profile diff before.profdata after.profdata
  repro-pgo profile diff before.profdata target/repro-pgo/x86_64-unknown-linux-gnu/profile --fail-below 95
  repro-pgo profile diff one.proftext other.profraw --html diff.html

Exit codes: 0 compared, 1 missing, unreadable or below --fail-below, 2 usage";

const PIN_EXAMPLES: &str = "Examples:
  repro-pgo profile pin
  repro-pgo profile pin --output profiles/2026-11

Exit codes: 0 pinned, 1 too little was covered or something failed, 2 usage, 4 a tool, the kernel or a part of the
toolchain is missing or another than is needed, 5 a declared command failed, did not end or left no profile,
6 the emulated machine failed (out of memory, kernel panic)";

/// Look into a profile, compare two, or keep one that can't be made again.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Profile {
    #[command(subcommand)]
    profile: ProfileCommand,
}

#[derive(Debug, Subcommand)]
enum ProfileCommand {
    Show(Show),
    Diff(Diff),
    Pin(Pin),
}

/// Keep one profile of a program whose counts are never the same twice.
///
/// Trains as `train` does and keeps the profile even where the repetitions disagree. Commit the folder and name it in
/// [training] pinned: builds then use it instead of training, refuse it once compiler, target, profile, flags or features
/// have changed, and manifest and verdict say that nobody can make it again.
#[derive(Debug, Args)]
#[command(after_help = PIN_EXAMPLES)]
struct Pin {
    /// Where the profile and its record go [default: pgo-profile beside pgo.toml].
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Which functions ran, which are hot, and what each workload and CPU model contributes.
///
/// Shares are shares of block counts: how often the instrumented blocks ran, summed up. Workloads and CPU models are listed
/// where training.json and parts/ are beside the profile, as `train` leaves them.
#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES)]
struct Show {
    /// The profile, raw, indexed or text, or a training's folder [default: what `train` made in this workspace].
    file: Option<PathBuf>,
    #[command(flatten)]
    form: Form,
}

/// How far two profiles agree, and what moved between them.
///
/// The last line is the verdict: the overlap by block, which is the sum over all blocks of the smaller of their two shares of
/// the counts.
#[derive(Debug, Args)]
#[command(after_help = DIFF_EXAMPLES)]
struct Diff {
    /// The first profile, raw, indexed or text, or a training's folder.
    first: PathBuf,
    /// The second profile.
    second: PathBuf,
    /// Exit with 1 where the profiles agree less than this, from 0 to 100.
    #[arg(long, value_name = "PERCENT", value_parser = share)]
    fail_below: Option<f64>,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
struct Form {
    /// How many functions each table names.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    top: usize,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
    /// Write one self-contained page with plots here, too.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// A percentage, as the share from 0 to 1.
fn share(text: &str) -> Result<f64, String> {
    let percent = text.trim_end_matches('%').trim_end().parse::<f64>();
    let share = percent.ok().filter(|percent| (0.0..=100.0).contains(percent)).map(|percent| percent / 100.0);
    share.ok_or_else(|| "it must be a number from 0 to 100".to_owned())
}

impl Profile {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        match self.profile {
            ProfileCommand::Show(show) => show.run(shared),
            ProfileCommand::Diff(diff) => diff.run(),
            ProfileCommand::Pin(pin) => pin.run(shared),
        }
    }
}

impl Show {
    fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let file = match &self.file {
            Some(path) => load::profile_file(path),
            None => shared.pipeline()?.stage_dir(StageDir::Profile).join(PROFILE),
        };
        let shown = load::show(&file, self.form.top)?;
        for note in &shown.notes {
            shared.progress().say(&format!("note: {note}"));
        }
        self.form.deliver(&json!(shown), &text::profile(&shown), || html::profile(&shown))?;
        Ok(ExitCode::Fine)
    }
}

impl Pin {
    fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let pipeline = shared.pipeline()?;
        let output = self.output.unwrap_or_else(|| pipeline.directory.join("pgo-profile"));
        instrument::stage(shared, &pipeline)?;
        inputs::stage(shared, &pipeline)?;
        let record = shared.alone("pin", |task| {
            let record = pipeline::pin(&pipeline, &output, task)?;
            let summary = record.summary();
            Ok((record, summary))
        })?;
        let folder = output.strip_prefix(&pipeline.directory).unwrap_or(&output).display().to_string();
        println!(
            "{}; use it with `pinned = \"{folder}\"` in [training] of pgo.toml, and commit the folder",
            record.summary()
        );
        Ok(ExitCode::Fine)
    }
}

impl Diff {
    fn run(self) -> anyhow::Result<ExitCode> {
        let files = [&self.first, &self.second].map(|path| load::profile_file(path));
        let compared = Comparison::between(&load::read(&files[0])?, &load::read(&files[1])?);
        let names = files.each_ref().map(|file| file.to_string_lossy());
        let (names, floor, top) = ([&*names[0], &*names[1]], self.fail_below, self.form.top);
        let mut figures = json!(compared);
        figures["files"] = json!(names);
        figures["verdict"] = json!(compared.sentence(floor));
        let text = text::comparison(names, &compared, top, floor);
        self.form.deliver(&figures, &text, || html::comparison(names, &compared, top, floor))?;
        let below = floor.is_some_and(|floor| compared.is_below(floor));
        Ok(if below { ExitCode::Refused } else { ExitCode::Fine })
    }
}

impl Form {
    fn deliver(&self, figures: &Value, text: &str, page: impl FnOnce() -> String) -> anyhow::Result<()> {
        if let Some(path) = &self.html {
            stamp::replace(path, page().as_bytes())?;
        }
        let told = if self.json { to_json(figures) } else { text.as_bytes().to_vec() };
        match std::io::stdout().write_all(&told) {
            // A pager that was left, or `head`: the reader has what it wanted.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_floor_is_a_percentage() {
        assert_eq!([share("95"), share("12.5 %"), share("0")], [Ok(0.95), Ok(0.125), Ok(0.0)]);
        for text in ["", "-1", "100.1", "NaN", "inf", "many"] {
            assert!(share(text).is_err(), "{text}");
        }
    }
}
