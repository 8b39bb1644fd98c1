//! The merge gate compares with what the change is merged into, by a driver that the change can't touch; and main waits for it.

use std::collections::BTreeSet;

use yaml_serde::Value;

use super::workflow::{Job, Workflow, read};

const BASE: &str = "${{ github.event_name == 'merge_group' && github.event.merge_group.base_sha || 'HEAD^1' }}";
const JUDGE: &str = "git worktree add --detach \"$RUNNER_TEMP/judge\" \"$BASE\"";
const GATE: &str = "nix run \"$RUNNER_TEMP/judge#gate-merge\" -- --base \"$BASE\"";

/// Everything by which a change could talk its way past the gate.
pub fn problems(ci: &Workflow) -> Vec<String> {
    let mut problems = Vec::new();
    let jobs = ci.jobs();
    if let Some(gate) = jobs.iter().find(|job| job.name == "merge-gate") {
        if gate.value["env"]["BASE"].as_str() != Some(BASE) {
            problems.push(
                "the merge gate compares with another commit, not with what the change is merged into".to_owned(),
            );
        }
        let commands = gate.commands();
        if !commands.iter().any(|command| command == JUDGE) || !commands.iter().any(|command| command.starts_with(GATE))
        {
            problems.push("a change is judged by its own driver".to_owned());
        }
    }
    if !ci.runs_on("merge_group") {
        problems.push("the merge queue is not gated".to_owned());
    }
    problems.extend(required().iter().filter_map(|check| {
        let job = jobs.iter().find(|job| names(job).contains(check));
        let why = match job {
            None => "which no job is called",
            Some(job) if !runs_before_a_merge(job) => "which doesn't run in the merge queue",
            Some(_) => return None,
        };
        Some(format!("main waits for `{check}`, {why}"))
    }));
    problems
}

/// The checks that the ruleset of main requires.
fn required() -> BTreeSet<String> {
    let ruleset: Value = yaml_serde::from_str(&read(".github/rulesets/main.json")).expect("JSON is YAML");
    let rules = ruleset["rules"].as_sequence().expect("a ruleset has rules");
    let checks = rules.iter().filter_map(|rule| rule["parameters"]["required_status_checks"].as_sequence()).flatten();
    checks.filter_map(|check| check["context"].as_str().map(str::to_owned)).collect()
}

/// What GitHub calls the checks of a job: one for each entry of its matrix.
fn names(job: &Job<'_>) -> Vec<String> {
    job.for_each_entry(job.value["name"].as_str().unwrap_or_default())
}

fn runs_before_a_merge(job: &Job<'_>) -> bool {
    let condition = job.condition();
    let either = ["pull_request", "merge_group"].iter().all(|event| condition.contains(&format!("== '{event}'")));
    condition.is_empty() || condition == "github.event_name != 'push'" || either
}

#[test]
fn the_ruleset_requires_the_gate_and_its_owners() {
    assert!(required().contains("Merge gate"));
    let ruleset = read(".github/rulesets/main.json");
    assert!(ruleset.contains("\"require_code_owner_review\": true"), "the judge can be changed by anyone");
    let owners = read(".github/CODEOWNERS");
    for path in ["/.github/", "/.ci/", "/crates/", "/nix/", "/pgo.toml", "/flake.lock"] {
        assert!(owners.lines().any(|line| line.starts_with(&format!("{path} @"))), "{path} has no owner");
    }
}
