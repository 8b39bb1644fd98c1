//! The command line: two programs, the same arguments, one verdict.
#![allow(
    rustdoc::broken_intra_doc_links,
    rustdoc::invalid_html_tags,
    reason = "what is said of an argument is its help on the terminal, which is no Markdown"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use host::exit_code::ExitCode;
use host::programs;
use host::progress::{Progress, Task};
use render::number;
use serde::Serialize;

use crate::gate::{Decided, Estimate, Outcome, ShipRules, ShipVerdict, ship};
use crate::measure::plan::SamplingPlan;
use crate::measure::samples::WallSamples;
use crate::measure::wall::{Arm, SamplingProgress};
use crate::measure::{Case, Machine, MeasureError};

const EXAMPLES: &str = "Examples:
  paired-bench ./old ./new
  paired-bench ./old ./new -- check --json
  paired-bench ./old ./new --directory repository --budget 60 --minimum-win 5 -- check
  paired-bench grep rg --exit-code 0 --exit-code 1 --json result.json -- needle haystack.txt

Both programs start with a small fixed environment: LC_ALL=C, TZ=UTC, no PATH.

Exit codes: 0 B is faster by the asked share, 1 that is not shown or something failed, 2 usage, 3 could not measure or void";

/// Say whether program B is faster than program A, with the same arguments.
///
/// Runs A, B and a copy of A under another name in interleaved pairs, from fresh copies and in two memory layouts. If A
/// differs from its own copy, the measurement is void and is repeated once. The last line is the verdict.
#[derive(Debug, Parser)]
#[command(name = "paired-bench", version, after_help = EXAMPLES)]
pub struct CommandLine {
    /// The baseline: a file, or a name on PATH.
    #[arg(value_name = "A")]
    baseline: PathBuf,
    /// The candidate: a file, or a name on PATH.
    #[arg(value_name = "B")]
    candidate: PathBuf,
    /// The arguments of both.
    #[arg(last = true, value_name = "ARGUMENTS")]
    arguments: Vec<String>,
    /// Run in this directory instead of here.
    #[arg(long, value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// Seconds for the measured runs; a void measurement takes them twice.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    budget: u64,
    /// How much faster B has to be, in percent.
    #[arg(long, value_name = "PERCENT", default_value_t = 2.0, value_parser = percentage)]
    minimum_win: f64,
    /// Confidence of the verdict, in percent.
    #[arg(long, value_name = "PERCENT", default_value_t = 95.0, value_parser = percentage)]
    confidence: f64,
    /// An exit code that counts as success; may be repeated [default: 0].
    #[arg(long = "exit-code", value_name = "CODE")]
    exit_codes: Vec<i32>,
    /// Seconds after which a run is stopped and the measurement fails.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Write the verdict, every run and the machine here.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Say nothing while measuring.
    #[arg(long, short)]
    quiet: bool,
}

fn percentage(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..100.0).contains(&value) { Ok(value) } else { Err("not from 0 to below 100".to_owned()) }
}

/// The document that `--json` writes.
#[derive(Debug, Serialize)]
struct Document<'a> {
    machine: Machine,
    verdict: &'a ShipVerdict,
    void: Option<&'a ShipVerdict>,
    samples: &'a WallSamples,
}

/// Runs what the command line asks for and reports errors.
pub fn run() -> ExitCode {
    CommandLine::parse().run().unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        if error.is::<MeasureError>() { ExitCode::NotMeasured } else { ExitCode::Refused }
    })
}

impl CommandLine {
    fn run(self) -> anyhow::Result<ExitCode> {
        let (arms, case) = (self.arms()?, self.case()?);
        let scratch = tempfile::tempdir().context("cannot make a scratch directory")?;
        let budget = Duration::from_secs(self.budget);
        let timeout = Duration::from_secs(self.timeout);
        let plan = SamplingPlan { timeout, ..SamplingPlan::with_budget(budget, scratch.path()) };
        let rules = ShipRules {
            minimum_win: self.minimum_win / 100.0,
            confidence: self.confidence / 100.0,
            ..ShipRules::default()
        };
        let task = Progress::detect(self.quiet).begin(1, 1, "measure");
        let decided = ship::run(&arms, &[case], &plan, &rules, &Rounds(&task))?;
        task.finish(&format!("{} rounds", decided.verdict.rounds));
        if let Some(path) = &self.json {
            write(path, &decided)?;
        }
        print(&decided.verdict);
        Ok(decided.verdict.outcome.exit_code())
    }

    fn arms(&self) -> anyhow::Result<[Arm; 3]> {
        let (a, b) = (program(&self.baseline)?, program(&self.candidate)?);
        let names = names(&self.baseline, &self.candidate);
        Ok(Arm::with_same_binary(Arm::new(&names[0], a), Arm::new(&names[1], b)))
    }

    fn case(&self) -> anyhow::Result<Case> {
        let directory = &self.directory;
        let directory = directory.canonicalize().with_context(|| format!("cannot find {}", directory.display()))?;
        let name = if self.arguments.is_empty() { "without arguments".to_owned() } else { self.arguments.join(" ") };
        let exit_codes = if self.exit_codes.is_empty() { vec![0] } else { self.exit_codes.clone() };
        Ok(Case { name, directory, args: self.arguments.clone(), exit_codes, ..Case::default() })
    }
}

/// The file of a program, absolute.
fn program(named: &Path) -> anyhow::Result<PathBuf> {
    let file = programs::resolve(named);
    let found = file.canonicalize().with_context(|| format!("cannot find the program {}", named.display()))?;
    anyhow::ensure!(found.is_file(), "{} is not a file", named.display());
    Ok(found)
}

/// What the two are called: as they were given, or by their role where that is one name.
fn names(a: &Path, b: &Path) -> [String; 2] {
    let given = [a, b].map(|path| path.display().to_string());
    if given[0] == given[1] { ["A", "B"].map(str::to_owned) } else { given }
}

/// Reports the rounds to a task.
struct Rounds<'a>(&'a Task);

impl SamplingProgress for Rounds<'_> {
    fn round(&self, done: u32, planned: u32) {
        self.0.at_step(done as usize, planned as usize);
    }
}

fn write(path: &Path, decided: &Decided) -> anyhow::Result<()> {
    let document = Document {
        machine: Machine::detect(),
        verdict: &decided.verdict,
        void: decided.void.as_ref(),
        samples: &decided.samples,
    };
    let json = serde_json::to_vec_pretty(&document)?;
    host::atomic_write::bytes(path, &json).with_context(|| format!("cannot write {}", path.display()))
}

/// The figures, and the verdict last.
fn print(verdict: &ShipVerdict) {
    let bounds = |estimate: &Estimate| {
        let [ratio, lower, upper] = [estimate.ratio, estimate.lower, estimate.upper].map(number::ratio);
        format!("{ratio} [{lower}, {upper}]")
    };
    for case in &verdict.cases {
        println!("{:<30} {:>12}", verdict.baseline, number::duration(case.baseline_ns));
        println!("{:<30} {:>12}", verdict.candidate, number::duration(case.candidate_ns));
        println!("{:<30} {}", "time, B / A", bounds(&case.estimate));
        println!("{:<30} {}", "CPU time, B / A", bounds(&case.cpu));
        println!("{:<30} {}", "copy of A / A", bounds(&case.same_binary));
        println!("{:<30} {}", "pairs", case.pairs);
    }
    println!("{}", sentence(verdict));
}

fn sentence(verdict: &ShipVerdict) -> String {
    let wanted = number::percent(verdict.rules.minimum_win);
    let ratio = &verdict.geometric_mean;
    let confidence = number::percent(verdict.bound_confidence);
    let (a, b) = (&verdict.baseline, &verdict.candidate);
    match verdict.outcome {
        Outcome::Ship => format!(
            "faster: {b} takes {} of {a}'s time, at most {} with {confidence} confidence (asked for: {wanted} less)",
            number::ratio(ratio.ratio),
            number::ratio(ratio.upper),
        ),
        Outcome::DontShip => format!(
            "not shown: {b} takes {} of {a}'s time, from {} to {}; {wanted} less was asked for",
            number::ratio(ratio.ratio),
            number::ratio(ratio.lower),
            number::ratio(ratio.upper),
        ),
        Outcome::Void => verdict.sentence.clone(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::gate::ship::decide;
    use crate::gate::simulated::Machine as Simulated;
    use crate::measure::wall::UseWholeBudget;

    #[test]
    fn the_command_line_is_consistent_and_explains_itself() {
        CommandLine::command().debug_assert();
        let help = CommandLine::command().get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(help.contains("Examples:") && help.contains("Exit codes:"), "{help}");
    }

    #[test]
    fn the_verdict_names_both_and_the_share_that_was_asked_for() {
        let said = |ratio: f64| {
            let machine = Simulated { variation: 0.05, ..Simulated::noisy(&[ratio], 60) };
            sentence(&decide(
                &machine.measure(3, &UseWholeBudget),
                &ShipRules { resamples: 1000, ..Default::default() },
            ))
        };
        assert!(said(0.8).starts_with("faster: candidate takes 0.79"), "{}", said(0.8));
        assert!(said(1.0).starts_with("not shown: candidate takes "), "{}", said(1.0));
        assert!(said(1.0).ends_with("2 % less was asked for"), "{}", said(1.0));
    }

    #[test]
    fn one_program_twice_has_two_names() {
        assert_eq!(names(Path::new("a"), Path::new("a")), ["A", "B"]);
        assert_eq!(names(Path::new("./a"), Path::new("a")), ["./a", "a"]);
    }

    #[test]
    fn a_missing_program_is_named() {
        let line = CommandLine::parse_from(["paired-bench", "/no/such/a", "/bin/sh"]);
        let error = format!("{:#}", line.run().expect_err("there is none"));
        assert!(error.starts_with("cannot find the program /no/such/a"), "{error}");
    }
}
