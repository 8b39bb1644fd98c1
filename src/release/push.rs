//! Sends a release to the remote, all of it or nothing, and looks whether it is there.

use std::collections::BTreeMap;

use super::ReleaseError;
use super::git::Git;
use super::journal::{Push, PushedRef};

/// How a push ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// The remote has everything, which was looked up.
    Verified,
    /// The remote had moved on, and has nothing of it.
    Outrun,
}

/// What git says of refs that somebody else was faster with.
const OUTRUN: [&str; 7] = [
    "(fetch first)",
    "(non-fast-forward)",
    "(stale info)",
    "(already exists)",
    "(needs force)",
    "reference already exists",
    "(incorrect old value provided)",
];

/// Sends what isn't there yet.
///
/// # Errors
/// When the remote can't be reached, doesn't take it, or has something else afterwards.
pub(super) fn push(git: &Git, push: &Push) -> Result<Sent, ReleaseError> {
    let there = listed(git, push)?;
    let missing: Vec<&PushedRef> =
        push.refs.iter().filter(|pushed| there.get(&pushed.name) != Some(&pushed.object)).collect();
    if missing.is_empty() {
        return Ok(Sent::Verified);
    }
    let leases = missing.iter().filter(|pushed| pushed.moves).map(|pushed| {
        let held = there.get(&pushed.name).map_or("", String::as_str);
        format!("--force-with-lease={}:{held}", pushed.name)
    });
    let refs = missing.iter().map(|pushed| format!("{}:{}", pushed.object, pushed.name));
    let mut arguments: Vec<String> = ["push", "--atomic", "--no-verify", "--quiet"].map(str::to_owned).to_vec();
    arguments.extend(leases);
    arguments.push("--".to_owned());
    arguments.push(push.remote.clone());
    arguments.extend(refs);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Err(error) = git.run(&arguments, &[]) else { return verify(git, push) };
    // An answer may be lost on its way although everything has arrived.
    if listed(git, push).is_ok_and(|there| has_all(&there, push)) {
        return Ok(Sent::Verified);
    }
    let said = error.to_string();
    if OUTRUN.iter().any(|words| said.contains(words)) {
        return Ok(Sent::Outrun);
    }
    let said = match error {
        ReleaseError::Git { said, .. } => said,
        other => other.to_string(),
    };
    Err(ReleaseError::Push { remote: push.remote.clone(), said })
}

fn verify(git: &Git, push: &Push) -> Result<Sent, ReleaseError> {
    let there = listed(git, push)?;
    for pushed in &push.refs {
        let found = there.get(&pushed.name);
        if found != Some(&pushed.object) && !goes_on_from(git, push, pushed) {
            return Err(ReleaseError::NotAsPushed { remote: push.remote.clone(), name: pushed.name.clone() });
        }
    }
    Ok(Sent::Verified)
}

/// Whether somebody has pushed more to the branch since.
fn goes_on_from(git: &Git, push: &Push, pushed: &PushedRef) -> bool {
    if pushed.moves || !pushed.name.starts_with("refs/heads/") {
        return false;
    }
    let fetched = git.run(&["fetch", "--quiet", "--no-tags", "--", &push.remote, &pushed.name], &[]);
    fetched.is_ok() && git.is_ancestor(&pushed.object, "FETCH_HEAD")
}

/// Whether the remote has anything of it.
///
/// # Errors
/// When the remote can't be reached.
pub(super) fn has_any(git: &Git, push: &Push) -> Result<bool, ReleaseError> {
    let there = listed(git, push)?;
    Ok(push.refs.iter().any(|pushed| there.get(&pushed.name) == Some(&pushed.object)))
}

fn has_all(there: &BTreeMap<String, String>, push: &Push) -> bool {
    push.refs.iter().all(|pushed| there.get(&pushed.name) == Some(&pushed.object))
}

/// What the remote has of the refs.
fn listed(git: &Git, push: &Push) -> Result<BTreeMap<String, String>, ReleaseError> {
    let names = push.refs.iter().map(|pushed| pushed.name.as_str());
    let arguments: Vec<&str> = ["ls-remote", "--quiet", "--", &push.remote].into_iter().chain(names).collect();
    let printed = git.run(&arguments, &[]).map_err(|error| match error {
        ReleaseError::Git { said, .. } => ReleaseError::Push { remote: push.remote.clone(), said },
        other => other,
    })?;
    let printed = String::from_utf8_lossy(&printed).into_owned();
    Ok(printed
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(id, name)| (name.to_owned(), id.to_owned()))
        .collect())
}
