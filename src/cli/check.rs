//! `check`: what would be released now, and why.

use std::path::Path;

use super::arguments::{CheckArguments, GlobalArguments};
use super::failure::CommandError;
use super::session::{NO_PACKAGES, Session};
use super::surroundings::WorkTree;
use super::timing;
use crate::config::{Config, Dialect, VersionFileFormat};
use crate::history::{self, Detail, History};
use crate::plan::{self, Plan};
use crate::report::{self, FileChange, PlanView, TextOptions};
use crate::version::Prerelease;
use crate::version_files;

/// Plans and prints the plan.
///
/// # Errors
/// When the repository, its configuration or its history can't be used, or no plan can be made of them.
pub fn run(global: &GlobalArguments, check: &CheckArguments) -> Result<(), CommandError> {
    refuse_foreign_options(check)?;
    let mut session = Session::start(global)?;
    session.override_with(&check.force_version, &check.exclude)?;
    if check.json {
        let answer = json(&session, check.channel.as_deref())?;
        return super::print(|out| out.write_all(&answer));
    }
    if session.config().package.is_empty() {
        session.tell_warnings(&[])?;
        return tell_no_packages();
    }
    text(&session, check.channel.as_deref(), global.verbose)
}

/// The plan as one line of JSON.
///
/// # Errors
/// When no plan can be made.
pub fn json(session: &Session, channel: Option<&str>) -> Result<Vec<u8>, CommandError> {
    let (history, plan) = planned(session, channel, Detail::EveryCommit)?;
    let warnings: Vec<String> = session.loaded.warnings.iter().chain(&history.warnings).cloned().collect();
    let mut answer = Vec::new();
    report::write_json(&PlanView { warnings: &warnings, ..PlanView::new(&plan, &history) }, &mut answer)?;
    Ok(answer)
}

/// Prints the plan, and with `verbose` what a release would change in version files.
fn text(session: &Session, channel: Option<&str>, verbose: bool) -> Result<(), CommandError> {
    // Without the list of commits only those count that move a package farther.
    let detail = if verbose { Detail::EveryCommit } else { Detail::FarthestBump };
    let (history, plan) = planned(session, channel, detail)?;
    let head_files = if verbose { history::head_files(&session.repository, true)? } else { Vec::new() };
    session.tell_warnings(&history.warnings)?;
    let changes = if verbose { file_changes(session, &plan)? } else { Vec::new() };
    let options = TextOptions {
        verbose,
        floating_of_dependents: session.loaded.dialect != Dialect::FerrFlow,
        recover: session.loaded.recover_missed_releases(),
    };
    let view = PlanView {
        head_files: &head_files,
        hooks: &plan::planned_hooks(session.config(), &plan),
        build_metadata: &build_metadata(session.config(), &plan),
        is_monorepo: session.config().is_monorepo(),
        ..PlanView::new(&plan, &history)
    };
    super::print(|out| {
        report::write_text(&view, options, out)?;
        if !changes.is_empty() {
            writeln!(out)?;
        }
        changes.iter().try_for_each(|change| report::write_diff(change, out))
    })
}

fn planned(session: &Session, channel: Option<&str>, detail: Detail) -> Result<(History, Plan), CommandError> {
    let channel = session.channel(channel)?;
    let history = session.history(channel.as_ref(), detail)?;
    let plan = timing::stage("plan", || make_plan(session, &history, channel.as_ref()))?;
    require_versioned_files(session.config(), session.repository.root(), &plan)?;
    Ok((history, plan))
}

/// Options of FerrFlow's `check` that need what relplan doesn't have.
fn refuse_foreign_options(check: &CheckArguments) -> Result<(), CommandError> {
    let refuse = |option, reason| Err(CommandError::Unsupported { option, reason });
    if check.comment {
        return refuse("comment", "relplan talks to no forge; post the text of `relplan check` with your CI system");
    }
    if check.interactive {
        return refuse("interactive", "give the changes as --force-version NAME@VERSION and --exclude NAME");
    }
    Ok(())
}

fn tell_no_packages() -> Result<(), CommandError> {
    super::tell(|out| {
        writeln!(out, "relplan — Check (dry run)\n")?;
        writeln!(out, "{NO_PACKAGES}")
    })
}

fn make_plan(session: &Session, history: &History, channel: Option<&Prerelease>) -> Result<Plan, CommandError> {
    let states = session.package_states(history);
    let work_tree = WorkTree::new(session, history);
    Ok(plan::plan(session.config(), &states, channel, &work_tree)?)
}

/// What a release would write into version files. FerrFlow doesn't list the files of packages that only their dependencies
/// move, so under its rules they are left out.
fn file_changes(session: &Session, plan: &Plan) -> Result<Vec<FileChange>, CommandError> {
    let of_ferrflow = session.loaded.dialect == Dialect::FerrFlow;
    let listed = plan.releases.iter().filter(|release| !of_ferrflow || release.caused_by.is_empty());
    let mut changes = Vec::new();
    for (release, version) in listed.filter_map(|release| Some((release, release.next.as_deref()?))) {
        for file in &session.config().package[release.package].versioned_files {
            if let Some((before, after)) = version_files::preview(session.repository.root(), file, version)? {
                changes.push(FileChange { path: file.path.clone(), before, after });
            }
        }
    }
    Ok(changes)
}

/// The commands that a release would append the output of to versions in files, each once.
fn build_metadata(config: &Config, plan: &Plan) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    for release in plan.releases.iter().filter(|release| release.caused_by.is_empty()) {
        let command = config.build_metadata_of(release.package);
        commands.extend(command.filter(|command| !commands.iter().any(|known| known == command)).map(str::to_owned));
    }
    commands
}

/// A release would write these files, so a missing one is told now. Packages that stay are not looked at.
fn require_versioned_files(config: &Config, root: &Path, plan: &Plan) -> Result<(), CommandError> {
    for release in &plan.releases {
        let package = &config.package[release.package];
        let written = package.versioned_files.iter().filter(|file| file.format != VersionFileFormat::GoMod);
        for file in written {
            if !root.join(&file.path).exists() {
                let meant = format!("{}/{}", package.path, file.path);
                return Err(CommandError::MissingVersionedFile {
                    package: package.name.clone(),
                    file: file.path.clone(),
                    meant: root.join(&meant).exists().then_some(meant),
                });
            }
        }
    }
    Ok(())
}
