//! A whole training: the fixed directory, the repetitions, the comparison, the result.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use host::copy::Order;
use host::progress::Task;
use host::{copy, digest};

use super::cells::{self, Cell};
use super::finish::{self, Trained};
use super::network::RunNetwork;
use super::observed::Observed;
use super::perturbation::Perturbation;
use super::plan::{self, Entries, Run};
use super::process::{self, Conditions, Layout, Purpose};
use super::record::{BuildRecord, RunRecord, TrainingRecord};
use super::replicates::{Difference, Disagreement, Repetition};
use super::root::TrainingRoot;
use super::shard::{self, Shard};
use super::side_by_side::side_by_side;
use super::{
    TrainingError, architecture, changes, facts, machine, notes, observed, outside, perturbation, replicates, weights,
};
use crate::compile::c_code::CCode;
use crate::declaration::{BuildSpec, EmulatorChoice, LimitsSpec, TrainingSpec};
use crate::toolchain::{Emulator, ProfileTool, WeightedProfile, WholeMachine};

/// The merged profile's name in the output folder.
pub const PROFILE: &str = "merged.profdata";
/// Its canonical text form's.
pub const TEXT: &str = "merged.proftext";
/// The record's.
pub const RECORD: &str = "training.json";

/// Everything a training depends on.
#[derive(Debug, Clone)]
pub struct TrainingRequest<'a> {
    /// The instrumented binary.
    pub binary: &'a Path,
    /// The folder of the input sets.
    pub inputs: &'a Path,
    /// Where [`PROFILE`], [`TEXT`], [`RECORD`] and the [parts](super::parts) go.
    pub output: &'a Path,
    /// What the binary was built with, for the record.
    pub build: &'a BuildSpec,
    /// The C code in it, where that is known, for the record.
    pub c_code: Vec<CCode>,
    /// The workloads and the conditions.
    pub training: &'a TrainingSpec,
    /// The coverage floor.
    pub limits: &'a LimitsSpec,
    /// What runs the binary.
    pub emulator: &'a Emulator,
    /// What merges the counts.
    pub tool: &'a ProfileTool,
    /// Whether the profile of the first repetition is kept even where another one gives another.
    pub pins: bool,
}

/// Trains and writes the profile. Where the emulator is chosen automatically, a program whose repetitions disagree is trained
/// in a whole machine, if one can be had here.
///
/// # Errors
/// [`TrainingError`] when a run fails, the repetitions disagree or too little is covered; nothing is written then but the
/// two text forms that disagree.
pub fn train(request: &TrainingRequest<'_>, task: &Task) -> Result<TrainingRecord, TrainingError> {
    or_in_machine(request, task, |request| train_by(request, task))
}

/// Trains as `request` says, and in a whole machine where the repetitions disagree and the choice is automatic.
fn or_in_machine<T>(
    request: &TrainingRequest<'_>,
    task: &Task,
    train: impl Fn(&TrainingRequest<'_>) -> Result<T, TrainingError>,
) -> Result<T, TrainingError> {
    let disagreement = match train(request) {
        Err(TrainingError::Disagreement(disagreement)) => disagreement,
        decided => return decided,
    };
    let Some(machine) = machine_instead(request) else { return Err(TrainingError::Disagreement(disagreement)) };
    task.say(&notes::machine_instead(&disagreement, request.emulator, &machine));
    for text in &disagreement.kept {
        std::fs::remove_file(text).map_err(TrainingError::file("cannot remove", text))?;
    }
    train(&TrainingRequest { emulator: &machine, ..request.clone() })
}

/// The machine that a program is trained in whose repetitions disagree elsewhere; `None` where another emulator is demanded,
/// and where there is no machine.
fn machine_instead(request: &TrainingRequest<'_>) -> Option<Emulator> {
    let training = request.training;
    let may_choose = training.emulator == EmulatorChoice::Auto && !matches!(request.emulator, Emulator::Machine(_));
    may_choose.then(|| Emulator::choose_machine(&training.machine, &request.build.target, &training.cpu_models).ok())?
}

fn train_by(request: &TrainingRequest<'_>, task: &Task) -> Result<TrainingRecord, TrainingError> {
    in_session(request, task, |session| {
        let agreed = session.agreed(task)?;
        session.finish(&agreed, task)
    })
}

/// Trains the one workload on the one CPU model that `request` is left with, and writes its shard. Coverage is not asked: a
/// shard alone may reach little. As [`train`] it turns to a whole machine where it has to and may.
///
/// # Errors
/// [`TrainingError`] when a run fails or the repetitions disagree.
pub fn train_shard(request: &TrainingRequest<'_>, inputs_sha256: &str, task: &Task) -> Result<Shard, TrainingError> {
    let by = |request: &TrainingRequest<'_>| train_shard_by(request, inputs_sha256, task);
    if request.training.cpu_models.len() > 1 {
        // Natively a shard is of no CPU model; in a machine it would be of several.
        return by(request);
    }
    let shard = or_in_machine(request, task, by)?;
    if shard.machine.is_some() && request.emulator.machine().is_none() {
        task.say(
            "note: all shards of a training are made by one emulator: declare `emulator = \"machine\"` and train the others \
             there too",
        );
    }
    Ok(shard)
}

fn train_shard_by(request: &TrainingRequest<'_>, inputs_sha256: &str, task: &Task) -> Result<Shard, TrainingError> {
    let output = request.output;
    std::fs::create_dir_all(output).map_err(TrainingError::file("cannot make", output))?;
    let untrained = Shard::untrained(request, inputs_sha256)?;
    if request.emulator.is_emulated() && request.emulator.trained(&request.training.cpu_models).is_empty() {
        notes::emulation(request.emulator, task);
        return shard::write(untrained, None, output);
    }
    in_session(request, task, |session| {
        let agreed = session.agreed(task)?;
        let runs = session.runs.iter().map(RunRecord::from).collect();
        let programs = outside::hashes(&session.runs)?;
        let network = Some(session.network.reach);
        let trained = Shard { runs, programs, threads: agreed.threads(), network, ..untrained };
        shard::write(trained, Some(&agreed.merged.cells[0].profile.path), output)
    })
}

/// Does `work` in the fixed directory, filled for `request`.
fn in_session<T>(
    request: &TrainingRequest<'_>,
    task: &Task,
    work: impl FnOnce(&Session<'_>) -> Result<T, TrainingError>,
) -> Result<T, TrainingError> {
    let output = request.output;
    std::fs::create_dir_all(output).map_err(TrainingError::file("cannot make", output))?;
    let runs = plan::runs(request.training, request.emulator, &entries(request)?, request.inputs)?;
    let root = TrainingRoot::acquire(|| task.say("another training is running on this machine; waiting for it"))?;
    notes::unvaried_order(root.path(), task)?;
    notes::emulation(request.emulator, task);
    task.expect_steps(runs.len() * request.training.replicates as usize);
    let network = RunNetwork::of(request.training, request.emulator, task);
    work(&Session { request, runs, layout: prepare(request, root.path())?, root: &root, network })
}

/// The entries of the sets that the workloads use.
pub(crate) fn entries(request: &TrainingRequest<'_>) -> Result<Entries, TrainingError> {
    let listed = request.training.sets().into_iter().map(|set| {
        let directory = request.inputs.join(set);
        let paths = copy::sorted_entries(&directory).map_err(TrainingError::file("cannot list", &directory))?;
        let names = paths.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
        Ok((set.to_owned(), names.collect()))
    });
    listed.collect()
}

/// Fills the fixed directory.
pub(crate) fn prepare(request: &TrainingRequest<'_>, root: &Path) -> Result<Layout, TrainingError> {
    let name = request.binary.file_name().unwrap_or_default();
    let layout = Layout {
        binary: root.join("bin").join(name),
        inputs: root.join("inputs"),
        profiles: root.join("profiles"),
        output: root.join("output"),
        fresh: root.join("fresh"),
    };
    for directory in [&root.join("bin"), &layout.inputs, &layout.output] {
        std::fs::create_dir(directory).map_err(TrainingError::file("cannot make", directory))?;
    }
    for name in request.build.binaries() {
        let is_first = name == request.build.binary;
        let from = if is_first { request.binary.to_owned() } else { request.binary.with_file_name(name) };
        architecture::require(&from, &request.build.target)?;
        let to = if is_first { layout.binary.clone() } else { layout.binary.with_file_name(name) };
        copy::executable(&from, &to).map_err(TrainingError::file("cannot copy", &from))?;
    }
    copy_inputs(request, &layout, Order::ByName)?;
    Ok(layout)
}

/// Makes the inputs anew, as the repetition wants them, and waits for its second.
pub(crate) fn vary(request: &TrainingRequest<'_>, layout: &Layout, replicate: u32) -> Result<(), TrainingError> {
    let inputs = &layout.inputs;
    std::fs::remove_dir_all(inputs).map_err(TrainingError::file("cannot remove", inputs))?;
    std::fs::create_dir(inputs).map_err(TrainingError::file("cannot make", inputs))?;
    copy_inputs(request, layout, Perturbation::of_replicate(replicate).order)?;
    perturbation::await_next_second();
    Ok(())
}

/// Copies the sets that the workloads use, entries made in this `order`.
fn copy_inputs(request: &TrainingRequest<'_>, layout: &Layout, order: Order) -> Result<(), TrainingError> {
    for set in request.training.sets() {
        let from = request.inputs.join(set);
        let copied = copy::tree_in_order(&from, &layout.inputs.join(set), order);
        copied.map_err(TrainingError::file("cannot copy", &from))?;
    }
    Ok(())
}

/// What one repetition gave.
struct Repeated {
    /// What is compared with the other repetitions.
    repetition: Repetition,
    /// The profile of each run, until the next repetition.
    raw: Vec<PathBuf>,
    /// What each run did besides counting; of the repetitions that record it.
    observed: BTreeMap<usize, Observed>,
}

/// The sum of a repetition's runs, under the root.
struct Merged {
    /// The profile.
    path: PathBuf,
    /// What it is the sum of.
    cells: Vec<Cell>,
}

/// Repetitions that agree.
struct Agreed {
    /// Of the first one, whose counts all others gave too.
    merged: Merged,
    /// How many functions had other counts in another repetition, where that is accepted.
    racing: usize,
    /// What the other repetitions did besides counting.
    observed: BTreeMap<usize, Observed>,
}

impl Agreed {
    /// Whether a run started threads; `None` where nobody watched.
    fn threads(&self) -> Option<bool> {
        let watched = !self.observed.is_empty();
        watched.then(|| self.observed.values().any(|observed| observed.starts_threads))
    }
}

struct Session<'a> {
    request: &'a TrainingRequest<'a>,
    runs: Vec<Run>,
    layout: Layout,
    root: &'a TrainingRoot,
    network: RunNetwork,
}

impl Session<'_> {
    /// Runs the repetitions and compares them.
    fn agreed(&self, task: &Task) -> Result<Agreed, TrainingError> {
        let inputs = self.inputs_hash()?;
        let first = self.repetition(1, task)?;
        self.require_unchanged(&inputs)?;
        let merged = self.merged(1, &first.raw)?;
        let mut observed = BTreeMap::new();
        let mut racing = 0;
        for replicate in 2..=self.request.training.replicates {
            vary(self.request, &self.layout, replicate)?;
            let other = self.repetition(replicate, task)?;
            self.require_unchanged(&inputs)?;
            observed.extend(other.observed);
            // Runs that counted the same have the same sum: it is made once.
            if let Some(difference) = first.repetition.difference(&other.repetition) {
                if self.request.pins {
                    racing = racing.max(difference.functions.len());
                    continue;
                }
                let others = self.merged(replicate, &other.raw)?;
                return Err(self.disagreement(replicate, difference, [&*merged.path, &*others.path])?);
            }
        }
        notes::say(observed::remarks(&self.runs, &observed).into_iter().chain(self.network.remark()), task);
        Ok(Agreed { merged, racing, observed })
    }

    /// Runs everything once.
    fn repetition(&self, replicate: u32, task: &Task) -> Result<Repeated, TrainingError> {
        let profiles = &self.layout.profiles;
        if replicate > 1 {
            std::fs::remove_dir_all(profiles).map_err(TrainingError::file("cannot remove", profiles))?;
        }
        std::fs::create_dir(profiles).map_err(TrainingError::file("cannot make", profiles))?;
        let (counted, observed) = self.run_all(replicate, task)?;
        let (raw, digests): (Vec<_>, Vec<_>) = counted.into_iter().unzip();
        Ok(Repeated { repetition: Repetition { names: self.names(&raw)?, digests }, raw, observed })
    }

    /// Adds up the profiles of a repetition's runs.
    fn merged(&self, replicate: u32, raw: &[PathBuf]) -> Result<Merged, TrainingError> {
        let in_root = |name: String| self.root.path().join(name);
        let mut cells = cells::merge(self.request.tool, &self.runs, raw, &in_root(format!("cells-{replicate}")))?;
        weights::settle(self.request.tool, self.request.training, &mut cells)?;
        let path = in_root(format!("replicate-{replicate}.profdata"));
        cells::sum(self.request.tool, &cells, &path)?;
        Ok(Merged { path, cells })
    }

    /// The functions of each run, in the order of its profile: those of its binary, and of its services'.
    fn names(&self, raw: &[PathBuf]) -> Result<Vec<Arc<[String]>>, TrainingError> {
        let mut known: BTreeMap<Vec<Option<&str>>, Arc<[String]>> = BTreeMap::new();
        let mut names = Vec::new();
        for (run, profile) in self.runs.iter().zip(raw) {
            let services = run.command.services.iter().filter(|service| service.is_trained());
            let own = run.command.program.is_none().then(|| self.other_binary(run.command.binary.as_ref()));
            let binaries =
                own.into_iter().chain(services.map(|service| self.other_binary(service.binary.as_ref()))).collect();
            let own = match known.entry(binaries) {
                Entry::Occupied(known) => Arc::clone(known.get()),
                Entry::Vacant(place) => {
                    let profile = self.request.tool.read(profile)?;
                    let own = profile.functions().iter().map(|record| record.name.clone()).collect();
                    Arc::clone(place.insert(own))
                }
            };
            names.push(own);
        }
        Ok(names)
    }

    /// The name of a binary where it is not the one that ships.
    fn other_binary<'b>(&self, binary: Option<&'b String>) -> Option<&'b str> {
        binary.map(String::as_str).filter(|name| *name != self.request.build.binary)
    }

    /// Runs side by side, one process a processor. Each run is a process of one thread with a profile of its own, so they
    /// can't disturb each other's counts.
    fn run_all(&self, replicate: u32, task: &Task) -> Result<(Vec<Counted>, BTreeMap<usize, Observed>), TrainingError> {
        let processors = processors();
        let observed = Mutex::new(BTreeMap::new());
        let conditions = Conditions {
            emulator: self.request.emulator,
            layout: &self.layout,
            timeout: Duration::from_secs(self.request.training.timeout_seconds),
            perturbation: Perturbation::of_replicate(replicate),
            processors: &processors,
            purpose: Purpose::Counts,
            network: self.network.own.as_ref(),
        };
        if let Emulator::Machine(machine) = self.request.emulator {
            return Ok((self.run_in_machines(machine, &conditions, replicate, task)?, BTreeMap::new()));
        }
        let counted = side_by_side(self.runs.len(), &processors, |index, cpu| {
            let run = &self.runs[index];
            task.doing(&format!("repetition {replicate}: {} on {}", run.workload, run.entry));
            let executed = conditions.execute(index, run, cpu)?;
            if let Some(seen) = executed.observed {
                observed.lock().expect("no holder panics").insert(index, seen);
            }
            let counted = self.counted(executed.profile, executed.services)?;
            task.step();
            Ok::<_, TrainingError>(counted)
        })?;
        Ok((counted, observed.into_inner().expect("no holder panics")))
    }

    /// Runs in machines, all of a CPU model in one.
    fn run_in_machines(
        &self,
        machine: &WholeMachine,
        conditions: &Conditions<'_>,
        replicate: u32,
        task: &Task,
    ) -> Result<Vec<Counted>, TrainingError> {
        let step = |run: Option<&Run>| match run {
            Some(run) => task.doing(&format!("repetition {replicate}: {} on {}", run.workload, run.entry)),
            None => task.step(),
        };
        let made = machine::run_all(conditions, machine, &self.request.training.machine, &self.runs, &step)?;
        made.into_iter().map(|executed| self.counted(executed.profile, executed.services)).collect()
    }

    /// What a run counted, together with its services.
    fn counted(&self, profile: Option<PathBuf>, services: Vec<PathBuf>) -> Result<Counted, TrainingError> {
        let mut all = profile.into_iter().chain(services);
        let mut profile = all.next().expect("a workload of which nothing is trained is refused");
        let others: Vec<PathBuf> = all.collect();
        if !others.is_empty() {
            let whole = profile.with_extension("profdata");
            let all = [profile].into_iter().chain(others);
            let all: Vec<_> = all.map(|path| WeightedProfile { path, weight: 1 }).collect();
            self.request.tool.merge(&all, &whole)?;
            profile = whole;
        }
        let digests = self.request.tool.read(&profile)?.digests();
        Ok((profile, digests))
    }

    fn inputs_hash(&self) -> Result<String, TrainingError> {
        let path = &self.layout.inputs;
        let hash = host::tree_hash::of_directory(path, &[]).map_err(TrainingError::file("cannot read", path))?;
        Ok(hash.to_string())
    }

    fn require_unchanged(&self, before: &str) -> Result<(), TrainingError> {
        if self.inputs_hash()? == before {
            return Ok(());
        }
        let (pristine, inputs) = (self.request.inputs, &self.layout.inputs);
        let sets: Vec<&str> = self.request.training.sets().into_iter().collect();
        let found = changes::first(pristine, inputs, &sets, &self.runs);
        let found = found.map_err(TrainingError::file("cannot compare", inputs))?;
        // Permissions alone are no difference of content.
        let found = found.unwrap_or_else(|| changes::Changed {
            file: sets.join(", ").into(),
            how: changes::How::Rewritten,
            workloads: self.runs.iter().map(|run| run.workload.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
        });
        Err(TrainingError::InputsChanged(Box::new(found)))
    }

    fn disagreement(
        &self,
        replicate: u32,
        difference: Difference,
        [first, other]: [&Path; 2],
    ) -> Result<TrainingError, TrainingError> {
        let (first, other) = (self.request.tool.read(first)?, self.request.tool.read(other)?);
        let kept = [1, replicate].map(|number| self.request.output.join(format!("replicate-{number}.proftext")));
        for (path, profile) in kept.iter().zip([&first, &other]) {
            std::fs::write(path, profile.write_text()).map_err(TrainingError::file("cannot write", path))?;
        }
        let Difference { run, functions } = difference;
        let run = process::name(&self.runs[run]);
        let by_luck = first == other;
        let emulated = self.request.emulator.is_emulated();
        let threads = facts::starts_threads(&first) || facts::starts_threads(&other);
        let shown = replicates::differing_counts(&functions, &first, &other, 8);
        Ok(TrainingError::Disagreement(Box::new(Disagreement {
            replicate,
            shown,
            functions,
            run,
            by_luck,
            kept,
            emulated,
            in_machine: self.request.emulator.machine().is_some(),
            threads,
        })))
    }

    fn finish(&self, agreed: &Agreed, task: &Task) -> Result<TrainingRecord, TrainingError> {
        let request = self.request;
        let read = std::fs::read(request.binary);
        let instrumented = read.map_err(TrainingError::file("cannot read", request.binary))?;
        let about = TrainingRecord {
            instrumented_sha256: digest::of_bytes(&instrumented),
            replicates: request.training.replicates,
            emulator: request.emulator.describe(),
            machine: request.emulator.machine(),
            network: Some(self.network.reach),
            left_out_cpu_models: request.emulator.left_out().to_vec(),
            pinned_racing_functions: request.pins.then_some(agreed.racing as u64),
            build: Some(BuildRecord::new(request.build, BuildRecord::compiler_of(&instrumented))),
            c_code: request.c_code.clone(),
            programs: outside::hashes(&self.runs)?,
            profile_tool: request.tool.describe(),
            runs: self.runs.iter().map(|run| cells::weighted(run.into(), &agreed.merged.cells)).collect(),
            ..TrainingRecord::default()
        };
        let trained = Trained {
            tool: request.tool,
            cells: &agreed.merged.cells,
            merged: &agreed.merged.path,
            scratch: &self.root.path().join("part.profdata"),
            min_covered_functions: request.limits.min_covered_functions,
            threads: agreed.threads(),
            about,
        };
        finish::finish(trained, request.output, task)
    }
}

/// The profile of a run, and the digests of its functions.
type Counted = (PathBuf, Vec<u64>);

/// The processors this process may use.
pub(crate) fn processors() -> Vec<usize> {
    let allowed = host::linux::affinity();
    let listed: Vec<usize> = allowed
        .map(|set| (0..host::linux::CpuSet::MAX_CPU).filter(|cpu| set.is_set(*cpu)).collect())
        .unwrap_or_default();
    if listed.is_empty() { vec![0] } else { listed }
}
