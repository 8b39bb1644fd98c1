//! Every action is pinned by commit, with its version beside it: a tag can be moved, a hash alone can't be read. Those of this
//! repository are those of the running commit.

use super::workflow::{Workflow, read, root};

/// One line for each `uses:` that isn't.
pub fn problems(workflow: &Workflow) -> Vec<String> {
    loose(&workflow.text)
        .into_iter()
        .map(|action| format!("{}: {action} is not pinned by commit with its version", workflow.name))
        .collect()
}

fn loose(text: &str) -> Vec<&str> {
    let uses = text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses:"));
    let is_own = |action: &str| action.starts_with("$/") || action.starts_with("./ ");
    uses.map(str::trim).filter(|action| !is_own(action) && !is_pinned(action)).collect()
}

#[test]
fn the_actions_of_this_repository_pin_theirs() {
    let folders = std::fs::read_dir(root().join(".github/actions")).expect("there are actions");
    let names: Vec<_> = folders.map(|folder| folder.expect("a readable folder").file_name()).collect();
    assert!(!names.is_empty());
    for name in names {
        let file = format!(".github/actions/{}/action.yml", name.to_str().expect("a UTF-8 name"));
        assert_eq!(loose(&read(&file)), Vec::<&str>::new(), "{file}");
    }
    assert_eq!(loose(&read("action.yml")), Vec::<&str>::new(), "action.yml");
}

fn is_pinned(action: &str) -> bool {
    let Some((action, version)) = action.split_once(" # v") else { return false };
    let hash = action.split_once('@').map(|(_, hash)| hash).unwrap_or_default();
    let is_hexadecimal = hash.chars().all(|digit| matches!(digit, '0'..='9' | 'a'..='f'));
    hash.len() == 40 && is_hexadecimal && version.starts_with(|digit: char| digit.is_ascii_digit())
}
