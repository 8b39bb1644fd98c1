//! `repro-pgo report`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
use host::exit_code::ExitCode;
use paired_bench::gate::history::History;
use serde::de::DeserializeOwned;

use super::Shared;
use crate::gates::report::parts::{Part, Parts};
use crate::gates::report::{overview, summary};
use crate::pipeline::stamp;

const EXAMPLES: &str = "Examples:
  repro-pgo report --merge merge.json --history gates.jsonl > comment.md
  repro-pgo report --ship gate.json --samples samples.json --section section.json --format html --output report.html
  repro-pgo profile show --json > profile.json && repro-pgo report --profile profile.json --format notes

Exit codes: 0 written, 1 a document is missing or is another one, 2 usage";

/// Turn the JSON of gates and profile into one report.
///
/// What isn't given is said to be missing. Nothing is measured.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Report {
    /// The ship gate's verdict: gate.json, or *.gate.json of a release.
    #[arg(long, value_name = "FILE")]
    ship: Option<PathBuf>,
    /// The ship gate's runs: samples.json.
    #[arg(long, value_name = "FILE")]
    samples: Option<PathBuf>,
    /// The merge gate's verdict: merge.json.
    #[arg(long, value_name = "FILE")]
    merge: Option<PathBuf>,
    /// Earlier runs of the gates, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// What `profile show --json` printed.
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// A section that another program wrote.
    #[arg(long, value_name = "FILE")]
    section: Option<PathBuf>,
    /// What it is for.
    #[arg(long, value_enum, default_value_t = Format::Comment)]
    format: Format,
    /// What it is about.
    #[arg(long, value_name = "TEXT", default_value = "gates")]
    title: String,
    /// Write it here instead of to standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Markdown for a pull request: verdicts first, the rest folded.
    Comment,
    /// Markdown for release notes.
    Notes,
    /// One self-contained page with plots.
    Html,
}

impl Report {
    pub(super) fn run(self, _: &Shared) -> anyhow::Result<ExitCode> {
        let parts = Parts {
            title: self.title,
            ship: read(self.ship.as_deref(), "--ship", "`repro-pgo gate ship` makes one")?,
            samples: read(self.samples.as_deref(), "--samples", "the ship gate leaves them beside its verdict")?,
            merge: read(self.merge.as_deref(), "--merge", "`repro-pgo gate merge` makes one")?,
            history: history(self.history.as_deref())?,
            profile: read(self.profile.as_deref(), "--profile", "`repro-pgo profile show --json` prints it")?,
            section: read(self.section.as_deref(), "--section", "a program that compares makes one")?,
        };
        let text = match self.format {
            Format::Comment => summary::comment(&parts),
            Format::Notes => summary::notes(&parts),
            Format::Html => overview::overview(&parts),
        };
        match &self.output {
            Some(path) => stamp::replace(path, text.as_bytes())?,
            None => print!("{text}"),
        }
        Ok(ExitCode::Fine)
    }
}

fn missing<T>(option: &str, maker: &str) -> Part<T> {
    Part::Missing(format!("not given with {option}; {maker}"))
}

fn read<T: DeserializeOwned>(path: Option<&Path>, option: &str, maker: &str) -> anyhow::Result<Part<T>> {
    let Some(path) = path else { return Ok(missing(option, maker)) };
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Part::parse(&text).with_context(|| format!("{} is not what {option} takes; {maker}", path.display()))
}

/// A history that isn't there yet is empty, not an error: the first run of CI has none to restore.
fn history(path: Option<&Path>) -> anyhow::Result<Part<History>> {
    let Some(path) = path else { return Ok(missing("--history", "the gates append to one with every run")) };
    let history = History::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(match history.records.is_empty() {
        true => Part::Missing(format!("{} holds no run yet", path.display())),
        false => Part::There(history),
    })
}
