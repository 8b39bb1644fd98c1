//! The hooks of one release, each at its moment: worked out when the release is, so that a run which finishes it runs the same.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::ReleaseError;
use super::git::Git;
use super::hooks::{self, Configured};
use super::prepare::Drafted;
use super::settings::{Mode, Settings, Tell, hook_limits};
use crate::history::History;
use crate::plan::hook_command;
use crate::workspace::Workspace;

/// Moments at which nothing can be seen of the release yet but files in the work tree.
pub(super) const BEFORE: [&str; 3] = ["pre_bump", "post_bump", "pre_commit"];

/// Moments between the commit and its tags.
pub(super) const BETWEEN: [&str; 2] = ["post_commit", "pre_tag"];

/// Moments between the tags and the push.
pub(super) const BEFORE_PUSH: [&str; 2] = ["post_tag", "pre_publish"];

/// Moments after the push.
pub(super) const AFTER_PUSH: [&str; 2] = ["post_publish", "on_success"];

/// One command at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hook {
    pub(super) moment: String,
    command: String,
    environment: Vec<(String, String)>,
    ends_release: bool,
    seconds: u64,
    verbose: bool,
    /// Whether it ran to its end.
    pub(super) done: bool,
}

/// Which part of a release a run does: with a pull request in between, there are two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// The commit that the pull request asks for.
    Request,
    /// The tags, once that is merged.
    Merged,
}

impl Part {
    /// What a run in this mode does.
    pub(super) fn of(mode: Mode) -> Self {
        if mode == Mode::Branch { Self::Request } else { Self::Whole }
    }

    /// Whether the moment comes in this part. A run that succeeds always says so.
    fn has(self, moment: &str) -> bool {
        let of_commit = BEFORE.contains(&moment) || moment == "post_commit";
        match self {
            Self::Whole => true,
            Self::Request => of_commit || moment == "on_success",
            Self::Merged => !of_commit,
        }
    }
}

/// The hooks of a release in the order they run: moment by moment, package by package. Packages that only their dependencies
/// move have none.
pub(super) fn hooks(
    workspace: &Workspace,
    history: &History,
    packages: &[Drafted],
    settings: &Settings,
    part: Part,
) -> Vec<Hook> {
    let own: Vec<&Drafted> = packages.iter().filter(|drafted| drafted.release.caused_by.is_empty()).collect();
    let moments = [&BEFORE[..], &BETWEEN, &BEFORE_PUSH, &AFTER_PUSH].concat();
    let moments = moments.into_iter().filter(|moment| part.has(moment));
    let mut hooks = Vec::new();
    for moment in moments {
        // The last one is the run's, not a package's.
        let of_moment = if moment == "on_success" { own.get(..1).unwrap_or_default() } else { &own };
        for drafted in of_moment {
            let Some(command) = hook_command(workspace.config(), drafted.release.package, moment) else { continue };
            let (ends_release, limit) = hook_limits(workspace.config(), Some(drafted.release.package));
            hooks.push(Hook {
                moment: moment.to_owned(),
                command,
                environment: environment(workspace, history, packages, drafted),
                ends_release,
                seconds: limit.as_secs(),
                verbose: settings.shown.is_some(),
                done: false,
            });
        }
    }
    hooks
}

/// Runs the hook for releases that fail. Its own failure changes nothing any more.
pub(super) fn on_error(git: &Git, workspace: &Workspace, shown: Option<Tell>) {
    let hooks = workspace.config().workspace.hooks.as_ref();
    let command = hooks.and_then(|hooks| hooks.other.get("on_error")).and_then(serde_json::Value::as_str);
    if let Some(command) = command {
        let (_, limit) = hook_limits(workspace.config(), None);
        let _ = hooks::run(git, &Configured { what: "on_error", command, environment: &[], limit, shown });
    }
}

/// What the configuration wants besides, and who does it.
pub(super) fn left_to_others(workspace: &Workspace) -> Vec<String> {
    let config = workspace.config();
    let mut notes = Vec::new();
    if config.package.iter().any(|package| package.other.contains_key("publishers")) {
        notes.push("publishers are left to the packages' own tools".to_owned());
    }
    let hooks = config.package.iter().map(|package| &package.hooks).chain([&config.workspace.hooks]);
    if hooks.flatten().any(|hooks| hooks.other.contains_key("pre_release")) {
        notes.push("pre_release hooks belong to a forge's releases, which are left to its own tools".to_owned());
    }
    notes
}

/// What a hook knows of its package.
fn environment(
    workspace: &Workspace,
    history: &History,
    packages: &[Drafted],
    drafted: &Drafted,
) -> Vec<(String, String)> {
    let release = &drafted.release;
    let package = &workspace.config().package[release.package];
    let commits = release.commits.iter().map(|&commit| &history.commits[commit as usize]);
    let commits: Vec<_> = commits
        .map(|commit| json!({ "hash": commit.id.to_string(), "message": history.subject(commit), "bump": commit.bump.name() }))
        .collect();
    let files: Vec<_> =
        package.versioned_files.iter().map(|file| json!({ "path": file.path, "format": file.format.name() })).collect();
    let all: Vec<_> = packages
        .iter()
        .map(|other| json!({ "name": other.release.name, "version": other.next, "bump": other.release.label.name() }))
        .collect();
    let text = |flag: bool| flag.to_string();
    let values = [
        ("PACKAGE", release.name.clone()),
        ("PACKAGE_PATH", package.path.clone()),
        ("OLD_VERSION", release.current.clone()),
        ("NEW_VERSION", drafted.next.clone()),
        ("BUMP_TYPE", release.label.name().to_owned()),
        ("TAG", drafted.tag.clone()),
        ("CHANNEL", release.channel.clone().unwrap_or_default()),
        ("IS_PRERELEASE", text(release.channel.is_some())),
        ("MONOREPO", text(workspace.config().is_monorepo())),
        ("DRY_RUN", text(false)),
        ("CHANGELOG", drafted.released.notes.clone()),
        ("COMMITS_JSON", json!(commits).to_string()),
        ("BUMPED_FILES_JSON", json!(files).to_string()),
        ("ALL_PACKAGES_JSON", json!(all).to_string()),
    ];
    values.map(|(name, value)| (name.to_owned(), value)).into()
}

impl Hook {
    /// Runs it. `Some` is what to tell of one that failed without ending the release.
    ///
    /// # Errors
    /// When it fails and that ends the release.
    pub(super) fn run(&mut self, git: &Git, tell: Tell) -> Result<Option<String>, ReleaseError> {
        let configured = Configured {
            what: &self.moment,
            command: &self.command,
            environment: &self.environment,
            limit: Duration::from_secs(self.seconds),
            shown: self.verbose.then_some(tell),
        };
        let told = match hooks::run(git, &configured) {
            Ok(_) => None,
            Err(error) if self.ends_release => return Err(error),
            Err(error) => Some(error.to_string()),
        };
        self.done = true;
        Ok(told)
    }
}
