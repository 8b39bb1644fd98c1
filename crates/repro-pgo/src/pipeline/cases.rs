//! The commands that are checked and measured, from the declaration and the inputs that are there.

use std::path::{Path, PathBuf};

use host::copy::sorted_entries;
use paired_bench::measure::Case;
use thiserror::Error;

use crate::declaration::Spec;
use crate::declaration::invocation::place;

/// Why a command can't be run.
#[derive(Debug, Error)]
pub enum CaseError {
    /// A set is missing.
    #[error("the input set {} cannot be listed: {source}; make it with `repro-pgo inputs`", path.display())]
    Set {
        /// Its folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A benchmark's entry is missing.
    #[error("benchmark {name}: {} does not exist; its `entry` must be an entry of its input set", path.display())]
    Entry {
        /// The benchmark.
        name: String,
        /// The entry.
        path: PathBuf,
    },
}

/// Each command of `[check]` on each entry of its sets under `inputs`.
///
/// # Errors
/// [`CaseError::Set`].
pub fn checks(spec: &Spec, inputs: &Path) -> Result<Vec<Case>, CaseError> {
    let mut cases = Vec::new();
    for set in &spec.check.inputs {
        let path = inputs.join(set);
        let entries = sorted_entries(&path).map_err(|source| CaseError::Set { path: path.clone(), source })?;
        for entry in entries.iter().filter_map(|entry| entry.file_name()?.to_str()) {
            for command in &spec.check.commands {
                let placed = place(&path, entry, command);
                let name = format!("`{}` on {set}/{entry}", command.join(" "));
                cases.push(Case { name, directory: placed.directory, args: placed.args, exit_codes: vec![0] });
            }
        }
    }
    Ok(cases)
}

/// The `[[benchmarks]]` on their entries under `inputs`.
///
/// # Errors
/// [`CaseError::Entry`].
pub fn benchmarks(spec: &Spec, inputs: &Path) -> Result<Vec<Case>, CaseError> {
    let case = |benchmark: &crate::declaration::BenchmarkSpec| {
        let set = inputs.join(&benchmark.inputs);
        let path = set.join(&benchmark.entry);
        if !path.exists() {
            return Err(CaseError::Entry { name: benchmark.name.clone(), path });
        }
        let placed = place(&set, &benchmark.entry, &benchmark.args);
        let name = benchmark.name.clone();
        Ok(Case { name, directory: placed.directory, args: placed.args, exit_codes: vec![0] })
    };
    spec.benchmarks.iter().map(case).collect()
}
