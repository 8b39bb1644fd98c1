//! A copy of the source without anything that was built: what git tracks or would track, else everything but the target
//! directory.

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use host::copy::{Order, sorted_entries};
use host::git;

use super::VerifyError;
use crate::compile::Project;

/// Copies the source of `project` to `to`, entries made in this `order`.
///
/// # Errors
/// [`VerifyError::File`] for the first file that can't be copied.
pub fn copy_sources(project: &Project, to: &Path, order: Order) -> Result<(), VerifyError> {
    let root = &project.root;
    let listed = tracked(root).map_or_else(|| everything(root, &project.target_directory), Ok);
    let mut files = listed.map_err(VerifyError::file("cannot list", root))?;
    files.sort();
    if order == Order::Reversed {
        files.reverse();
    }
    for file in files {
        let (from, to) = (root.join(&file), to.join(&file));
        copy(&from, &to).map_err(VerifyError::file("cannot copy", &from))?;
    }
    Ok(())
}

/// The files git tracks and those it does not ignore; `None` where there is no repository.
fn tracked(root: &Path) -> Option<Vec<PathBuf>> {
    let listing = git::output(root, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).ok()?;
    let names = listing.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let files: Vec<PathBuf> = names.map(|name| PathBuf::from(std::ffi::OsStr::from_bytes(name))).collect();
    // A deleted file is still listed.
    let present = files.into_iter().filter(|file| root.join(file).symlink_metadata().is_ok()).collect::<Vec<_>>();
    (!present.is_empty()).then_some(present)
}

fn everything(root: &Path, target_directory: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in sorted_entries(&folder)? {
            if entry.symlink_metadata()?.is_dir() {
                let skipped = entry == target_directory || entry.ends_with(".git") || entry == root.join("dist");
                folders.extend((!skipped).then_some(entry));
            } else {
                files.push(entry.strip_prefix(root).expect("it was found there").to_owned());
            }
        }
    }
    Ok(files)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to.parent().unwrap_or(to))?;
    if from.symlink_metadata()?.is_symlink() {
        return std::os::unix::fs::symlink(std::fs::read_link(from)?, to);
    }
    if from.is_dir() {
        return Ok(()); // a submodule: cargo says what is missing
    }
    std::fs::copy(from, to).map(|_| ())
}
