//! The files of a release as they will be, in memory: what one package writes the next one finds.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path};

use super::ReleaseError;
use super::git::Git;
use crate::config::VersionedFile;
use crate::version_files::{self, VersionFileError, VersionProblem};

/// Everything that is written, in order.
pub(super) struct Writes<'a> {
    git: &'a Git,
    /// What HEAD has of files that a sparse checkout leaves out.
    left_out: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    before: BTreeMap<String, Before>,
    written: Vec<Written>,
}

/// What there was of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Before {
    pub(super) content: Option<Vec<u8>>,
    pub(super) left_out: bool,
}

/// What one package makes of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// Which of the release's packages, in its order.
    pub(super) package: usize,
    /// The file, from the root.
    pub(super) path: String,
    /// Its content.
    pub(super) content: Vec<u8>,
}

impl<'a> Writes<'a> {
    /// Nothing was written yet.
    pub(super) fn new(git: &'a Git, left_out: &'a dyn Fn(&str) -> Option<Vec<u8>>) -> Self {
        Self { git, left_out, before: BTreeMap::new(), written: Vec::new() }
    }

    /// Whether nothing is written.
    pub(super) fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// What the file at `path` holds by now; `None` where there is none.
    ///
    /// # Errors
    /// When it can't be read, or isn't UTF-8, or lies outside of the repository.
    pub(super) fn text(&mut self, path: &str) -> Result<Option<String>, ReleaseError> {
        let path = &self.real_path(path)?;
        self.look_at(path)?;
        let written = self.written.iter().rev().find(|written| written.path == *path).map(|written| &written.content);
        let content = written.or_else(|| self.before.get(path)?.content.as_ref());
        let text = content.map(|content| String::from_utf8(content.clone()));
        text.transpose().map_err(|_| path_error(path, "is not UTF-8"))
    }

    /// Writes `text` for the package at index `package` of the release; nothing where that is what the file holds.
    ///
    /// # Errors
    /// When the file can't be written, whatever it holds.
    pub(super) fn set(&mut self, package: usize, path: &str, text: String) -> Result<(), ReleaseError> {
        let real = self.real_path(path)?;
        if self.text(&real)?.as_deref() != Some(&text) {
            self.written.push(Written { package, path: real, content: text.into_bytes() });
        }
        Ok(())
    }

    /// Writes `version` into `file`, or into the one it points to. Returns that one with its format, and `None` where the
    /// version is a tag's.
    ///
    /// # Errors
    /// When there is no version to replace.
    pub(super) fn set_version(
        &mut self,
        package: usize,
        file: &VersionedFile,
        version: &str,
    ) -> Result<Option<VersionedFile>, ReleaseError> {
        let failed = |problem| VersionFileError { path: file.path.clone(), problem };
        let found = match (self.left_out)(&file.path) {
            Some(_) => file.clone(),
            None => match version_files::carrier(self.git.root(), file) {
                Err(VersionFileError { problem: VersionProblem::FromTags, .. }) => return Ok(None),
                found => found?,
            },
        };
        let missing = || failed(VersionProblem::Unreadable(io::ErrorKind::NotFound.into()));
        let text = self.text(&found.path)?.ok_or_else(missing)?;
        let replaced = version_files::replace(found.format, found.selector.as_deref(), &text, version);
        self.set(package, &found.path, replaced.map_err(failed)?)?;
        Ok(Some(found))
    }

    /// Takes in what somebody else made of a file: `before` is what HEAD has of it.
    pub(super) fn adopt(&mut self, package: usize, path: &str, before: Vec<u8>, content: Vec<u8>) {
        self.before.entry(path.to_owned()).or_insert(Before { content: Some(before), left_out: false });
        self.written.push(Written { package, path: path.to_owned(), content });
    }

    /// Everything that was written, in order.
    pub(super) fn written(&self) -> &[Written] {
        &self.written
    }

    /// The files that were written, each once, with what there was of it and what it becomes.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &Before, &[u8])> {
        self.before.iter().filter_map(|(path, before)| {
            let last = self.written.iter().rev().find(|written| written.path == *path)?;
            (before.content.as_ref() != Some(&last.content)).then_some((path.as_str(), before, &last.content[..]))
        })
    }

    fn look_at(&mut self, path: &str) -> Result<(), ReleaseError> {
        if self.before.contains_key(path) {
            return Ok(());
        }
        let before = match fs::read(self.git.root().join(path)) {
            Ok(content) => Before { content: Some(content), left_out: false },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let content = (self.left_out)(path);
                Before { left_out: content.is_some(), content }
            }
            Err(source) => return Err(ReleaseError::Read { path: path.to_owned(), source }),
        };
        self.before.insert(path.to_owned(), before);
        Ok(())
    }

    /// Where `path` really lies, symbolic links followed.
    fn real_path(&self, path: &str) -> Result<String, ReleaseError> {
        let root = self.git.root();
        let wanted = root.join(path);
        // What isn't there yet lies where the nearest folder above it does.
        let mut existing = wanted.as_path();
        let real = loop {
            match existing.canonicalize() {
                Ok(real) => break real,
                Err(_) if existing.symlink_metadata().is_ok() => {
                    return Err(path_error(path, "is a symbolic link that leads nowhere"));
                }
                Err(source) => match existing.parent() {
                    Some(parent) => existing = parent,
                    None => return Err(ReleaseError::Read { path: path.to_owned(), source }),
                },
            }
        };
        let rest = wanted.strip_prefix(existing).unwrap_or(Path::new(""));
        let real = real.join(rest);
        let within = real.strip_prefix(root).map_err(|_| path_error(path, "lies outside of the repository"))?;
        let is_plain = |component: Component<'_>| matches!(component, Component::Normal(_));
        if !within.components().all(is_plain) {
            return Err(path_error(path, "lies outside of the repository"));
        }
        if real.starts_with(self.git.git_dir()) || real.starts_with(self.git.common_dir()) {
            return Err(path_error(path, "lies in the git directory"));
        }
        let within = within.to_str().ok_or_else(|| path_error(path, "leads to a name that is not UTF-8"))?;
        Ok(within.replace(std::path::MAIN_SEPARATOR, "/"))
    }
}

fn path_error(path: &str, problem: &str) -> ReleaseError {
    ReleaseError::Path { path: path.to_owned(), problem: problem.to_owned() }
}
