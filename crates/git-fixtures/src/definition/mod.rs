//! What a definition file says: plain values, strictly parsed.
//!
//! A definition describes one repository, either commit by commit ([`Definition::commits`] and friends) or in bulk
//! ([`Definition::generate`]). The file's stem is the repository's name.

mod bulk;
mod expect;
mod load;
mod locate;
mod names;
mod unknown_fields;
mod validate;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

pub use bulk::{Bulk, Dates};
pub use expect::Expect;
pub use load::{
    DefinitionError, LoadedDefinition, list_definitions, load_definition, load_definitions, parse_definition,
};
pub use names::{FolderPath, RefName, RepoPath};

/// One repository's definition.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// What the repository is for.
    pub meta: Meta,
    /// The default branch; the same as [`Meta::default_branch`], where FerrFlow's own definitions name it.
    #[serde(default)]
    pub branch: Option<RefName>,
    /// The release tool's configuration, committed with the first commit.
    #[serde(default)]
    pub config: Option<ConfigFile>,
    /// Packages that get a `version.toml` in the first commit.
    #[serde(default)]
    pub packages: Vec<PackageFolder>,
    /// Further files of the first commit, by path.
    #[serde(default)]
    pub files: BTreeMap<RepoPath, String>,
    /// Commits on the default branch after the first one (`chore: initial setup`, index -1), oldest first.
    #[serde(default)]
    pub commits: Vec<Commit>,
    /// Tags, besides those of [`Definition::packages`].
    #[serde(default)]
    pub tags: Vec<Tag>,
    /// Further branches, made after all commits unless a commit merges them.
    #[serde(default)]
    pub branches: Vec<Branch>,
    /// Executable files of the first commit.
    #[serde(default)]
    pub hooks: Vec<Hook>,
    /// Bulk mode: a whole history from a seed, instead of packages, commits, tags and branches.
    #[serde(default)]
    pub generate: Option<Bulk>,
    /// How objects are stored; [`Storage::Plain`] unless said.
    #[serde(default)]
    pub storage: Option<Storage>,
    /// The branch that is checked out; the default branch unless said.
    #[serde(default)]
    pub head: Option<RefName>,
    /// Whether HEAD names the commit itself instead of the branch.
    #[serde(default)]
    pub detached: bool,
    /// Whether HEAD's commit is marked as the border of a shallow clone. Its ancestors are stored all the same; tools
    /// must not look at them.
    #[serde(default)]
    pub shallow: bool,
    /// What a planner should answer.
    #[serde(default)]
    pub expect: Expect,
    /// Configurations for other tools; accepted and ignored.
    #[serde(default, rename = "tool_configs")]
    _tool_configs: Option<Value>,
    /// Accepted and ignored.
    #[serde(default, rename = "$schema")]
    _schema: Option<Value>,
}

impl Definition {
    /// The default branch's name: `main` unless the definition names one.
    pub fn default_branch(&self) -> &str {
        self.meta.default_branch.as_ref().or(self.branch.as_ref()).map_or("main", RefName::as_str)
    }

    /// How objects are stored.
    pub fn storage(&self) -> Storage {
        self.storage.or(self.generate.as_ref().and_then(|bulk| bulk.storage)).unwrap_or_default()
    }
}

/// What a repository is for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// Its name, by convention the file's stem.
    pub name: String,
    /// What it shows.
    #[serde(default)]
    pub description: String,
    /// The default branch; `main` unless said.
    #[serde(default)]
    pub default_branch: Option<RefName>,
}

/// The release tool's configuration file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// The file's text, written as it is, or (for JSON only) an object, written with sorted keys.
    pub content: Value,
    /// Chooses the file's name when none is given.
    #[serde(default)]
    pub format: ConfigFormat,
    /// Where it is written; `ferrflow.json`, `ferrflow.json5` or `ferrflow.toml` unless said.
    #[serde(default)]
    pub filename: Option<RepoPath>,
}

/// A configuration's syntax.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConfigFormat {
    /// JSON.
    #[default]
    Json,
    /// JSON5.
    Json5,
    /// TOML.
    Toml,
}

/// A package with a `version.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageFolder {
    /// `[package].name` in its `version.toml`.
    pub name: String,
    /// Its folder; `.` is the root.
    pub path: FolderPath,
    /// `[package].version` in its `version.toml`.
    pub initial_version: String,
    /// Tag of the first commit.
    #[serde(default)]
    pub tag: Option<RefName>,
}

/// One commit. Changes are applied in the order rename, delete, files, content.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    /// The whole message; a final newline is added.
    pub message: String,
    /// Files that are (over)written with one constant line each, so that touching a file twice changes nothing.
    #[serde(default)]
    pub files: Vec<RepoPath>,
    /// Whether `files` get a second line that is this commit's own, so that every touch is a change.
    #[serde(default)]
    pub unique: bool,
    /// Files that are (over)written with the given text.
    #[serde(default)]
    pub content: BTreeMap<RepoPath, String>,
    /// Files or folders that are removed.
    #[serde(default)]
    pub delete: Vec<RepoPath>,
    /// Files or folders that move, old path to new path.
    #[serde(default)]
    pub rename: BTreeMap<RepoPath, RepoPath>,
    /// Whether the change is made on a side branch and merged: two commits, `<message> (branch)` and
    /// `Merge branch: <message>` with the same tree.
    #[serde(default)]
    pub merge: bool,
    /// Branches that this commit merges; with more than one it is an octopus.
    #[serde(default)]
    pub merges: Vec<RefName>,
    /// Seconds since 1970 of author and committer; unless said, the n-th commit of all is n minutes into 2024, UTC.
    #[serde(default)]
    pub date: Option<i64>,
}

/// A tag.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// Its name.
    pub name: RefName,
    /// Index of the tagged commit on its branch; -1 is the commit the branch starts from (on the default branch:
    /// the first commit).
    pub at_commit: i64,
    /// The branch that `at_commit` counts on; the default branch unless said.
    #[serde(default)]
    pub branch: Option<RefName>,
    /// Whether it is a tag object of its own.
    #[serde(default)]
    pub annotated: bool,
    /// The tag object's message; `Release <tag>` unless said.
    #[serde(default)]
    pub message: Option<String>,
}

/// A branch beside the default one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// Its name.
    pub name: RefName,
    /// The branch it starts from; the default branch unless said.
    #[serde(default)]
    pub from: Option<RefName>,
    /// Index of the commit it starts from on that branch; unless said, what is newest there when this one is made.
    #[serde(default)]
    pub at_commit: Option<i64>,
    /// Its commits, oldest first.
    #[serde(default)]
    pub commits: Vec<Commit>,
    /// Whether it is merged by a last commit `Merge branch '<name>'`, and into what.
    #[serde(default)]
    pub merge: MergeBack,
}

impl Branch {
    /// The branch that this one is merged into in the end; `None` when it isn't merged.
    pub fn merged_into<'a>(&'a self, definition: &'a Definition) -> Option<&'a str> {
        match &self.merge {
            MergeBack::Default(false) => None,
            MergeBack::Default(true) => Some(definition.default_branch()),
            MergeBack::Named(name) => Some(name.as_str()),
        }
    }
}

/// What a finished branch is merged into.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected true, false or the name of the branch to merge into")]
pub enum MergeBack {
    /// The default branch, or nothing.
    Default(bool),
    /// The branch of this name: the default one, or one made before.
    Named(RefName),
}

impl Default for MergeBack {
    fn default() -> Self {
        Self::Default(false)
    }
}

/// An executable file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// Where it is written.
    pub path: RepoPath,
    /// Its text.
    pub content: String,
}

/// How a repository's objects are stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Storage {
    /// One pack without deltas, and a commit-graph.
    #[default]
    Plain,
    /// One pack where older versions are deltas against newer ones, and a commit-graph: like `git gc` leaves it.
    Delta,
    /// One file an object and a reference, no commit-graph: like a young clone.
    Loose,
}
