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

#[cfg(test)]
mod tests {
    use super::*;

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
