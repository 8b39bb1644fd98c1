//! A release whose pull request was merged: the files say its version already, and only its tags are missing. They go to the
//! commit that brought the version, whatever came after it.

use std::collections::BTreeSet;

use super::ReleaseError;
use super::build::{Base, make_tags};
use super::changelog::section_of;
use super::git::Git;
use super::journal::{Journal, Outcome, Push, Released, Stage};
use super::moments::{self, Part};
use super::prepare::{Draft, Drafted, forge, notes};
use super::run::Planned;
use super::settings::Settings;
use crate::plan::{Label, PackageState, Release};
use crate::version::{compare_versions, is_prerelease};
use crate::version_files;

/// Packages whose releases were merged, each with its commit.
#[derive(Debug)]
pub(super) struct Merged {
    packages: Vec<Drafted>,
    commits: Vec<String>,
}

/// The releases that were merged and have no tags yet; `None` where there are none.
///
/// # Errors
/// When a version file leads outside of the repository.
pub(super) fn find(git: &Git, planned: &Planned, settings: &Settings) -> Result<Option<Merged>, ReleaseError> {
    let workspace = &planned.workspace;
    let mut merged = Merged { packages: Vec::new(), commits: Vec::new() };
    for (index, state) in workspace.package_states(&planned.history).iter().enumerate() {
        let package = &workspace.config().package[index];
        let highest = state.highest_tag.as_ref();
        let since = highest.map(|highest| format!("^refs/tags/{}", highest.place));
        let file = package.versioned_files.first();
        let version = match file {
            Some(file) => version_files::read_version(workspace.root(), file).ok(),
            None => version_told(git, &package.name, since.as_deref()),
        };
        let Some(version) = version else { continue };
        let is_newer = highest.is_none_or(|highest| compare_versions(&version, &highest.version).is_gt());
        let tag = state.tag_template.render(&version);
        if !is_newer || workspace.repository().has_tag(&tag) {
            continue;
        }
        let carrier = file.map(|file| version_files::carrier(workspace.root(), file)).transpose()?;
        let path = carrier.as_ref().map(|carrier| carrier.path.as_str());
        let Some(commit) = releasing_commit(git, path, &package.name, &version, since.as_deref()) else { continue };
        merged.packages.push(drafted(git, planned, index, state, version, tag, &commit));
        merged.commits.push(commit);
    }
    merged.tell_notes(git, planned, settings);
    Ok((!merged.packages.is_empty()).then_some(merged))
}

impl Merged {
    /// What is missing of these releases, as objects and a journal.
    ///
    /// # Errors
    /// When git can't tag, or a moving tag would go back.
    pub(super) fn journal(
        self,
        git: &Git,
        planned: &Planned,
        base: &Base,
        settings: &Settings,
    ) -> Result<Journal, ReleaseError> {
        let (workspace, history) = (&planned.workspace, &planned.history);
        let mut journal = Journal::new(git, base.head.clone(), Stage::Forward);
        let mut draft = Draft { packages: self.packages, subject: String::new() };
        let mut pushed = Vec::new();
        make_tags(git, workspace, history, &mut draft, &self.commits, settings, &mut journal.refs, &mut pushed)?;
        journal.hooks = moments::hooks(workspace, history, &draft.packages, settings, Part::Merged);
        journal.push = base.remote.clone().filter(|_| settings.push).map(|remote| Push { remote, refs: pushed });
        journal.outcome = Outcome {
            released: draft.packages.into_iter().map(|drafted| drafted.released).collect(),
            branch: base.branch.clone(),
            notes: moments::left_to_others(workspace),
            ..Outcome::default()
        };
        Ok(journal)
    }

    /// Each tag with its commit.
    pub(super) fn tagged(&self) -> impl Iterator<Item = (&str, &str)> {
        self.packages.iter().map(|drafted| drafted.tag.as_str()).zip(self.commits.iter().map(String::as_str))
    }

    /// What is reported.
    pub(super) fn released(self) -> Vec<Released> {
        self.packages.into_iter().map(|drafted| drafted.released).collect()
    }

    /// The notes are what the merged changelog says, which somebody may have edited in the pull request; without one, what the
    /// commits say.
    fn tell_notes(&mut self, git: &Git, planned: &Planned, settings: &Settings) {
        let (workspace, history) = (&planned.workspace, &planned.history);
        let forge = forge(git, workspace);
        for index in 0..self.packages.len() {
            let package = &workspace.config().package[self.packages[index].release.package];
            let merged = package
                .changelog
                .as_ref()
                .and_then(|changelog| git.ask(&["cat-file", "blob", &format!("{}:{changelog}", self.commits[index])]));
            let section = merged.and_then(|text| section_of(&text, &self.packages[index].next));
            let told =
                section.unwrap_or_else(|| notes(workspace, history, settings, forge.as_ref(), &self.packages, index));
            self.packages[index].released.notes = told;
        }
    }
}

/// A package as it was released by `commit`.
fn drafted(
    git: &Git,
    planned: &Planned,
    index: usize,
    state: &PackageState,
    version: String,
    tag: String,
    commit: &str,
) -> Drafted {
    let package = &planned.workspace.config().package[index];
    let history = &planned.history;
    let later = git.ask(&["rev-list", "HEAD", "--not", commit]).unwrap_or_default();
    let others: BTreeSet<&str> = later.lines().chain([commit]).collect();
    let is_of_release = |commit: &&u32| {
        let record = &history.commits[**commit as usize];
        !others.contains(record.id.to_string().as_str()) && !history.subject(record).starts_with(SUBJECT)
    };
    let commits: Vec<u32> = state.commits.iter().filter(is_of_release).copied().collect();
    let bump = commits.iter().map(|&commit| history.commits[commit as usize].bump).max().unwrap_or_default();
    // What only followed its dependencies has no commits that count.
    let of_plan = planned.plan.releases.iter().find(|release| release.package == index);
    let caused_by = of_plan.map(|release| release.caused_by.clone()).unwrap_or_default();
    let channel = version.split_once('-').and_then(|(_, rest)| rest.split('.').next()).map(str::to_owned);
    let previous = state.highest_tag.as_ref().map(|found| found.version.clone()).unwrap_or_default();
    let arrow = if previous.is_empty() { String::new() } else { format!("{previous} → ") };
    let released = Released {
        package: package.name.clone(),
        line: format!("● {}  {arrow}{version}  (merged)", package.name),
        previous_version: previous.clone(),
        new_version: version.clone(),
        bump_type: "merged".to_owned(),
        tag: tag.clone(),
        floating: Vec::new(),
        commit_count: commits.len(),
        prerelease: is_prerelease(&version),
        version_source: None,
        files: Vec::new(),
        notes: String::new(),
    };
    let release = Release {
        package: index,
        name: package.name.clone(),
        current: previous,
        next: Some(version.clone()),
        tag: Some(tag.clone()),
        tag_exists: false,
        label: Label::Level(bump),
        origin: None,
        caused_by,
        channel: channel.filter(|_| is_prerelease(&version)),
        commits,
        aligned: false,
        floating: Vec::new(),
    };
    Drafted { release, tag, template: state.tag_template.clone(), next: version, released }
}

/// What subjects of release commits begin with.
const SUBJECT: &str = "chore(release): ";

/// The packages that a release commit's subject names, each with its version: `core v1.2.0`.
fn named(subject: &str) -> impl Iterator<Item = &str> {
    subject.strip_prefix(SUBJECT).into_iter().flat_map(|packages| packages.split([',', '[', '('])).map(str::trim)
}

/// The version that the newest release commit tells of a package that has it in no file; `since` leaves older ones out.
fn version_told(git: &Git, package: &str, since: Option<&str>) -> Option<String> {
    let subject = format!("--grep=^{SUBJECT}");
    let arguments: Vec<&str> = ["log", "--format=%s", &subject, "HEAD"].into_iter().chain(since).collect();
    let prefix = format!("{package} v");
    git.ask(&arguments)?.lines().flat_map(named).find_map(|named| named.strip_prefix(&prefix)).map(str::to_owned)
}

/// The commit of the branch that brought `version` by a release commit of relplan's; `since` leaves older ones out. Later ones may
/// have changed the version's file at `path` again.
fn releasing_commit(
    git: &Git,
    path: Option<&str>,
    package: &str,
    version: &str,
    since: Option<&str>,
) -> Option<String> {
    let mut arguments = vec!["log", "--first-parent", "--format=%H", "HEAD"];
    arguments.extend(since);
    arguments.extend(path.into_iter().flat_map(|path| ["--", path]));
    let wanted = format!("{package} v{version}");
    let tells = |subject: &str| named(subject).any(|named| named == wanted);
    let brings = |commit: &&str| {
        let brought = git.ask(&["log", "--format=%s", commit, "--not", &format!("{commit}^@")]);
        let merged = git.ask(&["log", "--format=%s", commit, "--not", &format!("{commit}^1")]);
        merged.or(brought).is_some_and(|subjects| subjects.lines().any(tells))
    };
    git.ask(&arguments)?.lines().find(brings).map(str::to_owned)
}
