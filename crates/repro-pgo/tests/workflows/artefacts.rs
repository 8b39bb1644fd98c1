//! What a job fetches, another job has left: of the same workflow, or of one that it calls.

use yaml_serde::Value;

use super::workflow::{Job, Workflow};

/// One line for each artefact that is fetched and never left.
pub fn problems(workflows: &[&Workflow]) -> Vec<String> {
    let lost = workflows.iter().flat_map(|workflow| {
        let left: Vec<String> = with_called(workflow, workflows)
            .iter()
            .flat_map(|workflow| workflow.jobs())
            .flat_map(|job| named(&job, "actions/upload-artifact"))
            .collect();
        let fetched: Vec<String> =
            workflow.jobs().iter().flat_map(|job| named(job, "actions/download-artifact")).collect();
        let fetched = fetched.iter().flat_map(|name| alternatives(name));
        let lost = fetched.filter(|name| !is_left(name, &left));
        lost.map(|name| format!("{}: no job leaves the artefact {name}", workflow.name)).collect::<Vec<_>>()
    });
    lost.collect()
}

/// A workflow, and those its jobs call.
pub fn with_called<'a>(workflow: &'a Workflow, all: &[&'a Workflow]) -> Vec<&'a Workflow> {
    let jobs = workflow.jobs();
    let is_called = |other: &Workflow| jobs.iter().any(|job| job.calls() == Some(other.name));
    let called = all.iter().copied().filter(|other| is_called(other));
    std::iter::once(workflow).chain(called).collect()
}

/// The names in the steps of an action, for each entry of the matrix.
pub fn named(job: &Job<'_>, action: &str) -> Vec<String> {
    let names = job.steps_with(action).flat_map(|step| [&step["with"]["name"], &step["with"]["pattern"]]);
    names.filter_map(Value::as_str).flat_map(|name| job.for_each_entry(name)).collect()
}

/// `{a,b}` names two.
pub fn alternatives(name: &str) -> Vec<String> {
    name.trim_matches(['{', '}']).split(',').map(str::to_owned).collect()
}

/// Is `name`, which may end in a star, among them?
pub fn is_left(name: &str, left: &[String]) -> bool {
    match name.strip_suffix('*') {
        Some(start) => left.iter().any(|left| left.starts_with(start)),
        None => left.iter().any(|left| left == name),
    }
}
