//! Hooks that work on files before they are committed: the one time that the work tree changes before there is a commit. The
//! journal says so, and whoever finds it takes the work tree back to HEAD; what can't be told from somebody's own work is kept
//! in a stash.

use super::ReleaseError;
use super::git::Git;
use super::journal::Journal;
use super::moments::Hook;
use super::refusals::changed_files;
use super::writes::Writes;

/// Runs the hooks of one moment, and keeps what is to be told.
///
/// # Errors
/// When one fails and that ends the release.
pub(super) fn run(
    git: &Git,
    hooks: &mut [Hook],
    moments: &[&str],
    notes: &mut Vec<String>,
) -> Result<(), ReleaseError> {
    for hook in hooks.iter_mut().filter(|hook| !hook.done && moments.contains(&hook.moment.as_str())) {
        notes.extend(hook.run(git)?);
    }
    Ok(())
}

/// Takes what hooks made of tracked files into the release.
///
/// # Errors
/// When a hook removed a file, or one can't be read.
pub(super) fn adopt_changes(
    git: &Git,
    head: &str,
    writes: &mut Writes<'_>,
    package: usize,
) -> Result<(), ReleaseError> {
    for line in changed_files(git)? {
        let path = line.get(3..).unwrap_or_default();
        let committed = git.run(&["cat-file", "--filters", &format!("{head}:{path}")], &[]);
        let committed = committed.map_err(|_| ReleaseError::Path {
            path: path.to_owned(),
            problem: "was added to the index by a hook; a release commits files that git has already".to_owned(),
        })?;
        let content = std::fs::read(git.root().join(path));
        let content = content.map_err(|source| ReleaseError::Read { path: path.to_owned(), source })?;
        writes.adopt(package, path, committed, content);
    }
    Ok(())
}

/// Takes the work tree back to HEAD, and returns what to tell of it.
///
/// # Errors
/// When a file can't be written.
pub(super) fn take_back(git: &Git, journal: &Journal) -> Result<Vec<String>, ReleaseError> {
    for file in &journal.files {
        file.revert(git)?;
    }
    let changed = changed_files(git)?;
    let mut notes = Vec::new();
    if !changed.is_empty() {
        let paths = changed.iter().filter_map(|line| line.get(3..));
        let message = "relplan: what hooks of an unfinished release changed";
        let arguments: Vec<&str> =
            ["stash", "push", "--quiet", "--message", message, "--"].into_iter().chain(paths).collect();
        git.run(&arguments, &[])?;
        notes.push(format!("what hooks had changed is kept as {message:?}; see git stash list"));
    }
    Journal::remove(git)?;
    Ok(notes)
}
