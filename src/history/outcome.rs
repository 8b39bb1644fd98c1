//! What one pass over the history found.

use std::sync::Arc;

use gix_hash::ObjectId;

use super::unknown::UnknownTypes;
use crate::commit::Bump;

/// The history since the oldest release that matters, and what of it is whose.
#[derive(Debug, Default)]
pub struct History {
    /// The commits that are not skipped, as far as they were asked for, breadth-first from HEAD.
    pub commits: Vec<CommitRecord>,
    /// One entry a package, in the request's order.
    pub packages: Vec<PackageHistory>,
    /// The versions that commits ask for, breadth-first from HEAD.
    pub asked: Vec<AskedVersion>,
    /// What the user should know, ready to print.
    pub warnings: Vec<String>,
    /// How many commits have no type that is known; `None` where all of them do, or where none of them could tell more.
    pub unknown: Option<UnknownTypes>,
    /// How much had to be read.
    pub work: Work,
    pub(super) subjects: Vec<String>,
}

impl History {
    /// First line of a commit's message, with bytes that are not UTF-8 replaced. Empty unless every commit was asked for.
    pub fn subject(&self, commit: &CommitRecord) -> &str {
        let text = &commit.subject;
        &self.subjects[text.buffer as usize][text.start as usize..text.end as usize]
    }

    /// The packages that have a breaking change.
    pub(super) fn packages_that_break(&self) -> impl Iterator<Item = usize> {
        let breaks = |package: &usize| self.commits_of(*package).any(|commit| commit.bump == Bump::Major);
        (0..self.packages.len()).filter(breaks)
    }

    /// A package's commits, breadth-first from HEAD.
    pub fn commits_of(&self, package: usize) -> impl Iterator<Item = &CommitRecord> {
        self.packages[package].commits.iter().map(|commit| &self.commits[*commit as usize])
    }
}

/// How much was read from the repository: a measure of effort that is the same on every machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Commit objects.
    pub commits: u64,
    /// Tree objects.
    pub trees: u64,
}

impl std::ops::AddAssign for Work {
    fn add_assign(&mut self, other: Self) {
        self.commits += other.commits;
        self.trees += other.trees;
    }
}

/// A commit that may count for a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitRecord {
    /// The commit's id.
    pub id: ObjectId,
    /// How far it moves its packages.
    pub bump: Bump,
    /// Why it moves them less than its message says, or not at all.
    pub note: Option<Note>,
    pub(super) subject: TextSpan,
}

/// A version that a commit asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedVersion {
    /// Index into [`History::commits`].
    pub commit: u32,
    /// The version as it is written; bytes that are not UTF-8 are replaced.
    pub version: String,
    /// Whether the commit changes nothing although several packages share the repository, so that it is nobody's.
    pub changes_nothing: bool,
}

/// Why a commit moves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// Its message has no type that is known.
    UnknownType,
    /// It takes another commit back, or is taken back, before either is released.
    TakenBack,
}

/// A piece of one of the history's text buffers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextSpan {
    pub(super) buffer: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// What the history says about one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageHistory {
    /// Its releases.
    pub tags: PackageTags,
    /// Whether anything of it changed.
    pub touched: Touched,
    /// Indices into [`History::commits`], ascending: breadth-first from HEAD. Empty for untouched packages unless they
    /// were asked for.
    pub commits: Vec<u32>,
}

/// Whether anything of a package changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Touched {
    /// Nothing did.
    #[default]
    No,
    /// HEAD changed it.
    ByHead,
    /// HEAD didn't, but something since its last release did.
    SinceRelease,
    /// Everything is its own.
    Always,
}

/// A package's releases, as tags that HEAD can reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageTags {
    /// The newest by commit time, pre-releases included.
    pub last: Option<TagRef>,
    /// The newest by commit time, pre-releases excluded.
    pub last_stable: Option<TagRef>,
    /// The highest by version, pre-releases excluded.
    pub highest: Option<TagRef>,
    /// The one that a stable release's commits count from: the newest stable one, or the highest where that isn't in the
    /// newest one's history.
    pub since_stable: Option<TagRef>,
    /// The same with pre-releases, for releases on a channel.
    pub since_any: Option<TagRef>,
    /// What its tags start with, where that isn't what its template says, which nobody set.
    pub adopted_prefix: Option<String>,
    /// All of its versions, reachable or not, in the order of their names.
    pub versions: Arc<Versions>,
}

impl PackageTags {
    /// The release that commits count from: of any kind on a channel, else the stable one, so that a pre-release is released
    /// once more when it becomes stable.
    pub fn baseline(&self, on_channel: bool) -> Option<&TagRef> {
        if on_channel { self.since_any.as_ref() } else { self.since_stable.as_ref() }
    }
}

/// A release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRef {
    /// The tag's name without `refs/tags/`.
    pub name: String,
    /// What follows the package's prefix.
    pub version: String,
    /// The commit that was released.
    pub commit: ObjectId,
    /// When that was committed, in seconds since 1970.
    pub time: i64,
}

/// The versions that a package's tags name, without the prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    text: String,
    ends: Vec<usize>,
}

impl Versions {
    /// The versions in the order of the tags' names.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.text[start..*end])
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

impl<'a> FromIterator<&'a [u8]> for Versions {
    fn from_iter<I: IntoIterator<Item = &'a [u8]>>(versions: I) -> Self {
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for version in versions {
            bytes.extend_from_slice(version);
            ends.push(bytes.len());
        }
        match String::from_utf8(bytes) {
            // Looked at as one, not by the thousands of a large repository. Two halves of a character must not become one.
            Ok(text) if text.is_ascii() => Self { text, ends },
            Ok(text) => Self::replaced(text.as_bytes(), &ends),
            Err(error) => Self::replaced(error.as_bytes(), &ends),
        }
    }
}

impl Versions {
    /// The pieces of `bytes` up to each of `ends`, with what isn't UTF-8 replaced.
    fn replaced(bytes: &[u8], ends: &[usize]) -> Self {
        let mut replaced = Self::default();
        for (start, end) in std::iter::once(0).chain(ends.iter().copied()).zip(ends) {
            replaced.text.push_str(&String::from_utf8_lossy(&bytes[start..*end]));
            replaced.ends.push(replaced.text.len());
        }
        replaced
    }
}
