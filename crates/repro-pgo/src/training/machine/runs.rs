//! All runs of one repetition: one machine for each CPU model, side by side as far as there are processors.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::archive::Archive;
use super::boot::{Machine, SHARED_BYTES};
use super::plan::{self, Plan, Planned};
use super::{MachineError, libraries, results, services};
use crate::declaration::MachineSpec;
use crate::declaration::invocation::Placed;
use crate::toolchain::WholeMachine;
use crate::training::plan::Run;
use crate::training::process::{self, Conditions, Executed};
use crate::training::side_by_side::side_by_side;
use crate::training::{TrainingError, outside};

/// How much slower a machine is allowed to be than its own clock.
const SLOWNESS: u32 = 10;

/// The variable that tells the object in the instrumented binary how many processors to tell of.
pub const PROCESSORS_VARIABLE: &str = "REPRO_PGO_PROCESSORS";

/// A run on its place.
struct PlacedRun<'a> {
    index: usize,
    run: &'a Run,
    placed: Placed,
    /// What it starts that is not trained, by declared names.
    programs: BTreeMap<&'a str, PathBuf>,
}

/// Runs all of `runs` and returns the raw profiles in their order. `step` is called with the run that comes next and whenever
/// one is done.
///
/// # Errors
/// [`TrainingError`] when a machine or a run in it fails.
pub fn run_all(
    conditions: &Conditions<'_>,
    machine: &WholeMachine,
    spec: &MachineSpec,
    runs: &[Run],
    step: &(dyn Fn(Option<&Run>) + Sync),
) -> Result<Vec<Executed>, TrainingError> {
    let mut groups: BTreeMap<&str, Vec<(usize, &Run)>> = BTreeMap::new();
    for (index, run) in runs.iter().enumerate() {
        groups.entry(run.cpu_model.as_deref().unwrap_or_default()).or_default().push((index, run));
    }
    let groups: Vec<_> = groups.into_iter().collect();
    let made = side_by_side(groups.len(), conditions.processors, |number, _| {
        let (model, group) = &groups[number];
        OneMachine { conditions, machine, spec, model, step }.run(group)
    })?;
    let executed: BTreeMap<usize, Executed> = made.into_iter().flatten().collect();
    Ok(executed.into_values().collect())
}

struct OneMachine<'a> {
    conditions: &'a Conditions<'a>,
    machine: &'a WholeMachine,
    spec: &'a MachineSpec,
    model: &'a str,
    step: &'a (dyn Fn(Option<&Run>) + Sync),
}

impl OneMachine<'_> {
    /// Everything that is declared before the runs is done on the host, then the machine boots, then what comes after them.
    fn run(&self, group: &[(usize, &Run)]) -> Result<Vec<(usize, Executed)>, TrainingError> {
        let mut placed = Vec::new();
        for (index, run) in group {
            let programs = outside::files(run)?;
            let at = self.conditions.place(*index, run)?;
            self.conditions.around(run, &at, &at.setup)?;
            placed.push(PlacedRun { index: *index, run, placed: at, programs });
        }
        let results = self.boot(&placed).map_err(|error| TrainingError::Machine(Box::new(error)))?;
        let mut profiles = Vec::new();
        for (one, result) in placed.iter().zip(&results) {
            profiles.push((one.index, self.take(one, result)?));
            self.conditions.around(one.run, &one.placed, &one.placed.teardown)?;
        }
        self.remove_copies(group)?;
        Ok(profiles)
    }

    fn remove_copies(&self, group: &[(usize, &Run)]) -> Result<(), TrainingError> {
        for (index, _) in group.iter().filter(|(_, run)| run.command.writes) {
            let copy = self.conditions.layout.fresh.join(format!("{index:06}"));
            std::fs::remove_dir_all(&copy).map_err(TrainingError::file("cannot remove", &copy))?;
        }
        Ok(())
    }

    fn boot(&self, placed: &[PlacedRun<'_>]) -> Result<Vec<results::Result>, MachineError> {
        let archive = self.archive(placed)?;
        let root = self.conditions.layout.inputs.parent().unwrap_or(Path::new("/"));
        let machine = Machine {
            emulator: &self.machine.path,
            kernel: &self.machine.kernel.path,
            cpu_model: self.model,
            megabytes: self.spec.memory_megabytes,
            folder: root.join("machines").join(self.model),
            patience: self.conditions.timeout * SLOWNESS,
        };
        let name = |index: usize| placed.get(index).map_or("the last run".to_owned(), |one| process::name(one.run));
        let told = AtomicUsize::new(0);
        let seen = |count: usize| {
            while told.load(Ordering::Relaxed) < count {
                let index = told.fetch_add(1, Ordering::Relaxed);
                (self.step)(None);
                if let Some(next) = placed.get(index + 1) {
                    (self.step)(Some(next.run));
                }
            }
        };
        if let Some(first) = placed.first() {
            (self.step)(Some(first.run));
        }
        let results = machine.boot(&archive.write(), &name, &seen)?;
        let removed = std::fs::remove_dir_all(&machine.folder);
        removed.map_err(|source| MachineError::Shared { path: machine.folder.clone(), source })?;
        Ok(results)
    }

    /// Everything the machine needs: the plan, the binaries with their libraries, inputs, and the copies that are written into.
    fn archive(&self, placed: &[PlacedRun<'_>]) -> Result<Archive, MachineError> {
        let layout = self.conditions.layout;
        let mut archive = Archive::default();
        archive.file(Path::new("/init"), 0o755, self.machine.init.to_vec());
        archive.device(Path::new("/dev/console"), 5, 1);
        for (folder, mode) in [("/proc", 0o555), ("/sys", 0o555), ("/tmp", 0o1777)] {
            archive.folder(Path::new(folder), mode);
        }
        for folder in [&layout.profiles, &layout.output] {
            archive.folder(folder, 0o755);
        }
        let bring = |path: &Path| {
            let path = path.to_owned();
            move |source| MachineError::Bring { path, source }
        };
        let own_copies = placed.iter().filter(|one| one.run.command.writes);
        let copies: Vec<PathBuf> = own_copies.map(|one| layout.fresh.join(format!("{:06}", one.index))).collect();
        let binaries = layout.binary.parent().unwrap_or(&layout.binary);
        for tree in [binaries, &layout.inputs].into_iter().chain(copies.iter().map(PathBuf::as_path)) {
            archive.tree(tree).map_err(bring(tree))?;
        }
        let outside: BTreeMap<&PathBuf, &Run> =
            placed.iter().flat_map(|one| one.programs.values().map(|path| (path, one.run))).collect();
        for (path, run) in &outside {
            let bytes = std::fs::read(path).map_err(bring(path))?;
            if !bytes.starts_with(object::elf::ELFMAG.as_slice()) {
                return Err(MachineError::NoProgram { path: path.to_path_buf(), doing: process::name(run) });
            }
            archive.file(path, 0o755, bytes);
        }
        let trained = host::copy::sorted_entries(binaries).map_err(bring(binaries))?;
        for program in trained.iter().chain(outside.into_keys()) {
            for library in libraries::needed_by(program).map_err(bring(program))? {
                archive.file(&library, 0o755, std::fs::read(&library).map_err(bring(&library))?);
            }
        }
        archive.file(Path::new(plan::PATH), 0o644, self.plan(placed));
        Ok(archive)
    }

    fn plan(&self, placed: &[PlacedRun<'_>]) -> Vec<u8> {
        let layout = self.conditions.layout;
        let mut plan = Plan::new(SHARED_BYTES, self.conditions.timeout.as_secs(), &layout.inputs);
        for one in placed {
            let [profile, stdout, stderr] = self.files(one.index);
            let fixed =
                process::environment(&profile).map(|(name, value)| (name, value.to_string_lossy().into_owned()));
            let processors = (PROCESSORS_VARIABLE, self.spec.processors.to_string());
            let mut environment = BTreeMap::from(fixed.map(|(name, value)| (name.to_owned(), value)));
            environment.insert(processors.0.to_owned(), processors.1);
            environment.extend(one.placed.environment.iter().cloned());
            let program = match &one.run.command.program {
                Some(program) => {
                    environment.remove("LLVM_PROFILE_FILE");
                    outside::brought(&one.programs, program)
                }
                None => layout.binary_of(one.run),
            };
            let with_counts_in = |profile: &Path| -> Vec<String> {
                let mut own = environment.clone();
                own.insert("LLVM_PROFILE_FILE".to_owned(), profile.to_string_lossy().into_owned());
                own.iter().map(|(name, value)| format!("{name}={value}")).collect()
            };
            plan.add(&Planned {
                profile: &profile,
                stdout: &stdout,
                stderr: &stderr,
                stdin: one.placed.stdin.as_deref().unwrap_or(Path::new("/dev/null")),
                directory: &one.placed.directory,
                program: &program,
                arguments: one.placed.args.iter().map(OsStr::new).collect(),
                environment: environment.iter().map(|(name, value)| format!("{name}={value}")).collect(),
                services: services::planned(self.conditions, one.index, &one.placed, &one.programs, &with_counts_in),
            });
        }
        plan.into_bytes()
    }

    /// The counters of a run and what it says, on the host as in the machine.
    fn files(&self, index: usize) -> [PathBuf; 3] {
        let layout = self.conditions.layout;
        let output = |kind: &str| layout.output.join(format!("{index:06}.{kind}"));
        [layout.profiles.join(format!("{index:06}.profraw")), output("stdout"), output("stderr")]
    }

    /// Judges what a run left as if it had run here, and writes down its counters.
    fn take(&self, one: &PlacedRun<'_>, result: &results::Result) -> Result<Executed, TrainingError> {
        let [profile, _, stderr] = self.files(one.index);
        for (path, bytes) in [(&profile, &result.profile), (&stderr, &result.stderr)] {
            std::fs::write(path, bytes).map_err(TrainingError::file("cannot write", path))?;
        }
        let details = self.conditions.details(one.run, &one.placed, &profile, &stderr)?;
        let services = services::take(self.conditions, one.index, one.run, &one.placed, &result.services)?;
        let status = (!result.is_late).then(|| ExitStatus::from_raw(result.status));
        self.conditions.judge(one.run, status, &details)?;
        if !result.changed.is_empty() {
            return Err(self.changed(one, OsStr::from_bytes(&result.changed)));
        }
        if one.run.command.program.is_some() {
            return Ok(Executed { profile: None, services, observed: None });
        }
        if result.profile.is_empty() {
            return Err(TrainingError::NoProfile { run: process::name(one.run), details });
        }
        Ok(Executed { profile: Some(profile), services, observed: None })
    }

    fn changed(&self, one: &PlacedRun<'_>, file: &OsStr) -> TrainingError {
        use crate::training::changes::{Changed, How};
        let inputs = &self.conditions.layout.inputs;
        let file = Path::new(file);
        let file = file.strip_prefix(inputs).unwrap_or(file).to_owned();
        TrainingError::InputsChanged(Box::new(Changed {
            file,
            how: How::Rewritten,
            workloads: vec![one.run.workload.clone()],
        }))
    }
}
