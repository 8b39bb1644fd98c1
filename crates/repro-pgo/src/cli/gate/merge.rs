//! `repro-pgo gate merge`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use host::exit_code::ExitCode;
use paired_bench::gate::merge::{MergeOutcome, MergeVerdict};

use super::super::Shared;
use crate::gates::merge::{MergeRequest, markdown, merge_gate, refusal};

const EXAMPLES: &str = "Examples:
  repro-pgo gate merge --base origin/main                # the working tree against main
  repro-pgo gate merge --base v1.2.0 --head HEAD --json
  repro-pgo gate merge --base origin/main --output out --history gate-history.jsonl

Exit codes: 0 pass, 1 regression (or head does not build), 2 usage, 3 could not measure (no valgrind, base does not build)";

/// Does a change make the program do more work?
///
/// Builds base and head alike, counts the instructions of both under callgrind on every benchmark of head's pgo.toml, and
/// refuses if a gated one ([gate.merge] benchmarks) grew beyond its limit: [gate.merge] limit, or three interquartile
/// ranges of the benchmark's own repetitions where they are more. A suspicion is confirmed by building both sides again
/// from nothing. Writes merge.json and comment.md; the last line is the verdict.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Merge {
    /// The revision to compare with.
    #[arg(long, value_name = "REVISION")]
    base: String,
    /// The revision to be merged [default: the working tree, with files git does not ignore].
    #[arg(long, value_name = "REVISION")]
    head: Option<String>,
    /// Where the reports go [default: target/repro-pgo/<target>/merge].
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Read earlier results of this machine from this file, and add this one (JSON lines).
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Time both sides too, for about this many seconds. Wall time decides nothing here.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "60")]
    wall: Option<u64>,
    /// Count even where base and head turn out to be the same binary.
    #[arg(long)]
    always_count: bool,
    /// Print the verdict as JSON; the verdict line then goes to stderr.
    #[arg(long)]
    json: bool,
}

impl Merge {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let spec_file = shared.spec_file()?;
        let request = MergeRequest {
            spec_file: &spec_file,
            base: &self.base,
            head: self.head.as_deref(),
            output: self.output.as_deref(),
            history: self.history.as_deref(),
            wall: self.wall.map(Duration::from_secs),
            always_count: self.always_count,
        };
        match merge_gate(&request, shared.progress()) {
            Ok(decided) => {
                shared.progress().say(&format!("reports in {}", decided.output.display()));
                self.tell(&decided.verdict)?;
                Ok(exit_code(decided.verdict.outcome))
            }
            Err(error) => {
                self.tell_line(&refusal(&error));
                Err(error.into())
            }
        }
    }

    fn tell(&self, verdict: &MergeVerdict) -> anyhow::Result<()> {
        if self.json {
            println!("{}", serde_json::to_string_pretty(verdict)?);
        } else {
            print_table(verdict);
        }
        self.tell_line(&verdict.sentence);
        Ok(())
    }

    fn tell_line(&self, line: &str) {
        if self.json { eprintln!("{line}") } else { println!("{line}") }
    }
}

fn exit_code(outcome: MergeOutcome) -> ExitCode {
    match outcome {
        MergeOutcome::Pass => ExitCode::Fine,
        MergeOutcome::Regression => ExitCode::Refused,
        MergeOutcome::NotMeasured => ExitCode::NotMeasured,
    }
}

fn print_table(verdict: &MergeVerdict) {
    if !verdict.benchmarks.is_empty() {
        println!(
            "{:<34} {:>9} {:>9} {:>9} {:>7}  finding",
            "benchmark (instructions)", "base", "head", "change", "limit"
        );
    }
    for benchmark in &verdict.benchmarks {
        let [name, base, head, change, limit, finding] = markdown::row(benchmark);
        println!("{name:<34} {base:>9} {head:>9} {change:>9} {limit:>7}  {finding}");
        for function in &benchmark.functions {
            println!("    {:+} in {}", function.growth(), function.name);
        }
    }
    for note in &verdict.notes {
        println!("note: {note}");
    }
}
