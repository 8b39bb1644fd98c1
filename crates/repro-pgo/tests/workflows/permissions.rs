//! A job may read the repository; what it may write beyond that is listed here.

use std::collections::BTreeMap;

use yaml_serde::Value;

use super::workflow::Workflow;

/// The exceptions: everything such a job may do.
const ALLOWED: [(&str, &[(&str, &str)]); 4] = [
    ("comment", &[("pull-requests", "write")]),
    ("publish", &[("contents", "write"), ("id-token", "write"), ("attestations", "write")]),
    ("bills", &[("id-token", "write"), ("attestations", "write")]),
    ("flakehub", &[("contents", "read"), ("id-token", "write")]),
];

/// Jobs that may do something else.
pub fn problems(workflow: &Workflow) -> Vec<String> {
    let name = workflow.name;
    let nothing = workflow.value["permissions"].as_mapping().is_some_and(|permissions| permissions.is_empty());
    let top = (!nothing).then(|| format!("{name}: the workflow's own permissions are not empty"));
    let jobs = workflow.jobs();
    let broad = jobs.iter().filter(|job| granted(&job.value["permissions"]) != due(job.name));
    top.into_iter()
        .chain(broad.map(|job| format!("{name}: {} has other permissions than it needs", job.name)))
        .collect()
}

fn due(job: &str) -> Option<BTreeMap<&str, &str>> {
    let listed = ALLOWED.iter().find(|(name, _)| *name == job).map_or(&[("contents", "read")] as &[_], |found| found.1);
    Some(listed.iter().copied().collect())
}

/// None for a word that stands for many permissions, and where there is nothing.
fn granted(permissions: &Value) -> Option<BTreeMap<&str, &str>> {
    permissions.as_mapping()?.iter().map(|(name, level)| Some((name.as_str()?, level.as_str()?))).collect()
}
