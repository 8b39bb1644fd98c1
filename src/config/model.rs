//! What a configuration says, once read: plain values with every default filled in by `serde`.
//!
//! Field names are the canonical snake_case keys; every multi-word key also answers to its camelCase spelling.
//! Keys that only matter to commands that write (hooks, forges, publishers) are kept as they were read.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A whole configuration: the workspace's settings and its packages, in the order they were declared.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Settings that hold for every package unless the package says otherwise.
    pub workspace: WorkspaceSettings,
    /// The packages, in configuration order; empty when there is nothing to release.
    pub package: Vec<Package>,
    /// Paths or globs of files that hold one package each, relative to the configuration's directory.
    pub include: Vec<String>,
}

impl Config {
    /// Whether several packages share the repository, which scopes commits by path and changes the default tags.
    pub fn is_monorepo(&self) -> bool {
        self.package.len() > 1
    }

    /// Whether a command gives a package's version when it is released.
    pub fn decides_by_command(&self, package: usize) -> bool {
        self.package[package].version_command.is_some() || self.workspace.version_command.is_some()
    }

    /// The command that gives a package's build metadata, if any; a package's `false` switches the workspace's off.
    pub fn build_metadata_of(&self, package: usize) -> Option<&str> {
        let shared = self.workspace.build_metadata.as_deref();
        match &self.package[package].build_metadata {
            None => shared,
            Some(Switchable::Command(command)) => Some(command),
            Some(Switchable::Off(_)) => None,
        }
    }
}

/// Settings of the whole repository.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default)]
pub struct WorkspaceSettings {
    /// Remote that is pushed to.
    pub remote: String,
    /// Branch that releases go to when HEAD is detached; `None` asks the remote's HEAD, then `main`.
    pub branch: Option<String>,
    /// Versioning strategy of packages that name none; `None` detects it from the tags.
    pub versioning: Option<Versioning>,
    /// Tag template with `{version}` and, in a monorepo, `{name}`.
    #[serde(alias = "tagTemplate")]
    pub tag_template: Option<String>,
    /// Pattern of a custom version.
    #[serde(alias = "versionTemplate")]
    pub version_template: Option<String>,
    /// Command whose output is appended as build metadata, in files only.
    #[serde(alias = "buildMetadata")]
    pub build_metadata: Option<String>,
    /// Command that prints the version at release time.
    #[serde(alias = "versionCommand")]
    pub version_command: Option<String>,
    /// Compare packages with their own last release instead of with HEAD's parent. `None`: the configuration's
    /// dialect decides (off for FerrFlow's files, on for relplan's own).
    #[serde(alias = "recoverMissedReleases")]
    pub recover_missed_releases: Option<bool>,
    /// Patterns that turn commit subjects into bumps.
    #[serde(alias = "commitFormats")]
    pub commit_formats: Option<CommitFormats>,
    /// Commits whose subject contains one of these are ignored; `None` means the built-in list.
    #[serde(alias = "commitSkipMarkers")]
    pub commit_skip_markers: Option<Vec<String>>,
    /// Levels for which moving tags are kept.
    #[serde(alias = "floatingTags")]
    pub floating_tags: Vec<FloatingLevel>,
    /// Template of an alias tag that always points to the newest release.
    #[serde(alias = "latestTag")]
    pub latest_tag: Option<String>,
    /// What happens to tags that HEAD can't reach.
    #[serde(alias = "orphanedTagStrategy")]
    pub orphaned_tag_strategy: OrphanedTagStrategy,
    /// Which of tag and file gives the current version.
    #[serde(alias = "versionSource")]
    pub version_source: VersionSource,
    /// Branch to channel rules, first match wins.
    pub branches: Vec<BranchRule>,
    /// Whether a file below a nested package also belongs to the outer one.
    #[serde(alias = "nestedPackages")]
    pub nested_packages: NestedPackages,
    /// Groups whose members get the same version when they move.
    pub linked: Vec<Vec<String>>,
    /// Whether all members of a linked group move when one does; otherwise those with a reason of their own. No key says it, the
    /// configuration's dialect does.
    #[serde(skip)]
    pub linked_moves_all: bool,
    /// Groups whose members always share one version.
    pub fixed: Vec<Vec<String>>,
    /// Shell commands around a release.
    pub hooks: Option<Hooks>,
    /// A JSON file with the version of every package, which `version` and `status` ask first.
    #[serde(alias = "manifestFile")]
    pub manifest_file: Option<String>,
    /// Keys that only writing commands need, kept as read.
    #[serde(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}

impl Default for WorkspaceSettings {
    fn default() -> Self {
        Self {
            remote: "origin".to_owned(),
            branch: None,
            versioning: None,
            tag_template: None,
            version_template: None,
            build_metadata: None,
            version_command: None,
            recover_missed_releases: None,
            commit_formats: None,
            commit_skip_markers: None,
            floating_tags: Vec::new(),
            latest_tag: None,
            orphaned_tag_strategy: OrphanedTagStrategy::default(),
            version_source: VersionSource::default(),
            branches: Vec::new(),
            nested_packages: NestedPackages::default(),
            linked: Vec::new(),
            linked_moves_all: true,
            fixed: Vec::new(),
            hooks: None,
            manifest_file: None,
            other: BTreeMap::new(),
        }
    }
}

/// One releasable unit.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Package {
    /// Unique name.
    pub name: String,
    /// Directory relative to the repository root, `/`-separated, without leading `./` or trailing `/`; `.` is the root.
    pub path: String,
    /// Files that carry the version; the first is the one that is read.
    #[serde(alias = "versionedFiles")]
    pub versioned_files: Vec<VersionedFile>,
    /// Changelog file relative to the repository root.
    pub changelog: Option<String>,
    /// Further paths whose changes count for this package.
    #[serde(alias = "sharedPaths")]
    pub shared_paths: Vec<String>,
    /// Packages whose bumps propagate to this one.
    #[serde(alias = "dependsOn")]
    pub depends_on: Vec<Dependency>,
    /// Overrides [`WorkspaceSettings::versioning`].
    pub versioning: Option<Versioning>,
    /// Overrides [`WorkspaceSettings::tag_template`].
    #[serde(alias = "tagTemplate")]
    pub tag_template: Option<String>,
    /// Overrides [`WorkspaceSettings::version_template`].
    #[serde(alias = "versionTemplate")]
    pub version_template: Option<String>,
    /// Overrides [`WorkspaceSettings::version_command`].
    #[serde(alias = "versionCommand")]
    pub version_command: Option<String>,
    /// Overrides [`WorkspaceSettings::build_metadata`]; `false` switches it off.
    #[serde(alias = "buildMetadata")]
    pub build_metadata: Option<Switchable>,
    /// Overrides [`WorkspaceSettings::floating_tags`].
    #[serde(alias = "floatingTags")]
    pub floating_tags: Option<Vec<FloatingLevel>>,
    /// Overrides [`WorkspaceSettings::latest_tag`].
    #[serde(alias = "latestTag")]
    pub latest_tag: Option<String>,
    /// Overrides [`WorkspaceSettings::version_source`].
    #[serde(alias = "versionSource")]
    pub version_source: Option<VersionSource>,
    /// Overrides [`WorkspaceSettings::hooks`], hook by hook.
    pub hooks: Option<Hooks>,
    /// Keys that only writing commands need, kept as read.
    #[serde(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}

/// A file that carries a package's version.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct VersionedFile {
    /// Path relative to the repository root.
    pub path: String,
    /// How the version stands in the file.
    pub format: VersionFileFormat,
    /// For [`VersionFileFormat::Txt`] a regular expression whose one group is the version, for `Xml` the path of an element,
    /// for `Toml` that of a key, for `Properties` a key.
    #[serde(default)]
    pub selector: Option<String>,
}

/// How a version stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the formats' own")]
pub enum VersionFileFormat {
    Toml,
    Json,
    Xml,
    Csproj,
    Gradle,
    /// A chart whose `appVersion` follows its version.
    Helm,
    ChartYaml,
    PubspecYaml,
    GalaxyYml,
    MixExs,
    Gemspec,
    PackageSwift,
    Cabal,
    Cmake,
    Txt,
    GoMod,
    /// A Python module, or a `setup.py`.
    Python,
    SetupCfg,
    /// `KEY=value`, as in a `gradle.properties`.
    Properties,
}

impl VersionFileFormat {
    /// The format's name as configurations spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Toml => "toml",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Csproj => "csproj",
            Self::Gradle => "gradle",
            Self::Helm => "helm",
            Self::ChartYaml => "chartyaml",
            Self::PubspecYaml => "pubspecyaml",
            Self::GalaxyYml => "galaxyyml",
            Self::MixExs => "mixexs",
            Self::Gemspec => "gemspec",
            Self::PackageSwift => "packageswift",
            Self::Cabal => "cabal",
            Self::Cmake => "cmake",
            Self::Txt => "txt",
            Self::GoMod => "gomod",
            Self::Python => "python",
            Self::SetupCfg => "setupcfg",
            Self::Properties => "properties",
        }
    }
}

/// A dependency on another package of the repository.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "DependencySpelling")]
pub struct Dependency {
    /// Name of the package depended on; names outside the configuration are ignored.
    pub name: String,
    /// How its bumps reach this package.
    pub propagate: Propagate,
    /// Whether the configuration leaves that open.
    pub is_default: bool,
}

impl Dependency {
    /// A dependency that leaves open how bumps reach the package.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), propagate: Propagate::default(), is_default: true }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum DependencySpelling {
    Name(String),
    Full { name: String, propagate: Option<Propagate> },
}

impl From<DependencySpelling> for Dependency {
    fn from(spelling: DependencySpelling) -> Self {
        match spelling {
            DependencySpelling::Name(name) | DependencySpelling::Full { name, propagate: None } => Self::named(&name),
            DependencySpelling::Full { name, propagate: Some(propagate) } => {
                Self { name, propagate, is_default: false }
            }
        }
    }
}

/// How a dependency's bump reaches its dependents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Propagate {
    /// The same level.
    #[default]
    Same,
    /// Major stays major, everything else becomes a patch.
    MajorOnMajor,
    /// Always a patch.
    Patch,
    /// Not at all.
    None,
}

impl Propagate {
    /// The policy's name as configurations spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::MajorOnMajor => "major-on-major",
            Self::Patch => "patch",
            Self::None => "none",
        }
    }
}

/// How versions are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Versioning {
    /// Semantic versioning.
    Semver,
    /// `YYYY.M.D`.
    Calver,
    /// `YY.M.D`.
    CalverShort,
    /// `YYYY.M.N`.
    CalverSeq,
    /// `YY.M.N`.
    CalverShortSeq,
    /// One integer.
    Sequential,
    /// Semantic versioning that stays below 1.0.0.
    Zerover,
}

impl Versioning {
    /// The strategy's name as configurations and reports spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Semver => "semver",
            Self::Calver => "calver",
            Self::CalverShort => "calver-short",
            Self::CalverSeq => "calver-seq",
            Self::CalverShortSeq => "calver-short-seq",
            Self::Sequential => "sequential",
            Self::Zerover => "zerover",
        }
    }
}

/// A truncation of the version that a moving tag carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FloatingLevel {
    /// `v1`.
    Major,
    /// `v1.2`.
    Minor,
}

/// What happens to version tags that HEAD can't reach.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum OrphanedTagStrategy {
    /// Ignore them.
    #[default]
    #[serde(rename = "warn")]
    Warn,
    /// Adopt the newest commit with the same root tree.
    #[serde(rename = "treeHash", alias = "tree_hash", alias = "tree-hash")]
    TreeHash,
    /// Adopt the newest commit with the same message.
    #[serde(rename = "message")]
    Message,
}

/// Which of tag and file gives the current version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VersionSource {
    /// The higher one; ties go to the tag.
    #[default]
    Highest,
    /// The tag, whatever the file says.
    Tag,
    /// The file, whatever the tag says.
    File,
}

/// Whether an outer package owns the files of a package nested in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NestedPackages {
    /// Files belong to both.
    #[default]
    Shared,
    /// Files belong to the deepest package only.
    Exclusive,
}

/// Which pre-release channel a branch releases on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct BranchRule {
    /// Glob of branch names.
    pub name: String,
    /// Channel name, or `false` for stable.
    #[serde(default)]
    pub channel: Channel,
    /// How pre-releases of one version are distinguished.
    #[serde(default, alias = "prereleaseIdentifier")]
    pub prerelease_identifier: PrereleaseIdentifier,
}

/// A command, or `false` for none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Switchable {
    /// `false` (or, tolerated, `true`): none.
    Off(bool),
    /// The command.
    Command(String),
}

/// A rule's channel: a name, or `false` for stable.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Channel {
    /// `false` (or, tolerated, `true`): stable.
    Stable(bool),
    /// A channel's name.
    Named(String),
}

impl Default for Channel {
    fn default() -> Self {
        Self::Stable(false)
    }
}

/// How pre-releases of one version are distinguished.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrereleaseIdentifier {
    /// 1, 2, 3 …
    #[default]
    Increment,
    /// UTC time `YYYYMMDDTHHMM`.
    Timestamp,
    /// Seven hex digits of HEAD.
    ShortHash,
    /// Both, joined by `-`.
    TimestampHash,
}

/// Commit subject patterns of each level.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct CommitFormats {
    /// Patterns of breaking changes, besides the rules that always hold.
    pub major: Patterns,
    /// Patterns of features; an empty list means that nothing is one.
    pub minor: Patterns,
    /// Patterns of fixes; an empty list means that nothing is one.
    pub patch: Patterns,
    /// Whether patterns tell upper from lower case; `None` means they do.
    #[serde(alias = "caseSensitive")]
    pub case_sensitive: Option<bool>,
}

/// One pattern, or several, or none; absent means the built-in ones. `all` matches every commit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Patterns {
    /// Not given.
    #[default]
    Absent,
    /// A single pattern.
    One(String),
    /// Several patterns.
    Many(Vec<String>),
}

/// Shell commands around a release, in the order they run.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "each is named for its moment")]
pub struct Hooks {
    #[serde(alias = "preBump")]
    pub pre_bump: Option<String>,
    #[serde(alias = "postBump")]
    pub post_bump: Option<String>,
    #[serde(alias = "preCommit")]
    pub pre_commit: Option<String>,
    #[serde(alias = "postCommit")]
    pub post_commit: Option<String>,
    #[serde(alias = "preTag")]
    pub pre_tag: Option<String>,
    #[serde(alias = "postTag")]
    pub post_tag: Option<String>,
    #[serde(alias = "prePublish")]
    pub pre_publish: Option<String>,
    #[serde(alias = "postPublish")]
    pub post_publish: Option<String>,
    #[serde(alias = "onSuccess")]
    pub on_success: Option<String>,
    /// Keys that only writing commands need, kept as read.
    #[serde(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}
