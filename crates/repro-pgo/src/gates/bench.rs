//! Stage `bench`: how many instructions two binaries take for each benchmark. No verdict, just figures that repeat.

use std::path::Path;

use host::progress::Task;
use paired_bench::measure::function_changes::{FunctionChange, changes};
use paired_bench::measure::instructions::InstructionCount;
use paired_bench::measure::{Case, MeasureError, instructions};

use crate::declaration::Spec;
use crate::gates::merge::rules;
use crate::gates::ship::InstructionComparison;
use crate::pipeline::{StageError, cases};

/// How many functions are reported for each benchmark.
const FUNCTIONS: usize = 5;

/// One benchmark's figures.
#[derive(Debug)]
pub struct Bench {
    /// Both totals.
    pub comparison: InstructionComparison,
    /// The growth that the merge gate accepts of it at least; `None` where it is not gated.
    pub limit: Option<f64>,
    /// The functions whose own instructions changed most.
    pub functions: Vec<FunctionChange>,
}

/// Counts the instructions of `baseline` and `candidate` on the benchmarks of `spec`, whose sets are under `inputs`.
///
/// # Errors
/// [`StageError::Measure`] when there is no benchmark or no valgrind, or a run fails.
pub fn bench(
    spec: &Spec,
    baseline: &Path,
    candidate: &Path,
    inputs: &Path,
    task: &Task,
) -> Result<Vec<Bench>, StageError> {
    let cases = cases::benchmarks(spec, inputs)?;
    if cases.is_empty() {
        return Err(nothing("no benchmark is declared; add [[benchmarks]] to pgo.toml"));
    }
    task.expect_steps(2 * cases.len());
    let rules = rules(&spec.gate.merge);
    let figures = cases.iter().map(|case| {
        task.doing(&case.name);
        let (before, after) = (count(baseline, case, task)?, count(candidate, case, task)?);
        let mut functions = changes(&before.functions, &after.functions);
        functions.truncate(FUNCTIONS);
        let comparison = InstructionComparison {
            case: case.name.clone(),
            baseline: before.total,
            candidate: after.total,
            repeatable: before.agrees() && after.agrees(),
        };
        let limit = rules.is_gated(&case.name).then_some(rules.limit);
        Ok(Bench { comparison, limit, functions })
    });
    figures.collect()
}

fn count(binary: &Path, case: &Case, task: &Task) -> Result<InstructionCount, StageError> {
    let counted = instructions::count(binary, case)?;
    task.step();
    counted.ok_or_else(|| nothing("valgrind, which counts instructions, is not on PATH: apt-get install valgrind"))
}

pub(super) fn nothing(what: &str) -> StageError {
    MeasureError::Nothing { what: what.to_owned() }.into()
}
