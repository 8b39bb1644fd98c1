//! Bulk mode's parameters: a history's size and shape.

use std::num::NonZeroU64;

use serde::Deserialize;

use super::Storage;

/// A generated history. Everything follows from `seed`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// Number of packages; more than one makes `packages/pkg-001` and so on, one makes the root package `myapp`.
    #[serde(default = "one")]
    pub packages: u32,
    /// Number of ordinary commits after the first one; release and merge commits come on top.
    #[serde(default = "hundred")]
    pub commits: u32,
    /// Seed of the xorshift64 generator.
    #[serde(default = "default_seed")]
    pub seed: NonZeroU64,
    /// Whether the written configuration links packages by `dependsOn` and recovers missed releases.
    #[serde(default)]
    pub graph: bool,
    /// How commits are dated.
    #[serde(default)]
    pub dates: Dates,
    /// Every n-th commit is made on a side branch and merged after the commit that follows it; 0 means none.
    #[serde(default)]
    pub merges: u32,
    /// Number of version tags `0.1.1`, `0.1.2` ... spread evenly over all commits but the last twentieth, the packages
    /// taking turns.
    #[serde(default)]
    pub tags: u32,
    /// Whether all tags are tag objects of their own.
    #[serde(default)]
    pub annotated: bool,
    /// Number of releases spread evenly over the history. Each takes about half of the packages that changed, raises
    /// the versions in their files, and tags them.
    #[serde(default)]
    pub releases: u32,
    /// How many folders deep the files of a package lie below it.
    #[serde(default)]
    pub depth: u32,
    /// Number of files per package that commits change; 0 means one `dummy.txt` in the package's folder.
    #[serde(default)]
    pub files_per_package: u32,
    /// The same as the definition's own `storage`.
    #[serde(default)]
    pub storage: Option<Storage>,
}

/// How a generated history's commits are dated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dates {
    /// 60 s apart.
    #[default]
    Monotonic,
    /// Anywhere in one year, so that a parent is often younger than its child.
    Random,
}

fn one() -> u32 {
    1
}

fn hundred() -> u32 {
    100
}

fn default_seed() -> NonZeroU64 {
    NonZeroU64::new(42).expect("42 is not zero")
}
