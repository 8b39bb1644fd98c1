//! What a plan is made from, as plain values and three questions that are only asked where the answer matters.

use jiff::civil::Date;

use crate::commit::Bump;
use crate::config::{PrereleaseIdentifier, Versioning};

/// What the history says of one package.
#[derive(Debug, Clone, Default)]
pub struct PackageState {
    /// Whether a change that counts concerns the package.
    pub touched: bool,
    /// Its unreleased commits, as indices into the history.
    pub commits: Vec<u32>,
    /// The strongest bump among them.
    pub bump: Bump,
    /// The tag with the highest version: its name, and the version in it.
    pub highest_tag: Option<(String, String)>,
    /// Text before the version in its tags.
    pub tag_prefix: String,
    /// Strategy recognised from its tags.
    pub detected: Option<Versioning>,
}

/// The pre-release channel of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveChannel {
    /// The channel's name.
    pub name: String,
    /// How pre-releases of one version are told apart.
    pub identifier: PrereleaseIdentifier,
}

/// Answers that cost something: asked only for packages that may move.
pub trait Surroundings {
    /// The version in the package's first versioned file, where there is one that can be read.
    fn file_version(&self, package: usize) -> Option<String>;
    /// Today's date, UTC.
    fn today(&self) -> Date;
    /// The pre-release version that follows `base` on `channel`, given the tags that start with `prefix`.
    fn prerelease(&self, base: &str, channel: &ActiveChannel, prefix: &str) -> String;
    /// Whether a tag of that name exists.
    fn tag_exists(&self, name: &str) -> bool;
}
