//! `status`: the version of every package, its last release, and whether it has changes of its own to release.

use super::arguments::{GlobalArguments, Output, StatusArguments};
use super::failure::CommandError;
use super::{NO_PACKAGES, environment, messages};
use crate::history::{Detail, History};
use crate::plan::{PackageState, PackageStatus};
use crate::report::{self, StatusLine};
use crate::workspace::Workspace;

/// Prints where every package stands. Costs one pass over the history, whatever the number of packages.
///
/// # Errors
/// When the repository, its configuration or its history can't be used.
pub fn run(global: &GlobalArguments, arguments: &StatusArguments) -> Result<(), CommandError> {
    let workspace = environment::open(global)?;
    let history = workspace.history_of_all(workspace.channel(None)?.as_ref(), Detail::AnyBump)?;
    let states = workspace.package_states(&history);
    let listed = workspace.manifest_versions();
    let packages: Vec<StatusLine> = states
        .iter()
        .zip(listed)
        .enumerate()
        .map(|(package, (state, listed))| line(&workspace, &history, package, state, listed))
        .collect();
    if arguments.json || arguments.output == Output::Json {
        return super::print(|out| report::write_status_json(&packages, out));
    }
    messages::write_warnings(workspace.warnings().iter().chain(&history.warnings))?;
    if packages.is_empty() {
        return messages::write(|out| writeln!(out, "{NO_PACKAGES}"));
    }
    super::print(|out| report::write_status_text(&packages, out))
}

fn line(
    workspace: &Workspace,
    history: &History,
    package: usize,
    state: &PackageState,
    listed: Option<String>,
) -> StatusLine {
    let tags = &history.packages[package].tags;
    let tagged = || tags.highest.as_ref().map(|tag| tag.version.clone());
    StatusLine {
        name: workspace.config().package[package].name.clone(),
        version: listed
            .or_else(|| workspace.file_version(package))
            .or_else(tagged)
            .unwrap_or_else(|| "unknown".to_owned()),
        last_tag: tags.since_any.as_ref().map(|tag| tag.name.clone()),
        has_changes: PackageStatus::new(workspace.config(), package, state).has_releasable_commits(),
    }
}
