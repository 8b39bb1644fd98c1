//! Stage `gate`: measures the optimized binary against the baseline on held-out inputs, and decides which one ships.

use std::path::{Path, PathBuf};
use std::time::Duration;

use host::progress::Task;
use paired_bench::gate::{Decided, Outcome, ShipRules, ShipVerdict, ship};
use paired_bench::measure::instructions;
use paired_bench::measure::plan::SamplingPlan;
use paired_bench::measure::wall::{Arm, SamplingProgress};

use crate::declaration::{BenchmarkSpec, ShipSpec, Spec, WorkloadSpec};
use crate::gates::bench;
use crate::gates::ship::growth::Sizes;
use crate::gates::ship::{InstructionComparison, ShipReport, ship_html, ship_markdown};
use crate::pipeline::stamp::{MadeFrom, Stamp};
use crate::pipeline::{InputHashes, Pipeline, StageDir, StageError, State, cases, stamp};

/// The verdict's name in the output folder.
pub const VERDICT: &str = "gate.json";
/// The report for a pull request or a release page.
pub const MARKDOWN: &str = "gate.md";
/// The report with plots.
pub const HTML: &str = "gate.html";
/// Every single run.
const SAMPLES: &str = "samples.json";

/// What the gate compares.
#[derive(Debug)]
pub struct ShipRequest<'a> {
    /// The declaration.
    pub spec: &'a Spec,
    /// The binary without the profile.
    pub baseline: &'a Path,
    /// The binary with the profile.
    pub candidate: &'a Path,
    /// The folder of the input sets.
    pub inputs: &'a Path,
    /// Where the reports go.
    pub output: &'a Path,
    /// What else the report tells, as label and value.
    pub context: Vec<(String, String)>,
}

/// Runs the ship gate on the pipeline's binaries; a verdict that stands is not measured again.
///
/// # Errors
/// [`StageError::Measure`] when nothing could be measured; a verdict is no error.
pub fn gate(
    pipeline: &Pipeline,
    hashes: &InputHashes,
    context: Vec<(String, String)>,
    task: &Task,
) -> Result<(State, ShipVerdict), StageError> {
    let output = pipeline.stage_dir(StageDir::Gate);
    let made_from = made_from(pipeline, hashes)?;
    if Stamp::outdated(&output, &made_from).is_none() {
        return Ok((State::UpToDate, crate::pipeline::read_json(&output.join(VERDICT))?));
    }
    Stamp::remove(&output)?;
    let request = ShipRequest {
        spec: &pipeline.spec,
        baseline: &pipeline.binary(StageDir::Baseline),
        candidate: &pipeline.binary(StageDir::Optimized),
        inputs: &pipeline.stage_dir(StageDir::Inputs),
        output: &output,
        context,
    };
    let verdict = measure(&request, task)?;
    if verdict.outcome != Outcome::Void {
        Stamp::write(&output, made_from, Default::default(), &[VERDICT, MARKDOWN, HTML])?;
    }
    Ok((State::Done, verdict))
}

/// Measures, decides, and writes the reports.
///
/// # Errors
/// [`StageError::Measure`] when nothing could be measured.
pub fn measure(request: &ShipRequest<'_>, task: &Task) -> Result<ShipVerdict, StageError> {
    let output = request.output;
    std::fs::create_dir_all(output).map_err(StageError::file("cannot make", output))?;
    // Nobody may take an earlier verdict for this one.
    let _ = std::fs::remove_file(output.join(VERDICT));
    let cases = cases::benchmarks(request.spec, request.inputs)?;
    if cases.is_empty() {
        return Err(bench::nothing("no benchmark is declared; add [[benchmarks]] to pgo.toml"));
    }
    let scratch = tempfile::tempdir_in(output).map_err(StageError::file("cannot make a folder in", output))?;
    let declared = &request.spec.gate.ship;
    let plan = SamplingPlan {
        layouts: declared.memory_layouts,
        hard: true,
        processors: declared.processors,
        ..SamplingPlan::with_budget(Duration::from_secs(declared.budget_seconds), scratch.path())
    };
    let arms = Arm::with_same_binary(Arm::new("lto", request.baseline), Arm::new("pgo", request.candidate));
    let mut decided = ship::run(&arms, &cases, &plan, &rules(declared), &Rounds { task })?;
    let sizes = Sizes::of(request.baseline, request.candidate);
    let sizes = sizes.map_err(StageError::file("cannot read the size of", request.candidate))?;
    if let Some(reason) = sizes.objection(declared.maximum_growth) {
        decided.verdict.refuse(reason);
    }
    let known = trained_on(request.spec);
    if !known.is_empty() {
        task.say(&format!("warning: {}: a win there says nothing about what users run", known.join(", ")));
    }
    write(request, &decided, &known, sizes, instructions(request, task)?)?;
    Ok(decided.verdict)
}

/// The benchmarks whose repository the training sees, one clause each.
fn trained_on(spec: &Spec) -> Vec<String> {
    let sees = |workload: &WorkloadSpec, benchmark: &BenchmarkSpec| {
        workload.inputs == benchmark.inputs && workload.matcher().is_match(&benchmark.entry)
    };
    let found = spec.benchmarks.iter().filter_map(|benchmark| {
        let workload = spec.training.workloads.iter().find(|workload| sees(workload, benchmark))?;
        Some(format!("{} is measured on what workload {} is trained on", benchmark.name, workload.name))
    });
    found.collect()
}

/// Instruction counts stand beside the times where valgrind is installed; they repeat exactly but decide nothing here.
fn instructions(request: &ShipRequest<'_>, task: &Task) -> Result<Vec<InstructionComparison>, StageError> {
    if instructions::find_valgrind().is_none() {
        task.say("valgrind is not on PATH, so the report has no instruction counts");
        return Ok(Vec::new());
    }
    let figures = bench::bench(request.spec, request.baseline, request.candidate, request.inputs, task)?;
    Ok(figures.into_iter().map(|figure| figure.comparison).collect())
}

/// The gate's rules as declared.
pub fn rules(declared: &ShipSpec) -> ShipRules {
    ShipRules {
        minimum_win: declared.minimum_win,
        case_tolerance: declared.case_tolerance,
        confidence: declared.confidence,
        ..ShipRules::default()
    }
}

fn write(
    request: &ShipRequest<'_>,
    decided: &Decided,
    known: &[String],
    sizes: Sizes,
    instructions: Vec<InstructionComparison>,
) -> Result<(), StageError> {
    let build = &request.spec.build;
    let not_held_out = known.iter().map(|clause| ("Not held out".to_owned(), clause.clone()));
    let size = ("Binary".to_owned(), sizes.told());
    let report = ShipReport {
        title: format!("{}, {}", build.binary, build.target),
        verdict: &decided.verdict,
        void: decided.void.as_ref(),
        instructions,
        context: request.context.iter().cloned().chain([size]).chain(not_held_out).collect(),
    };
    let path = |name: &str| -> PathBuf { request.output.join(name) };
    stamp::replace(&path(SAMPLES), &crate::pipeline::to_json(&decided.samples))?;
    stamp::replace(&path(MARKDOWN), ship_markdown(&report).as_bytes())?;
    stamp::replace(&path(HTML), ship_html(&report).as_bytes())?;
    stamp::replace(&path(VERDICT), &crate::pipeline::to_json(&decided.verdict))
}

fn made_from(pipeline: &Pipeline, hashes: &InputHashes) -> Result<MadeFrom, StageError> {
    let mut made_from = pipeline.both_binaries()?;
    let declared = (&pipeline.spec.gate, &pipeline.spec.benchmarks);
    made_from.insert("[gate] and [[benchmarks]] of pgo.toml".to_owned(), serde_json::json!(declared).to_string());
    for benchmark in &pipeline.spec.benchmarks {
        let hash = hashes.get(&benchmark.inputs).map_or("missing", |hash| &hash.sha256);
        made_from.insert(format!("input set {}", benchmark.inputs), hash.to_owned());
    }
    Ok(made_from)
}

/// Tells the rounds to a task.
pub struct Rounds<'a> {
    /// Who hears of them.
    pub task: &'a Task,
}

impl SamplingProgress for Rounds<'_> {
    fn round(&self, done: u32, planned: u32) {
        self.task.at_step(done as usize, planned as usize);
    }

    fn planned(&self, rounds: u32, estimate: Duration) {
        self.task.say(&format!("measuring at most {rounds} rounds, about {} s", estimate.as_secs_f64().ceil()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_benchmark_on_a_trained_repository_is_named() {
        let text = "[build]\npackage = \"d\"\nbinary = \"d\"\ntarget = \"t\"\n\
            [[training.workloads]]\nname = \"count\"\ninputs = \"s\"\nentries = [\"seen-*\"]\n\
            [[benchmarks]]\nname = \"a\"\ninputs = \"s\"\nentry = \"seen-1\"\n\
            [[benchmarks]]\nname = \"b\"\ninputs = \"s\"\nentry = \"other\"\n\
            [[benchmarks]]\nname = \"c\"\ninputs = \"held-out\"\nentry = \"seen-1\"\n";
        let spec: Spec = toml::from_str(text).expect("it is complete");
        assert_eq!(trained_on(&spec), ["a is measured on what workload count is trained on"]);
    }
}
