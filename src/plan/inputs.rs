//! What a plan is made from, as plain values and three questions that are only asked where the answer matters.

use jiff::civil::Date;

use crate::commit::Bump;
use crate::config::Versioning;
use crate::version::{Candidate, Found, Prerelease, TagTemplate, VersionError};

/// What the history says of one package.
#[derive(Debug, Clone)]
pub struct PackageState {
    /// Whether a change that counts concerns the package.
    pub touched: bool,
    /// Its unreleased commits, as indices into the history.
    pub commits: Vec<u32>,
    /// The strongest bump among them.
    pub bump: Bump,
    /// The tag with the highest version.
    pub highest_tag: Option<Found>,
    /// Its last release, if that is a pre-release: the next one leads no less far.
    pub candidate: Option<Candidate>,
    /// How its tags are named.
    pub tag_template: TagTemplate,
    /// Strategy recognised from its tags.
    pub detected: Option<Versioning>,
    /// The version that one of its commits asks for.
    pub asked: Option<Asked>,
    /// The version it shall get, whatever its commits say.
    pub forced: Option<String>,
    /// Whether a forced version may be below the one it has.
    pub allow_downgrade: bool,
    /// Whether it shall stay, whatever its commits, dependencies and groups say.
    pub excluded: bool,
}

/// A version that a commit asks for, in a `Release-As:` footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The version.
    pub version: String,
    /// The commit's id, shortened.
    pub commit: String,
}

/// Answers that cost something: asked only for packages that may move.
pub trait PlanContext {
    /// The version in the package's first versioned file, where there is one that can be read.
    fn file_version(&self, package: usize) -> Option<String>;
    /// Today's date, UTC.
    fn today(&self) -> Date;
    /// The package's pre-release that leads to `base` and comes after those there are; `current` is the version it is at.
    ///
    /// # Errors
    /// When the last one's number can't be counted on.
    fn prerelease(
        &self,
        package: usize,
        base: &str,
        channel: &Prerelease,
        current: &str,
    ) -> Result<String, VersionError>;
    /// Whether a version tag of the package has that name, wherever it is.
    fn is_tagged(&self, package: usize, tag: &str) -> bool;
    /// Whether a tag of that name exists.
    fn tag_exists(&self, name: &str) -> bool;
}
