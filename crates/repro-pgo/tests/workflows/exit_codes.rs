//! What fails, fails the job: nothing swallows an exit code.

use yaml_serde::Value;

use super::workflow::Workflow;

const SWALLOWED: [&str; 6] = ["||", "set +e", "; true", ";true", "; exit 0", "& "];

/// Commands whose failure would go unnoticed.
pub fn problems(workflow: &Workflow) -> Vec<String> {
    let mut problems = Vec::new();
    if has_key(&workflow.value, "continue-on-error") {
        problems.push(format!("{}: continue-on-error swallows a failure", workflow.name));
    }
    if workflow.value["defaults"]["run"]["shell"].as_str() != Some("bash") {
        problems.push(format!("{}: the shell is not bash, which stops at a failure", workflow.name));
    }
    for job in workflow.jobs() {
        if job.steps().any(|step| step.get("shell").is_some()) {
            problems.push(format!("{}: {} has a shell of its own", workflow.name, job.name));
        }
        let commands = job.commands();
        let swallowed = commands.iter().filter(|command| SWALLOWED.iter().any(|form| command.contains(form)));
        let told = swallowed.map(|command| format!("{}: `{command}` swallows an exit code", workflow.name));
        problems.extend(told);
    }
    problems
}

fn has_key(value: &Value, key: &str) -> bool {
    match value {
        Value::Mapping(map) => map.iter().any(|(name, value)| name.as_str() == Some(key) || has_key(value, key)),
        Value::Sequence(list) => list.iter().any(|value| has_key(value, key)),
        _ => false,
    }
}
