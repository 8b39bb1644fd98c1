//! What a plan says: which packages are released as what, which are not, and why.

use crate::commit::Bump;
use crate::config::Versioning;
use crate::version::SourceKind;

/// The decision for every package of the repository.
#[derive(Debug, Default, PartialEq)]
pub struct Plan {
    /// Packages that move: those with commits of their own and members of their groups first, dependencies before
    /// dependents, then packages reached through dependencies.
    pub releases: Vec<Release>,
    /// Packages that stay, in the order they were considered.
    pub skipped: Vec<Skipped>,
    /// Per package: how far its own commits and its dependencies move it, and what its dependents hear of, even where it
    /// isn't released itself. What a group takes along is not in it.
    pub levels: Vec<Bump>,
    /// All packages, dependencies before dependents: the order they are considered in.
    pub order: Vec<usize>,
    /// What a release of this plan would fail at, ready to print.
    pub warnings: Vec<String>,
}

impl Plan {
    /// Brings what moves and what stays into the order packages are considered in.
    pub(super) fn sort_by_order(&mut self) {
        let mut rank = vec![0; self.order.len()];
        for (position, &package) in self.order.iter().enumerate() {
            rank[package] = position;
        }
        self.skipped.sort_by_key(|skipped| rank[skipped.package]);
        self.releases.sort_by_key(|release| rank[release.package]);
    }
}

/// One package's next version.
#[derive(Debug, Clone, PartialEq)]
pub struct Release {
    /// Index of the package in the configuration.
    pub package: usize,
    /// The package's name.
    pub name: String,
    /// The version it has now.
    pub current: String,
    /// The version it gets; `None` when a version command decides at release time.
    pub next: Option<String>,
    /// The tag it gets; `None` exactly when `next` is.
    pub tag: Option<String>,
    /// Whether there is a tag of that name already, where HEAD doesn't reach it.
    pub tag_exists: bool,
    /// What the bump is called in reports.
    pub label: Label,
    /// Where the current version was found; `None` for a group member that has none of its own.
    pub origin: Option<SourceKind>,
    /// Names of the dependencies that cause the release; empty when the package moves of its own or with a group.
    pub caused_by: Vec<String>,
    /// Pre-release channel.
    pub channel: Option<String>,
    /// The commits released, as indices into the history, newest first in breadth-first order.
    pub commits: Vec<u32>,
    /// Whether its group gave it a higher version than its own commits would.
    pub aligned: bool,
    /// Moving tags that follow the release.
    pub floating: Vec<FloatingTag>,
}

/// What a bump is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// A semantic level.
    Level(Bump),
    /// A strategy that counts days or releases, whatever the commits say.
    Strategy(Versioning),
    /// The version was asked for.
    Forced,
    /// Moves because a linked package does.
    Linked,
    /// Shares its version with a fixed group.
    Fixed,
}

impl Label {
    /// The name used in every report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Level(bump) => bump.name(),
            Self::Strategy(strategy) => strategy.name(),
            Self::Forced => "forced",
            Self::Linked => "linked",
            Self::Fixed => "fixed",
        }
    }
}

/// A moving tag such as `v1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FloatingTag {
    /// The tag's name.
    pub name: String,
    /// Whether it is there already and will move.
    pub exists: bool,
}

/// A package that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Index of the package in the configuration.
    pub package: usize,
    /// The package's name.
    pub name: String,
    /// Why it stays.
    pub reason: SkipReason,
}

/// Why a package stays at its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SkipReason {
    /// It was asked to stay.
    Excluded,
    /// No change that counts concerns it.
    NotTouched,
    /// Its last release already holds every commit.
    NoNewCommits,
    /// It has commits, but none asks for a release.
    NoReleasableCommits,
    /// A dependency moves, but its own version can't.
    CannotFollow {
        /// What is wrong with the version.
        problem: String,
    },
    /// Its strategy gives the version it already has.
    VersionUnchanged {
        /// That version.
        version: String,
    },
}
