//! A repository with its configuration: opened once, then asked for its history, the state of its packages, and the plan.

mod asked;
mod branch;
mod ci;
mod context;
mod detection;
mod error;
mod files;
mod links;
mod numbers;
mod shared_places;
mod versions;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

pub(crate) use detection::load;
pub use error::{SharedPlace, WorkspaceError};
pub(crate) use files::FileChange;

use context::WorkspaceContext;
use links::Links;

use crate::commit::{Bump, Classifier, Reading};
use crate::compatibility::Compatibility;
use crate::config::{Config, LoadedConfig, Package, SharedPattern, Versioning};
use crate::history::{
    self, CommitRules, Detail, HeadPath, History, HistoryError, PackageHistory, PackageScope, PackageTags, Repository,
    Request, TagHistory, TagNaming, TagRef, Touched,
};
use crate::plan::{self, Impact, PackageState, Plan};
use crate::timing;
use crate::version::{self, Candidate, Found, Prerelease, TagTemplate};

/// How a workspace is opened, where the defaults won't do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// The configuration to read, relative to the repository's root, instead of the one that is found there.
    pub config: Option<PathBuf>,
    /// At most this many threads read the history; one per core if not given. The plan doesn't depend on it.
    pub jobs: Option<NonZeroUsize>,
}

/// An opened repository with its configuration.
///
/// ```no_run
/// use relplan::Workspace;
/// use relplan::history::Detail;
///
/// # fn main() -> Result<(), relplan::WorkspaceError> {
/// let workspace = Workspace::open("path/to/repository".as_ref())?;
/// let channel = workspace.channel(None)?;
/// let history = workspace.history(channel.as_ref(), Detail::EveryCommit)?;
/// for (package, state) in workspace.config().package.iter().zip(workspace.package_states(&history)) {
///     println!("{} has {} unreleased commits", package.name, state.commits.len());
/// }
/// let plan = workspace.plan(&history, channel.as_ref())?;
/// for release in &plan.releases {
///     println!("{} moves from {} to {:?}", release.name, release.current, release.next);
/// }
/// # Ok(())
/// # }
/// ```
pub struct Workspace {
    repository: Repository,
    loaded: LoadedConfig,
    classifier: Classifier,
    jobs: NonZeroUsize,
    forced: Vec<Option<String>>,
    excluded: Vec<bool>,
    allow_downgrade: bool,
}

impl Workspace {
    /// Opens the repository around `directory` with the configuration in its root.
    ///
    /// # Errors
    /// When the repository or its configuration can't be used.
    pub fn open(directory: &Path) -> Result<Self, WorkspaceError> {
        Self::open_with(directory, &OpenOptions::default())
    }

    /// As [`Self::open`], in the way that `options` say.
    ///
    /// # Errors
    /// When the repository or its configuration can't be used.
    pub fn open_with(directory: &Path, options: &OpenOptions) -> Result<Self, WorkspaceError> {
        let repository = timing::stage("open repository", || Repository::discover(directory))?;
        let loaded = timing::stage("load configuration", || load(&repository, options.config.as_deref()))?;
        let classifier = Classifier::new(&loaded.config.workspace)?;
        let own_rules = loaded.compatibility.own_commit_rules;
        let classifier = if own_rules { classifier.by_own_rules() } else { classifier };
        let jobs = options.jobs.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
        let packages = loaded.config.package.len();
        Ok(Self {
            repository,
            loaded,
            classifier,
            jobs,
            forced: vec![None; packages],
            excluded: vec![false; packages],
            allow_downgrade: false,
        })
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.loaded.config
    }

    /// The repository's root, which all paths of the configuration are relative to.
    pub fn root(&self) -> &Path {
        self.repository.root()
    }

    /// The repository.
    pub(crate) fn repository(&self) -> &Repository {
        &self.repository
    }

    /// What is odd about the configuration, one sentence a warning.
    pub fn warnings(&self) -> &[String] {
        &self.loaded.warnings
    }

    /// The configuration's file, relative to the root where it is inside; `None` when there is none.
    pub(crate) fn config_file(&self) -> Option<&str> {
        self.loaded.file.as_deref()
    }

    /// Says that there is nothing to plan from yet, where that is so.
    pub(crate) fn no_commit_warning(&self) -> Option<String> {
        self.repository.head_id().is_none().then(|| history::no_commit(&self.repository))
    }

    /// Whether the checkout leaves folders out on purpose.
    pub(crate) fn is_sparse(&self) -> bool {
        self.repository.is_sparse()
    }

    /// The decisions that depend on whose configuration it is.
    pub(crate) fn compatibility(&self) -> Compatibility {
        self.loaded.compatibility
    }

    /// Plans `version` for the package at index `package`, whatever its commits say. `None` if it already had another one.
    pub(crate) fn force_version(&mut self, package: usize, version: String) -> Option<String> {
        self.forced[package].replace(version)
    }

    /// Lets forced versions be below the ones there are.
    pub(crate) fn allow_downgrade(&mut self) {
        self.allow_downgrade = true;
    }

    /// Leaves the package at index `package` as it is, whatever its commits, dependencies and groups say.
    pub(crate) fn exclude(&mut self, package: usize) {
        self.excluded[package] = true;
    }

    /// The pre-release channel called `asked`, else the one that the branch releases on; `None` is stable.
    ///
    /// # Errors
    /// When the channel's name can't be part of a version, or a branch rule is no glob.
    pub fn channel(&self, asked: Option<&str>) -> Result<Option<Prerelease>, WorkspaceError> {
        let rules = &self.config().workspace.branches;
        if asked.is_none() && rules.is_empty() {
            return Ok(None);
        }
        Ok(version::channel_of_branch(asked, &self.branch(), rules)?)
    }

    /// The whole history, read once for all packages.
    ///
    /// # Errors
    /// When an object or a tag can't be read.
    pub fn history(&self, channel: Option<&Prerelease>, detail: Detail) -> Result<History, WorkspaceError> {
        let scopes = self.scopes();
        let request = self.request(&scopes, channel, detail);
        self.read(&request)
    }

    /// As [`Self::history`], with the commits of untouched packages too.
    ///
    /// # Errors
    /// When an object or a tag can't be read.
    pub(crate) fn history_of_all(
        &self,
        channel: Option<&Prerelease>,
        detail: Detail,
    ) -> Result<History, WorkspaceError> {
        let scopes = self.scopes();
        let request = Request { commits_of_untouched: true, ..self.request(&scopes, channel, detail) };
        self.read(&request)
    }

    fn read(&self, request: &Request<'_>) -> Result<History, WorkspaceError> {
        let read = timing::stage("read history", || history::read(&self.repository, request));
        let mut history = read.map_err(|error| {
            // What is wrong with the configuration itself comes before what is wrong with the tags' names.
            let misnamed = matches!(error, HistoryError::NoTagFits(_));
            let contradiction = misnamed.then(|| plan::contradiction(self.config())).flatten();
            contradiction.map_or_else(|| error.into(), WorkspaceError::Plan)
        })?;
        asked::drop_unusable(&mut history);
        Ok(history)
    }

    /// The packages' releases, without reading whose commits are whose.
    ///
    /// # Errors
    /// When an object or a tag can't be read.
    pub(crate) fn tags(&self) -> Result<TagHistory, WorkspaceError> {
        let scopes = self.scopes();
        let orphans = self.config().workspace.orphaned_tag_strategy;
        Ok(timing::stage("read tags", || history::read_tags(&self.repository, &scopes, orphans))?)
    }

    /// Paths of the files that HEAD changed.
    ///
    /// # Errors
    /// When an object can't be read.
    pub(crate) fn head_files(&self) -> Result<Vec<String>, WorkspaceError> {
        Ok(history::head_files(&self.repository, true)?)
    }

    /// Whether HEAD has a path, or one that is spelled nearly so.
    ///
    /// # Errors
    /// When an object can't be read.
    pub(crate) fn head_path(&self, path: &str) -> Result<HeadPath, WorkspaceError> {
        Ok(history::head_path(&self.repository, path)?)
    }

    /// Whether HEAD has a path that a shared pattern matches.
    ///
    /// # Errors
    /// When an object can't be read.
    pub(crate) fn head_matches(&self, pattern: &SharedPattern) -> Result<bool, WorkspaceError> {
        Ok(history::head_matches(&self.repository, pattern)?)
    }

    /// Paths of the files that differ between HEAD and `release`; without one, of all files.
    ///
    /// # Errors
    /// When an object can't be read.
    pub(crate) fn files_since(&self, release: Option<&TagRef>) -> Result<Vec<String>, WorkspaceError> {
        Ok(history::files_since(&self.repository, release.map(|tag| tag.commit))?)
    }

    /// What the planner needs to know of every package, in configuration order.
    pub fn package_states(&self, history: &History) -> Vec<PackageState> {
        let config = self.config();
        let state = |(index, (package, found)): (usize, (&Package, &PackageHistory))| {
            let tag_template = tag_template(config, package, found);
            PackageState {
                touched: found.touched != Touched::No,
                commits: found.commits.clone(),
                bump: strongest(history, &found.commits),
                highest_tag: found.tags.highest.as_ref().map(found_in),
                candidate: candidate(&found.tags),
                detected: self.detected_strategy(&tag_template, &found.tags),
                tag_template,
                asked: asked::of_package(history, found),
                forced: self.forced[index].clone(),
                allow_downgrade: self.allow_downgrade,
                excluded: self.excluded[index],
            }
        };
        config.package.iter().zip(&history.packages).enumerate().map(state).collect()
    }

    /// Decides what is released as what. `history` is this workspace's, read for the same channel.
    ///
    /// # Errors
    /// When packages depend on each other in a circle, groups contradict each other, a version can't be continued, or a file
    /// that would be written is missing.
    pub fn plan(&self, history: &History, channel: Option<&Prerelease>) -> Result<Plan, WorkspaceError> {
        let mut plan = timing::stage("plan", || self.decide(&self.package_states(history), history, channel))?;
        timing::stage("version files", || self.require_versioned_files(&mut plan))?;
        Ok(plan)
    }

    /// As [`Self::plan`] for packages in these states, whether or not the files that a release would write are there.
    pub(crate) fn decide(
        &self,
        states: &[PackageState],
        history: &History,
        channel: Option<&Prerelease>,
    ) -> Result<Plan, WorkspaceError> {
        Ok(plan::plan(self.config(), states, channel, &WorkspaceContext::new(self, history))?)
    }

    /// What the release of the package at index `seed` by `bump` would take along.
    pub(crate) fn impact(&self, seed: usize, bump: Bump) -> Result<Impact, WorkspaceError> {
        let history = History::from(self.tags()?);
        let states = self.package_states(&history);
        Ok(plan::impact(self.config(), &states, seed, bump, &WorkspaceContext::new(self, &history))?)
    }

    fn scopes(&self) -> Vec<PackageScope> {
        let links = Links::new(self.root());
        let scope = |(package, forced): (&Package, &Option<String>)| {
            let template = TagTemplate::of(self.config(), package);
            PackageScope {
                name: package.name.clone(),
                naming: if TagTemplate::is_set(self.config(), package) { TagNaming::Set } else { TagNaming::Default },
                counts_single_numbers: self.counts_single_numbers(package),
                linked_path: links.target(&package.path),
                tag_prefix: template.prefix().as_bytes().to_vec(),
                tag_suffix: template.suffix().as_bytes().to_vec(),
                path: package.path.clone(),
                shared_paths: package.shared_paths.clone(),
                always_planned: forced.is_some(),
            }
        };
        self.config().package.iter().zip(&self.forced).map(scope).collect()
    }

    /// Whether one number alone may be a version of a package, as its settings say.
    fn counts_single_numbers(&self, package: &Package) -> bool {
        let settings = &self.config().workspace;
        let has_pattern = package.version_template.is_some() || settings.version_template.is_some();
        has_pattern || package.versioning.or(settings.versioning) == Some(Versioning::Sequential)
    }

    fn request<'a>(
        &'a self,
        packages: &'a [PackageScope],
        channel: Option<&Prerelease>,
        detail: Detail,
    ) -> Request<'a> {
        let config = self.config();
        Request {
            packages,
            monorepo: config.is_monorepo(),
            nested: config.workspace.nested_packages,
            rules: &self.classifier,
            recover: self.compatibility().recover_missed_releases,
            merge_head_counts_both_sides: true,
            shared_paths_by_component: self.compatibility().shared_paths_by_component,
            since_any_tag: channel.is_some(),
            commits_of_untouched: false,
            detail,
            orphans: config.workspace.orphaned_tag_strategy,
            jobs: self.jobs.get(),
        }
    }

    /// The strategy recognised from a package's tags.
    fn detected_strategy(&self, template: &TagTemplate, tags: &PackageTags) -> Option<Versioning> {
        if self.compatibility().strategy_from_versions {
            version::detect_strategy_with_care(tags.versions.iter())
        } else {
            version::detect_strategy_in_names(template.prefix(), tags.versions.iter())
        }
    }
}

fn strongest(history: &History, commits: &[u32]) -> Bump {
    commits.iter().map(|&commit| history.commits[commit as usize].bump).max().unwrap_or_default()
}

/// How a package's tags are named: as the configuration says, or as they were.
fn tag_template(config: &Config, package: &Package, found: &PackageHistory) -> TagTemplate {
    let adopted = found.tags.adopted_prefix.as_deref().map(TagTemplate::starting_with);
    adopted.unwrap_or_else(|| TagTemplate::of(config, package))
}

fn found_in(tag: &TagRef) -> Found {
    Found { version: tag.version.clone(), place: tag.name.clone() }
}

/// The pre-release that a package's last release is, and the stable version that it leads to.
fn candidate(tags: &PackageTags) -> Option<Candidate> {
    let last = tags.since_any.as_ref()?;
    let version = last.version.strip_prefix('v').unwrap_or(&last.version);
    let semantic = version.split_once('-').filter(|(base, _)| base.contains('.')).map(|(base, _)| base.to_owned());
    let leads_to = semantic.or_else(|| version::released_core(version))?;
    let revision = version.split_once('-').is_some_and(|(_, rest)| rest.starts_with(|it: char| it.is_ascii_digit()));
    Some(Candidate { tag: found_in(last), leads_to, revision })
}

impl CommitRules for Classifier {
    fn is_skipped(&self, subject: &[u8]) -> bool {
        Classifier::is_skipped(self, subject)
    }

    fn read(&self, message: &[u8]) -> Reading {
        Classifier::read(self, message)
    }

    fn honours_asked_versions(&self) -> bool {
        Classifier::honours_asked_versions(self)
    }

    fn asked_version<'m>(&self, message: &'m [u8]) -> Option<&'m [u8]> {
        Classifier::asked_version(self, message)
    }
}
