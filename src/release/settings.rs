//! What the configuration and the command line say about releases.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::config::{Config, Hooks};

/// What a release does with its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    /// Commit them on the branch, and tag the commit
    Commit,
    /// Commit them on a branch of their own, for a pull request; once that is merged, the next run tags
    Branch,
    /// Write them and leave them uncommitted; tag HEAD
    None,
}

/// Tells the user something at once, whatever the release ends with: one line of a hook's output, or a warning.
pub type Tell = fn(&str);

/// Tells these as warnings.
pub(super) fn warn(tell: Tell, notes: &[String]) {
    notes.iter().for_each(|note| tell(&format!("Warning: {note}")));
}

/// What the command line says.
#[derive(Debug, Clone)]
pub struct Options {
    /// Instead of what the configuration says.
    pub mode: Option<Mode>,
    /// Whether nothing is sent to the remote.
    pub no_push: bool,
    /// Whether alias tags may move to a lower version.
    pub force: bool,
    /// Whether hooks' output is shown while they run.
    pub verbose: bool,
    /// Who is told what can't wait for the report.
    pub tell: Tell,
}

impl Options {
    /// Who is shown what hooks print, if anybody is.
    pub(super) fn shown(&self) -> Option<Tell> {
        self.verbose.then_some(self.tell)
    }
}

/// How far a release commit's message tells what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    None,
    Summary,
    Full,
}

/// What releases are like, with every default filled in.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) mode: Mode,
    pub(super) per_package: bool,
    pub(super) body: Body,
    pub(super) skip_ci: bool,
    pub(super) update_dependents: bool,
    pub(super) changelog: Option<ChangelogSettings>,
    pub(super) push: bool,
    pub(super) force: bool,
    pub(super) tell: Tell,
    /// Who is shown what hooks print, if anybody is.
    pub(super) shown: Option<Tell>,
}

/// What `workspace.changelog` says; without it, changelogs have the classic layout.
#[derive(Debug, Clone, Default)]
pub(super) struct ChangelogSettings {
    /// Type to heading; `None` hides the type.
    pub(super) sections: Option<BTreeMap<String, Option<String>>>,
    pub(super) group_by_scope: bool,
    pub(super) commit_links: bool,
    pub(super) compare_link: bool,
}

impl Settings {
    pub(super) fn of(config: &Config, options: &Options) -> Self {
        let other = &config.workspace.other;
        let text = |key: &str| other.get(key).and_then(Value::as_str);
        let mode = options.mode.unwrap_or(match text("release_commit_mode") {
            Some("pr") => Mode::Branch,
            Some("none") => Mode::None,
            _ => Mode::Commit,
        });
        Self {
            mode,
            per_package: text("release_commit_scope") == Some("per-package"),
            body: match text("release_commit_body") {
                Some("summary") => Body::Summary,
                Some("full") => Body::Full,
                _ => Body::None,
            },
            skip_ci: flag(other, "skip_ci").unwrap_or(mode == Mode::Commit),
            update_dependents: flag(other, "update_dependents").unwrap_or(false),
            changelog: other.get("changelog").filter(|value| value.is_object()).map(ChangelogSettings::of),
            push: !options.no_push,
            force: options.force,
            tell: options.tell,
            shown: options.shown(),
        }
    }
}

/// Whether the lock files beside a package's version files follow.
pub(super) fn update_lock_files(config: &Config, package: usize) -> bool {
    let own = flag(&config.package[package].other, "update_lockfiles");
    own.or_else(|| flag(&config.workspace.other, "update_lockfiles")).unwrap_or(false)
}

/// Whether what fails in a hook ends the release, and how long one may run.
pub(super) fn hook_limits(config: &Config, package: Option<usize>) -> (bool, Duration) {
    let own = package.and_then(|package| config.package[package].hooks.as_ref());
    let find = |key: &str| {
        let of = |hooks: Option<&Hooks>| hooks.and_then(|hooks| hooks.other.get(key)).cloned();
        of(own).or_else(|| of(config.workspace.hooks.as_ref()))
    };
    let goes_on = find("on_failure").is_some_and(|value| value == "continue");
    let seconds = find("timeout").and_then(|value| value.as_u64()).unwrap_or(DEFAULT_HOOK_SECONDS);
    (!goes_on, Duration::from_secs(seconds))
}

const DEFAULT_HOOK_SECONDS: u64 = 900;

fn flag(keys: &BTreeMap<String, Value>, key: &str) -> Option<bool> {
    keys.get(key).and_then(Value::as_bool)
}

impl ChangelogSettings {
    fn of(value: &Value) -> Self {
        let flag = |key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
        let heading = |(kind, heading): (&String, &Value)| (kind.clone(), heading.as_str().map(str::to_owned));
        Self {
            sections: value.get("sections").and_then(Value::as_object).map(|all| all.iter().map(heading).collect()),
            group_by_scope: flag("group_by_scope"),
            commit_links: flag("include_commit_links"),
            compare_link: flag("include_compare_link"),
        }
    }
}
