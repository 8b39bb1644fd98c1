//! `repro-pgo bench`.

use std::path::PathBuf;

use clap::Args;
use host::exit_code::ExitCode;
use render::number;

use super::{Shared, build};
use crate::declaration;
use crate::gates::bench::{Bench as Figures, bench};
use crate::pipeline::build::Stage;
use crate::pipeline::{StageDir, stamp};

const EXAMPLES: &str = "Examples:
  repro-pgo bench
  repro-pgo bench --baseline base/demo --candidate head/demo --inputs out/inputs --output out/bench

Exit codes: 0 measured, 1 failed, 2 usage, 3 could not measure (no valgrind, no benchmark)";

/// Count the instructions that two binaries take for each benchmark.
///
/// Counts repeat to the instruction for a deterministic program, so small changes show. Alone it compares the profiled
/// binary with the baseline and builds both first.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Bench {
    /// The binary to compare with.
    #[arg(long, value_name = "FILE", requires_all = ["candidate", "inputs"])]
    baseline: Option<PathBuf>,
    /// The binary to compare.
    #[arg(long, value_name = "FILE", requires = "baseline")]
    candidate: Option<PathBuf>,
    /// The folder of the input sets.
    #[arg(long, value_name = "DIR", requires = "baseline")]
    inputs: Option<PathBuf>,
    /// Write bench.json here.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Bench {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let (spec, baseline, candidate, inputs) = match (self.baseline, self.candidate, self.inputs) {
            (Some(baseline), Some(candidate), Some(inputs)) => {
                let [baseline, candidate, inputs] = [baseline, candidate, inputs].map(|path| super::absolute(&path));
                (declaration::load(&shared.spec_file()?)?, baseline?, candidate?, inputs?)
            }
            _ => {
                build::chained(shared, build::Wish::until(Stage::Baseline))?;
                let pipeline = shared.pipeline()?;
                let binary = |stage_dir| pipeline.binary(stage_dir);
                let (baseline, candidate) = (binary(StageDir::Baseline), binary(StageDir::Optimized));
                let inputs = pipeline.stage_dir(StageDir::Inputs);
                (pipeline.spec, baseline, candidate, inputs)
            }
        };
        let figures = shared.alone("bench", |task| {
            let figures = bench(&spec, &baseline, &candidate, &inputs, task)?;
            let summary = format!("{} benchmarks", figures.len());
            Ok((figures, summary))
        })?;
        if let Some(directory) = self.output {
            std::fs::create_dir_all(&directory)?;
            stamp::replace(&directory.join("bench.json"), &crate::pipeline::to_json(&as_json(&figures)))?;
        }
        print_table(&figures);
        Ok(ExitCode::Fine)
    }
}

fn change(figures: &Figures) -> f64 {
    figures.comparison.candidate as f64 / figures.comparison.baseline as f64 - 1.0
}

fn print_table(all: &[Figures]) {
    println!("{:<40} {:>14} {:>14} {:>9}", "benchmark (instructions)", "baseline", "candidate", "change");
    for figures in all {
        let comparison = &figures.comparison;
        let note = if comparison.repeatable { "" } else { "  not repeatable" };
        let (baseline, candidate) =
            (number::instructions(comparison.baseline), number::instructions(comparison.candidate));
        let change = number::change(change(figures));
        println!("{:<40} {baseline:>14} {candidate:>14} {change:>9}{note}", comparison.case);
    }
}

fn as_json(all: &[Figures]) -> serde_json::Value {
    let benchmark = |figures: &Figures| {
        let functions = figures.functions.iter().map(
            |function| serde_json::json!({ "name": function.name, "before": function.before, "after": function.after }),
        );
        serde_json::json!({
            "benchmark": figures.comparison.case,
            "baseline-instructions": figures.comparison.baseline,
            "candidate-instructions": figures.comparison.candidate,
            "repeatable": figures.comparison.repeatable,
            "limit": figures.limit,
            "functions": functions.collect::<Vec<_>>(),
        })
    };
    serde_json::Value::Array(all.iter().map(benchmark).collect())
}
