//! Stage `inputs`: the sets of inputs, the same bytes everywhere, held to the hashes recorded in `pgo.toml`.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use git_fixtures::{GenerateError, Options};
use host::progress::Task;
use host::tree_hash::{self, ContentHash};
use host::{copy, digest};
use thiserror::Error;

use super::State;
use super::fetched::{FetchError, fetch};
use crate::declaration::{InputSpec, Spec};

/// Why a set could not be made or was refused.
#[derive(Debug, Error)]
pub enum InputError {
    /// The definitions could not be made into repositories.
    #[error("input set `{set}`: {source}")]
    Generate {
        /// The set.
        set: String,
        /// Why.
        source: GenerateError,
    },
    /// It could not be fetched.
    #[error("input set `{set}`: {source}")]
    Fetch {
        /// The set.
        set: String,
        /// Why.
        source: FetchError,
    },
    /// A file or folder could not be handled.
    #[error("input set `{set}`: {action} {}: {source}", path.display())]
    File {
        /// The set.
        set: String,
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// What it is made from is not there.
    #[error(
        "input set `{set}`: {} is not a folder; [inputs.{set}] must name one, relative to the folder of pgo.toml", path.display()
    )]
    NoFolder {
        /// The set.
        set: String,
        /// What is named.
        path: PathBuf,
    },
    /// A workload or a benchmark runs on nothing of it.
    #[error("{user} finds no entry {wanted} in input set `{set}` ({})", path.display())]
    NoEntry {
        /// The set.
        set: String,
        /// Its folder.
        path: PathBuf,
        /// Who looks for it.
        user: String,
        /// What is looked for.
        wanted: String,
    },
    /// It has other content than recorded.
    #[error(
        "input set `{set}` in {} has the content hash {found}, but pgo.toml records {recorded}; if the change is \
         meant, put the new hash into inputs.{set}.sha256", path.display()
    )]
    HashDiffers {
        /// The set.
        set: String,
        /// Where it is.
        path: PathBuf,
        /// Its hash.
        found: String,
        /// The hash in `pgo.toml`.
        recorded: String,
    },
}

/// The content hash of one set.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SetHash {
    /// In lower-case hexadecimal.
    pub sha256: String,
    /// Whether `pgo.toml` records it.
    pub pinned: bool,
}

/// The content hashes of all sets by name.
pub type InputHashes = BTreeMap<String, SetHash>;

/// Looks whether all that `spec` names is there, which takes no time, before a build that takes minutes.
///
/// # Errors
/// [`InputError`] for the first folder or entry that is missing.
pub fn require_sources(spec: &Spec, directory: &Path) -> Result<(), InputError> {
    for (name, set) in &spec.inputs {
        if let Some(file) = set.file_name() {
            require_listed(spec, name, Path::new(file), &[file], &|entry| entry == file)?;
        }
        let Some(source) = set.definitions.as_ref().or(set.directory.as_ref()) else { continue };
        let path = directory.join(source);
        if !path.is_dir() {
            return Err(InputError::NoFolder { set: name.clone(), path });
        }
        if set.directory.is_some() {
            require_entries(spec, name, &path)?;
        }
    }
    Ok(())
}

/// Every workload and benchmark on the set has something to run on.
fn require_entries(spec: &Spec, set: &str, path: &Path) -> Result<(), InputError> {
    let listed = copy::sorted_entries(path).map_err(file_error(set, "cannot list", path))?;
    let names: Vec<&str> = listed.iter().filter_map(|entry| entry.file_name()?.to_str()).collect();
    // A benchmark's entry may lie deeper.
    require_listed(spec, set, path, &names, &|entry| path.join(entry).exists())
}

/// The same with the `names` in the set, and what tells whether it has an entry.
fn require_listed(
    spec: &Spec,
    set: &str,
    path: &Path,
    names: &[&str],
    has: &dyn Fn(&str) -> bool,
) -> Result<(), InputError> {
    let workloads = spec.training.workloads.iter().filter(|workload| workload.inputs == set).filter_map(|workload| {
        let matcher = workload.matcher();
        let none = !names.iter().any(|name| matcher.is_match(name));
        none.then(|| (format!("workload `{}`", workload.name), format!("that matches {:?}", workload.entries)))
    });
    let benchmarks = spec.benchmarks.iter().filter(|benchmark| benchmark.inputs == set).filter_map(|benchmark| {
        let missing = !has(&benchmark.entry);
        missing.then(|| (format!("benchmark `{}`", benchmark.name), format!("`{}`", benchmark.entry)))
    });
    match workloads.chain(benchmarks).next() {
        Some((user, wanted)) => Err(InputError::NoEntry { set: set.to_owned(), path: path.to_owned(), user, wanted }),
        None => Ok(()),
    }
}

/// Makes all sets of `spec` in folders of their names under `output`. `directory` is the folder of `pgo.toml`.
///
/// # Errors
/// [`InputError`] when a set can't be made or its hash differs from the recorded one.
pub fn make_inputs(
    spec: &Spec,
    directory: &Path,
    output: &Path,
    task: &Task,
) -> Result<(State, InputHashes), InputError> {
    let mut hashes = InputHashes::new();
    let mut state = State::UpToDate;
    for (name, set) in &spec.inputs {
        task.doing(&format!("set {name}"));
        let path = output.join(name);
        if make_set(name, set, directory, &path, task)? == State::Done {
            state = State::Done;
        }
        let hash = verify_set(name, set, &path)?;
        if !hash.pinned {
            task.say(&format!("note: inputs.{name} is not pinned; add `sha256 = \"{}\"` to pgo.toml", hash.sha256));
        }
        hashes.insert(name.clone(), hash);
    }
    Ok((state, hashes))
}

/// Makes one set at `path` unless it is there already.
///
/// # Errors
/// [`InputError`] when it can't be made.
pub fn make_set(name: &str, set: &InputSpec, directory: &Path, path: &Path, task: &Task) -> Result<State, InputError> {
    match (&set.definitions, &set.directory, &set.url) {
        (Some(definitions), ..) => generate(name, &directory.join(definitions), path, task),
        (None, Some(source), _) => copy_set(name, &directory.join(source), path),
        (None, None, url) => fetch_set(name, set, url.as_deref().unwrap_or_default(), path),
    }
}

/// The fetched file alone in the folder `path`.
fn fetch_set(name: &str, set: &InputSpec, url: &str, path: &Path) -> Result<State, InputError> {
    let file = path.join(set.file_name().unwrap_or_default());
    let sha256 = set.sha256.as_deref().unwrap_or_default();
    let there = copy::sorted_entries(path).unwrap_or_default();
    if there == [file.as_path()] && digest::of_file(&file).is_ok_and(|found| found == sha256) {
        return Ok(State::UpToDate);
    }
    let fetched = fetch(url, sha256).map_err(|source| InputError::Fetch { set: name.to_owned(), source })?;
    std::fs::create_dir_all(path).map_err(file_error(name, "cannot make", path))?;
    remove_strangers(name, path, &[])?;
    std::fs::copy(&fetched, &file).map_err(file_error(name, "cannot copy", &fetched))?;
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).map_err(file_error(
        name,
        "cannot change",
        &file,
    ))?;
    Ok(State::Done)
}

fn file_error(set: &str, action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> InputError {
    let (set, path) = (set.to_owned(), path.to_owned());
    move |source| InputError::File { set, action, path, source }
}

fn generate(name: &str, definitions: &Path, path: &Path, task: &Task) -> Result<State, InputError> {
    let failed = |source| InputError::Generate { set: name.to_owned(), source };
    std::fs::create_dir_all(path).map_err(file_error(name, "cannot make", path))?;
    let made =
        git_fixtures::generate(definitions, path, &Options { reuse: true, ..Options::default() }).map_err(failed)?;
    for warning in made.iter().flat_map(|made| &made.warnings) {
        task.say(&format!("warning: {warning}"));
    }
    remove_strangers(name, path, &made.iter().map(|made| made.name.as_str()).collect::<Vec<_>>())?;
    Ok(if made.iter().all(|made| made.reused) { State::UpToDate } else { State::Done })
}

/// Repositories of definitions that no longer exist would still be trained on.
fn remove_strangers(name: &str, path: &Path, known: &[&str]) -> Result<(), InputError> {
    for entry in copy::sorted_entries(path).map_err(file_error(name, "cannot list", path))? {
        let is_known = entry.file_name().is_some_and(|own| known.iter().any(|known| own == *known));
        if !is_known {
            remove(&entry).map_err(file_error(name, "cannot remove", &entry))?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> std::io::Result<()> {
    if path.symlink_metadata()?.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }
}

fn copy_set(name: &str, source: &Path, path: &Path) -> Result<State, InputError> {
    let wanted = tree_hash::of_directory(source, &[]).map_err(file_error(name, "cannot read", source))?;
    if path.is_dir() {
        if tree_hash::of_directory(path, &[]).is_ok_and(|there| there == wanted) {
            return Ok(State::UpToDate);
        }
        std::fs::remove_dir_all(path).map_err(file_error(name, "cannot remove", path))?;
    }
    let parent = path.parent().unwrap_or(path);
    std::fs::create_dir_all(parent).map_err(file_error(name, "cannot make", parent))?;
    copy::tree(source, path).map_err(file_error(name, "cannot copy", source))?;
    Ok(State::Done)
}

/// The content hash of the set at `path`, compared with the recorded one.
///
/// A set of repositories is hashed as git-fixtures does it (each repository, then the list of them), a copied folder as a
/// whole, a fetched file by itself.
///
/// # Errors
/// [`InputError::HashDiffers`], or [`InputError::File`] when the set can't be read.
pub fn verify_set(name: &str, set: &InputSpec, path: &Path) -> Result<SetHash, InputError> {
    let found = match set.file_name() {
        Some(file) => digest::of_file(&path.join(file)),
        None if set.definitions.is_some() => repositories_hash(path).map(|hash| hash.to_string()),
        None => tree_hash::of_directory(path, &[]).map(|hash| hash.to_string()),
    };
    let found = found.map_err(file_error(name, "cannot read", path))?;
    match &set.sha256 {
        Some(recorded) if *recorded != found => Err(InputError::HashDiffers {
            set: name.to_owned(),
            path: path.to_owned(),
            found,
            recorded: recorded.clone(),
        }),
        recorded => Ok(SetHash { sha256: found, pinned: recorded.is_some() }),
    }
}

fn repositories_hash(path: &Path) -> std::io::Result<ContentHash> {
    let mut hashes = Vec::new();
    for entry in copy::sorted_entries(path)? {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        hashes.push((name, git_fixtures::hash_directory(&entry)?));
    }
    Ok(tree_hash::of_set(hashes.iter().map(|(name, hash)| (name.as_str(), *hash))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration;

    #[test]
    fn what_is_missing_is_named_before_anything_is_built() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let text = "[build]\npackage = \"d\"\nbinary = \"d\"\ntarget = \"t\"\n[inputs.s]\ndirectory = \"texts\"\n\
            [[training.workloads]]\nname = \"w\"\ninputs = \"s\"\nentries = [\"a*\"]\n\
            [[benchmarks]]\nname = \"b\"\ninputs = \"s\"\nentry = \"large\"\n";
        let spec = declaration::parse(text, Path::new("pgo.toml")).expect("it is complete");
        let refused = || require_sources(&spec, directory.path()).expect_err("something is missing").to_string();
        assert!(refused().contains("texts is not a folder; [inputs.s] must name one"), "{}", refused());
        let texts = directory.path().join("texts");
        std::fs::create_dir(&texts).expect("the directory is ours");
        assert!(
            refused().starts_with("workload `w` finds no entry that matches [\"a*\"] in input set `s`"),
            "{}",
            refused()
        );
        std::fs::write(texts.join("a1"), "").expect("the directory is ours");
        assert!(refused().starts_with("benchmark `b` finds no entry `large` in input set `s`"), "{}", refused());
        std::fs::write(texts.join("large"), "").expect("the directory is ours");
        require_sources(&spec, directory.path()).expect("all is there");
    }
}
