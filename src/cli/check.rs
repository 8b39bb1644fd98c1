//! `check`: what would be released now, and why.

use std::process::ExitCode;

use super::arguments::{CheckArguments, GlobalArguments};
use super::environment::require_packages;
use super::failure::CommandError;
use super::{environment, lost_paths, messages, overrides};
use crate::config::Config;
use crate::history::{Detail, History};
use crate::plan::{self, PackageStatus, Plan, SkipReason};
use crate::release::Planned;
use crate::report::{self, PlanView, TextOptions};
use crate::validation;
use crate::workspace::{Workspace, WorkspaceError};

/// Plans and prints the plan.
///
/// # Errors
/// When the repository, its configuration or its history can't be used, or no plan can be made of them.
pub fn run(global: &GlobalArguments, check: &CheckArguments) -> Result<ExitCode, CommandError> {
    refuse_foreign_options(check)?;
    let mut workspace = environment::open(global)?;
    overrides::apply(&mut workspace, &check.force_version, &check.exclude)?;
    if check.allow_downgrade {
        workspace.allow_downgrade();
    }
    if check.json {
        let answer = json(&workspace, check.channel.as_deref())?;
        super::print(|out| out.write_all(&answer))?;
        // The document says so itself, so that nothing stands beside it.
        return Ok(require_packages(&workspace).map_or_else(|error| error.exit_code(), |()| ExitCode::SUCCESS));
    }
    environment::require_packages_at_first(&workspace)?;
    text(&workspace, check.channel.as_deref(), global.verbose)?;
    // The program ends here; giving everything back piece by piece is up to 3 % of a short run.
    std::mem::forget(workspace);
    Ok(ExitCode::SUCCESS)
}

/// The plan as one line of JSON.
///
/// # Errors
/// When no plan can be made.
pub fn json(workspace: &Workspace, channel: Option<&str>) -> Result<Vec<u8>, CommandError> {
    let (history, plan) = planned(workspace, channel, Detail::EveryCommit)?;
    let mut warnings = warnings(workspace, &history, &plan);
    warnings.extend(unknown_types(workspace, &history));
    warnings.extend(require_packages(workspace).err().map(|error| format!("Warning: {error}")));
    let mut answer = Vec::new();
    report::write_json(
        &PlanView { warnings: &warnings, head: workspace.repository().head_id(), ..PlanView::new(&plan, &history) },
        &mut answer,
    )?;
    Ok(answer)
}

/// Prints the plan, and with `verbose` what a release would change in version files.
fn text(workspace: &Workspace, channel: Option<&str>, verbose: bool) -> Result<(), CommandError> {
    // Without the list of commits only those count that move a package farther.
    let detail = if verbose { Detail::EveryCommit } else { Detail::FarthestBump };
    let (history, plan) = planned(workspace, channel, detail)?;
    let head_files = if verbose { workspace.head_files()? } else { Vec::new() };
    messages::write_warnings(&warnings(workspace, &history, &plan))?;
    let changes = if verbose { workspace.file_changes(&plan) } else { Vec::new() };
    let options = TextOptions {
        verbose,
        floating_of_dependents: workspace.compatibility().floating_tags_of_dependents,
        recover: workspace.compatibility().recover_missed_releases,
    };
    let unknown_types = unknown_types(workspace, &history);
    let view = PlanView {
        head_files: &head_files,
        hooks: &plan::planned_hooks(workspace.config(), &plan),
        build_metadata: &build_metadata(workspace.config(), &plan),
        unknown_types: unknown_types.as_deref(),
        is_monorepo: workspace.config().is_monorepo(),
        ..PlanView::new(&plan, &history)
    };
    super::print(|out| {
        report::write_text(&view, options, out)?;
        if !changes.is_empty() {
            writeln!(out)?;
        }
        changes.iter().try_for_each(|change| report::write_diff(change, out))
    })?;
    std::mem::forget((history, plan));
    Ok(())
}

/// The plan of a workspace, with every commit that a release tells of.
///
/// # Errors
/// When no plan can be made.
pub fn for_release(workspace: Workspace, channel: Option<&str>) -> Result<Planned, CommandError> {
    let (history, plan) = planned(&workspace, channel, Detail::EveryCommit)?;
    Ok(Planned { workspace, history, plan })
}

/// What `check --json` says of a plan.
///
/// # Errors
/// When memory can't be written, which never happens.
pub fn document(planned: &Planned) -> Result<Vec<u8>, CommandError> {
    let mut answer = Vec::new();
    let view =
        PlanView { head: planned.workspace.repository().head_id(), ..PlanView::new(&planned.plan, &planned.history) };
    report::write_json(&view, &mut answer)?;
    Ok(answer)
}

/// What is odd, for the reader of a plan.
pub fn warnings(workspace: &Workspace, history: &History, plan: &Plan) -> Vec<String> {
    let told = workspace.warnings().iter().chain(&history.warnings).chain(&plan.warnings);
    let misspelt = validation::misspelt_dependencies(&workspace.config().package).into_iter();
    let misspelt = misspelt.map(|problem| format!("Warning: {problem}"));
    let numbers = workspace.single_number_warnings(history, plan);
    told.cloned().chain(misspelt).chain(numbers).chain(missing_folders(workspace, plan)).collect()
}

/// Says how many commits have no type that is known, unless all packages move whatever commits say.
fn unknown_types(workspace: &Workspace, history: &History) -> Option<String> {
    let unknown = report::unknown_types(history)?;
    let (config, states) = (workspace.config(), workspace.package_states(history));
    let mut packages = states.iter().enumerate();
    packages.any(|(package, state)| PackageStatus::new(config, package, state).needs_a_bump()).then_some(unknown)
}

fn planned(workspace: &Workspace, channel: Option<&str>, detail: Detail) -> Result<(History, Plan), WorkspaceError> {
    let branch_warning = workspace.branch_warning(channel);
    let channel = workspace.channel(channel)?;
    let mut history = workspace.history(channel.as_ref(), detail)?;
    history.warnings.extend(branch_warning);
    let lost = lost_paths::warnings(workspace)?;
    history.warnings.extend(lost);
    let plan = workspace.plan(&history, channel.as_ref())?;
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

/// A folder that isn't there is never touched, so that its package would stay for ever without a word.
fn missing_folders(workspace: &Workspace, plan: &Plan) -> Vec<String> {
    if !workspace.config().is_monorepo() || workspace.is_sparse() {
        return Vec::new();
    }
    let untouched = plan.skipped.iter().filter(|skipped| skipped.reason == SkipReason::NotTouched);
    let packages = untouched.map(|skipped| &workspace.config().package[skipped.package]);
    let problems = packages.filter_map(|package| {
        let problem = validation::path_problem(workspace.root(), &package.path)?;
        Some(format!("Warning: package {} is never touched: {problem}", package.name))
    });
    problems.collect()
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
