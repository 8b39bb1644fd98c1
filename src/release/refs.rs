//! Branches and tags: read, and moved all at once.

use std::collections::BTreeMap;

use super::ReleaseError;
use super::git::Git;
use super::journal::RefChange;
use super::lock::Lock;

/// One ref on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Move<'a> {
    pub(super) name: &'a str,
    /// What it is now; `None` where it isn't there.
    pub(super) from: Option<&'a str>,
    /// What it becomes; `None` deletes it.
    pub(super) to: Option<&'a str>,
}

/// What refs are at, those that are there.
///
/// # Errors
/// When git fails.
pub(super) fn read<'a>(
    git: &Git,
    names: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeMap<String, String>, ReleaseError> {
    let names: Vec<&str> = names.into_iter().collect();
    let mut found = BTreeMap::new();
    if names.is_empty() {
        return Ok(found);
    }
    if names.contains(&"HEAD") {
        let head = git.line(&["rev-parse", "--verify", "--end-of-options", "HEAD^{commit}"], &[])?;
        found.insert("HEAD".to_owned(), head);
    }
    let arguments: Vec<&str> = ["for-each-ref", "--format=%(refname) %(objectname)"].into_iter().chain(names).collect();
    let listed = git.run(&arguments, &[])?;
    for line in String::from_utf8_lossy(&listed).lines() {
        if let Some((name, id)) = line.split_once(' ') {
            found.insert(name.to_owned(), id.to_owned());
        }
    }
    Ok(found)
}

/// Moves refs in one transaction: all of them or, where one isn't what it is said to be, none. Killed in the middle, git may
/// have moved some: the journal has the others.
///
/// # Errors
/// When git refuses.
pub(super) fn transaction(git: &Git, lock: &Lock, moves: &[Move<'_>], reason: &str) -> Result<(), ReleaseError> {
    if moves.is_empty() {
        return Ok(());
    }
    let mut commands = String::from("start\n");
    for Move { name, from, to } in moves {
        if *name == "HEAD" {
            commands.push_str("option no-deref\n");
        }
        let command = match (from, to) {
            (Some(from), Some(to)) => format!("update {name} {to} {from}\n"),
            (None, Some(to)) => format!("create {name} {to}\n"),
            (Some(from), None) => format!("delete {name} {from}\n"),
            (None, None) => continue,
        };
        commands.push_str(&command);
    }
    commands.push_str("prepare\ncommit\n");
    lock.shared_with_children(|| git.run(&["update-ref", "-m", reason, "--stdin"], commands.as_bytes())).map(drop)
}

/// Where a ref stands on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    Before,
    After,
    /// A branch that has gone on from where the release put it.
    Beyond,
    Elsewhere,
}

/// Where `change` stands, given what refs are at.
pub(super) fn position(git: &Git, change: &RefChange, now: &BTreeMap<String, String>) -> Position {
    let at = now.get(&change.name);
    if at.is_some_and(|at| *at == change.after) {
        return Position::After;
    }
    if at == change.before.as_ref() {
        return Position::Before;
    }
    let is_branch = !change.name.starts_with("refs/tags/");
    let contains = |at: &String| git.is_ancestor(&change.after, at);
    if is_branch && at.is_some_and(contains) { Position::Beyond } else { Position::Elsewhere }
}
