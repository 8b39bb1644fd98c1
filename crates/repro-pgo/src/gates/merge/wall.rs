//! Wall time of base and head, interleaved, for the report only.

use std::path::Path;
use std::time::Duration;

use host::progress::Task;
use paired_bench::gate::Estimate;
use paired_bench::gate::merge::WallComparison;
use paired_bench::measure::Case;
use paired_bench::measure::plan::SamplingPlan;
use paired_bench::measure::samples::Metric;
use paired_bench::measure::wall::{Arm, interleave};
use paired_bench::statistics::bootstrap::{Resampling, Series, resample};

use super::StageError;
use crate::gates::ship::run::Rounds;

/// The share of wrong bounds, one-sided.
const ALPHA: f64 = 0.05;

/// Head / base on each case, measured for about `budget`; `scratch` takes copies of the binaries.
///
/// # Errors
/// [`StageError::Measure`] when a run fails.
pub fn compare(
    base: &Path,
    head: &Path,
    cases: &[Case],
    budget: Duration,
    scratch: &Path,
    task: &Task,
) -> Result<Vec<WallComparison>, StageError> {
    let arms = [Arm::new("base", base), Arm::new("head", head)];
    let samples = interleave(&arms, cases, &SamplingPlan::with_budget(budget, scratch), &Rounds { task })?;
    let series: Vec<Series> =
        (0..cases.len()).map(|case| Series { values: samples.log_ratios(case, 1, Metric::Wall) }).collect();
    let distributions = resample(&samples.layout_of_round, &series, Resampling { resamples: 2000, seed: 1 });
    let comparisons = cases.iter().zip(&series).zip(&distributions).map(|((case, series), ratio)| WallComparison {
        name: case.name.clone(),
        ratio: Estimate {
            ratio: ratio.estimate().exp(),
            lower: ratio.lower_bound(ALPHA).exp(),
            upper: ratio.upper_bound(ALPHA).exp(),
        },
        pairs: 2 * series.values.len(),
    });
    Ok(comparisons.collect())
}
