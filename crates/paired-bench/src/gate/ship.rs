//! The ship gate: does the candidate ship instead of the baseline? The rules are in [`super::rules`].

use render::number;

use super::verdict::{CaseVerdict, Estimate, Finding, Outcome, SameBinary, ShipVerdict};
use super::{Decided, ShipRules, decide_with_retry};
use crate::measure::plan::SamplingPlan;
use crate::measure::samples::{Metric, WallSamples};
use crate::measure::wall::{Arm, SamplingProgress, StoppingRule, interleave_until};
use crate::measure::{Case, MeasureError};
use crate::statistics::bootstrap::{Resampling, Series, resample};
use crate::statistics::{Distribution, holm};

/// The arms of the gate by position, as [`Arm::with_same_binary`] makes them.
const CANDIDATE: usize = 1;
const SAME_BINARY: usize = 2;

/// Measures and decides; a void run is repeated once, with other orders and layouts.
pub fn run(
    arms: &[Arm; 3],
    cases: &[Case],
    plan: &SamplingPlan,
    rules: &ShipRules,
    progress: &dyn SamplingProgress,
) -> Result<Decided, MeasureError> {
    decide_with_retry(rules, |attempt| {
        let plan = SamplingPlan { seed: plan.seed + u64::from(attempt), ..plan.clone() };
        interleave_until(arms, cases, &plan, &StopWhenDecided(rules), progress)
    })
}

/// Stops at a look where the verdict can't turn any more.
#[derive(Debug)]
pub struct StopWhenDecided<'a>(pub &'a ShipRules);

impl StoppingRule for StopWhenDecided<'_> {
    fn may_stop(&self, samples: &WallSamples) -> bool {
        decide(samples, self.0).is_final()
    }
}

/// Applies the rules to the samples of the gate's three arms. The same samples always give the same verdict.
pub fn decide(samples: &WallSamples, rules: &ShipRules) -> ShipVerdict {
    let alpha = (1.0 - rules.confidence) * samples.alpha_share;
    let ratios = Ratios::of(samples, rules, alpha);
    let mean = Distribution::mean_of(&ratios.candidate);
    let mut verdict = ShipVerdict {
        outcome: Outcome::Void,
        sentence: String::new(),
        reasons: Vec::new(),
        rules: rules.clone(),
        baseline: name(&samples.arms, 0),
        candidate: name(&samples.arms, CANDIDATE),
        geometric_mean: estimate(&mean, alpha),
        cases: cases(samples, rules, &ratios, alpha),
        same_binary: same_binary(samples, rules, &ratios),
        rounds: samples.rounds(),
        planned_rounds: samples.planned_rounds,
        looks: samples.looks_taken,
        bound_confidence: 1.0 - alpha,
        memory_layouts: samples.layout_of_round.iter().collect::<std::collections::BTreeSet<_>>().len(),
        pinned_to: samples.pinned_to,
        on_all_processors: samples.on_all_processors.clone(),
    };
    verdict.reasons = reasons(&verdict);
    verdict.outcome = match (verdict.same_binary.objections.is_empty(), verdict.reasons.is_empty()) {
        (false, _) => Outcome::Void,
        (true, true) => Outcome::Ship,
        (true, false) => Outcome::DontShip,
    };
    verdict.sentence = verdict.make_sentence();
    verdict
}

fn name(arms: &[String], arm: usize) -> String {
    arms.get(arm).cloned().unwrap_or_default()
}

/// Log-ratios to the baseline, one distribution for each case, all resampled together.
struct Ratios {
    candidate: Vec<Distribution>,
    same_binary: Vec<Distribution>,
    cpu: Vec<Distribution>,
}

impl Ratios {
    fn of(samples: &WallSamples, rules: &ShipRules, alpha: f64) -> Self {
        let cases = samples.cases.len();
        let series = |arm: usize, metric: Metric| {
            let arm = if arm < samples.arms.len() { arm } else { 0 };
            (0..cases).map(move |case| Series { values: samples.log_ratios(case, arm, metric) })
        };
        let all: Vec<Series> = series(CANDIDATE, rules.metric)
            .chain(series(SAME_BINARY, rules.metric))
            .chain(series(CANDIDATE, Metric::Cpu))
            .collect();
        let how = Resampling { resamples: rules.resamples_for(cases, alpha), seed: rules.seed };
        let mut distributions = resample(&samples.layout_of_round, &all, how);
        let cpu = distributions.split_off(2 * cases);
        let same_binary = distributions.split_off(cases);
        Self { candidate: distributions, same_binary, cpu }
    }
}

fn estimate(log_ratio: &Distribution, alpha: f64) -> Estimate {
    Estimate {
        ratio: log_ratio.estimate().exp(),
        lower: log_ratio.lower_bound(alpha).exp(),
        upper: log_ratio.upper_bound(alpha).exp(),
    }
}

fn cases(samples: &WallSamples, rules: &ShipRules, ratios: &Ratios, alpha: f64) -> Vec<CaseVerdict> {
    let limit = (1.0 + rules.case_tolerance).ln();
    let no_loss: Vec<f64> = ratios.candidate.iter().map(|case| case.p_below(limit)).collect();
    let loss: Vec<f64> = ratios.candidate.iter().map(|case| case.p_above(limit)).collect();
    let (no_loss_adjusted, loss_adjusted) = (holm::adjust(&no_loss), holm::adjust(&loss));
    let (upper_levels, lower_levels) = (holm::levels(&no_loss, alpha), holm::levels(&loss, alpha));
    let same_levels = same_binary_levels(rules, ratios);
    let peak = |case, arm| samples.runs(case, arm).map(|run| run.max_rss_bytes).max().unwrap_or(0);
    let verdict = |(case, name): (usize, &String)| CaseVerdict {
        name: name.clone(),
        pairs: samples.runs(case, 0).count(),
        estimate: Estimate {
            ratio: ratios.candidate[case].estimate().exp(),
            lower: ratios.candidate[case].lower_bound(lower_levels[case]).exp(),
            upper: ratios.candidate[case].upper_bound(upper_levels[case]).exp(),
        },
        p_value: no_loss_adjusted[case],
        finding: match (no_loss_adjusted[case] <= alpha, loss_adjusted[case] <= alpha) {
            (true, _) => Finding::NoLoss,
            (false, true) => Finding::Loss,
            (false, false) => Finding::Unclear,
        },
        same_binary: estimate(&ratios.same_binary[case], same_levels[case]),
        cpu: estimate(&ratios.cpu[case], alpha),
        baseline_ns: samples.median_ns(case, 0, rules.metric),
        candidate_ns: samples.median_ns(case, CANDIDATE, rules.metric),
        baseline_peak_bytes: peak(case, 0),
        candidate_peak_bytes: peak(case, CANDIDATE),
    };
    samples.cases.iter().enumerate().map(verdict).collect()
}

/// Half of the two-sided p-value of "the case is within the A/A tolerance".
fn same_binary_tails(rules: &ShipRules, ratios: &Ratios) -> Vec<f64> {
    let (fast, slow) = ((1.0 - rules.aa_case_tolerance).ln(), (1.0 + rules.aa_case_tolerance).ln());
    ratios.same_binary.iter().map(|case| case.p_below(fast).min(case.p_above(slow))).collect()
}

fn same_binary_levels(rules: &ShipRules, ratios: &Ratios) -> Vec<f64> {
    holm::levels(&same_binary_tails(rules, ratios), (1.0 - rules.confidence) / 2.0)
}

/// Judged at the full level at every look: an early objection only makes sampling go on.
fn same_binary(samples: &WallSamples, rules: &ShipRules, ratios: &Ratios) -> SameBinary {
    let alpha = (1.0 - rules.confidence) / 2.0;
    let geometric_mean = estimate(&Distribution::mean_of(&ratios.same_binary), alpha);
    let mut objections = Vec::new();
    if samples.arms.len() <= SAME_BINARY {
        objections.push("no second copy of the baseline was measured".to_owned());
    }
    let unmeasured = (0..samples.cases.len()).filter(|&case| samples.runs(case, 0).next().is_none());
    objections.extend(unmeasured.map(|case| format!("{} was never run", samples.cases[case])));
    let off =
        |estimate: &Estimate, tolerance: f64| estimate.upper < 1.0 - tolerance || estimate.lower > 1.0 + tolerance;
    if off(&geometric_mean, rules.aa_tolerance) {
        objections.push(objection("the geometric mean", &geometric_mean, rules.aa_tolerance));
    }
    let tails = same_binary_tails(rules, ratios);
    let levels = same_binary_levels(rules, ratios);
    for (case, _) in holm::adjust(&tails).iter().enumerate().filter(|(_, adjusted)| **adjusted <= alpha) {
        let measured = estimate(&ratios.same_binary[case], levels[case]);
        objections.push(objection(&samples.cases[case], &measured, rules.aa_case_tolerance));
    }
    SameBinary { geometric_mean, objections }
}

fn objection(what: &str, measured: &Estimate, tolerance: f64) -> String {
    format!(
        "the baseline differs from a copy of itself: {what} came out at {} [{}, {}], beyond ±{}",
        number::ratio(measured.ratio),
        number::ratio(measured.lower),
        number::ratio(measured.upper),
        number::percent(tolerance),
    )
}

/// Why the candidate may not ship; empty when it may.
fn reasons(verdict: &ShipVerdict) -> Vec<String> {
    let rules = &verdict.rules;
    let mut reasons = Vec::new();
    let wins = verdict.geometric_mean.upper < 1.0 - rules.minimum_win;
    if !wins {
        reasons.push(format!(
            "a win of {} is not shown (measured {}, certain {})",
            number::percent(rules.minimum_win),
            number::percent(1.0 - verdict.geometric_mean.ratio),
            number::percent(1.0 - verdict.geometric_mean.upper),
        ));
    }
    for case in &verdict.cases {
        match case.finding {
            Finding::NoLoss => {}
            Finding::Loss => reasons.push(format!(
                "{} loses {} (at least {})",
                case.name,
                number::percent(case.estimate.ratio - 1.0),
                number::percent(case.estimate.lower - 1.0),
            )),
            Finding::Unclear => reasons.push(format!(
                "{} may lose up to {}, more than {} (a larger budget-seconds would tell)",
                case.name,
                number::percent(case.estimate.upper - 1.0),
                number::percent(rules.case_tolerance),
            )),
        }
    }
    reasons
}

#[cfg(test)]
#[path = "ship_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "ship_simulations.rs"]
mod simulations;
