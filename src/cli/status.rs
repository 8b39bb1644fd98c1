//! `status`: the version of every package, its last release, and whether it has changes of its own to release.

use super::arguments::{GlobalArguments, Output, StatusArguments};
use super::failure::CommandError;
use super::session::{NO_PACKAGES, Session};
use crate::history::{Detail, History};
use crate::plan::{PackageState, Standing};
use crate::report::{self, PackageStatus};

/// Prints where every package stands. Costs one pass over the history, whatever the number of packages.
///
/// # Errors
/// When the repository, its configuration or its history can't be used.
pub fn run(global: &GlobalArguments, arguments: &StatusArguments) -> Result<(), CommandError> {
    let session = Session::start(global)?;
    let history = session.history_of_all(session.channel(None)?.as_ref(), Detail::AnyBump)?;
    let states = session.package_states(&history);
    let listed = session.manifest_versions();
    let packages: Vec<PackageStatus> = states
        .iter()
        .zip(listed)
        .enumerate()
        .map(|(package, (state, listed))| status(&session, &history, package, state, listed))
        .collect();
    if arguments.json || arguments.output == Output::Json {
        return super::print(|out| report::write_status_json(&packages, out));
    }
    session.tell_warnings(&history.warnings)?;
    if packages.is_empty() {
        return super::tell(|out| writeln!(out, "{NO_PACKAGES}"));
    }
    super::print(|out| report::write_status_text(&packages, out))
}

fn status(
    session: &Session,
    history: &History,
    package: usize,
    state: &PackageState,
    listed: Option<String>,
) -> PackageStatus {
    let tags = &history.packages[package].tags;
    let tagged = || tags.highest.as_ref().map(|tag| tag.version.clone());
    PackageStatus {
        name: session.config().package[package].name.clone(),
        version: listed
            .or_else(|| session.file_version(package))
            .or_else(tagged)
            .unwrap_or_else(|| "unknown".to_owned()),
        last_tag: tags.since_any.as_ref().map(|tag| tag.name.clone()),
        has_changes: Standing::new(session.config(), package, state).has_releasable_commits(),
    }
}
