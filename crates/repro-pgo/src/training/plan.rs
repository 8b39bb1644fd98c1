//! The list of runs of one repetition, as a pure function of the declaration and the entries that are there.

use std::collections::BTreeMap;
use std::path::Path;

use super::TrainingError;
use crate::declaration::invocation::CommandSpec;
use crate::declaration::{CpuModel, TrainingSpec, WorkloadSpec};
use crate::toolchain::Emulator;

/// The entries of each input set, in order.
pub type Entries = BTreeMap<String, Vec<String>>;

/// One run of the instrumented binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The workload's name.
    pub workload: String,
    /// The set.
    pub set: String,
    /// The entry of the set.
    pub entry: String,
    /// The emulated CPU; `None` natively.
    pub cpu_model: Option<String>,
    /// The command, not yet placed on the entry.
    pub command: CommandSpec,
    /// The exit codes that count as success.
    pub exit_codes: Vec<i32>,
    /// The weight of this run's profile: the workload's times the CPU model's.
    pub weight: u64,
}

/// All runs: by CPU model, then by workload, then by entry.
///
/// # Errors
/// [`TrainingError::NothingToRun`] for a workload without an entry. `inputs` is named in it.
pub fn runs(
    training: &TrainingSpec,
    emulator: &Emulator,
    entries: &Entries,
    inputs: &Path,
) -> Result<Vec<Run>, TrainingError> {
    let models: Vec<Option<&CpuModel>> = match emulator {
        Emulator::QemuUser { .. } | Emulator::Machine(_) => {
            emulator.trained(&training.cpu_models).into_iter().map(Some).collect()
        }
        Emulator::Native { .. } => vec![None],
    };
    let mut runs = Vec::new();
    for model in models {
        for workload in &training.workloads {
            let matching = matching_entries(workload, entries);
            if matching.is_empty() {
                return Err(nothing_to_run(workload, inputs));
            }
            runs.extend(matching.into_iter().map(|entry| run(workload, entry, model)));
        }
    }
    Ok(runs)
}

fn matching_entries<'a>(workload: &WorkloadSpec, entries: &'a Entries) -> Vec<&'a str> {
    let matcher = workload.matcher();
    let entries = entries.get(&workload.inputs).map(Vec::as_slice).unwrap_or_default();
    entries.iter().map(String::as_str).filter(|entry| matcher.is_match(entry)).collect()
}

fn nothing_to_run(workload: &WorkloadSpec, inputs: &Path) -> TrainingError {
    TrainingError::NothingToRun {
        workload: workload.name.clone(),
        set: workload.inputs.clone(),
        directory: inputs.join(&workload.inputs),
        globs: workload.entries.join(", "),
    }
}

fn run(workload: &WorkloadSpec, entry: &str, model: Option<&CpuModel>) -> Run {
    Run {
        workload: workload.name.clone(),
        set: workload.inputs.clone(),
        entry: entry.to_owned(),
        cpu_model: model.map(|model| model.name.clone()),
        command: workload.command(),
        exit_codes: workload.exit_codes.clone(),
        weight: workload.weight.declared_times().saturating_mul(model.map_or(1, |model| model.weight)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::declaration::EmulatorChoice;
    use crate::toolchain::LeftOut;

    const NATIVE: Emulator = Emulator::Native { instead: None };

    fn training(globs: &[&str]) -> TrainingSpec {
        TrainingSpec {
            replicates: 2,
            timeout_seconds: 1,
            emulator: EmulatorChoice::Auto,
            cpu_models: [("A", 1, false), ("B", 3, false), ("C", 1, true)].map(model).to_vec(),
            machine: Default::default(),
            network: false,
            pinned: None,
            workloads: vec![workload(globs)],
        }
    }

    fn workload(globs: &[&str]) -> WorkloadSpec {
        let mut workload: WorkloadSpec =
            toml::from_str("name = \"w\"\ninputs = \"s\"\nweight = 2\n").expect("it is complete");
        workload.entries = globs.iter().map(|glob| (*glob).to_owned()).collect();
        workload
    }

    fn model((name, weight, optional): (&str, u64, bool)) -> CpuModel {
        CpuModel { name: name.to_owned(), weight, features: Vec::new(), optional }
    }

    fn entries() -> Entries {
        BTreeMap::from([("s".to_owned(), ["large-1", "small-1", "small-2"].map(str::to_owned).to_vec())])
    }

    #[test]
    fn every_model_that_is_not_left_out_runs_every_matching_entry_with_the_product_of_the_weights() {
        let left_out = vec![LeftOut { model: "C".to_owned(), reason: "is not there".to_owned() }];
        let qemu = Emulator::QemuUser { path: PathBuf::from("/q"), version: "1".to_owned(), left_out };
        let runs = runs(&training(&["small-*"]), &qemu, &entries(), Path::new("/s")).expect("two entries match");
        let seen: Vec<_> = runs.iter().map(|run| (run.cpu_model.as_deref(), run.entry.as_str(), run.weight)).collect();
        let expected = [
            (Some("A"), "small-1", 2),
            (Some("A"), "small-2", 2),
            (Some("B"), "small-1", 6),
            (Some("B"), "small-2", 6),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn natively_there_is_one_pass() {
        let runs = runs(&training(&["*"]), &NATIVE, &entries(), Path::new("/s")).expect("all match");
        assert_eq!(runs.iter().map(|run| run.weight).collect::<Vec<_>>(), [2, 2, 2]);
    }

    #[test]
    fn a_workload_without_entries_is_refused() {
        let error = runs(&training(&["no-*"]), &NATIVE, &entries(), Path::new("/s")).expect_err("none match");
        assert!(error.to_string().contains("matches no entry of the input set `s` in /s/s"), "{error}");
    }
}
