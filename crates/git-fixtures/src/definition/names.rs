//! Paths and reference names that are safe to write: checked while a definition is parsed, so that a bad one is
//! reported with its line and column.

use std::fmt;

use serde::Deserialize;

/// A file's or directory's path inside a repository: relative, `/`-separated, never leaving it, never inside `.git`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct RepoPath(String);

impl RepoPath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its components, outermost first.
    pub(crate) fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for RepoPath {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a path cannot be empty".to_owned());
        }
        if text.chars().any(|character| character.is_control() || character == '\\') {
            return Err(format!("path {text:?} holds a backslash or a control character; separate folders with `/`"));
        }
        for component in text.split('/') {
            refuse_component(&text, component)?;
        }
        Ok(Self(text))
    }
}

fn refuse_component(path: &str, component: &str) -> Result<(), String> {
    match component {
        "" => {
            Err(format!("path `{path}` is absolute, ends in `/` or has an empty component; write it like `src/lib.rs`"))
        }
        "." | ".." => Err(format!("path `{path}` holds `{component}`; paths must stay inside the repository")),
        _ if component.eq_ignore_ascii_case(".git") => Err(format!("path `{path}` lies inside git's own folder")),
        _ => Ok(()),
    }
}

/// A folder of a repository; `.` is its root.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct FolderPath(Option<RepoPath>);

impl FolderPath {
    /// The path of `name` in this folder.
    pub(crate) fn join(&self, name: &str) -> Result<RepoPath, String> {
        match &self.0 {
            Some(folder) => RepoPath::try_from(format!("{folder}/{name}")),
            None => RepoPath::try_from(name.to_owned()),
        }
    }
}

impl TryFrom<String> for FolderPath {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let trimmed = text.strip_prefix("./").unwrap_or(&text);
        let trimmed = trimmed.strip_suffix('/').unwrap_or(trimmed);
        if trimmed == "." || trimmed.is_empty() && !text.is_empty() && !text.starts_with('/') {
            return Ok(Self(None));
        }
        RepoPath::try_from(trimmed.to_owned()).map(|path| Self(Some(path)))
    }
}

/// The short name of a branch or tag, by the rules of `git check-ref-format`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct RefName(String);

impl RefName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RefName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for RefName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let forbidden = |character: char| character.is_control() || " ~^:?*[\\".contains(character);
        let bad_component =
            |component: &str| component.is_empty() || component.starts_with('.') || component.ends_with(".lock");
        let bad = text.chars().any(forbidden)
            || text.split('/').any(bad_component)
            || text.contains("..")
            || text.contains("@{")
            || text.ends_with('.')
            || text.starts_with('-')
            || text == "@"
            || text == "HEAD";
        if bad {
            Err(format!("`{text}` is no valid branch or tag name (see git check-ref-format)"))
        } else {
            Ok(Self(text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_repository_are_refused() {
        for bad in
            ["", "/etc/passwd", "../up", "a/../../b", "a//b", "a/", "./a", ".git/config", "a/.GIT/b", "a\\b", "a\nb"]
        {
            assert!(RepoPath::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
        assert!(RepoPath::try_from("packages/@scope/x/.gitignore".to_owned()).is_ok());
    }

    #[test]
    fn folders_may_be_the_root() {
        for root in [".", "./"] {
            let folder = FolderPath::try_from(root.to_owned()).expect("the root is a folder");
            assert_eq!(folder.join("a.txt").expect("valid").as_str(), "a.txt");
        }
        let folder = FolderPath::try_from("./libs/core/".to_owned()).expect("valid");
        assert_eq!(folder.join("a.txt").expect("valid").as_str(), "libs/core/a.txt");
        for bad in ["", "/", "..", "/abs"] {
            assert!(FolderPath::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn reference_names_follow_git() {
        for bad in ["", "a b", "a..b", ".a", "a/", "a//b", "a.lock", "a~1", "@", "HEAD", "-x", "a@{b", "a.", "x/.y"] {
            assert!(RefName::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
        for good in ["v1.0.0", "@scope/x@v1.0.0", "feature/a", "v1.0.0+build"] {
            assert!(RefName::try_from(good.to_owned()).is_ok(), "{good:?}");
        }
    }
}
