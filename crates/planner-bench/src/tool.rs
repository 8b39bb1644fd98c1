//! The tools, their pinned versions, and where each comes from.

/// A program that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    /// The planner this project ships.
    Relplan,
    /// The same, built without a profile.
    RelplanLto,
    /// <https://crates.io/crates/ferrflow>
    FerrFlow,
    /// <https://git-cliff.org>
    GitCliff,
    /// <https://docs.cocogitto.io>
    Cocogitto,
    /// <https://knope.tech>
    Knope,
    /// <https://release-plz.dev>
    ReleasePlz,
    /// <https://github.com/changesets/changesets>
    Changesets,
    /// <https://github.com/googleapis/release-please>
    ReleasePlease,
    /// <https://semantic-release.gitbook.io>
    SemanticRelease,
    /// <https://github.com/absolute-version/commit-and-tag-version>
    CommitAndTagVersion,
    /// Git itself, as a yardstick.
    Git,
}

/// How a tool gets onto the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The binary that the command was given, or the pipeline's.
    Given,
    /// `cargo install --locked --version`.
    Cargo {
        /// The crate.
        package: &'static str,
        /// Its program.
        binary: &'static str,
    },
    /// A native program inside an npm package of the committed lock file, as its authors build it.
    NpmBinary {
        /// The package.
        package: &'static str,
        /// The program in it.
        path: &'static str,
    },
    /// A JavaScript program of the committed lock file.
    Npm {
        /// The package.
        package: &'static str,
        /// The script in it that Node.js runs.
        script: &'static str,
        /// The name that npx knows it by.
        command: &'static str,
    },
    /// Not installed, because it can't plan these repositories.
    Unfit,
    /// What is on PATH.
    System {
        /// The program.
        binary: &'static str,
    },
}

impl Tool {
    /// Where it keeps results that would answer the next run, below the repository: removed before every run.
    pub fn result_cache(self) -> Option<&'static str> {
        (self == Self::FerrFlow).then_some(".git/ferrflow-cache")
    }

    /// All that can be asked for by name, in the order of the tables.
    pub const ALL: [Self; 11] = [
        Self::Relplan,
        Self::FerrFlow,
        Self::GitCliff,
        Self::Cocogitto,
        Self::Knope,
        Self::ReleasePlz,
        Self::Changesets,
        Self::ReleasePlease,
        Self::SemanticRelease,
        Self::CommitAndTagVersion,
        Self::Git,
    ];

    /// The name on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relplan => "relplan",
            Self::RelplanLto => "relplan-lto",
            Self::FerrFlow => "ferrflow",
            Self::GitCliff => "git-cliff",
            Self::Cocogitto => "cocogitto",
            Self::Knope => "knope",
            Self::ReleasePlz => "release-plz",
            Self::Changesets => "changesets",
            Self::ReleasePlease => "release-please",
            Self::SemanticRelease => "semantic-release",
            Self::CommitAndTagVersion => "commit-and-tag-version",
            Self::Git => "git",
        }
    }

    /// The pinned version; `None` where the tool is what the machine has.
    pub fn pinned(self) -> Option<&'static str> {
        match self {
            Self::Relplan | Self::RelplanLto | Self::Git => None,
            Self::FerrFlow => Some("7.35.3"),
            Self::GitCliff => Some("2.14.2"),
            Self::Cocogitto => Some("7.0.0"),
            Self::Knope => Some("0.23.2"),
            Self::ReleasePlz => Some("0.4.3"),
            Self::Changesets => Some("3.0.3"),
            Self::ReleasePlease => Some("17.11.2"),
            Self::SemanticRelease => Some("25.0.9"),
            Self::CommitAndTagVersion => Some("13.2.1"),
        }
    }

    /// Where it comes from.
    pub fn source(self) -> Source {
        match self {
            Self::Relplan | Self::RelplanLto => Source::Given,
            Self::Git => Source::System { binary: "git" },
            Self::FerrFlow => Source::Cargo { package: "ferrflow", binary: "ferrflow" },
            Self::GitCliff => Source::NpmBinary { package: "git-cliff-linux-x64", path: "bin/git-cliff" },
            Self::Cocogitto => Source::Cargo { package: "cocogitto", binary: "cog" },
            Self::Knope => Source::Cargo { package: "knope", binary: "knope" },
            Self::ReleasePlz => Source::Unfit,
            Self::Changesets => Source::Npm { package: "@changesets/cli", script: "bin.js", command: "changeset" },
            Self::ReleasePlease => Source::Npm {
                package: "release-please",
                script: "build/src/bin/release-please.js",
                command: "release-please",
            },
            Self::SemanticRelease => Source::Npm {
                package: "semantic-release",
                script: "bin/semantic-release.js",
                command: "semantic-release",
            },
            Self::CommitAndTagVersion => Source::Npm {
                package: "commit-and-tag-version",
                script: "bin/cli.js",
                command: "commit-and-tag-version",
            },
        }
    }

    /// Whether the comparison is void without it.
    pub fn is_required(self) -> bool {
        matches!(self, Self::Relplan | Self::FerrFlow)
    }
}

impl Source {
    /// Where a reader would get it: "crates.io", "npm" and so on.
    pub fn registry(self) -> &'static str {
        match self {
            Self::Given => "this workspace",
            Self::Cargo { .. } => "crates.io, `cargo install --locked`",
            Self::NpmBinary { .. } => "npm, native binary",
            Self::Npm { .. } => "npm",
            Self::Unfit => "not installed",
            Self::System { .. } => "the machine",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The committed lock file is what `npm ci` installs; a version told in a table must be the one in it.
    #[test]
    fn the_lock_file_holds_the_pinned_versions() {
        let lock: serde_json::Value = serde_json::from_str(super::super::install::npm::LOCK).expect("the lock is JSON");
        for tool in Tool::ALL {
            let (Source::Npm { package, .. } | Source::NpmBinary { package, .. }) = tool.source() else { continue };
            let locked = &lock["packages"][format!("node_modules/{package}")];
            assert_eq!(locked["version"].as_str(), tool.pinned(), "{package}");
            assert!(locked["integrity"].as_str().is_some_and(|hash| hash.starts_with("sha512-")), "{package}");
        }
    }

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<_> = Tool::ALL.iter().map(|tool| tool.name()).collect();
        assert_eq!(names.len(), Tool::ALL.len());
    }
}
