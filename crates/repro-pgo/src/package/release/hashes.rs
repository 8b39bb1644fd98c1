//! Lists of hashes: what one machine made, in the order of the stages, so that another's list shows where they part.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use host::digest;
use serde::{Deserialize, Serialize};

use super::ReleaseError;

/// Everything a build made, each with its hash.
pub type Hashes = Vec<Hash>;

/// One thing that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hash {
    /// What it is: the stage, or the stage and a file of it.
    pub name: String,
    /// SHA-256 of the file; of a folder, its content hash as `git-fixtures` defines it.
    pub sha256: String,
}

/// Something two lists don't agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// What it is.
    pub name: String,
    /// Its hash in the first list, where it is there.
    pub first: Option<String>,
    /// And in the second.
    pub second: Option<String>,
}

/// Hashes the `parts`, named files or folders, in their order. A folder has one hash for each of its entries.
///
/// # Errors
/// [`ReleaseError::File`] for what can't be read, [`ReleaseError::NamedTwice`].
pub fn record(parts: &[(String, PathBuf)]) -> Result<Hashes, ReleaseError> {
    let mut hashes = Hashes::new();
    for (name, path) in parts {
        if path.is_dir() {
            for (entry, path) in entries(path)? {
                hashes.push(Hash { name: format!("{name}/{entry}"), sha256: of(&path)? });
            }
        } else {
            hashes.push(Hash { name: name.clone(), sha256: of(path)? });
        }
    }
    once_each(&hashes)?;
    Ok(hashes)
}

/// The names in a folder, sorted.
fn entries(folder: &Path) -> Result<BTreeMap<String, PathBuf>, ReleaseError> {
    let listed = std::fs::read_dir(folder).and_then(|entries| {
        entries
            .map(|entry| entry.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path())))
            .collect()
    });
    listed.map_err(ReleaseError::file("cannot list", folder))
}

fn of(path: &Path) -> Result<String, ReleaseError> {
    let hash = if path.is_dir() {
        git_fixtures::hash_directory(path).map(|hash| hash.to_string())
    } else {
        digest::of_file(path)
    };
    hash.map_err(ReleaseError::file("cannot read", path))
}

fn once_each(hashes: &Hashes) -> Result<(), ReleaseError> {
    let mut names: Vec<&str> = hashes.iter().map(|hash| hash.name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(ReleaseError::NamedTwice { name: pair[0].to_owned() }),
        None => Ok(()),
    }
}

/// What the lists don't agree on, in the order of the first; what only the second has comes last.
pub fn differences(first: &Hashes, second: &Hashes) -> Vec<Mismatch> {
    let of = |list: &Hashes, name: &str| list.iter().find(|hash| hash.name == name).map(|hash| hash.sha256.clone());
    let only_second = second.iter().filter(|hash| of(first, &hash.name).is_none());
    let names = first.iter().chain(only_second).map(|hash| hash.name.clone());
    let pairs = names.map(|name| Mismatch { first: of(first, &name), second: of(second, &name), name });
    pairs.filter(|pair| pair.first != pair.second).collect()
}

/// Reads a list. An empty one is refused: it would agree with any other empty one.
///
/// # Errors
/// [`ReleaseError::File`], [`ReleaseError::Hashes`], [`ReleaseError::NamedTwice`].
pub fn read(path: &Path) -> Result<Hashes, ReleaseError> {
    let text = std::fs::read(path).map_err(ReleaseError::file("cannot read", path))?;
    let problem = |problem: String| ReleaseError::Hashes { path: path.to_owned(), problem };
    let hashes: Hashes = serde_json::from_slice(&text).map_err(|error| problem(error.to_string()))?;
    if hashes.is_empty() {
        return Err(problem("it is empty".to_owned()));
    }
    once_each(&hashes)?;
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(list: &[(&str, &str)]) -> Hashes {
        list.iter().map(|(name, hash)| Hash { name: (*name).to_owned(), sha256: (*hash).to_owned() }).collect()
    }

    #[test]
    fn the_first_stage_that_differs_comes_first() {
        let first = hashes(&[("inputs", "1"), ("profile", "2"), ("binary", "3"), ("gone", "4")]);
        let second = hashes(&[("new", "9"), ("binary", "8"), ("profile", "7"), ("inputs", "1")]);
        let names: Vec<String> = differences(&first, &second).into_iter().map(|found| found.name).collect();
        assert_eq!(names, ["profile", "binary", "gone", "new"]);
        assert_eq!(differences(&first, &first), []);
    }

    #[test]
    fn a_folder_gives_a_hash_for_each_entry() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for (path, text) in [("set/b/one", "1"), ("set/a", "2"), ("file", "2")] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("it has one")).expect("the folder is ours");
            std::fs::write(path, text).expect("the folder is ours");
        }
        let part = |name: &str, path: &str| (name.to_owned(), folder.path().join(path));
        let made = record(&[part("inputs", "set"), part("binary", "file")]).expect("all is there");
        let names: Vec<&str> = made.iter().map(|hash| hash.name.as_str()).collect();
        assert_eq!(names, ["inputs/a", "inputs/b", "binary"]);
        assert_eq!(made[0].sha256, made[2].sha256);
        let twice = record(&[part("binary", "file"), part("binary", "set/a")]).expect_err("two of one name");
        assert_eq!(twice.to_string(), "binary is named twice");
        let missing = record(&[part("binary", "missing")]).expect_err("there is no such file");
        assert!(missing.to_string().starts_with("cannot read "), "{missing}");
    }

    #[test]
    fn an_empty_or_broken_list_is_refused() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        for (text, problem) in [("[]", "it is empty"), ("{}", "invalid type"), ("[{\"name\":\"a\"}]", "missing field")]
        {
            std::fs::write(file.path(), text).expect("the file is ours");
            let error = read(file.path()).expect_err("it is none").to_string();
            assert!(error.contains(problem) && error.contains("release record"), "{error}");
        }
    }
}
