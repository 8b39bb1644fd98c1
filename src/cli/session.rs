//! What every command starts from: the repository, its configuration, and what the history says of its packages.

use std::env;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

use serde_json::Value;

use super::arguments::GlobalArguments;
use super::failure::CommandError;
use super::overrides::{OverrideError, Overrides};
use super::timing;
use crate::commit::{Bump, Classifier};
use crate::config::{self, Config, Dialect, LoadedConfig, VersionFileFormat, Versioning};
use crate::history::{
    self, CommitRules, Detail, History, PackageScope, PackageTags, Repository, Request, TagHistory, TagRef, Touched,
};
use crate::plan::PackageState;
use crate::version::{self, Found, Prerelease, TagTemplate};
use crate::version_files;

/// Variables in which continuous-integration systems name the branch, asked in this order when HEAD is detached.
const BRANCH_VARIABLES: [&str; 8] = [
    "GITHUB_REF",
    "CI_COMMIT_REF_NAME",
    "BRANCH_NAME",
    "CIRCLE_BRANCH",
    "BITBUCKET_BRANCH",
    "BUILDKITE_BRANCH",
    "TRAVIS_BRANCH",
    "CI_COMMIT_BRANCH",
];

/// What is told where nothing is configured and nothing was found.
pub const NO_PACKAGES: &str =
    "No packages configured. Write a relplan.toml, or run this in a repository with a version file.";

/// An opened repository with its configuration.
pub struct Session {
    /// The repository.
    pub repository: Repository,
    /// Its configuration.
    pub loaded: LoadedConfig,
    classifier: Classifier,
    jobs: NonZeroUsize,
    overrides: Overrides,
}

impl Session {
    /// Opens the repository around the directory that was asked for.
    ///
    /// # Errors
    /// When the directory, the repository or its configuration can't be used.
    pub fn start(global: &GlobalArguments) -> Result<Self, CommandError> {
        enter(global)?;
        Self::open(".".as_ref(), global)
    }

    /// Opens the repository around `directory`, whatever directory was asked for.
    ///
    /// # Errors
    /// When the repository or its configuration can't be used.
    pub fn open(directory: &Path, global: &GlobalArguments) -> Result<Self, CommandError> {
        let repository = timing::stage("open repository", || Repository::discover(directory))?;
        let loaded =
            timing::stage("load configuration", || config::load(repository.root(), configuration(global).as_deref()))?;
        let classifier = Classifier::new(&loaded.config.workspace)?;
        let jobs = match global.jobs {
            Some(jobs) => Some(jobs),
            None => jobs_of_ferrflow()?,
        };
        let jobs = jobs.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
        Ok(Self { repository, loaded, classifier, jobs, overrides: Overrides::default() })
    }

    /// Lets the command line decide about packages: versions that are forced, packages that stay.
    ///
    /// # Errors
    /// When a package isn't there, or a version is none.
    pub fn override_with(&mut self, forced: &[String], excluded: &[String]) -> Result<(), CommandError> {
        self.overrides = Overrides::new(&self.loaded.config, forced, excluded)?;
        Ok(())
    }

    /// Tells what is odd, on standard error; a machine's report carries it itself.
    ///
    /// # Errors
    /// When standard error can't be written.
    pub fn tell_warnings(&self, further: &[String]) -> Result<(), CommandError> {
        super::tell(|out| self.loaded.warnings.iter().chain(further).try_for_each(|warning| writeln!(out, "{warning}")))
    }

    /// The whole history, read once for all packages.
    ///
    /// # Errors
    /// When an object or a tag can't be read.
    pub fn history(&self, channel: Option<&Prerelease>, detail: Detail) -> Result<History, CommandError> {
        let scopes = self.scopes();
        let request = self.request(&scopes, channel, detail);
        Ok(timing::stage("read history", || history::read(&self.repository, &request))?)
    }

    /// As [`Self::history`], with the commits of untouched packages too.
    ///
    /// # Errors
    /// When an object or a tag can't be read.
    pub fn history_of_all(&self, channel: Option<&Prerelease>, detail: Detail) -> Result<History, CommandError> {
        let scopes = self.scopes();
        let request = Request { commits_of_untouched: true, ..self.request(&scopes, channel, detail) };
        Ok(timing::stage("read history", || history::read(&self.repository, &request))?)
    }

    /// The packages' releases, without reading whose commits are whose.
    ///
    /// # Errors
    /// When an object or a tag can't be read.
    pub fn tags(&self) -> Result<TagHistory, CommandError> {
        let scopes = self.scopes();
        let orphans = self.config().workspace.orphaned_tag_strategy;
        Ok(timing::stage("read tags", || history::read_tags(&self.repository, &scopes, orphans))?)
    }

    fn scopes(&self) -> Vec<PackageScope> {
        let config = &self.loaded.config;
        let is_forced = |index: usize| self.overrides.forced.get(index).is_some_and(Option::is_some);
        let scope = |(index, package): (usize, &config::Package)| PackageScope {
            tag_prefix: TagTemplate::of(config, package).prefix().as_bytes().to_vec(),
            path: package.path.clone(),
            shared_paths: package.shared_paths.clone(),
            always_planned: is_forced(index),
        };
        config.package.iter().enumerate().map(scope).collect()
    }

    fn request<'a>(
        &'a self,
        packages: &'a [PackageScope],
        channel: Option<&Prerelease>,
        detail: Detail,
    ) -> Request<'a> {
        let config = &self.loaded.config;
        Request {
            packages,
            monorepo: config.is_monorepo(),
            nested: config.workspace.nested_packages,
            rules: &self.classifier,
            recover: self.loaded.recover_missed_releases(),
            merge_head_counts_both_sides: true,
            shared_paths_by_component: self.shared_paths_by_component(),
            since_any_tag: channel.is_some(),
            commits_of_untouched: false,
            detail,
            orphans: config.workspace.orphaned_tag_strategy,
            jobs: self.jobs.get(),
        }
    }

    /// Whether shared paths match whole path components; under FerrFlow's rules they match whatever begins with them.
    pub fn shared_paths_by_component(&self) -> bool {
        self.loaded.dialect != Dialect::FerrFlow
    }

    /// What the planner needs to know of every package, in configuration order.
    pub fn package_states(&self, history: &History) -> Vec<PackageState> {
        let config = &self.loaded.config;
        let overrides = &self.overrides;
        let state = |(index, (package, found)): (usize, (&config::Package, &history::PackageHistory))| PackageState {
            touched: found.touched != Touched::No,
            commits: found.commits.clone(),
            bump: strongest(history, &found.commits),
            highest_tag: found.tags.highest.as_ref().map(found_in),
            announced: announced(found),
            tag_template: TagTemplate::of(config, package),
            detected: self.detected_strategy(&TagTemplate::of(config, package), found),
            forced: overrides.forced.get(index).cloned().flatten(),
            excluded: overrides.excluded.get(index).copied().unwrap_or_default(),
        };
        config.package.iter().zip(&history.packages).enumerate().map(state).collect()
    }

    /// The strategy recognised from a package's tags; under FerrFlow's rules from their whole names.
    fn detected_strategy(&self, template: &TagTemplate, found: &history::PackageHistory) -> Option<Versioning> {
        let versions = found.tags.versions.iter();
        if self.loaded.dialect == Dialect::FerrFlow {
            version::detect_strategy_in_names(template.prefix(), versions)
        } else {
            version::detect_strategy(versions)
        }
    }

    /// The version in a package's first versioned file, where there is one that can be read.
    pub fn file_version(&self, package: usize) -> Option<String> {
        let file = self.loaded.config.package[package].versioned_files.first()?;
        version_files::read_version(self.repository.root(), file).ok()
    }

    /// As [`Self::file_version`]; a Go module's is its highest tag's.
    pub fn declared_version(&self, package: usize, tags: &PackageTags) -> Option<String> {
        match self.loaded.config.package[package].versioned_files.first()?.format {
            VersionFileFormat::GoMod => tags.highest.as_ref().map(|tag| tag.version.clone()),
            _ => self.file_version(package),
        }
    }

    /// The current version of each of `packages`: the manifest's where there is one, else its first versioned file's, else its
    /// highest tag's.
    ///
    /// # Errors
    /// When tags are needed and can't be read.
    pub fn current_versions(&self, packages: &[usize]) -> Result<Vec<Option<String>>, CommandError> {
        let listed = self.manifest_versions();
        let current = |&package: &usize| listed[package].clone().or_else(|| self.file_version(package));
        let mut versions: Vec<Option<String>> = packages.iter().map(current).collect();
        // Most repositories keep versions in files: then no tag is looked at.
        if versions.contains(&None) {
            let tags = self.tags()?;
            for (version, &package) in versions.iter_mut().zip(packages) {
                let tagged = |tags: &PackageTags| tags.highest.as_ref().map(|tag| tag.version.clone());
                *version = version.take().or_else(|| tagged(&tags.packages[package]));
            }
        }
        Ok(versions)
    }

    /// What the version manifest says of every package; nothing where there is none that can be read, as FerrFlow has it.
    pub fn manifest_versions(&self) -> Vec<Option<String>> {
        let config = self.config();
        let file = config.workspace.manifest_file.as_ref();
        let text = file.and_then(|file| fs::read(self.repository.root().join(file)).ok());
        let manifest: Value = text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        config.package.iter().map(|package| Some(manifest["packages"][&package.name].as_str()?.to_owned())).collect()
    }

    /// The channel asked for on the command line, else the one that the branch releases on; `None` is stable.
    ///
    /// # Errors
    /// When the channel's name can't be part of a version, or a branch rule is no glob.
    pub fn channel(&self, asked: Option<&str>) -> Result<Option<Prerelease>, CommandError> {
        let rules = &self.config().workspace.branches;
        if asked.is_none() && rules.is_empty() {
            return Ok(None);
        }
        Ok(version::channel_of_branch(asked, &self.branch(), rules)?)
    }

    /// The branch that is released from: HEAD's, else what the CI system says, else the configured one.
    fn branch(&self) -> String {
        let from_ci = || BRANCH_VARIABLES.iter().find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
        let branch = self.repository.head_branch().map(str::to_owned).or_else(from_ci);
        let branch = branch.or_else(|| self.loaded.config.workspace.branch.clone());
        let branch = branch.unwrap_or_else(|| "main".to_owned());
        branch.strip_prefix("refs/heads/").map(str::to_owned).unwrap_or(branch)
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.loaded.config
    }
}

/// Makes the directory that was asked for the process's own.
///
/// # Errors
/// When it can't be entered.
pub fn enter(global: &GlobalArguments) -> Result<(), CommandError> {
    // Entered rather than joined to every path: what follows is the same wherever the repository lies.
    if global.directory.as_os_str() == "." {
        return Ok(());
    }
    env::set_current_dir(&global.directory)
        .map_err(|source| CommandError::Directory { directory: global.directory.clone(), source })
}

/// The configuration named on the command line or in the environment, under relplan's name or FerrFlow's.
pub fn configuration(global: &GlobalArguments) -> Option<PathBuf> {
    let of_ferrflow = || env::var_os("FERRFLOW_CONFIG").filter(|value| !value.is_empty()).map(PathBuf::from);
    global.config.clone().or_else(of_ferrflow)
}

/// The number of threads that FerrFlow's variable asks for.
fn jobs_of_ferrflow() -> Result<Option<NonZeroUsize>, CommandError> {
    let Some(value) = env::var_os("FERRFLOW_JOBS").filter(|value| !value.is_empty()) else { return Ok(None) };
    let value = value.to_string_lossy();
    match value.parse() {
        Ok(jobs) => Ok(Some(jobs)),
        Err(_) => Err(OverrideError::NoJobs { value: value.into_owned() }.into()),
    }
}

fn strongest(history: &History, commits: &[u32]) -> Bump {
    commits.iter().map(|&commit| history.commits[commit as usize].bump).max().unwrap_or_default()
}

fn found_in(tag: &TagRef) -> Found {
    Found { version: tag.version.clone(), place: tag.name.clone() }
}

impl CommitRules for Classifier {
    fn is_skipped(&self, subject: &[u8]) -> bool {
        Classifier::is_skipped(self, subject)
    }

    fn classify(&self, message: &[u8]) -> Bump {
        Classifier::classify(self, message)
    }
}

/// The stable version that a package's last pre-release leads to.
fn announced(found: &history::PackageHistory) -> Option<String> {
    let last = found.tags.since_any.as_ref()?;
    let version = last.version.strip_prefix('v').unwrap_or(&last.version);
    version.split_once('-').map(|(base, _)| base.to_owned())
}
