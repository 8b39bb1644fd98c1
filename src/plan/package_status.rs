//! Where one package stands before anything is decided: how its versions are counted, which one it is at, and whether it
//! has anything to release.

use super::inputs::PackageState;
use crate::commit::Bump;
use crate::config::{Config, Package, Versioning};
use crate::version::{self, Current, Found};

/// One package, by its index in the configuration, with what the history says of it.
#[derive(Debug, Clone, Copy)]
pub struct PackageStatus<'a> {
    config: &'a Config,
    package: usize,
    state: &'a PackageState,
}

impl<'a> PackageStatus<'a> {
    /// The package at index `package` of `config`.
    pub fn new(config: &'a Config, package: usize, state: &'a PackageState) -> Self {
        Self { config, package, state }
    }

    /// The strategy declared for it, else the one recognised from its tags, else semantic versions.
    pub fn strategy(&self) -> Versioning {
        let declared = self.declared().versioning.or(self.config.workspace.versioning);
        declared.or(self.state.detected).unwrap_or(Versioning::Semver)
    }

    /// The pattern of its versions; where there is one, no strategy counts.
    pub fn template(&self) -> Option<&'a str> {
        self.declared().version_template.as_deref().or(self.config.workspace.version_template.as_deref())
    }

    /// The version it is at, given the one in its first versioned file.
    pub fn current(&self, file_version: Option<String>) -> Current {
        let policy = self.declared().version_source.unwrap_or(self.config.workspace.version_source);
        let in_file = |version| Found { version, place: self.first_file() };
        let (tag, candidate) =
            (self.state.highest_tag.clone(), self.state.candidate.as_ref().filter(|_| self.template().is_none()));
        version::choose_current(policy, tag, file_version.map(in_file), candidate, self.strategy())
    }

    /// Path of its first versioned file; empty without one.
    pub fn first_file(&self) -> String {
        self.declared().versioned_files.first().map(|file| file.path.clone()).unwrap_or_default()
    }

    /// Whether its unreleased commits ask for a release.
    pub fn has_releasable_commits(&self) -> bool {
        !self.state.commits.is_empty() && (self.state.bump > Bump::None || !self.needs_a_bump())
    }

    /// Calendar and sequential versions move with any commit, semantic ones only with a bump.
    pub fn needs_a_bump(&self) -> bool {
        self.template().is_none() && matches!(self.strategy(), Versioning::Semver | Versioning::Zerover)
    }

    fn declared(&self) -> &'a Package {
        &self.config.package[self.package]
    }
}
