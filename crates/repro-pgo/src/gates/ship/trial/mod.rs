//! How often the ship gate errs on this machine: real gates on binaries whose difference is known.

mod extra_work;

use std::path::{Path, PathBuf};
use std::time::Duration;

use host::progress::Task;
use paired_bench::gate::{Decided, Finding, Outcome, ship};
use paired_bench::measure::plan::SamplingPlan;
use paired_bench::measure::wall::Arm;
use paired_bench::measure::{Case, Machine};
use paired_bench::statistics::quartiles::median;
use render::number;
use serde::Serialize;

use super::run::{Rounds, rules};
use crate::pipeline::{Pipeline, StageDir, StageError, cases};

/// What is tried.
#[derive(Debug)]
pub struct TrialRequest<'a> {
    /// What is measured, where, and how.
    pub pipeline: &'a Pipeline,
    /// How much longer the candidate takes, as a share of its processor time. 0 is one binary twice; where it is negative,
    /// the baseline takes longer, so that the candidate wins as much.
    pub changes: &'a [f64],
    /// How many gates are run for each change.
    pub runs: u32,
    /// Time for the measured runs of each gate; a void one takes it twice.
    pub budget: Duration,
}

/// One gate's answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TrialRun {
    /// How much longer the candidate took.
    pub change: f64,
    /// Counted from 1.
    pub run: u32,
    /// The answer.
    pub outcome: Outcome,
    /// The same in one line.
    pub sentence: String,
    /// Whether a first measurement was void and was repeated.
    pub repeated: bool,
    /// The geometric mean of candidate / baseline.
    pub ratio: f64,
    /// Its bounds.
    pub bounds: [f64; 2],
    /// Benchmarks that were shown to lose.
    pub losses: usize,
    /// Rounds made.
    pub rounds: usize,
    /// The machine that measured.
    pub machine: Machine,
}

/// The head of the table whose rows [`row`] makes.
pub const HEAD: &str = "| change | gates | ship | don't ship | void | repeated | a loss shown | ratio: median [lowest, highest] |\n\
    | :-- | --: | --: | --: | --: | --: | --: | --: |";

/// The row of all gates on one change.
pub fn row(change: f64, runs: &[TrialRun]) -> String {
    let runs: Vec<&TrialRun> = runs.iter().filter(|run| run.change == change).collect();
    let count = |is: &dyn Fn(&TrialRun) -> bool| runs.iter().filter(|run| is(run)).count();
    let ratios: Vec<f64> = runs.iter().map(|run| run.ratio).collect();
    let (lowest, highest) =
        ratios.iter().fold((f64::NAN, f64::NAN), |(low, high), &ratio| (low.min(ratio), high.max(ratio)));
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} [{}, {}] |",
        if change == 0.0 { "A/A".to_owned() } else { number::change(change) },
        runs.len(),
        count(&|run| run.outcome == Outcome::Ship),
        count(&|run| run.outcome == Outcome::DontShip),
        count(&|run| run.outcome == Outcome::Void),
        count(&|run| run.repeated),
        count(&|run| run.losses > 0),
        number::ratio(median(&ratios)),
        number::ratio(lowest),
        number::ratio(highest),
    )
}

/// Builds the binary, makes its copies, and runs the gates, each with orders and memory layouts of its own; `hear` is
/// told of each one.
///
/// # Errors
/// [`StageError`] when the build or a run fails.
pub fn trial(request: &TrialRequest<'_>, task: &Task, hear: &dyn Fn(&TrialRun)) -> Result<Vec<TrialRun>, StageError> {
    let pipeline = request.pipeline;
    let program = extra_work::build(pipeline, task)?;
    let inputs = pipeline.stage_dir(StageDir::Inputs);
    crate::pipeline::make_inputs(&pipeline.spec, &pipeline.directory, &inputs, task)?;
    let cases = cases::benchmarks(&pipeline.spec, &inputs)?;
    let machine = Machine::detect();
    let mut runs = Vec::new();
    for &change in request.changes {
        let arms = arms(&program, &pipeline.stage_dir(StageDir::Trial), change)?;
        for run in 1..=request.runs {
            let decided = gate(request, &arms, &cases, run, task)?;
            let answer = answer(change, run, decided, &machine);
            task.say(&format!("{} {run}/{}: {}", number::change(change), request.runs, answer.sentence));
            hear(&answer);
            runs.push(answer);
        }
    }
    Ok(runs)
}

/// Baseline, candidate, and the baseline once more.
fn arms(program: &Path, folder: &Path, change: f64) -> Result<[Arm; 3], StageError> {
    let copy = |name: &str, share: f64| -> Result<PathBuf, StageError> {
        let path = folder.join(name);
        extra_work::copy(program, &path, share)?;
        Ok(path)
    };
    let (slower_baseline, slower_candidate) = shares(change);
    let baseline = copy("baseline", slower_baseline)?;
    let candidate = copy("candidate", slower_candidate)?;
    Ok([Arm::new("baseline", &baseline), Arm::new("candidate", candidate), Arm::new("baseline-again", baseline)])
}

/// How much extra work baseline and candidate do for the candidate to take `1 + change` of the baseline's time.
fn shares(change: f64) -> (f64, f64) {
    if change < 0.0 { (1.0 / (1.0 + change) - 1.0, 0.0) } else { (0.0, change) }
}

fn gate(
    request: &TrialRequest<'_>,
    arms: &[Arm; 3],
    cases: &[Case],
    run: u32,
    task: &Task,
) -> Result<Decided, StageError> {
    let declared = &request.pipeline.spec.gate.ship;
    let scratch = request.pipeline.stage_dir(StageDir::Trial);
    let plan = SamplingPlan {
        layouts: declared.memory_layouts,
        // A void run is repeated with the next seed.
        seed: 2 * u64::from(run),
        ..SamplingPlan::with_budget(request.budget, scratch)
    };
    Ok(ship::run(arms, cases, &plan, &rules(declared), &Rounds { task })?)
}

fn answer(change: f64, run: u32, decided: Decided, machine: &Machine) -> TrialRun {
    let Decided { verdict, void, .. } = decided;
    let mean = verdict.geometric_mean;
    TrialRun {
        change,
        run,
        outcome: verdict.outcome,
        losses: verdict.cases.iter().filter(|case| case.finding == Finding::Loss).count(),
        sentence: verdict.sentence,
        repeated: void.is_some(),
        ratio: mean.ratio,
        bounds: [mean.lower, mean.upper],
        rounds: verdict.rounds,
        machine: machine.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_counts_the_verdicts_on_its_change() {
        let run = |change, outcome, ratio, repeated, losses| TrialRun {
            change,
            run: 1,
            outcome,
            sentence: String::new(),
            repeated,
            ratio,
            bounds: [ratio, ratio],
            losses,
            rounds: 20,
            machine: Machine::unknown(),
        };
        let runs = [
            run(0.0, Outcome::DontShip, 1.0, false, 0),
            run(0.0, Outcome::Ship, 0.9, false, 0),
            run(0.0, Outcome::Void, 1.1, true, 1),
            run(0.01, Outcome::DontShip, 1.01, false, 2),
        ];
        assert_eq!(row(0.0, &runs), "| A/A | 3 | 1 | 1 | 1 | 1 | 1 | 1.000 [0.900, 1.100] |");
        assert_eq!(row(0.01, &runs), "| +1 % | 1 | 0 | 1 | 0 | 0 | 1 | 1.010 [1.010, 1.010] |");
    }

    #[test]
    fn a_win_is_extra_work_of_the_baseline() {
        assert_eq!(shares(0.03), (0.0, 0.03));
        let (baseline, candidate) = shares(-0.05);
        assert!(candidate == 0.0 && ((1.0 + baseline) * 0.95 - 1.0).abs() < 1e-12, "{baseline}");
    }
}
