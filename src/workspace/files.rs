//! The version files that a release would write.

use super::{Workspace, WorkspaceError};
use crate::config::VersionFileFormat;
use crate::plan::Plan;
use crate::version_files::{self, VersionFileError};

/// What a release would make of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Its path, relative to the repository's root.
    pub path: String,
    /// Its text now.
    pub before: String,
    /// Its text afterwards.
    pub after: String,
}

impl Workspace {
    /// What a release would write into version files, as far as reports show it.
    ///
    /// # Errors
    /// When a file can't be read, or no version can be put into it.
    pub(crate) fn file_changes(&self, plan: &Plan) -> Result<Vec<FileChange>, VersionFileError> {
        let shown = |caused_by: &[String]| caused_by.is_empty() || self.compatibility().file_changes_of_dependents;
        let listed = plan.releases.iter().filter(|release| shown(&release.caused_by));
        let mut changes = Vec::new();
        for (release, version) in listed.filter_map(|release| Some((release, release.next.as_deref()?))) {
            for file in &self.config().package[release.package].versioned_files {
                if let Some((before, after)) = version_files::preview(self.root(), file, version)? {
                    changes.push(FileChange { path: file.path.clone(), before, after });
                }
            }
        }
        Ok(changes)
    }

    /// A release would write these files, so a missing one is reported now. Packages that stay are not looked at.
    pub(super) fn require_versioned_files(&self, plan: &Plan) -> Result<(), WorkspaceError> {
        for release in &plan.releases {
            let package = &self.config().package[release.package];
            let written = package.versioned_files.iter().filter(|file| file.format != VersionFileFormat::GoMod);
            for file in written {
                if !self.root().join(&file.path).exists() {
                    let meant = format!("{}/{}", package.path, file.path);
                    return Err(WorkspaceError::MissingVersionedFile {
                        package: package.name.clone(),
                        file: file.path.clone(),
                        meant: self.root().join(&meant).exists().then_some(meant),
                    });
                }
            }
        }
        Ok(())
    }
}
