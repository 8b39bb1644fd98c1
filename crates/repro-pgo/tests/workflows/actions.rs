//! Every action is pinned by commit, with its version beside it: a tag can be moved, a hash alone can't be read.

use super::workflow::Workflow;

/// One line for each `uses:` that isn't.
pub fn problems(workflow: &Workflow) -> Vec<String> {
    let uses = workflow.text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses:"));
    let loose = uses.map(str::trim).filter(|action| !is_pinned(action));
    loose.map(|action| format!("{}: {action} is not pinned by commit with its version", workflow.name)).collect()
}

fn is_pinned(action: &str) -> bool {
    let Some((action, version)) = action.split_once(" # v") else { return false };
    let hash = action.split_once('@').map(|(_, hash)| hash).unwrap_or_default();
    let is_hexadecimal = hash.chars().all(|digit| matches!(digit, '0'..='9' | 'a'..='f'));
    hash.len() == 40 && is_hexadecimal && version.starts_with(|digit: char| digit.is_ascii_digit())
}
