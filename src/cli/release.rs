//! `release`: carries the plan out.

use std::process::ExitCode;

use super::arguments::{GlobalArguments, ReleaseArguments};
use super::environment::require_packages;
use super::failure::CommandError;
use super::{check, environment, messages, overrides, planned_document};
use crate::release::{self, Ended, Options, Planned};
use crate::report::{self, ReleaseReport};
use crate::workspace::Workspace;

/// Releases what `check` plans, or with `--dry-run` shows what that would do.
///
/// # Errors
/// When nothing can be planned or released.
pub fn run(global: &GlobalArguments, arguments: &ReleaseArguments) -> Result<ExitCode, CommandError> {
    let options = Options {
        mode: arguments.mode,
        no_push: arguments.no_push,
        force: arguments.force,
        verbose: global.verbose,
        tell: messages::tell,
    };
    let workspace = environment::open(global)?;
    if arguments.abort {
        return abort(&workspace, arguments.force, arguments.json);
    }
    require_packages(&workspace)?;
    let replan = || plan(global, arguments);
    if global.dry_run {
        return dry_run(&replan()?, &options, arguments.json);
    }
    match release::run(&workspace, &options, &replan)? {
        Ended::Nothing(planned) => print(&planned, &ReleaseReport::nothing(), arguments.json),
        Ended::Released(planned, outcome) => print(&planned, &ReleaseReport::done(&outcome), arguments.json),
        Ended::Finished(outcome) => {
            messages::write(|out| writeln!(out, "An interrupted release was found and is finished now."))?;
            print_report(&ReleaseReport::done(&outcome), &[], arguments.json)
        }
    }
}

/// Opens the workspace and plans what the arguments ask for; where a plan is given, it has to be that one.
fn plan(global: &GlobalArguments, arguments: &ReleaseArguments) -> Result<Planned, CommandError> {
    // The directory has been entered already.
    let mut workspace =
        environment::open(&GlobalArguments { directory: None, config: global.config.clone(), ..*global })?;
    overrides::apply(&mut workspace, &arguments.force_version, &arguments.exclude)?;
    if arguments.allow_downgrade {
        workspace.allow_downgrade();
    }
    let planned = check::for_release(workspace, arguments.channel.as_deref())?;
    if let Some(file) = &arguments.plan {
        planned_document::require(file, &planned)?;
    }
    Ok(planned)
}

fn dry_run(planned: &Planned, options: &Options, json: bool) -> Result<ExitCode, CommandError> {
    match release::preview(planned, options)? {
        Some(preview) => print(planned, &ReleaseReport::would(&preview), json),
        None => print(planned, &ReleaseReport { dry_run: true, ..ReleaseReport::nothing() }, json),
    }
}

fn abort(workspace: &Workspace, unseen: bool, json: bool) -> Result<ExitCode, CommandError> {
    let outcome = release::abort(workspace, unseen)?;
    let text = match &outcome {
        Some(outcome) => {
            let tags: Vec<&str> = outcome.released.iter().map(|released| released.tag.as_str()).collect();
            let notes = outcome.notes.iter().map(|note| format!("! {note}\n"));
            format!("The unfinished release of {} was taken back.\n{}", tags.join(", "), notes.collect::<String>())
        }
        None => "There is no unfinished release.\n".to_owned(),
    };
    let document = serde_json::json!({ "taken_back": outcome.is_some() });
    super::print(|out| if json { writeln!(out, "{document}") } else { out.write_all(text.as_bytes()) })?;
    Ok(ExitCode::SUCCESS)
}

fn print(planned: &Planned, report: &ReleaseReport<'_>, json: bool) -> Result<ExitCode, CommandError> {
    let warnings = check::warnings(&planned.workspace, &planned.history, &planned.plan);
    let report = ReleaseReport { plan: Some(&planned.plan), ..*report };
    print_report(&report, &warnings, json)
}

fn print_report(report: &ReleaseReport<'_>, warnings: &[String], json: bool) -> Result<ExitCode, CommandError> {
    if json {
        super::print(|out| report::write_release_json(report, warnings, out))?;
    } else {
        messages::write_warnings(warnings)?;
        super::print(|out| report::write_release_text(report, out))?;
    }
    Ok(ExitCode::SUCCESS)
}
