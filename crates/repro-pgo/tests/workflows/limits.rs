//! Nothing runs for hours by mistake, and no two releases of one tag run at once.

use super::workflow::Workflow;

const LONGEST_MINUTES: u64 = 180;

/// Jobs without a timeout, and a workflow without concurrency.
pub fn problems(workflow: &Workflow) -> Vec<String> {
    let name = workflow.name;
    let group = workflow.value["concurrency"]["group"].as_str();
    let ungrouped = group.is_none_or(str::is_empty).then(|| format!("{name}: concurrency is not set"));
    let untimed = workflow.jobs().into_iter().filter_map(|job| match job.value["timeout-minutes"].as_u64() {
        Some(minutes) if minutes <= LONGEST_MINUTES => None,
        _ => Some(format!("{name}: {} has no timeout of at most {LONGEST_MINUTES} minutes", job.name)),
    });
    ungrouped.into_iter().chain(untimed.collect::<Vec<_>>()).collect()
}
