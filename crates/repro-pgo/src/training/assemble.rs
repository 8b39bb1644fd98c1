//! Putting shards together: that all of one training are there, once each and all of one program, and in which order; then
//! the sum, by the same step that ends a whole training.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use host::progress::Task;
use thiserror::Error;

use super::cells::{self, Cell};
use super::finish::{self, Trained};
use super::record::{BuildRecord, TrainingRecord};
use super::shard::{self, Shard, ShardError};
use super::{TrainingError, weights};
use crate::declaration::{CpuModel, EmulatorChoice, Spec, Weight, WorkloadSpec};
use crate::toolchain::{MachineRecord, ProfileTool, WeightedProfile};

/// Why shards make no profile.
#[derive(Debug, Error)]
pub enum AssembleError {
    /// One of them is none.
    #[error(transparent)]
    Shard(#[from] ShardError),
    /// One is of nothing that is declared.
    #[error("{} is of {shard}, which pgo.toml does not declare; leave it out", path.display())]
    Foreign {
        /// Its folder.
        path: PathBuf,
        /// What it is of.
        shard: String,
    },
    /// One was trained under another declaration.
    #[error("{} was trained with other {what} than pgo.toml declares now; train {shard} again", path.display())]
    Stale {
        /// Its folder.
        path: PathBuf,
        /// What it is of.
        shard: String,
        /// What has changed.
        what: &'static str,
    },
    /// Two are of the same.
    #[error("{} and {} are both of {shard}; leave one of them out", first.display(), second.display())]
    Twice {
        /// One folder.
        first: PathBuf,
        /// The other.
        second: PathBuf,
        /// What they are of.
        shard: String,
    },
    /// Some are not there.
    #[error("{} declared, of which there is no shard: {}; train it and name its folder", count(.0), .0.join(", "))]
    Missing(Vec<String>),
    /// Two don't belong to one training.
    #[error(
        "{} and {} have different {what} ({} and {}); all shards must be of one training: train them again alike",
        paths[0].display(), paths[1].display(), values[0], values[1]
    )]
    Differ {
        /// The folders.
        paths: [PathBuf; 2],
        /// In what they differ.
        what: &'static str,
        /// How.
        values: [String; 2],
    },
    /// One can't be merged by this program as it would have been trained.
    #[error("{} was merged by {theirs}, this merge is by {own}; use the same for both", path.display())]
    OtherTool {
        /// Its folder.
        path: PathBuf,
        /// What merged it.
        theirs: String,
        /// What merges now.
        own: String,
    },
    /// The sum could not be made or was refused.
    #[error(transparent)]
    Training(#[from] TrainingError),
}

fn count(names: &[String]) -> String {
    if names.len() == 1 { "1 is".to_owned() } else { format!("{} are", names.len()) }
}

/// A shard, where it lies, and what it counts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its folder.
    pub path: PathBuf,
    /// What it is.
    pub shard: Shard,
    /// The workload's weight times the CPU model's.
    pub weight: u64,
}

/// Merges the shards in `folders` into the profile of the whole training that `spec` declares, the same bytes as one
/// training of all gives, and writes it into `output` with its record.
///
/// # Errors
/// [`AssembleError`] when a shard is missing, one too many, or of something else, or the sum is refused.
pub fn assemble(
    spec: &Spec,
    tool: &ProfileTool,
    folders: &[PathBuf],
    output: &Path,
    task: &Task,
) -> Result<TrainingRecord, AssembleError> {
    let mut found = Vec::new();
    for folder in folders {
        found.push((folder.clone(), Shard::read(folder)?));
    }
    let shards = in_order(spec, found)?;
    if let Some(other) = shards.iter().find(|placed| placed.shard.profile_tool != tool.describe()) {
        let theirs = other.shard.profile_tool.clone();
        return Err(AssembleError::OtherTool { path: other.path.clone(), theirs, own: tool.describe() });
    }
    let scratch = tempfile::tempdir().map_err(TrainingError::file("cannot make a folder in", &std::env::temp_dir()))?;
    let merged = scratch.path().join("merged.profdata");
    let mut cells: Vec<Cell> = shards.iter().filter(|placed| placed.shard.left_out.is_none()).map(cell).collect();
    weights::settle(tool, &spec.training, &mut cells).map_err(TrainingError::from)?;
    cells::sum(tool, &cells, &merged).map_err(TrainingError::from)?;
    let watched: Option<Vec<bool>> = shards.iter().map(|placed| placed.shard.threads).collect();
    let trained = Trained {
        tool,
        cells: &cells,
        merged: &merged,
        scratch: &scratch.path().join("part.profdata"),
        min_covered_functions: spec.limits.min_covered_functions,
        threads: watched.map(|threads| threads.contains(&true)),
        about: about(spec, &shards, &cells),
    };
    Ok(finish::finish(trained, output, task)?)
}

fn cell(placed: &Placed) -> Cell {
    Cell {
        workload: placed.shard.workload.name.clone(),
        cpu_model: placed.shard.cpu_model.as_ref().map(|model| model.name.clone()),
        profile: WeightedProfile { path: placed.path.join(shard::PROFILE), weight: placed.weight },
    }
}

/// What the whole training would say of itself.
fn about(spec: &Spec, shards: &[Placed], cells: &[Cell]) -> TrainingRecord {
    let first = &shards[0].shard;
    let mut about = TrainingRecord {
        instrumented_sha256: first.binaries[&spec.build.binary].clone(),
        replicates: first.replicates,
        emulator: first.emulator.clone(),
        machine: first.machine.clone(),
        network: shards.iter().filter_map(|placed| placed.shard.network).max(),
        build: Some(first.build.clone()),
        profile_tool: first.profile_tool.clone(),
        ..TrainingRecord::default()
    };
    for Placed { shard, .. } in shards {
        about.runs.extend(shard.runs.iter().cloned().map(|run| cells::weighted(run, cells)));
        about.left_out_cpu_models.extend(shard.left_out.clone());
        about.programs.extend(shard.programs.clone());
    }
    about.left_out_cpu_models.dedup();
    about
}

/// The shards of all that `spec` declares, in the order in which a whole training runs them: by CPU model, then by
/// workload.
///
/// # Errors
/// [`AssembleError`] naming the first that is missing, one too many, or of something else.
pub fn in_order(spec: &Spec, found: Vec<(PathBuf, Shard)>) -> Result<Vec<Placed>, AssembleError> {
    let training = &spec.training;
    for (path, shard) in &found {
        let workload = training.workloads.iter().find(|workload| workload.name == shard.workload.name);
        let Some(workload) = workload else { return Err(foreign(path, shard)) };
        require_current(spec, path, shard, workload)?;
    }
    for pair in found.windows(2) {
        require_alike(&pair[0], &pair[1])?;
    }
    let native = found.iter().any(|(_, shard)| shard.cpu_model.is_none());
    let models: Vec<Option<&CpuModel>> =
        if native { vec![None] } else { training.cpu_models.iter().map(Some).collect() };
    let (mut placed, mut missing) = (Vec::new(), Vec::new());
    for model in models {
        for workload in &training.workloads {
            let weight = workload.weight.declared_times().saturating_mul(model.map_or(1, |model| model.weight));
            let model = model.map(|model| model.name.as_str());
            let mut own = found.iter().filter(|(_, shard)| {
                shard.workload.name == workload.name
                    && shard.cpu_model.as_ref().map(|model| model.name.as_str()) == model
            });
            match (own.next(), own.next()) {
                (None, _) => missing.push(shard::name(&workload.name, model)),
                (Some((path, shard)), None) => {
                    placed.push(Placed { path: path.clone(), shard: shard.clone(), weight });
                }
                (Some((first, shard)), Some((second, _))) => {
                    let (first, second) = (first.clone(), second.clone());
                    return Err(AssembleError::Twice { first, second, shard: shard.name() });
                }
            }
        }
    }
    if missing.is_empty() {
        require_same_surroundings(&placed).map(|()| placed)
    } else {
        Err(AssembleError::Missing(missing))
    }
}

fn foreign(path: &Path, shard: &Shard) -> AssembleError {
    AssembleError::Foreign { path: path.to_owned(), shard: shard.name() }
}

/// That `shard` was trained as `spec` declares it now.
fn require_current(spec: &Spec, path: &Path, shard: &Shard, workload: &WorkloadSpec) -> Result<(), AssembleError> {
    let declared = shard.cpu_model.as_ref().map(|own| {
        let model = spec.training.cpu_models.iter().find(|model| model.name == own.name);
        model.map(|model| (model.features == own.features, model.optional || shard.left_out.is_none()))
    });
    let (features, possible) = match declared {
        Some(None) => return Err(foreign(path, shard)),
        Some(Some(model)) => model,
        None => (true, true),
    };
    let emulator = match spec.training.emulator {
        EmulatorChoice::QemuUser => shard.emulator.starts_with("qemu-user "),
        EmulatorChoice::Machine => shard.emulator.starts_with("qemu-system "),
        EmulatorChoice::Native => shard.cpu_model.is_none(),
        EmulatorChoice::Auto => true,
    };
    let binaries: BTreeSet<&str> = spec.build.binaries().into_iter().collect();
    let recorded = spec.inputs.get(&workload.inputs).and_then(|set| set.sha256.as_ref());
    for (what, current) in [
        ("[build]", shard.build == BuildRecord::new(&spec.build, shard.build.rustc.clone())),
        ("binaries", shard.binaries.keys().map(String::as_str).eq(binaries.iter().copied())),
        ("[training] emulator", emulator),
        ("[training] replicates", shard.replicates == spec.training.replicates),
        ("[training] cpu-models", features && possible),
        ("[[training.workloads]]", shard.workload == WorkloadSpec { weight: Weight::Times(1), ..workload.clone() }),
        ("[inputs]", recorded.is_none_or(|recorded| *recorded == shard.inputs_sha256)),
    ] {
        if !current {
            return Err(AssembleError::Stale { path: path.to_owned(), shard: shard.name(), what });
        }
    }
    Ok(())
}

/// That two shards are of one program and were made by the same tools.
fn require_alike(
    (path, shard): &(PathBuf, Shard),
    (other_path, other): &(PathBuf, Shard),
) -> Result<(), AssembleError> {
    let hashes = |shard: &Shard| shard.binaries.values().cloned().collect::<Vec<_>>().join(" ");
    let rustc = |shard: &Shard| shard.build.rustc.clone().unwrap_or_else(|| "unknown".to_owned());
    let machine = |shard: &Shard| shard.machine.as_ref().map_or_else(|| "none".to_owned(), MachineRecord::describe);
    for (what, own, others) in [
        ("instrumented binaries", hashes(shard), hashes(other)),
        ("compilers", rustc(shard), rustc(other)),
        ("emulators", shard.emulator.clone(), other.emulator.clone()),
        ("machines", machine(shard), machine(other)),
        ("profile tools", shard.profile_tool.clone(), other.profile_tool.clone()),
    ] {
        if own != others {
            let paths = [path.clone(), other_path.clone()];
            return Err(AssembleError::Differ { paths, what, values: [own, others] });
        }
    }
    Ok(())
}

/// That shards of one input set ran on the same contents, where no hash is recorded that says so, and that those that start a program
/// of the same name started the same one.
fn require_same_surroundings(placed: &[Placed]) -> Result<(), AssembleError> {
    let mut seen: BTreeMap<(&str, &str), (&str, &Path)> = BTreeMap::new();
    for Placed { path, shard, .. } in placed {
        let programs = shard.programs.iter().map(|(name, hash)| (("programs", &**name), hash));
        let inputs = (("inputs", &*shard.workload.inputs), &shard.inputs_sha256);
        for ((what, name), hash) in programs.chain([inputs]) {
            let (first, first_path) = *seen.entry((what, name)).or_insert((hash, path));
            if first != hash {
                let paths = [first_path.to_owned(), path.clone()];
                return Err(AssembleError::Differ { paths, what, values: [first.to_owned(), hash.clone()] });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration;
    use crate::toolchain::LeftOut;

    const SPEC: &str = r#"
[build]
package = "demo"
binary = "demo"
target = "x86_64-unknown-linux-gnu"

[inputs.small]
directory = "inputs"

[training]
cpu-models = [{ name = "X", weight = 3 }, { name = "Y", optional = true }]

[[training.workloads]]
name = "a"
inputs = "small"
weight = 2

[[training.workloads]]
name = "b"
inputs = "small"
"#;

    fn spec() -> Spec {
        declaration::parse(SPEC, Path::new("pgo.toml")).expect("the text is complete")
    }

    fn shard(workload: usize, model: usize) -> (PathBuf, Shard) {
        let spec = spec();
        let workload = WorkloadSpec { weight: Weight::Times(1), ..spec.training.workloads[workload].clone() };
        let cpu_model = CpuModel { weight: 1, ..spec.training.cpu_models[model].clone() };
        let path = PathBuf::from(format!("{}-{}", workload.name, cpu_model.name));
        let shard = Shard {
            workload,
            cpu_model: Some(cpu_model),
            left_out: None,
            inputs_sha256: "i".to_owned(),
            replicates: 2,
            binaries: BTreeMap::from([("demo".to_owned(), "b".to_owned())]),
            build: BuildRecord::new(&spec.build, Some("rustc 1".to_owned())),
            emulator: "qemu-user 1".to_owned(),
            machine: None,
            programs: BTreeMap::new(),
            profile_tool: "built-in".to_owned(),
            threads: None,
            network: None,
            runs: Vec::new(),
            profile_sha256: None,
        };
        (path, shard)
    }

    /// Every shard that is declared, none where it belongs.
    fn all() -> Vec<(PathBuf, Shard)> {
        vec![shard(1, 1), shard(0, 0), shard(0, 1), shard(1, 0)]
    }

    #[test]
    fn any_order_becomes_the_order_of_a_whole_training() {
        let placed = in_order(&spec(), all()).expect("all are there");
        let seen: Vec<_> = placed.iter().map(|placed| (placed.path.to_string_lossy(), placed.weight)).collect();
        let expected = [("a-X", 6), ("b-X", 3), ("a-Y", 2), ("b-Y", 1)];
        assert_eq!(seen, expected.map(|(path, weight)| (path.into(), weight)));
    }

    #[test]
    fn natively_there_is_one_shard_a_workload() {
        let native = |workload| {
            let (path, shard) = shard(workload, 0);
            (path, Shard { cpu_model: None, emulator: "native".to_owned(), ..shard })
        };
        let placed = in_order(&spec(), vec![native(1), native(0)]).expect("all are there");
        assert_eq!(placed.iter().map(|placed| placed.weight).collect::<Vec<_>>(), [2, 1]);
    }

    #[track_caller]
    fn refused(found: Vec<(PathBuf, Shard)>, told: &[&str]) {
        let error = in_order(&spec(), found).expect_err("it is refused").to_string();
        assert!(told.iter().all(|part| error.contains(part)), "{error}");
    }

    #[test]
    fn what_is_missing_twice_or_foreign_is_named() {
        refused(all()[..2].to_vec(), &["2 are declared", "workload `b` on X, workload `a` on Y"]);
        refused(Vec::new(), &["4 are declared"]);
        refused([all(), vec![("again".into(), shard(0, 0).1)]].concat(), &["a-X and again", "workload `a` on X"]);
        let mut found = all();
        found[1].1.workload.name = "c".to_owned();
        refused(found, &["a-X is of workload `c` on X", "does not declare"]);
        let mut found = all();
        found[1].1.cpu_model.as_mut().expect("it is emulated").name = "Z".to_owned();
        refused(found, &["a-X is of workload `a` on Z", "does not declare"]);
    }

    /// All shards, with the one in `a-X` changed.
    fn changed(change: impl FnOnce(&mut Shard)) -> Vec<(PathBuf, Shard)> {
        let mut found = all();
        change(&mut found[1].1);
        found
    }

    #[test]
    fn what_was_declared_otherwise_is_trained_again() {
        let stale = |change: fn(&mut Shard), what| refused(changed(change), &["a-X was trained with other", what]);
        stale(|shard| shard.workload.args.push("-v".to_owned()), "[[training.workloads]]");
        stale(|shard| shard.replicates = 3, "[training] replicates");
        stale(|shard| shard.build.rustflags.push("-Copt-level=1".to_owned()), "[build]");
        let features = |shard: &mut Shard| {
            shard.cpu_model.as_mut().expect("it is emulated").features.push("avx2".to_owned());
        };
        stale(|shard| shard.binaries.clear(), "binaries");
        stale(features, "[training] cpu-models");
        let left_out = |shard: &mut Shard| {
            shard.left_out = Some(LeftOut { model: "X".to_owned(), reason: "is unknown".to_owned() });
        };
        stale(left_out, "[training] cpu-models");
    }

    #[test]
    fn shards_of_two_trainings_are_refused() {
        let differ = |change: fn(&mut Shard), what| refused(changed(change), &["a-X", "different", what]);
        differ(|shard| *shard.binaries.get_mut("demo").expect("it is there") = "c".to_owned(), "instrumented binaries");
        differ(|shard| shard.build.rustc = Some("rustc 2".to_owned()), "compilers");
        differ(|shard| shard.emulator = "qemu-user 2".to_owned(), "emulators");
        let in_machine = |shard: &mut Shard| {
            shard.machine = Some(MachineRecord {
                kernel: "6.1".to_owned(),
                kernel_sha256: "k".to_owned(),
                kernel_arguments: "quiet".to_owned(),
                emulator_arguments: "-smp 1".to_owned(),
                init_sha256: "i".to_owned(),
            });
        };
        differ(in_machine, "machines (none and Linux 6.1 k told `quiet`, init i, qemu told `-smp 1`)");
        differ(|shard| shard.inputs_sha256 = "j".to_owned(), "inputs");
    }

    #[test]
    fn shards_that_started_other_programs_of_one_name_are_refused() {
        let mut found = all();
        let starts = |shard: &mut (PathBuf, Shard), hash: &str| {
            shard.1.programs.insert("curl".to_owned(), hash.to_owned());
        };
        // The shards between them start none.
        let last = found.len() - 1;
        starts(&mut found[0], "c1");
        starts(&mut found[last], "c1");
        in_order(&spec(), found.clone()).expect("it is the same program");
        starts(&mut found[last], "c2");
        refused(found, &["different", "programs", "c1", "c2"]);
    }

    #[test]
    fn a_model_that_is_left_out_is_recorded_once() {
        let reason = LeftOut { model: "Y".to_owned(), reason: "is unknown".to_owned() };
        let mut found = all();
        for (_, shard) in found.iter_mut().filter(|(path, _)| path.ends_with("a-Y") || path.ends_with("b-Y")) {
            shard.left_out = Some(reason.clone());
        }
        let placed = in_order(&spec(), found).expect("Y is optional");
        assert_eq!(about(&spec(), &placed, &[]).left_out_cpu_models, [reason]);
    }
}
