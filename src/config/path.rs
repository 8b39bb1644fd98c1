//! The way to a value in a document, and paths of files within the repository.

use std::fmt;

/// The keys and indices that lead to a value, linked from the value outwards so that going down costs nothing.
#[derive(Clone, Copy)]
pub(super) struct KeyPath<'a> {
    parent: Option<&'a KeyPath<'a>>,
    step: Step<'a>,
}

/// One step down a document.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> KeyPath<'a> {
    pub(super) const ROOT: KeyPath<'static> = KeyPath { parent: None, step: Step::Root };

    pub(super) fn key(&'a self, key: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Key(key) }
    }

    pub(super) fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }

    pub(super) fn is_root(&self) -> bool {
        self.step == Step::Root
    }

    /// The steps from the root to the value.
    pub(super) fn steps(&self) -> Vec<Step<'a>> {
        let mut steps = self.parent.map_or_else(Vec::new, |parent| parent.steps());
        if !self.is_root() {
            steps.push(self.step);
        }
        steps
    }
}

impl fmt::Display for KeyPath<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.steps().into_iter().enumerate() {
            match step {
                Step::Key(key) if number == 0 => formatter.write_str(key)?,
                Step::Key(key) => write!(formatter, ".{key}")?,
                Step::Index(index) => write!(formatter, "[{index}]")?,
                Step::Root => {}
            }
        }
        Ok(())
    }
}

/// `path` in its shortest form: `/`-separated, without empty, `.` and `..` components; `.` for the root itself.
/// The error says how the path leaves the repository.
pub(super) fn within_repository(path: &str) -> Result<String, &'static str> {
    if path.starts_with('/') || std::path::Path::new(path).is_absolute() {
        return Err("is absolute");
    }
    let mut components: Vec<&str> = Vec::new();
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." => {
                components.pop().ok_or("leaves the repository")?;
            }
            name => components.push(name),
        }
    }
    Ok(if components.is_empty() { ".".to_owned() } else { components.join("/") })
}

/// `path` with the separators that git has on every system.
pub(super) fn with_slashes(path: &str) -> String {
    path.replace('\\', "/")
}

/// What a shared path stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SharedPath {
    /// This folder or file.
    Exact(String),
    /// Only some of what is in this folder.
    Folder(String),
}

/// A shared path in its shortest form. A pattern stands for the folder that all of its matches lie in: exactly where it takes
/// everything there. The error says why it can't be used.
pub(super) fn shared_path(path: &str) -> Result<SharedPath, &'static str> {
    let path = with_slashes(path);
    let from_root = path.trim_start_matches('/');
    let plain: Vec<&str> = from_root.split('/').take_while(|component| !is_pattern(component)).collect();
    let rest: Vec<&str> = from_root.split('/').skip(plain.len()).collect();
    let folder = within_repository(&plain.join("/"))?;
    match rest[..] {
        [] => Ok(SharedPath::Exact(folder)),
        _ if folder == "." => Err("is a pattern without a folder to begin with"),
        ["**" | "*"] | ["**", "*"] | ["**", ""] => Ok(SharedPath::Exact(folder)),
        _ => Ok(SharedPath::Folder(folder)),
    }
}

/// Whether a component has wildcards. Brackets alone are names, as frameworks use them in folders of routes.
fn is_pattern(component: &str) -> bool {
    component.contains(['*', '?', '{'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_paths_however_they_are_spelled() {
        let exact = |path: &str| Ok(SharedPath::Exact(path.to_owned()));
        for path in
            ["proto", "proto/", "./proto", "/proto", "proto/**", "proto/*", "proto\\", "proto/**/*", "a/../proto/**/"]
        {
            assert_eq!(shared_path(path), exact("proto"), "{path}");
        }
        assert_eq!(shared_path("app/[id]/x.ts"), exact("app/[id]/x.ts"));
        assert_eq!(shared_path("libs/my lib\\grün"), exact("libs/my lib/grün"));
        for path in ["proto/**/*.proto", "proto/{a,b}", "./proto/?"] {
            assert_eq!(shared_path(path), Ok(SharedPath::Folder("proto".to_owned())), "{path}");
        }
        for path in ["*.proto", "**", "{a,b}/c", "/**/x"] {
            assert_eq!(shared_path(path), Err("is a pattern without a folder to begin with"), "{path}");
        }
        assert_eq!(shared_path("../x"), Err("leaves the repository"));
    }

    #[test]
    fn paths_read_like_the_document() {
        let root = KeyPath::ROOT;
        let package = root.key("package");
        let second = package.index(1);
        assert_eq!(second.key("name").to_string(), "package[1].name");
        assert_eq!(root.to_string(), "");
    }

    #[test]
    fn shortest_form() {
        for (path, expected) in [
            (".", "."),
            ("./", "."),
            ("", "."),
            ("./a//b/", "a/b"),
            ("a/../b/./c", "b/c"),
            ("a/..", "."),
            ("..a/b..", "..a/b.."),
        ] {
            assert_eq!(within_repository(path).as_deref(), Ok(expected), "{path}");
        }
        assert_eq!(within_repository("/a"), Err("is absolute"));
        for path in ["..", "a/../..", "../a", "./../a"] {
            assert_eq!(within_repository(path), Err("leaves the repository"), "{path}");
        }
    }
}
