//! Repositories on disk: made beside their final place, renamed when whole, and never over somebody else's folder.

use std::fs;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use globset::{Glob, GlobSet, GlobSetBuilder};
use host::tree_hash::{ContentHash, of_directory};

use crate::build::{BuildError, build};
use crate::definition::{DefinitionError, LoadedDefinition, list_definitions, load_definition};

/// First line of every marker. Raise the number whenever the same definition gives other bytes than before.
const MARKER_TITLE: &str = "git-fixtures 1\n";

/// Why repositories could not be made.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// A definition is missing or wrong.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// A definition contradicts itself.
    #[error("definition `{name}` cannot be carried out: {source}")]
    Build {
        /// The repository.
        name: String,
        /// The contradiction.
        source: BuildError,
    },
    /// The place is taken by something else.
    #[error("{} was not made by git-fixtures, so it is not replaced; remove it or choose another output", .0.display())]
    NotOurs(PathBuf),
    /// The disk refuses.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A selection that can't be read.
    #[error("`{pattern}` is no valid pattern: {source}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// Why.
        source: globset::Error,
    },
    /// A selection that selects nothing.
    #[error("no definition in {} matches {}", folder.display(), patterns.join(", "))]
    NothingSelected {
        /// The folder of definitions.
        folder: PathBuf,
        /// The patterns.
        patterns: Vec<String>,
    },
}

/// Where a repository's own hash is kept, and what never counts towards it.
const MARKER: &str = ".git/git-fixtures";

/// The content hash of the repository at `path`, as [`host::tree_hash`] describes it, without the file that keeps it.
///
/// # Errors
/// When a file can't be read, or a name is not UTF-8.
pub fn hash_directory(path: &Path) -> io::Result<ContentHash> {
    of_directory(path, &[MARKER])
}

/// A finished repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// Its name: the definition file's stem.
    pub name: String,
    /// Its content hash, see [`hash_directory`].
    pub sha256: ContentHash,
    /// Whether it was there already, unchanged.
    pub reused: bool,
    /// What was ignored in its definition, see [`LoadedDefinition::warnings`].
    pub warnings: Vec<String>,
}

/// What to make, and how.
#[derive(Default)]
pub struct Options<'a> {
    /// Globs over names; empty selects all.
    pub only: &'a [String],
    /// Whether a repository that is there already, made from the same definition and unchanged since, is kept.
    pub reuse: bool,
    /// Called after each repository, from whichever thread made it.
    pub progress: Option<&'a (dyn Fn(&Generated) + Sync)>,
}

/// Makes the repositories that the `*.json` files in the folder `definitions` describe, each in a folder of its name
/// below `output`; returns them in name order.
pub fn generate(definitions: &Path, output: &Path, options: &Options<'_>) -> Result<Vec<Generated>, GenerateError> {
    let files = select(definitions, options.only)?;
    let loaded: Vec<LoadedDefinition> = files.iter().map(|file| load_definition(file)).collect::<Result<_, _>>()?;
    let next = AtomicUsize::new(0);
    let results = Mutex::new((0..loaded.len()).map(|_| None).collect::<Vec<_>>());
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(definition) = loaded.get(index) else { return };
            let result = generate_one(definition, &output.join(&definition.name), options.reuse);
            if let (Some(progress), Ok(generated)) = (options.progress, &result) {
                progress(generated);
            }
            results.lock().expect("no thread panics while it holds the lock")[index] = Some(result);
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(loaded.len());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let results = results.into_inner().expect("no thread panicked while it held the lock");
    results.into_iter().map(|result| result.expect("every definition was worked on")).collect()
}

fn select(definitions: &Path, only: &[String]) -> Result<Vec<PathBuf>, GenerateError> {
    let files = list_definitions(definitions)?;
    let patterns = pattern_set(only)?;
    let selected: Vec<PathBuf> = files
        .into_iter()
        .filter(|(name, _)| only.is_empty() || patterns.is_match(name))
        .map(|(_, file)| file)
        .collect();
    if selected.is_empty() {
        return Err(GenerateError::NothingSelected { folder: definitions.to_owned(), patterns: only.to_vec() });
    }
    Ok(selected)
}

fn pattern_set(patterns: &[String]) -> Result<GlobSet, GenerateError> {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = Glob::new(pattern).map_err(|source| GenerateError::Pattern { pattern: pattern.clone(), source })?;
        builder.add(glob);
    }
    builder.build().map_err(|source| GenerateError::Pattern { pattern: patterns.join(" "), source })
}

/// Makes one repository in `directory`, over an older one if git-fixtures made that; with `reuse`, an older one of the
/// same definition is kept when its content still has the hash it had.
pub fn generate_one(definition: &LoadedDefinition, directory: &Path, reuse: bool) -> Result<Generated, GenerateError> {
    let failed = |source| GenerateError::Write { path: directory.to_owned(), source };
    let generated = |sha256, reused| Generated {
        name: definition.name.clone(),
        sha256,
        reused,
        warnings: definition.warnings.clone(),
    };
    let marker = read_marker(directory)?;
    if let (true, Some(marker)) = (reuse, &marker) {
        let hash = hash_directory(directory).map_err(failed)?;
        if *marker == marker_text(definition, hash) {
            return Ok(generated(hash, true));
        }
    }
    let parent = match directory.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(failed)?;
    let unfinished = tempfile::Builder::new().prefix(".unfinished-").tempdir_in(parent).map_err(failed)?;
    let fresh = unfinished.path().join("repository");
    let hash = write(definition, &fresh)?;
    if marker.is_some() {
        fs::remove_dir_all(directory).map_err(failed)?;
    }
    fs::rename(&fresh, directory).map_err(failed)?;
    Ok(generated(hash, false))
}

/// The marker of what stands at `directory`: `None` when there is nothing, an error when it is not ours.
fn read_marker(directory: &Path) -> Result<Option<String>, GenerateError> {
    if fs::symlink_metadata(directory).is_err() {
        return Ok(None);
    }
    match fs::read_to_string(directory.join(MARKER)) {
        Ok(text) if text.starts_with("git-fixtures ") => Ok(Some(text)),
        _ => Err(GenerateError::NotOurs(directory.to_owned())),
    }
}

fn marker_text(definition: &LoadedDefinition, content: ContentHash) -> String {
    format!("{MARKER_TITLE}definition {}\ncontent {content}\n", definition.digest)
}

fn write(loaded: &LoadedDefinition, folder: &Path) -> Result<ContentHash, GenerateError> {
    let failed = |source| GenerateError::Write { path: folder.to_owned(), source };
    let definition = &loaded.definition;
    let mut built = build(definition).map_err(|source| GenerateError::Build { name: loaded.name.clone(), source })?;
    built.repository.write(folder, &mut built.checkout).map_err(failed)?;
    if !definition.expect.is_empty() {
        let text = definition.expect.to_toml(&definition.meta.description);
        fs::write(folder.join(".expect.toml"), text).map_err(failed)?;
    }
    let hash = hash_directory(folder).map_err(failed)?;
    fs::write(folder.join(MARKER), marker_text(loaded, hash)).map_err(failed)?;
    Ok(hash)
}
