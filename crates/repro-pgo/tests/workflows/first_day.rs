//! A repository that was just made is green: what needs an account waits for the variable that names it, and no account is trusted for
//! its name alone.

use yaml_serde::Value;

use super::workflow::{Job, Workflow};

const CACHE: &str = "vars.CACHIX_CACHE != ''";
const FLAKEHUB: &str = "vars.FLAKEHUB_NAME != ''";

/// Steps that a fresh repository fails at, and steps that run code or trust keys that nothing pins.
pub fn problems(workflow: &Workflow) -> Vec<String> {
    workflow.jobs().iter().flat_map(|job| job.steps().flat_map(|step| of_step(workflow, job, step))).collect()
}

fn of_step(workflow: &Workflow, job: &Job<'_>, step: &Value) -> Vec<String> {
    let uses = step["uses"].as_str().unwrap_or_default();
    let run = step["run"].as_str().unwrap_or_default();
    let waits_for =
        |variable| [&step["if"], &job.value["if"]].iter().any(|it| it.as_str().is_some_and(|it| it.contains(variable)));
    let given = |key: &str| step["with"][key].as_str().unwrap_or_default().to_owned();
    let mut wrong = Vec::new();
    if uses.starts_with("cachix/cachix-action@") {
        if given("name") != "${{ vars.CACHIX_CACHE }}" {
            wrong.push("names a cache that anyone may register");
        }
        if step["with"]["skipAddingSubstituter"].as_bool() != Some(true) {
            wrong.push("trusts whoever has the cache's name");
        }
        if given("cachixBin").is_empty() {
            wrong.push("runs whichever cachix is newest, beside a token");
        }
    }
    if (uses.starts_with("cachix/cachix-action@") || run.contains("cachix push")) && !waits_for(CACHE) {
        wrong.push("needs a cache that a fresh repository doesn't have");
    }
    if let Some((_, revision)) = uses.split_once("DeterminateSystems/flakehub-push@") {
        if !waits_for(FLAKEHUB) {
            wrong.push("needs a FlakeHub that a fresh repository doesn't have");
        }
        if !given("source-revision").starts_with(revision) {
            wrong.push("runs whichever flakehub-push is newest, beside a token");
        }
    }
    if run.contains("github.event.before") {
        wrong.push("asks for the commit before the push: a first or forced push has none");
    }
    wrong.into_iter().map(|wrong| format!("{}: a step of {} {wrong}", workflow.name, job.name)).collect()
}
