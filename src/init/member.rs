//! A package as a build tool declares it.

use crate::config::VersionedFile;

/// A package as a build tool declares it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Member {
    /// Its name in the build tool.
    pub(super) name: String,
    /// Its folder, relative to the root; `.` is the root.
    pub(super) path: String,
    /// The files that carry its version, the one to read first; none where only tags do.
    pub(super) files: Vec<VersionedFile>,
    /// Folders of the packages it needs.
    pub(super) needs: Vec<String>,
    /// How its tags are named, where the build tool says so.
    pub(super) tag_template: Option<String>,
    /// What else its tags may call it, besides its name, its name without scope and its folder.
    pub(super) also_called: Vec<String>,
    /// How the tool that releases it will name its tags; those that are there count more.
    pub(super) expected_template: Option<String>,
    /// Whether the build tool gives all packages that say so one version.
    pub(super) fixed: bool,
    /// Whether its breaking changes keep it below 1.0.0.
    pub(super) stays_below_one: bool,
    /// Why it may be no release of its own; tags of its own say that it is.
    pub(super) doubt: Option<Doubt>,
}

/// Why a package may be no release of its own, the weightiest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    /// No file carries its version.
    NoVersion,
    /// It only holds others together.
    Aggregator,
    /// Its build tool is told not to publish it.
    Private,
    /// It lies beside what the root's build tool knows.
    Elsewhere,
    /// It lies among tests or examples.
    Aside,
}

impl Doubt {
    /// What is said of packages that are left out for it, after their names.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::NoVersion => "no version in a file and no tag",
            Self::Aggregator => "no module shares its version, and no tag names it",
            Self::Private => "private, and no tag names it",
            Self::Elsewhere => "no workspace of the root lists it, and no tag names it",
            Self::Aside => "among tests or examples, and no tag names it",
        }
    }
}

/// The file `path` of `format`, read whole or by `selector`.
pub(super) fn file(path: String, format: crate::config::VersionFileFormat, selector: Option<&str>) -> VersionedFile {
    VersionedFile { path, format, selector: selector.map(str::to_owned) }
}
