//! Code of a pull request is never in one job with a secret, or with a token that may write.

use super::workflow::{Job, Workflow};

const OWN_BRANCH: &str = "github.event.pull_request.head.repo.full_name == github.repository";

/// Jobs that could give away what they hold.
pub fn problems(workflow: &Workflow) -> Vec<String> {
    let name = workflow.name;
    let mut problems = Vec::new();
    for event in ["pull_request_target", "workflow_run", "issue_comment"] {
        if workflow.runs_on(event) {
            problems.push(format!("{name}: {event} runs a stranger's event with this repository's secrets"));
        }
    }
    if mentions_secret(&workflow.value["env"]) {
        problems.push(format!("{name}: a secret in the workflow's env is every job's"));
    }
    let jobs = workflow.jobs();
    for job in &jobs {
        if job.steps_with("actions/checkout").any(|step| step["with"]["persist-credentials"].as_bool() != Some(false)) {
            problems.push(format!("{name}: {} keeps its token on disk after the checkout", job.name));
        }
        if mentions_secret(job.value) && job.value.get("environment").is_none() {
            problems.push(format!("{name}: {} has a secret outside of an environment", job.name));
        }
    }
    for job in jobs.iter().filter(|job| workflow.runs_on("pull_request") && !is_for_own_events(job)) {
        if mentions_secret(job.value) {
            problems.push(format!("{name}: {} has a secret and may run on a pull request", job.name));
        }
        let may_write = text(&job.value["permissions"]).contains("write");
        let runs_foreign_code = !job.condition().contains(OWN_BRANCH) || text(job.value).contains("actions/checkout");
        if may_write && runs_foreign_code {
            problems.push(format!("{name}: {} may write and runs what a pull request brings", job.name));
        }
    }
    problems
}

/// Does its condition, each alternative of it, name an event other than a pull request?
fn is_for_own_events(job: &Job<'_>) -> bool {
    let own = ["push", "schedule", "workflow_dispatch"].map(|event| format!("github.event_name == '{event}'"));
    job.condition().split("||").all(|alternative| own.iter().any(|own| alternative.trim() == own))
}

fn mentions_secret(value: &yaml_serde::Value) -> bool {
    let text = text(value);
    ["secrets.", "secrets[", "toJSON(secrets)", "secrets: inherit"].iter().any(|form| text.contains(form))
}

fn text(value: &yaml_serde::Value) -> String {
    yaml_serde::to_string(value).expect("what was YAML is YAML")
}
