//! Files of the work tree: looked at, replaced in one step, and compared with what they are expected to be.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ReleaseError;
use super::git::Git;
use super::journal::FileChange;

/// Puts `content` in place of the file at `path`, whole or not at all. It keeps the permissions of the file there was; a new
/// one is executable if `executable` says so.
///
/// # Errors
/// The system's; the file is as it was.
pub(super) fn replace_file(path: &Path, content: &[u8], executable: Option<bool>) -> io::Result<()> {
    let unfinished = unfinished(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let result = write_beside(path, &unfinished, content, executable).and_then(|()| fs::rename(&unfinished, path));
    if result.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    result?;
    sync_folder(path)
}

/// Removes the file at `path` if there is one.
///
/// # Errors
/// The system's.
pub(super) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn write_beside(path: &Path, unfinished: &Path, content: &[u8], executable: Option<bool>) -> io::Result<()> {
    let mut file = File::create(unfinished)?;
    file.write_all(content)?;
    match fs::metadata(path) {
        Ok(metadata) => file.set_permissions(metadata.permissions())?,
        Err(_) => make_executable(&file, executable.unwrap_or(false))?,
    }
    // Some file systems notice a full disk only now.
    file.sync_all()
}

#[cfg(unix)]
fn make_executable(file: &File, executable: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if !executable {
        return Ok(());
    }
    let mode = file.metadata()?.permissions().mode();
    file.set_permissions(fs::Permissions::from_mode(mode | (mode & 0o444) >> 2))
}

#[cfg(not(unix))]
fn make_executable(_file: &File, _executable: bool) -> io::Result<()> {
    Ok(())
}

/// A rename is on the disk when its folder is.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// The name that a file is written under until it is whole. Always the same, so that what a killed run left is found again.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".relplan-unfinished");
    path.with_file_name(name)
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Before,
    After,
    Changed,
}

impl FileChange {
    /// Puts the file where the release has it. One that was changed in the meantime stays as it is: `false`.
    ///
    /// # Errors
    /// When it can't be read or written.
    pub(super) fn apply(&self, git: &Git) -> Result<bool, ReleaseError> {
        self.turn(git, Found::Before, self.after.as_deref())
    }

    /// Puts the file back where it was. One that was changed in the meantime stays as it is: `false`.
    ///
    /// # Errors
    /// When it can't be read or written.
    pub(super) fn revert(&self, git: &Git) -> Result<bool, ReleaseError> {
        self.turn(git, Found::After, self.before.as_deref())
    }

    fn turn(&self, git: &Git, from: Found, to: Option<&str>) -> Result<bool, ReleaseError> {
        if self.left_out {
            return Ok(true);
        }
        let path = git.root().join(&self.path);
        let failed = |source| ReleaseError::Write { path: self.path.clone(), source };
        // Whatever a run that was killed left beside it.
        remove_if_there(&unfinished(&path)).map_err(failed)?;
        let found = self.found(git)?;
        if found != from {
            return Ok(found != Found::Changed);
        }
        match to {
            Some(blob) => {
                let content = git.run(&["cat-file", "blob", blob], &[])?;
                replace_file(&path, &content, Some(self.is_executable())).map_err(failed)?;
            }
            None => fs::remove_file(&path).map_err(failed)?,
        }
        Ok(true)
    }

    fn is_executable(&self) -> bool {
        self.release.as_ref().is_some_and(|entry| entry.mode == "100755")
    }

    fn found(&self, git: &Git) -> Result<Found, ReleaseError> {
        let path = git.root().join(&self.path);
        let alike = self.after.as_ref().or(self.before.as_ref()).map_or("", String::as_str);
        let content = match fs::read(&path) {
            Ok(content) => Some(blob_id(alike, &content)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(ReleaseError::Read { path: self.path.clone(), source }),
        };
        Ok(match content {
            content if content == self.after => Found::After,
            content if content == self.before => Found::Before,
            _ => Found::Changed,
        })
    }
}

/// The id that a blob of `content` has, in a repository where one is `alike`.
pub(super) fn blob_id(alike: &str, content: &[u8]) -> Result<String, ReleaseError> {
    let kind = gix_hash::Kind::from_hex_len(alike.len()).unwrap_or_default();
    let id = gix_object::compute_hash(kind, gix_object::Kind::Blob, content);
    id.map(|id| id.to_string())
        .map_err(|error| ReleaseError::Git { command: "hash".to_owned(), said: error.to_string() })
}
