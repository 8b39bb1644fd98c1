//! `check`: what would be released now, and why.

use std::path::Path;

use super::arguments::{CheckArguments, GlobalArguments};
use super::failure::CommandError;
use super::session::{NO_PACKAGES, Session};
use super::surroundings::WorkTree;
use crate::config::{Config, VersionFileFormat};
use crate::history::{self, History};
use crate::plan::{self, Plan};
use crate::report::{self, PlanView, TextOptions};
use crate::version::Prerelease;

/// Plans and prints the plan.
///
/// # Errors
/// When the repository, its configuration or its history can't be used, or no plan can be made of them.
pub fn run(global: &GlobalArguments, check: &CheckArguments) -> Result<(), CommandError> {
    let session = Session::start(global)?;
    if session.config().package.is_empty() && !check.json {
        session.tell_warnings(&[])?;
        return tell_no_packages();
    }
    let channel = session.channel(check.channel.as_deref())?;
    let history = session.history(channel.as_ref())?;
    let plan = make_plan(&session, &history, channel.as_ref())?;
    require_versioned_files(session.config(), session.repository.root(), &plan)?;
    let head_files =
        if global.verbose && !check.json { history::head_files(&session.repository, true)? } else { Vec::new() };
    let warnings: Vec<String> = session.loaded.warnings.iter().chain(&history.warnings).cloned().collect();
    let view = PlanView {
        plan: &plan,
        history: &history,
        warnings: &warnings,
        head_files: &head_files,
        hooks: &plan::planned_hooks(session.config(), &plan),
        is_monorepo: session.config().is_monorepo(),
    };
    if check.json {
        return super::print(|out| report::write_json(&view, out));
    }
    session.tell_warnings(&history.warnings)?;
    let options = TextOptions { verbose: global.verbose, recover: session.loaded.recover_missed_releases() };
    super::tell(|out| report::write_text(&view, options, out))
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
