//! The folders of a repository that may hold packages, and those that a workspace's patterns name.

use std::fs;
use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::InitError;

/// Deeper folders hold no packages.
const DEPTH: usize = 8;

/// Folders whose contents are made by tools.
const PASSED_OVER: [&str; 9] =
    ["node_modules", "target", "dist", "build", "vendor", "coverage", "__pycache__", "testdata", "deps"];

/// Folders whose packages show or test others.
const ASIDE: [&str; 19] = [
    "test",
    "tests",
    "__tests__",
    "testing",
    "spec",
    "e2e",
    "fixtures",
    "__fixtures__",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "playground",
    "playgrounds",
    "benchmark",
    "benchmarks",
    "templates",
];

/// All folders that may hold packages, relative to the root, with the names of their files; in the order of their paths.
#[derive(Debug)]
pub(super) struct Folders(Vec<Folder>);

#[derive(Debug)]
struct Folder {
    path: String,
    files: Vec<String>,
}

impl Folders {
    /// The root and the folders below it; links are not followed, unreadable folders count as empty.
    pub(super) fn below(root: &Path) -> Self {
        let mut folders = Vec::new();
        collect(root, ".", 0, &mut folders);
        folders.sort_unstable_by(|left, right| left.path.cmp(&right.path));
        Self(folders)
    }

    /// The folders below `patterns.base` with a file called `manifest` that `patterns` name: globs, those with `!` and those of
    /// `excluded` taken out.
    ///
    /// # Errors
    /// When a pattern is invalid.
    pub(super) fn members(&self, manifest: &str, patterns: &Patterns<'_>) -> Result<Vec<String>, InitError> {
        let (taken_out, wanted): (Vec<&String>, Vec<&String>) =
            patterns.included.iter().partition(|pattern| pattern.starts_with('!'));
        let excluded = patterns.set(taken_out.iter().map(|pattern| &pattern[1..]).chain(patterns.excluded_iter()))?;
        let included = patterns.set(wanted.iter().map(|pattern| pattern.as_str()))?;
        let named = self.with(|name| name == manifest);
        let is_member = |folder: &String| {
            *folder != normal(patterns.base) && included.is_match(folder) && !excluded.is_match(folder)
        };
        Ok(named.map(|(folder, _)| folder.to_owned()).filter(is_member).collect())
    }

    /// The folder with this path, or the only one with this name.
    pub(super) fn named(&self, name: &str) -> Option<&str> {
        let paths = || self.0.iter().map(|folder| folder.path.as_str()).filter(|path| *path != ".");
        let mut alike = paths().filter(|path| path.rsplit('/').next() == Some(name));
        paths().find(|path| *path == name).or_else(|| alike.next().filter(|_| alike.next().is_none()))
    }

    /// Every folder with a file whose name is `wanted`, with that name.
    pub(super) fn with<'a>(&'a self, wanted: impl Fn(&str) -> bool + 'a) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().flat_map(move |folder| {
            let names: Vec<&str> = folder.files.iter().map(String::as_str).filter(|name| wanted(name)).collect();
            names.into_iter().map(|name| (folder.path.as_str(), name))
        })
    }

    /// The folders with a file whose name is `wanted` that don't lie below another such folder.
    pub(super) fn outermost(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for (folder, _) in self.with(wanted) {
            if !found.iter().any(|outer| is_below(folder, outer)) {
                found.push(folder.to_owned());
            }
        }
        found
    }
}

/// Whether `folder` is `outer` or lies below it.
pub(super) fn is_below(folder: &str, outer: &str) -> bool {
    outer == "." || folder.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a folder lies among tests or examples.
pub(super) fn is_aside(folder: &str) -> bool {
    folder.split('/').any(|part| ASIDE.contains(&part.to_lowercase().as_str()))
}

/// The patterns that a workspace file lists.
#[derive(Debug)]
pub(super) struct Patterns<'a> {
    /// The file, for messages.
    pub(super) file: &'a str,
    /// The folder that they are below.
    pub(super) base: &'a str,
    /// Globs of members.
    pub(super) included: Vec<String>,
    /// Globs of folders that are no members.
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
            let pattern = joined(self.base, pattern);
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

fn collect(root: &Path, folder: &str, depth: usize, folders: &mut Vec<Folder>) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return };
    let mut files = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_folder {
            files.push(name.to_owned());
        } else if !name.starts_with('.') && !PASSED_OVER.contains(&name) && depth < DEPTH {
            collect(root, &joined(folder, name), depth + 1, folders);
        }
    }
    files.sort_unstable();
    folders.push(Folder { path: folder.to_owned(), files });
}

#[cfg(test)]
mod tests {
    use super::{is_aside, is_below, joined, normal};

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

    #[test]
    fn folders_within_others() {
        assert!(is_below("a/b", "a") && is_below("a", "a") && is_below("a", ".") && !is_below("ab", "a"));
        assert!(is_aside("x/Examples/y") && !is_aside("testing-tools"));
    }
}
