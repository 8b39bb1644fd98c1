//! The commands that are checked and measured, from the declaration and the inputs that are there.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Duration;

use host::copy::sorted_entries;
use paired_bench::measure::case::{Service, Step};
use paired_bench::measure::{Case, fixed_environment};
use tempfile::TempDir;
use thiserror::Error;

use crate::declaration::invocation::CommandSpec;
use crate::declaration::{Spec, WorkloadSpec};

/// How long a service may take to be ready, and to stop, where nothing is emulated.
const SERVICE_LIMIT: Duration = Duration::from_secs(30);

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
    /// An entry that is written into can't be copied.
    #[error("{name}: {reason}")]
    Fresh {
        /// The case.
        name: String,
        /// Why.
        reason: String,
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

/// Cases, and the folder of the entries that they write into.
#[derive(Debug)]
pub struct Cases {
    cases: Vec<Case>,
    /// Removed when this is dropped.
    _fresh: Option<TempDir>,
}

impl Deref for Cases {
    type Target = [Case];

    fn deref(&self) -> &[Case] {
        &self.cases
    }
}

/// Each command of `[check]` on each entry of its sets under `inputs`, and the workloads' own where that is declared.
///
/// # Errors
/// [`CaseError`].
pub fn checks(spec: &Spec, inputs: &Path) -> Result<Cases, CaseError> {
    let mut making = Making { inputs, fresh: None, cases: Vec::new() };
    for set in &spec.check.inputs {
        for entry in entries(&inputs.join(set))? {
            for command in &spec.check.commands {
                let name = format!("`{}` on {set}/{entry}", command.join(" "));
                making.add(name, set, &entry, &CommandSpec::with_args(command), &[0])?;
            }
        }
    }
    for workload in spec.training.workloads.iter().filter(|_| spec.check.workloads) {
        let (set, matcher) = (&workload.inputs, workload.matcher());
        for entry in entries(&inputs.join(set))?.into_iter().filter(|entry| matcher.is_match(entry)) {
            let name = format!("workload `{}` on {set}/{entry}", workload.name);
            making.add(name, set, &entry, &workload.command(), &workload.exit_codes)?;
        }
    }
    Ok(making.finish())
}

/// The `[[benchmarks]]` on their entries under `inputs`.
///
/// # Errors
/// [`CaseError`].
pub fn benchmarks(spec: &Spec, inputs: &Path) -> Result<Cases, CaseError> {
    let mut making = Making { inputs, fresh: None, cases: Vec::new() };
    for benchmark in &spec.benchmarks {
        let path = inputs.join(&benchmark.inputs).join(&benchmark.entry);
        if !path.exists() {
            return Err(CaseError::Entry { name: benchmark.name.clone(), path });
        }
        let command = benchmark.command();
        let name = benchmark.name.clone();
        making.add(name, &benchmark.inputs, &benchmark.entry, &command, &benchmark.exit_codes)?;
    }
    Ok(making.finish())
}

/// What is declared of a rehearsed command.
#[derive(Debug, Clone, Copy)]
pub struct Declared<'a> {
    /// The workload that it is; none is one of a benchmark.
    pub workload: Option<&'a WorkloadSpec>,
    /// Whether it says that it writes into its entry.
    pub writes: bool,
}

/// Every workload on the first entry that it matches, and every benchmark, each on a copy of its entry, with what is declared
/// of each.
///
/// # Errors
/// [`CaseError`].
pub fn rehearsals<'a>(spec: &'a Spec, inputs: &Path) -> Result<(Cases, Vec<Declared<'a>>), CaseError> {
    let mut declared = Vec::new();
    let mut making = Making { inputs, fresh: None, cases: Vec::new() };
    for workload in &spec.training.workloads {
        let (listed, matcher) = (entries(&inputs.join(&workload.inputs))?, workload.matcher());
        if let Some(entry) = listed.into_iter().find(|entry| matcher.is_match(entry)) {
            let name = format!("workload {} on {}/{entry}", workload.name, workload.inputs);
            making.rehearsed(name, &workload.inputs, &entry, &workload.command(), &workload.exit_codes)?;
            declared.push(Declared { workload: Some(workload), writes: workload.writes });
        }
    }
    for benchmark in &spec.benchmarks {
        let name = format!("benchmark {} on {}/{}", benchmark.name, benchmark.inputs, benchmark.entry);
        let command = benchmark.command();
        making.rehearsed(name, &benchmark.inputs, &benchmark.entry, &command, &benchmark.exit_codes)?;
        declared.push(Declared { workload: None, writes: benchmark.writes });
    }
    Ok((making.finish(), declared))
}

/// The workload on a copy of each entry that it matches, but the first.
///
/// # Errors
/// [`CaseError`].
pub fn further(workload: &WorkloadSpec, inputs: &Path) -> Result<Cases, CaseError> {
    let mut making = Making { inputs, fresh: None, cases: Vec::new() };
    let matcher = workload.matcher();
    let listed = entries(&inputs.join(&workload.inputs))?.into_iter();
    for entry in listed.filter(|entry| matcher.is_match(entry)).skip(1) {
        let name = format!("{}/{entry}", workload.inputs);
        making.rehearsed(name, &workload.inputs, &entry, &workload.command(), &workload.exit_codes)?;
    }
    Ok(making.finish())
}

/// One command on a copy of the entry `entry` of the set in the folder `set`.
///
/// # Errors
/// [`CaseError`].
pub fn rehearsal(set: &Path, entry: &str, command: &CommandSpec) -> Result<Cases, CaseError> {
    let name = set.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut making = Making { inputs: set.parent().unwrap_or(set), fresh: None, cases: Vec::new() };
    making.rehearsed(format!("{} on {entry}", command.args.join(" ")), &name, entry, command, &[0])?;
    Ok(making.finish())
}

/// The path of a program of the system; the name itself where there is none, whose start then fails with it.
fn on_path(program: &str) -> String {
    host::programs::resolve(Path::new(program)).to_string_lossy().into_owned()
}

fn entries(set: &Path) -> Result<Vec<String>, CaseError> {
    let listed = sorted_entries(set).map_err(|source| CaseError::Set { path: set.to_owned(), source })?;
    Ok(listed.iter().filter_map(|entry| Some(entry.file_name()?.to_str()?.to_owned())).collect())
}

struct Making<'a> {
    inputs: &'a Path,
    fresh: Option<TempDir>,
    cases: Vec<Case>,
}

impl Making<'_> {
    fn rehearsed(
        &mut self,
        name: String,
        set: &str,
        entry: &str,
        command: &CommandSpec,
        exit_codes: &[i32],
    ) -> Result<(), CaseError> {
        let command = CommandSpec { writes: true, ..command.clone() };
        self.add(name, set, entry, &command, exit_codes)
    }

    fn add(
        &mut self,
        name: String,
        set: &str,
        entry: &str,
        command: &CommandSpec,
        exit_codes: &[i32],
    ) -> Result<(), CaseError> {
        let original = self.inputs.join(set);
        let mut before = Vec::new();
        let placed = if command.writes {
            let fresh = self.fresh()?.join(set);
            let (from, to) = (original.join(entry), fresh.join(entry));
            let copy = Step::Copy { from, to };
            // Whether it is a folder decides about the working directory, so it has to be there now.
            copy.take().map_err(|reason| CaseError::Fresh { name: name.clone(), reason })?;
            before.push(copy);
            command.place(&fresh, entry)
        } else {
            command.place(&original, entry)
        };
        let mut case = Case {
            name,
            // An absolute path is not looked for beside the binary.
            program: command.binary.clone().or_else(|| command.program.as_ref().map(|program| on_path(program))),
            args: placed.args,
            stdin: placed.stdin,
            before,
            after: Vec::new(),
            services: Vec::new(),
            exit_codes: exit_codes.to_vec(),
            directory: placed.directory,
            environment: placed.environment,
        };
        let environment = case.environment_over(fixed_environment());
        let services = placed.services.iter().map(|service| {
            let service = service.clone();
            Service {
                name: service.name,
                command: service.command,
                program: service.binary,
                environment: environment.clone(),
                ready: service.ready,
                stop: service.stop,
                limit: SERVICE_LIMIT,
            }
        });
        case.services = services.collect();
        let run = |command| Step::Run { directory: case.directory.clone(), command, environment: environment.clone() };
        let (setup, teardown): (Vec<Step>, Vec<Step>) =
            (placed.setup.into_iter().map(run).collect(), placed.teardown.into_iter().map(run).collect());
        case.before.extend(setup);
        case.after = teardown;
        self.cases.push(case);
        Ok(())
    }

    fn fresh(&mut self) -> Result<PathBuf, CaseError> {
        if self.fresh.is_none() {
            let made = tempfile::Builder::new().prefix("repro-pgo-entries-").tempdir();
            self.fresh = Some(made.map_err(|source| CaseError::Set { path: std::env::temp_dir(), source })?);
        }
        Ok(self.fresh.as_ref().map(|fresh| fresh.path().to_owned()).unwrap_or_default())
    }

    fn finish(self) -> Cases {
        Cases { cases: self.cases, _fresh: self.fresh }
    }
}
