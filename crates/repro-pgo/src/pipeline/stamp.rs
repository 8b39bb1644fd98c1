//! Stamps: what a stage's result was made from. A stamp is written last and put in place by a rename, so that a stage
//! that was killed has none and is run again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use host::{atomic_write, digest};
use serde::{Deserialize, Serialize};

use super::StageError;

/// The stamp's name in a stage's folder.
const FILE: &str = "stamp.json";

/// What something was made from: what each one is called, and its value or hash.
pub type MadeFrom = BTreeMap<String, String>;

/// What a result was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// What was known before the stage ran.
    pub made_from: MadeFrom,
    /// The source files that the stage turned out to read, with their hashes.
    pub sources: BTreeMap<PathBuf, String>,
    /// The results by their names in the folder, with their hashes.
    pub outputs: BTreeMap<String, String>,
}

impl Stamp {
    /// Reads the stamp in `directory`; `None` where there is none that can be read.
    pub fn read(directory: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(directory.join(FILE)).ok()?).ok()
    }

    /// Why the result in `directory` has to be made again with `made_from`; `None` when it is up to date.
    pub fn outdated(directory: &Path, made_from: &MadeFrom) -> Option<String> {
        let Some(stamp) = Self::read(directory) else { return Some("not made yet".to_owned()) };
        let names = stamp.made_from.keys().chain(made_from.keys());
        if let Some(name) = names.into_iter().find(|name| stamp.made_from.get(*name) != made_from.get(*name)) {
            return Some(format!("{name} changed"));
        }
        let changed = |(path, hash): &(&PathBuf, &String)| digest::of_file(path).ok().as_ref() != Some(*hash);
        if let Some((path, _)) = stamp.sources.iter().find(changed) {
            return Some(format!("{} changed", path.display()));
        }
        let changed =
            |(name, hash): &(&String, &String)| digest::of_file(&directory.join(name)).ok().as_ref() != Some(*hash);
        stamp.outputs.iter().find(changed).map(|(name, _)| format!("{name} is not what was made"))
    }

    /// Removes the stamp of `directory`, before its result is touched.
    ///
    /// # Errors
    /// [`StageError::File`] when it exists and stays.
    pub fn remove(directory: &Path) -> Result<(), StageError> {
        let path = directory.join(FILE);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(StageError::file("cannot remove", &path)(error))
            }
            _ => Ok(()),
        }
    }

    /// Writes the stamp for the `outputs` in `directory`.
    ///
    /// # Errors
    /// [`StageError::File`] when an output is missing or the stamp can't be written.
    pub fn write(
        directory: &Path,
        made_from: MadeFrom,
        sources: BTreeMap<PathBuf, String>,
        outputs: &[impl AsRef<str>],
    ) -> Result<(), StageError> {
        let hashed = outputs.iter().map(AsRef::as_ref).map(|name| {
            let path = directory.join(name);
            Ok((name.to_owned(), digest::of_file(&path).map_err(StageError::file("cannot read", &path))?))
        });
        let stamp = Self { made_from, sources, outputs: hashed.collect::<Result<_, StageError>>()? };
        let json = serde_json::to_string_pretty(&stamp).expect("a stamp is plain data") + "\n";
        replace(&directory.join(FILE), json.as_bytes())
    }
}

/// Replaces the file at `path` with one of these `bytes`.
///
/// # Errors
/// [`StageError::File`].
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), StageError> {
    atomic_write::bytes(path, bytes).map_err(StageError::file("cannot write", path))
}

/// Replaces the file at `path` with a copy of `from`.
///
/// # Errors
/// [`StageError::File`].
pub fn replace_with_copy(from: &Path, path: &Path) -> Result<(), StageError> {
    atomic_write::copy(from, path).map_err(StageError::file("cannot copy", from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_from(flags: &str) -> MadeFrom {
        MadeFrom::from([("flags".to_owned(), flags.to_owned())])
    }

    fn stamped() -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        std::fs::write(directory.path().join("result"), "1").expect("the directory is ours");
        let source = directory.path().join("source");
        std::fs::write(&source, "a").expect("the directory is ours");
        let sources = BTreeMap::from([(source, digest::of_bytes(b"a"))]);
        Stamp::write(directory.path(), made_from("-C"), sources, &["result"]).expect("the directory is ours");
        directory
    }

    #[test]
    fn an_unchanged_stage_is_up_to_date() {
        assert_eq!(Stamp::outdated(stamped().path(), &made_from("-C")), None);
    }

    #[test]
    fn a_changed_input_source_or_result_is_named() {
        let directory = stamped();
        assert_eq!(Stamp::outdated(directory.path(), &made_from("-D")).as_deref(), Some("flags changed"));
        std::fs::write(directory.path().join("result"), "2").expect("the directory is ours");
        let reason = Stamp::outdated(directory.path(), &made_from("-C"));
        assert_eq!(reason.as_deref(), Some("result is not what was made"));
        std::fs::write(directory.path().join("source"), "b").expect("the directory is ours");
        let reason = Stamp::outdated(directory.path(), &made_from("-C")).expect("the source changed");
        assert!(reason.ends_with("source changed"), "{reason}");
    }

    #[test]
    fn without_a_stamp_nothing_counts() {
        let directory = stamped();
        Stamp::remove(directory.path()).expect("the directory is ours");
        assert_eq!(Stamp::outdated(directory.path(), &made_from("-C")).as_deref(), Some("not made yet"));
    }
}
