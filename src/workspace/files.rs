//! The version files that a release would write.

use super::{Workspace, WorkspaceError};
use crate::config::{Package, VersionFileFormat, VersionedFile};
use crate::plan::{Plan, Release};
use crate::version_files::{self, Preview, VersionFileError, VersionProblem};

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
    /// What a release would write into version files, as far as reports show it. Files that it can't write are left out: the
    /// plan has a warning for each.
    pub(crate) fn file_changes(&self, plan: &Plan) -> Vec<FileChange> {
        let with_dependents = self.compatibility().file_changes_of_dependents;
        let shown = |release: &&Release| release.next.is_some() && (release.caused_by.is_empty() || with_dependents);
        let releases = plan.releases.iter().filter(shown);
        let mut changes: Vec<FileChange> = Vec::new();
        for release in releases {
            let found = self.written(release).filter_map(|file| self.change(release, file).ok().flatten());
            // Packages may point to one file.
            for change in found {
                if !changes.contains(&change) {
                    changes.push(change);
                }
            }
        }
        changes
    }

    /// Looks at the files that a release would write: one that is missing is refused, and so is one that would get two versions
    /// in one place; one that can't be written is warned about. Packages that stay are not looked at.
    pub(super) fn require_versioned_files(&self, plan: &mut Plan) -> Result<(), WorkspaceError> {
        let mut written = Vec::new();
        for (index, release) in plan.releases.iter().enumerate() {
            for file in self.written(release) {
                match self.change(release, file) {
                    Ok(change) => written.extend(change.map(|change| (index, version_files::plain_path(&change.path)))),
                    Err(error) => {
                        self.require_file(&self.config().package[release.package], file)?;
                        let name = &release.name;
                        plan.warnings
                            .push(format!("Warning: {error}; a release of '{name}' can't write its version there"));
                    }
                }
            }
        }
        self.require_one_version_a_place(plan, &written)
    }

    /// The files that carry a version of their own; a Go module's is its tag's.
    fn written(&self, release: &Release) -> impl Iterator<Item = &VersionedFile> {
        let files = self.config().package[release.package].versioned_files.iter();
        files.filter(|file| file.format != VersionFileFormat::GoMod)
    }

    /// What `release` would make of `file`, or of the one it points to; `None` where the version is a tag's. Before a command has given the version, the present one stands for it.
    fn change(&self, release: &Release, file: &VersionedFile) -> Result<Option<FileChange>, VersionFileError> {
        let version = release.next.as_ref().unwrap_or(&release.current);
        let preview = match self.committed(&file.path) {
            Some(text) => Some(preview_committed(file, &text, version)?),
            None => version_files::preview(self.root(), file, version)?,
        };
        Ok(preview.map(|preview| FileChange { path: preview.path, before: preview.before, after: preview.after }))
    }

    fn require_file(&self, package: &Package, file: &VersionedFile) -> Result<(), WorkspaceError> {
        if self.root().join(&file.path).exists() || self.is_left_out(&file.path)? {
            return Ok(());
        }
        let meant = format!("{}/{}", package.path, file.path);
        Err(WorkspaceError::MissingVersionedFile {
            package: package.name.clone(),
            file: file.path.clone(),
            meant: self.root().join(&meant).exists().then_some(meant),
        })
    }

    /// Whether a sparse checkout left a file out that HEAD has.
    fn is_left_out(&self, path: &str) -> Result<bool, WorkspaceError> {
        if !self.repository.is_sparse() {
            return Ok(false);
        }
        let left_out = |_| WorkspaceError::LeftOutFile { file: path.to_owned() };
        Ok(self.repository.committed_file(path).map_err(left_out)?.is_some())
    }
}

/// As [`version_files::preview`] for a file that a sparse checkout left out.
fn preview_committed(file: &VersionedFile, text: &[u8], version: &str) -> Result<Preview, VersionFileError> {
    let failed = |problem| VersionFileError { path: file.path.clone(), problem };
    let before = std::str::from_utf8(text).map_err(|_| failed(VersionProblem::NotText))?;
    let after = version_files::replace(file.format, file.selector.as_deref(), before, version).map_err(failed)?;
    Ok(Preview { path: file.path.clone(), before: before.to_owned(), after })
}
