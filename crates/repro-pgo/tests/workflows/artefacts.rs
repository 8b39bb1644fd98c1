//! What a job fetches, another job of the same workflow has left.

use yaml_serde::Value;

use super::workflow::{Job, Workflow};

/// One line for each artefact that is fetched and never left.
pub fn problems(workflow: &Workflow) -> Vec<String> {
    let jobs = workflow.jobs();
    let left: Vec<String> = jobs.iter().flat_map(|job| named(job, "actions/upload-artifact")).collect();
    let fetched = jobs.iter().flat_map(|job| named(job, "actions/download-artifact"));
    let fetched = fetched.flat_map(|name| alternatives(&name));
    let lost = fetched.filter(|name| !is_left(name, &left));
    lost.map(|name| format!("{}: no job leaves the artefact {name}", workflow.name)).collect()
}

/// The names in the steps of an action, for each entry of the matrix.
fn named(job: &Job<'_>, action: &str) -> Vec<String> {
    let names = job.steps_with(action).flat_map(|step| [&step["with"]["name"], &step["with"]["pattern"]]);
    names.filter_map(Value::as_str).flat_map(|name| job.for_each_entry(name)).collect()
}

/// `{a,b}` names two.
fn alternatives(name: &str) -> Vec<String> {
    name.trim_matches(['{', '}']).split(',').map(str::to_owned).collect()
}

fn is_left(name: &str, left: &[String]) -> bool {
    match name.strip_suffix('*') {
        Some(start) => left.iter().any(|left| left.starts_with(start)),
        None => left.iter().any(|left| left == name),
    }
}
