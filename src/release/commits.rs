//! Makes files, trees and commits as git objects, which nobody sees until a branch leads to them.

use std::collections::BTreeMap;

use super::ReleaseError;
use super::files::{blob_id, remove_if_there};
use super::git::{Git, output};
use super::journal::Entry;

/// The blob that the work tree's `content` of the file at `path` becomes in a commit: what the repository's filters make of it
/// (line ends, large files).
///
/// # Errors
/// When git can't write it.
pub(super) fn cleaned_blob(git: &Git, path: &str, content: &[u8]) -> Result<String, ReleaseError> {
    git.line(&["hash-object", "-w", "--stdin", "--path", path], content)
}

/// The blob of `content` as it is. `cleaned` is what filters make of it, which mostly is the same.
///
/// # Errors
/// When git can't write it.
pub(super) fn raw_blob(git: &Git, content: &[u8], cleaned: &str) -> Result<String, ReleaseError> {
    if blob_id(cleaned, content)? == cleaned {
        return Ok(cleaned.to_owned());
    }
    git.line(&["hash-object", "-w", "--stdin", "--no-filters"], content)
}

/// What the commit `commit` has at each of `paths`; a submodule on the way has its own path.
///
/// # Errors
/// When git can't read it.
pub(super) fn entries(git: &Git, commit: &str, paths: &[&str]) -> Result<BTreeMap<String, Entry>, ReleaseError> {
    let mut found = BTreeMap::new();
    if paths.is_empty() {
        return Ok(found);
    }
    let arguments: Vec<&str> = ["ls-tree", "-z", commit, "--"].into_iter().chain(paths.iter().copied()).collect();
    let listed = git.run(&arguments, &[])?;
    for line in String::from_utf8_lossy(&listed).split('\0') {
        let Some((entry, path)) = line.split_once('\t') else { continue };
        let mut words = entry.split(' ');
        if let (Some(mode), Some(_), Some(blob)) = (words.next(), words.next(), words.next()) {
            found.insert(path.to_owned(), Entry { mode: mode.to_owned(), blob: blob.to_owned() });
        }
    }
    Ok(found)
}

/// The index that trees are made in, apart from the user's.
#[derive(Debug)]
pub(super) struct ScratchIndex<'a> {
    git: &'a Git,
}

impl<'a> ScratchIndex<'a> {
    /// An index like `commit`.
    ///
    /// # Errors
    /// When git can't make it.
    pub(super) fn of(git: &'a Git, commit: &str) -> Result<Self, ReleaseError> {
        let index = Self { git };
        index.remove()?;
        index.run(&["read-tree", commit], &[])?;
        Ok(index)
    }

    /// The tree with these files in place of those it had.
    ///
    /// # Errors
    /// When git can't write it.
    pub(super) fn tree_with<'e>(
        &self,
        files: impl IntoIterator<Item = (&'e str, &'e Entry)>,
    ) -> Result<String, ReleaseError> {
        let lines = files.into_iter().map(|(path, entry)| format!("{} {}\t{path}\0", entry.mode, entry.blob));
        self.run(&["update-index", "-z", "--index-info"], lines.collect::<String>().as_bytes())?;
        let tree = self.run(&["write-tree"], &[])?;
        Ok(String::from_utf8_lossy(&tree).trim_end().to_owned())
    }

    /// Removes it, and what a killed run left of it.
    ///
    /// # Errors
    /// When it can't be removed.
    pub(super) fn remove(&self) -> Result<(), ReleaseError> {
        for name in ["index", "index.lock"] {
            let path = self.git.own_dir().join(name);
            let failed = |source| ReleaseError::Write { path: path.display().to_string(), source };
            remove_if_there(&path).map_err(failed)?;
        }
        Ok(())
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, ReleaseError> {
        let mut command = self.git.command();
        command.args(arguments).env("GIT_INDEX_FILE", self.git.own_dir().join("index"));
        output(command, arguments, input)
    }
}

/// The commit of `tree` on `parent`, signed if the repository signs its commits.
///
/// # Errors
/// When nobody is known who commits, or it can't be signed.
pub(super) fn commit(git: &Git, tree: &str, parent: &str, message: &str) -> Result<String, ReleaseError> {
    let mut arguments = vec!["commit-tree", tree, "-p", parent, "-F", "-"];
    if is_set(git, "commit.gpgSign") {
        arguments.push("-S");
    }
    git.line(&arguments, message.as_bytes())
}

/// Whether the repository's configuration switches `key` on.
pub(super) fn is_set(git: &Git, key: &str) -> bool {
    git.ask(&["config", "--type=bool", "--get", key]).as_deref() == Some("true")
}
