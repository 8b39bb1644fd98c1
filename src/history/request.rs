//! What a caller wants to know about the history.

use crate::commit::Reading;
use crate::config::{NestedPackages, OrphanedTagStrategy};

/// What commit messages mean. Messages are untrusted bytes.
pub trait CommitRules: Sync {
    /// Whether commits with this subject are left out altogether.
    fn is_skipped(&self, subject: &[u8]) -> bool;
    /// How far a commit with this whole message moves its packages, and what says so.
    fn read(&self, message: &[u8]) -> Reading;
    /// Whether a commit can ask for a version. If not, commits that move no package farther need not be read.
    fn honours_asked_versions(&self) -> bool {
        false
    }
    /// The version that a commit with this whole message asks for.
    fn asked_version<'m>(&self, _message: &'m [u8]) -> Option<&'m [u8]> {
        None
    }
}

/// How much is reported of a package's unreleased commits. Whatever is left out need not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Every commit, with its subject.
    EveryCommit,
    /// Enough commits, without their subjects, to say how far all of them together move the package.
    FarthestBump,
    /// Enough commits, without their subjects, to say whether there are any and whether one of them asks for a release.
    AnyBump,
}

/// Who says how a package's tags are named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum TagNaming {
    /// The configuration does.
    #[default]
    Set,
    /// Nobody, so that tags in another style count where none has the default one.
    Default,
}

/// Which tags and which files are a package's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageScope {
    /// Its name, with its scope.
    pub name: String,
    /// What its tags' names start with, up to the version.
    pub tag_prefix: Vec<u8>,
    /// What they end with, behind the version.
    pub tag_suffix: Vec<u8>,
    /// Who says so.
    pub naming: TagNaming,
    /// Whether one number alone is a version, as in sequential versions. If not, it isn't one beside versions of three numbers.
    pub counts_single_numbers: bool,
    /// Its directory, `/`-separated and relative to the root; `.` is the root.
    pub path: String,
    /// Where that leads through symbolic links, if it does.
    pub linked_path: Option<String>,
    /// Further paths whose changes are its own; with `*`, `?` or `{` patterns of such paths.
    pub shared_paths: Vec<String>,
    /// Read its commits even if it is untouched, because it will be released anyway.
    pub always_planned: bool,
}

/// How one pass over the history shall be done.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The packages; results come in the same order.
    pub packages: &'a [PackageScope],
    /// Whether several packages share the repository. If not, every commit is the one package's.
    pub monorepo: bool,
    /// Whether a file below a nested package is the outer package's too.
    pub nested: NestedPackages,
    /// What commit messages mean.
    pub rules: &'a dyn CommitRules,
    /// A package that HEAD doesn't touch is compared with its own last release.
    pub recover: bool,
    /// A merge at HEAD touches what either side brought. Otherwise it touches nothing, as FerrFlow has it.
    pub merge_head_counts_both_sides: bool,
    /// Shared paths match whole path components. Otherwise `docs` matches `docs2/x` as well, as FerrFlow has it.
    pub shared_paths_by_component: bool,
    /// Commits count since the last tag of any kind, as pre-release channels want it; otherwise since the last stable one.
    pub since_any_tag: bool,
    /// Read the commits of untouched packages too.
    pub commits_of_untouched: bool,
    /// How much is reported of the commits.
    pub detail: Detail,
    /// What happens to tags that HEAD can't reach.
    pub orphans: OrphanedTagStrategy,
    /// At most this many threads; results don't depend on it.
    pub jobs: usize,
}
