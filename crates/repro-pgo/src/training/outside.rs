//! The programs that a workload runs and that are not trained: clients and servers of the system.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use host::{digest, programs};
use paired_bench::measure::case::BINARY;

use super::plan::Run;
use super::{TrainingError, process};
use crate::declaration::invocation::CommandSpec;

/// The file that `declared` names: one on PATH, or the path that it is.
///
/// # Errors
/// [`TrainingError::NoProgram`] where PATH has none of this name; `run` is named in it.
pub fn find(run: &Run, declared: &str) -> Result<PathBuf, TrainingError> {
    let found = if declared.contains('/') { Some(PathBuf::from(declared)) } else { programs::on_path(declared) };
    found.ok_or_else(|| TrainingError::NoProgram { run: process::name(run), program: declared.to_owned() })
}

/// The programs of `command` as they are declared.
fn declared(command: &CommandSpec) -> impl Iterator<Item = &String> {
    let services = command.services.iter().flat_map(|service| [service.command.first(), service.stop.first()]);
    command.program.iter().chain(services.flatten().filter(|first| *first != BINARY))
}

/// The files of this machine that `run` starts; those of its inputs are not among them, because they are named by a path in
/// which the entry is still to be filled in, or by one relative to it.
///
/// # Errors
/// [`TrainingError::NoProgram`] where one is missing.
pub fn files(run: &Run) -> Result<BTreeMap<&str, PathBuf>, TrainingError> {
    let is_here = |name: &&String| !name.contains('/') || Path::new(name).is_absolute();
    let found = declared(&run.command).filter(is_here).map(|name| Ok((name.as_str(), find(run, name)?)));
    found.collect()
}

/// Where the machine, which has no PATH, has what is declared as `name`, when it brought `files`. A path in its inputs is its own.
pub fn brought(files: &BTreeMap<&str, PathBuf>, name: &str) -> PathBuf {
    files.get(name).cloned().unwrap_or_else(|| PathBuf::from(name))
}

/// The hashes of the programs that `runs` start, by their declared names, for the record.
///
/// # Errors
/// [`TrainingError`] where one is missing or can't be read.
pub fn hashes(runs: &[Run]) -> Result<BTreeMap<String, String>, TrainingError> {
    let mut found = BTreeMap::new();
    for run in runs {
        found.extend(files(run)?);
    }
    let hash = |(name, path): (&str, PathBuf)| {
        Ok((name.to_owned(), digest::of_file(&path).map_err(TrainingError::file("cannot read", &path))?))
    };
    found.into_iter().map(hash).collect()
}
