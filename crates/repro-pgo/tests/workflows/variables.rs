//! A command uses no variable that nothing sets: bash would put nothing in its place.

use super::workflow::Workflow;

/// What every runner sets.
const GIVEN: [&str; 7] =
    ["GITHUB_ENV", "GITHUB_REF_NAME", "GITHUB_REPOSITORY", "GITHUB_SHA", "GITHUB_STEP_SUMMARY", "PWD", "RUNNER_TEMP"];

/// One line for each unknown variable, and for each expression that is pasted into a command.
pub fn problems(workflow: &Workflow) -> Vec<String> {
    let mut problems = Vec::new();
    for job in workflow.jobs() {
        let set: Vec<&str> =
            job.value["env"].as_mapping().into_iter().flatten().filter_map(|(name, _)| name.as_str()).collect();
        for run in job.steps().filter_map(|step| step["run"].as_str()) {
            if run.contains("${{") {
                problems.push(format!("{}: `{run}` has an expression pasted in; give it through env", workflow.name));
            }
            let unknown = used(run).into_iter().filter(|name| !set.contains(name) && !GIVEN.contains(name));
            problems.extend(unknown.map(|name| format!("{}: `{run}` uses ${name}, which nothing sets", workflow.name)));
        }
    }
    problems
}

fn used(command: &str) -> Vec<&str> {
    let starts = command.split('$').skip(1).map(|text| text.trim_start_matches('{'));
    let end =
        |text: &str| text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(text.len());
    starts.map(|text| &text[..end(text)]).filter(|name| !name.is_empty()).collect()
}
