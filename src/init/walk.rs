//! The folders of a repository that may hold packages, and those that a workspace's patterns name.

use std::fs;
use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::InitError;

/// Deeper folders hold no packages.
const DEPTH: usize = 8;

/// Folders whose contents are made by tools.
const PASSED_OVER: [&str; 7] = ["node_modules", "target", "dist", "build", "vendor", "coverage", "__pycache__"];

/// All folders that may hold packages, relative to the root, in the order of their names.
#[derive(Debug)]
pub(super) struct Folders(Vec<String>);

impl Folders {
    /// The folders below `root`; links are not followed, unreadable folders count as empty.
    pub(super) fn below(root: &Path) -> Self {
        let mut folders = Vec::new();
        collect(root, "", 0, &mut folders);
        folders.sort_unstable();
        Self(folders)
    }

    /// The folders with a file called `manifest` that `patterns` name, as `file` lists them: globs below the folder
    /// `base`, those with `!` and those of `excluded` taken out.
    ///
    /// # Errors
    /// When a pattern is none.
    pub(super) fn members(
        &self,
        root: &Path,
        manifest: &str,
        patterns: &Patterns<'_>,
    ) -> Result<Vec<String>, InitError> {
        let (taken_out, wanted): (Vec<&String>, Vec<&String>) =
            patterns.included.iter().partition(|pattern| pattern.starts_with('!'));
        let excluded = patterns.set(taken_out.iter().map(|pattern| &pattern[1..]).chain(patterns.excluded_iter()))?;
        let included = patterns.set(wanted.iter().map(|pattern| pattern.as_str()))?;
        let named = self.0.iter().filter(|folder| included.is_match(folder) && !excluded.is_match(folder));
        Ok(named.filter(|folder| root.join(folder).join(manifest).is_file()).cloned().collect())
    }
}

/// The patterns that a workspace file lists.
#[derive(Debug)]
pub(super) struct Patterns<'a> {
    /// The file, for messages.
    pub(super) file: &'a str,
    /// Globs of members.
    pub(super) included: Vec<String>,
    /// Globs of folders that are none.
    pub(super) excluded: Vec<String>,
}

impl Patterns<'_> {
    fn excluded_iter(&self) -> impl Iterator<Item = &str> {
        self.excluded.iter().map(String::as_str)
    }

    fn set<'p>(&self, patterns: impl Iterator<Item = &'p str>) -> Result<GlobSet, InitError> {
        let refuse =
            |error: globset::Error| InitError::Manifest { file: self.file.to_owned(), problem: error.to_string() };
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            let pattern = normal(pattern);
            set.add(GlobBuilder::new(&pattern).literal_separator(true).build().map_err(refuse)?);
        }
        set.build().map_err(refuse)
    }
}

/// A path without `.` components and a trailing slash; `.` for the root itself.
pub(super) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// `path` as seen from the folder `base`, both relative to the root.
pub(super) fn joined(base: &str, path: &str) -> String {
    normal(&format!("{base}/{path}"))
}

fn collect(root: &Path, folder: &str, depth: usize, folders: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_folder || name.starts_with('.') || PASSED_OVER.contains(&name) {
            continue;
        }
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        if depth + 1 < DEPTH {
            collect(root, &path, depth + 1, folders);
        }
        folders.push(path);
    }
}

#[cfg(test)]
mod tests {
    use super::{joined, normal};

    #[test]
    fn paths_are_made_plain() {
        for (path, expected) in
            [("./a/", "a"), ("a/../b", "b"), (".", "."), ("", "."), ("../x", "../x"), ("a\\b", "a/b")]
        {
            assert_eq!(normal(path), expected, "{path}");
        }
        assert_eq!(joined("crates/a", "../b"), "crates/b");
        assert_eq!(joined(".", "b"), "b");
    }
}
