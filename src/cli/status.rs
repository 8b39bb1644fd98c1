//! `status`: the version of every package, its last release, and whether it has changes of its own to release.

use super::arguments::{GlobalArguments, Output, StatusArguments};
use super::failure::CommandError;
use super::{environment, messages};
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
    let packages: Vec<StatusLine> =
        states.iter().enumerate().map(|(package, state)| line(&workspace, &history, package, state)).collect();
    if arguments.json || arguments.output == Output::Json {
        super::print(|out| report::write_status_json(&packages, out))?;
        return environment::require_packages(&workspace);
    }
    let current: Vec<(usize, String)> =
        packages.iter().enumerate().map(|(index, package)| (index, package.version.clone())).collect();
    let manifest = workspace.manifest_warnings(&current);
    messages::write_warnings(workspace.warnings().iter().chain(&history.warnings).chain(&manifest))?;
    environment::require_packages(&workspace)?;
    super::print(|out| report::write_status_text(&packages, out))
}

fn line(workspace: &Workspace, history: &History, package: usize, state: &PackageState) -> StatusLine {
    let tags = &history.packages[package].tags;
    StatusLine {
        name: workspace.config().package[package].name.clone(),
        version: workspace.current(package, tags).version,
        last_tag: tags.since_any.as_ref().map(|tag| tag.name.clone()),
        has_changes: PackageStatus::new(workspace.config(), package, state).has_releasable_commits(),
    }
}
