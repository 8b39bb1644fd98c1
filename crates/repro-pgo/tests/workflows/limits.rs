//! Nothing runs for hours by mistake, no two releases of one tag run at once, and every machine of a matrix has its say.

use super::workflow::Workflow;

const LONGEST_MINUTES: u64 = 180;

/// Jobs without a timeout or with a matrix that stops early, and a workflow without concurrency.
pub fn problems(workflow: &Workflow) -> Vec<String> {
    let name = workflow.name;
    let group = workflow.value["concurrency"]["group"].as_str();
    let ungrouped = group.is_none_or(str::is_empty).then(|| format!("{name}: concurrency is not set"));
    let untimed = workflow.jobs().into_iter().filter(|job| job.calls().is_none()).filter_map(|job| {
        match job.value["timeout-minutes"].as_u64() {
            Some(minutes) if minutes <= LONGEST_MINUTES => None,
            _ => Some(format!("{name}: {} has no timeout of at most {LONGEST_MINUTES} minutes", job.name)),
        }
    });
    let hasty = workflow.jobs().into_iter().filter(|job| {
        let strategy = &job.value["strategy"];
        strategy["matrix"].is_mapping() && strategy["fail-fast"].as_bool() != Some(false)
    });
    let hasty = hasty.map(|job| format!("{name}: the first failure in {} hides the others", job.name));
    let hasty = hasty.collect::<Vec<_>>();
    ungrouped.into_iter().chain(untimed.collect::<Vec<_>>()).chain(hasty).collect()
}
