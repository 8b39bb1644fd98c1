//! What is measured of each tool: the command that comes nearest to planning every package, without changing anything.

use serde::{Deserialize, Serialize};

use super::setup::{self, Setup};
use super::shape::Shape;
use super::tool::Tool;

/// What a command decides. Only equal answers can be compared without a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Plans {
    /// The next version of every package from its own last release.
    EveryPackage,
    /// The next versions of the packages that the last commit touches.
    TouchedPackages,
    /// The next version of one package.
    OnePackage,
    /// One version for the whole repository.
    OneVersion,
    /// No version.
    Nothing,
}

impl Plans {
    /// As tables say it.
    pub fn words(self) -> &'static str {
        match self {
            Self::EveryPackage => "every package",
            Self::TouchedPackages => "packages of the last commit",
            Self::OnePackage => "one package",
            Self::OneVersion => "one version for all",
            Self::Nothing => "nothing",
        }
    }
}

/// How a tool's program is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// By itself.
    Direct,
    /// `node <script>`.
    Node,
    /// `npx <command>`, as its users type it.
    Npx,
}

/// One way of using a tool.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The tool.
    pub tool: Tool,
    /// What tells it from other ways of using the same tool; empty where there is one.
    pub mode: &'static str,
    /// What it decides.
    pub plans: Plans,
    /// What it does and what it was given, for the reader of a table.
    pub does: &'static str,
    /// Why it can't be measured on any repository, where that is known beforehand.
    pub unfit: Option<&'static str>,
    /// What its copy of a repository gets.
    pub setup: fn(&Shape) -> Setup,
    /// The command lines to run one after the other, without the program. `{api}` stands for the local API's address.
    pub commands: fn(&Shape) -> Vec<Vec<String>>,
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// All of them, in the order of the tables.
pub const ENTRIES: [Entry; 15] = [
    Entry {
        tool: Tool::Relplan,
        mode: "",
        plans: Plans::EveryPackage,
        does: "`check --jobs 1`, with `recoverMissedReleases` in its copy of ferrflow.json: every package against its own \
               last release",
        unfit: None,
        setup: setup::recover_missed_releases,
        commands: |_| vec![words("check --jobs 1")],
    },
    Entry {
        tool: Tool::RelplanLto,
        mode: "",
        plans: Plans::EveryPackage,
        does: "the same source, built with LTO and without a profile",
        unfit: None,
        setup: setup::recover_missed_releases,
        commands: |_| vec![words("check --jobs 1")],
    },
    Entry {
        tool: Tool::FerrFlow,
        mode: "recoverMissedReleases",
        plans: Plans::EveryPackage,
        does: "`check --jobs 1`, with `recoverMissedReleases` in its copy of ferrflow.json: the same plan as relplan's",
        unfit: None,
        setup: setup::recover_missed_releases,
        commands: |_| vec![words("check --jobs 1")],
    },
    Entry {
        tool: Tool::FerrFlow,
        mode: "as it is",
        plans: Plans::TouchedPackages,
        does: "`check --jobs 1` with the repository's own ferrflow.json: only packages that the last commit touches",
        unfit: None,
        setup: setup::nothing,
        commands: |_| vec![words("check --jobs 1")],
    },
    Entry {
        tool: Tool::GitCliff,
        mode: "every package",
        plans: Plans::EveryPackage,
        does: "`--offline --bumped-version` once for each package, with its path and tag pattern, from a shell loop: it has \
               no command for several packages",
        unfit: None,
        setup: setup::git_cliff,
        commands: |shape| shape.packages.iter().map(setup::git_cliff_arguments).collect(),
    },
    Entry {
        tool: Tool::GitCliff,
        mode: "one package",
        plans: Plans::OnePackage,
        does: "`--offline --bumped-version` for the first package, with its path and tag pattern",
        unfit: None,
        setup: setup::git_cliff,
        commands: |shape| shape.packages.iter().take(1).map(setup::git_cliff_arguments).collect(),
    },
    Entry {
        tool: Tool::Cocogitto,
        mode: "",
        plans: Plans::EveryPackage,
        does: "`bump --auto --dry-run`, with every package in cog.toml",
        unfit: None,
        setup: setup::cocogitto,
        commands: |_| vec![words("bump --auto --dry-run")],
    },
    Entry {
        tool: Tool::Knope,
        mode: "",
        plans: Plans::EveryPackage,
        does: "`release --dry-run` with one PrepareRelease step, every package in knope.toml; it attributes commits by \
               their scope, not by path, and gets its own tags (`name/v1.2.3`)",
        unfit: None,
        setup: setup::knope,
        commands: |_| vec![words("release --dry-run")],
    },
    Entry {
        tool: Tool::ReleasePlz,
        mode: "",
        plans: Plans::Nothing,
        does: "not measured",
        unfit: Some(
            "it plans cargo packages only, by comparing them with the registry or with what cargo packs at their tags; the \
             generated repositories hold none",
        ),
        setup: setup::nothing,
        commands: |_| Vec::new(),
    },
    Entry {
        tool: Tool::Changesets,
        mode: "",
        plans: Plans::EveryPackage,
        does: "`status`, with one changeset file a package: it plans from those files and compares the branch with its \
               base; it reads no history",
        unfit: None,
        setup: setup::changesets,
        commands: |_| vec![words("status")],
    },
    Entry {
        tool: Tool::ReleasePlease,
        mode: "best case",
        plans: Plans::EveryPackage,
        does: "`release-pr --dry-run` in manifest mode against a local API without latency or rate limits, where every \
               commit is a squash merge that lists its files, 100 commits a request",
        unfit: None,
        setup: setup::release_please,
        commands: |_| {
            vec![words(
                "release-pr --dry-run --token none --repo-url example/example --target-branch main --api-url {api} \
                 --graphql-url {api} --config-file release-please-config.json --manifest-file \
                 .release-please-manifest.json",
            )]
        },
    },
    Entry {
        tool: Tool::SemanticRelease,
        mode: "",
        plans: Plans::OnePackage,
        does: "`--dry-run --no-ci` with the commit analyser and the notes generator, remote in a local folder: one package, \
               and every commit since its tag counts, whatever its path",
        unfit: None,
        setup: setup::semantic_release,
        commands: |_| vec![words("--dry-run --no-ci")],
    },
    Entry {
        tool: Tool::CommitAndTagVersion,
        mode: "",
        plans: Plans::OnePackage,
        does: "`--dry-run` with the first package's path, tag prefix and package.json",
        unfit: None,
        setup: setup::nothing,
        commands: |shape| vec![setup::commit_and_tag_version_arguments(&shape.packages[0])],
    },
    Entry {
        tool: Tool::Git,
        mode: "log --name-only",
        plans: Plans::Nothing,
        does: "yardstick: walks the history and compares the trees, decides nothing",
        unfit: None,
        setup: setup::nothing,
        commands: |_| vec![words("log --name-only")],
    },
    Entry {
        tool: Tool::Git,
        mode: "rev-list --count HEAD",
        plans: Plans::Nothing,
        does: "yardstick: walks the history, reads no tree",
        unfit: None,
        setup: setup::nothing,
        commands: |_| vec![words("rev-list --count HEAD")],
    },
];

impl Entry {
    /// Name and mode.
    pub fn title(&self) -> String {
        if self.mode.is_empty() {
            self.tool.name().to_owned()
        } else if self.tool == Tool::Git {
            format!("git {}", self.mode)
        } else {
            format!("{} ({})", self.tool.name(), self.mode)
        }
    }

    /// The ways its program is started.
    pub fn vias(&self) -> &'static [Via] {
        match self.tool.source() {
            super::tool::Source::Npm { .. } => &[Via::Node, Via::Npx],
            _ => &[Via::Direct],
        }
    }
}
