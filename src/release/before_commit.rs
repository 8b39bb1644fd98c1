//! Hooks that work on files before they are committed: the one time that the work tree changes before there is a commit. The
//! journal says so, and whoever finds it takes the work tree back to HEAD; what can't be told from somebody's own work is kept
//! in a stash.

use super::ReleaseError;
use super::build::{Base, build, work_tree_files};
use super::git::Git;
use super::journal::{Journal, Stage};
use super::lock::Lock;
use super::moments::{self, Hook};
use super::prepare::draft;
use super::refusals::changed_files;
use super::run::Planned;
use super::settings::{Mode, Settings, Tell, warn};
use super::writes::Writes;

/// The release as objects and a journal, where `hooks` work on the files before they are committed.
///
/// # Errors
/// When a hook fails or the release can't be made; the work tree is at HEAD again.
pub(super) fn release(
    git: &Git,
    lock: &Lock,
    planned: &Planned,
    base: &Base,
    settings: &Settings,
    hooks: Vec<Hook>,
) -> Result<Journal, ReleaseError> {
    let mut before = Journal::new(git, base.head.clone(), Stage::Hooks);
    before.write(git)?;
    let prepared = hooked(git, planned, base, settings, hooks, &mut before);
    if prepared.is_err() {
        warn(settings.tell, &take_back(git, lock, &before)?);
    }
    prepared
}

fn hooked(
    git: &Git,
    Planned { workspace, history, plan }: &Planned,
    base: &Base,
    settings: &Settings,
    mut hooks: Vec<Hook>,
    before: &mut Journal,
) -> Result<Journal, ReleaseError> {
    let mut notes = Vec::new();
    run(git, &mut hooks, &["pre_bump"], &mut notes, settings.tell)?;
    let left_out = |path: &str| workspace.committed(path);
    let mut writes = Writes::new(git, &left_out);
    let drafted = draft(git, workspace, history, plan, settings, &mut writes)?;
    before.files = work_tree_files(git, base, &writes)?;
    before.write(git)?;
    for file in &before.files {
        file.apply(git)?;
    }
    run(git, &mut hooks, &["post_bump", "pre_commit"], &mut notes, settings.tell)?;
    adopt_changes(git, &base.head, &mut writes, drafted.packages.len() - 1)?;
    let mut journal = build(git, workspace, history, base, drafted, &writes, settings)?;
    if settings.mode == Mode::Branch {
        // The work tree stays as it is.
        before.files = work_tree_files(git, base, &writes)?;
        before.write(git)?;
        for file in &before.files {
            file.revert(git)?;
        }
    }
    journal.hooks = hooks;
    journal.outcome.notes = notes;
    journal.outcome.notes.extend(moments::left_to_others(workspace));
    Ok(journal)
}

/// Runs the hooks of one moment, and keeps what is to be told.
///
/// # Errors
/// When one fails and that ends the release.
fn run(
    git: &Git,
    hooks: &mut [Hook],
    moments: &[&str],
    notes: &mut Vec<String>,
    tell: Tell,
) -> Result<(), ReleaseError> {
    for hook in hooks.iter_mut().filter(|hook| !hook.done && moments.contains(&hook.moment.as_str())) {
        notes.extend(hook.run(git, tell)?);
    }
    Ok(())
}

/// Takes what hooks made of tracked files into the release.
///
/// # Errors
/// When a hook removed a file, or one can't be read.
fn adopt_changes(git: &Git, head: &str, writes: &mut Writes<'_>, package: usize) -> Result<(), ReleaseError> {
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
pub(super) fn take_back(git: &Git, lock: &Lock, journal: &Journal) -> Result<Vec<String>, ReleaseError> {
    for file in &journal.files {
        file.revert(git)?;
    }
    let changed = changed_files(git)?;
    let mut notes = Vec::new();
    if !changed.is_empty() {
        // Not by `git stash push`, which can't go on from where it was killed: kept first, and then put back.
        let message = "relplan: what hooks of an unfinished release changed";
        lock.shared_with_children(|| {
            let kept = git.line(&["stash", "create", message], &[])?;
            if !kept.is_empty() {
                git.run(&["stash", "store", "--quiet", "--message", message, &kept], &[])?;
            }
            let paths = changed.iter().filter_map(|line| line.get(3..));
            let restore = ["restore", "--source=HEAD", "--staged", "--worktree", "--quiet", "--"];
            git.run(&restore.into_iter().chain(paths).collect::<Vec<_>>(), &[])
        })?;
        notes.push(format!("what hooks had changed is kept as {message:?}; see git stash list"));
    }
    Journal::remove(git)?;
    Ok(notes)
}
