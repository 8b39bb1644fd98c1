//! A whole release, from the lock to the push: finishes one that was interrupted, or plans, builds and carries out a new one.

use super::ReleaseError;
use super::before_commit;
use super::build::{Base, build};
use super::carry_out::{Direction, Refs, move_files, move_refs};
use super::git::Git;
use super::journal::{Journal, Outcome, Stage};
use super::lock::Lock;
use super::merged;
use super::moments::{self, AFTER_PUSH, BEFORE, BEFORE_PUSH, BETWEEN, Part};
use super::prepare::settled;
use super::push::{self, Sent};
use super::refusals::refuse_unfinished_work;
use super::settings::{Mode, Options, Settings, Tell, warn};
use super::stale_locks;
use super::undo::undo;
use super::writes::Writes;
use crate::history::History;
use crate::plan::Plan;
use crate::workspace::Workspace;

/// How often a release is planned anew after the remote has moved on.
const ATTEMPTS: usize = 3;

/// A workspace with its plan.
pub(crate) struct Planned {
    /// The workspace.
    pub(crate) workspace: Workspace,
    /// Its history, every commit of it.
    pub(crate) history: History,
    /// What is released as what.
    pub(crate) plan: Plan,
}

/// Opens the workspace and plans. Called under the lock, and again after the remote has moved on.
pub(crate) type Replan<'a, E> = &'a dyn Fn() -> Result<Planned, E>;

/// How a run ended.
pub(crate) enum Ended {
    /// There was nothing to release.
    Nothing(Planned),
    /// What was planned is released.
    Released(Planned, Outcome),
    /// What an earlier run had begun is released.
    Finished(Outcome),
}

/// Releases. `workspace` is only asked where it is; what is released is what `replan` says once nobody else releases.
///
/// # Errors
/// When something is in the way; the message says whether anything was released.
pub(crate) fn run<E: From<ReleaseError>>(
    workspace: &Workspace,
    options: &Options,
    replan: Replan<'_, E>,
) -> Result<Ended, E> {
    let git = Git::of(workspace.repository())?;
    let lock = Lock::take(&git)?;
    let ended = locked(&git, &lock, options, replan);
    if ended.is_err() {
        moments::on_error(&git, workspace, options.shown());
    }
    ended
}

fn locked<E: From<ReleaseError>>(git: &Git, lock: &Lock, options: &Options, replan: Replan<'_, E>) -> Result<Ended, E> {
    if let Some(outcome) = resume(git, lock, options.tell)? {
        return Ok(Ended::Finished(outcome));
    }
    for attempt in 1.. {
        let planned = replan()?;
        let settings = Settings::of(planned.workspace.config(), options);
        let base = base(git, &planned.workspace)?;
        let merged = match settings.mode {
            Mode::Branch => merged::find(git, &planned, &settings)?,
            Mode::Commit | Mode::None => None,
        };
        if merged.is_none() && planned.plan.releases.is_empty() {
            return Ok(Ended::Nothing(planned));
        }
        refuse_unfinished_work(git)?;
        let mut journal = match merged {
            Some(merged) => merged.journal(git, &planned, &base, &settings)?,
            None => prepared(git, lock, &planned, &base, &settings)?,
        };
        journal.write(git)?;
        match carry_out(git, lock, &mut journal, false, options.tell)? {
            Carried::Done => return Ok(Ended::Released(planned, journal.outcome)),
            Carried::TakenBack => return Err(ReleaseError::Moved.into()),
            Carried::Outrun if attempt == ATTEMPTS => {
                return Err(ReleaseError::Outrun { branch: journal.outcome.branch, attempts: ATTEMPTS }.into());
            }
            Carried::Outrun => super::catch_up::catch_up(git, lock, &journal)?,
        }
    }
    unreachable!("the last attempt returns")
}

/// Takes an unfinished release back; `unseen` doesn't ask whether the remote has it.
///
/// # Errors
/// When it has been pushed, or can't be taken back.
pub(crate) fn abort(workspace: &Workspace, unseen: bool) -> Result<Option<Outcome>, ReleaseError> {
    let git = Git::of(workspace.repository())?;
    let lock = Lock::take(&git)?;
    let Some(mut journal) = Journal::read(&git)? else { return Ok(None) };
    if let Some(push) = journal.push.as_ref().filter(|_| !unseen) {
        let remote = push.remote.clone();
        match push::has_any(&git, push) {
            Ok(false) => {}
            Ok(true) => return Err(ReleaseError::AlreadyPushed { remote }),
            Err(error) => return Err(ReleaseError::Unseen { remote, said: error.to_string() }),
        }
    }
    if journal.stage == Stage::Hooks {
        stale_locks::remove(&git, &journal)?;
        journal.outcome.notes = before_commit::take_back(&git, &lock, &journal)?;
        return Ok(Some(journal.outcome));
    }
    let kept = undo(&git, &lock, &mut journal, true)?;
    journal.outcome.notes.extend(kept.iter().map(stays));
    Ok(Some(journal.outcome))
}

/// Finishes what an earlier run began. `None` where there is nothing, or where it was taken back and is planned anew.
fn resume(git: &Git, lock: &Lock, tell: Tell) -> Result<Option<Outcome>, ReleaseError> {
    let Some(mut journal) = Journal::read(git)? else { return Ok(None) };
    match journal.stage {
        Stage::Forward => match carry_out(git, lock, &mut journal, true, tell)? {
            Carried::Done => return Ok(Some(journal.outcome)),
            Carried::TakenBack => {}
            Carried::Outrun => super::catch_up::catch_up(git, lock, &journal)?,
        },
        Stage::Back => {
            take_back(git, lock, &mut journal, true, tell)?;
            super::catch_up::catch_up(git, lock, &journal)?;
        }
        Stage::Hooks => {
            stale_locks::remove(git, &journal)?;
            warn(tell, &before_commit::take_back(git, lock, &journal)?);
        }
    }
    Ok(None)
}

/// Takes the release back, and warns of the files that somebody else changed meanwhile.
fn take_back(git: &Git, lock: &Lock, journal: &mut Journal, resumed: bool, tell: Tell) -> Result<(), ReleaseError> {
    let kept = undo(git, lock, journal, resumed)?;
    warn(tell, &kept.iter().map(stays).collect::<Vec<_>>());
    Ok(())
}

/// What to say of a file that somebody else changed while the release was under way.
fn stays(path: &String) -> String {
    format!("{path} was changed meanwhile, and stays as it is")
}

/// How carrying a journal out ended.
enum Carried {
    /// All of it is done.
    Done,
    /// A branch or tag was somewhere else: what had been done was taken back.
    TakenBack,
    /// The remote had moved on: everything was taken back.
    Outrun,
}

fn carry_out(
    git: &Git,
    lock: &Lock,
    journal: &mut Journal,
    resumed: bool,
    tell: Tell,
) -> Result<Carried, ReleaseError> {
    let in_two_steps = journal.hooks.iter().any(|hook| BETWEEN.contains(&hook.moment.as_str()));
    match move_refs(git, lock, journal, resumed, in_two_steps) {
        Ok(Refs::Moved) => {}
        Ok(Refs::Elsewhere) => {
            take_back(git, lock, journal, resumed, tell)?;
            return Ok(Carried::TakenBack);
        }
        Err(error) => {
            // Git moved nothing, so nothing was begun.
            take_back(git, lock, journal, true, tell)?;
            return Err(error);
        }
    }
    let kept = move_files(git, lock, &journal.files, Direction::Forward)?;
    journal.outcome.notes.extend(kept.iter().map(stays));
    run_hooks(git, journal, &BETWEEN, tell)?;
    if in_two_steps && move_refs(git, lock, journal, resumed, false)? == Refs::Elsewhere {
        take_back(git, lock, journal, resumed, tell)?;
        return Ok(Carried::TakenBack);
    }
    run_hooks(git, journal, &BEFORE_PUSH, tell)?;
    if let Some(push) = &journal.push
        && push::push(git, push)? == Sent::Outrun
    {
        take_back(git, lock, journal, false, tell)?;
        return Ok(Carried::Outrun);
    }
    run_hooks(git, journal, &AFTER_PUSH, tell)?;
    journal.outcome.pushed_to = journal.push.as_ref().map(|push| push.remote.clone());
    Journal::remove(git)?;
    Ok(Carried::Done)
}

/// Runs the hooks of these moments that haven't run yet. One that was interrupted runs again.
fn run_hooks(git: &Git, journal: &mut Journal, moments: &[&str], tell: Tell) -> Result<(), ReleaseError> {
    for index in 0..journal.hooks.len() {
        let hook = &mut journal.hooks[index];
        if !hook.done && moments.contains(&hook.moment.as_str()) {
            let told = hook.run(git, tell)?;
            journal.outcome.notes.extend(told);
            journal.write(git)?;
        }
    }
    Ok(())
}

fn prepared(
    git: &Git,
    lock: &Lock,
    planned: &Planned,
    base: &Base,
    settings: &Settings,
) -> Result<Journal, ReleaseError> {
    let Planned { workspace, history, .. } = planned;
    let left_out = |path: &str| workspace.committed(path);
    let mut writes = Writes::new(git, &left_out);
    let (draft, settings) = settled(git, planned, settings, &mut writes)?;
    let hooks = moments::hooks(workspace, history, &draft.packages, &settings, Part::of(settings.mode));
    if hooks.iter().any(|hook| BEFORE.contains(&hook.moment.as_str())) {
        return before_commit::release(git, lock, planned, base, &settings, hooks);
    }
    let mut journal = build(git, workspace, history, base, draft, &writes, &settings)?;
    journal.hooks = hooks;
    journal.outcome.notes.extend(moments::left_to_others(workspace));
    Ok(journal)
}

/// Where a release of `workspace` starts from.
///
/// # Errors
/// When there is no commit or no branch to release.
pub(super) fn base(git: &Git, workspace: &Workspace) -> Result<Base, ReleaseError> {
    let repository = workspace.repository();
    let head = repository.head_id().ok_or(ReleaseError::NoCommit)?.to_string();
    let head_ref = match repository.head_branch() {
        Some(_) => git.line(&["symbolic-ref", "HEAD"], &[])?,
        None => "HEAD".to_owned(),
    };
    if head_ref.contains(char::REPLACEMENT_CHARACTER) {
        return Err(ReleaseError::BranchName);
    }
    let branch = workspace.release_branch().ok_or(ReleaseError::NoBranch)?;
    let remote = &workspace.config().workspace.remote;
    let remotes = git.line(&["remote"], &[])?;
    let remote = remotes.lines().any(|known| known == remote).then(|| remote.clone());
    Ok(Base { head, head_ref, branch, remote })
}
