//! A package as a build tool declares it.

use crate::config::VersionedFile;

/// A package as a build tool declares it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Member {
    /// Its name in the build tool.
    pub(super) name: String,
    /// Its folder, relative to the root; `.` is the root.
    pub(super) path: String,
    /// The file that carries its version; none where only tags do.
    pub(super) file: Option<VersionedFile>,
    /// Folders of the packages it needs.
    pub(super) needs: Vec<String>,
    /// How its tags are named, where the build tool says so.
    pub(super) tag_template: Option<String>,
}
