//! Stage `gate merge`: builds base and head in one job, counts both, decides, confirms a suspicion, and keeps the result.

mod base_declaration;
mod counting;
pub mod markdown;
mod micro_benchmarks;
pub mod revisions;
mod side;
mod wall;

use std::path::{Path, PathBuf};
use std::time::Duration;

use host::digest;
use host::exit_code::ExitCode;
use host::progress::{Progress, Task};
use paired_bench::gate::history;
use paired_bench::gate::history::{History, MergeRecord, Record};
use paired_bench::gate::merge::{
    Measured, MergeFinding, MergeOutcome, MergeRules, MergeVerdict, Revision, Side, Subject, confirm, judge,
};
use paired_bench::measure::Machine;

use self::base_declaration::BaseDeclaration;
pub use self::base_declaration::rules;
use self::counting::Sides;
use self::revisions::Repository;
use self::side::{Built, Checkout};
use crate::compile::Project;
use crate::declaration;
use crate::declaration::Spec;
use crate::gates::merge::markdown::markdown;
use crate::pipeline::cases::Cases;
use crate::pipeline::{StageError, cases, stamp};

/// The verdict's name in the output folder.
pub const VERDICT: &str = "merge.json";
/// The report for a pull request.
pub const MARKDOWN: &str = "comment.md";

/// What is compared, and where the results go.
#[derive(Debug)]
pub struct MergeRequest<'a> {
    /// The declaration in the working tree; base and head have it at the same place.
    pub spec_file: &'a Path,
    /// The revision to compare with.
    pub base: &'a str,
    /// The revision to be merged; the working tree where there is none.
    pub head: Option<&'a str>,
    /// Where the reports go, if not below the target directory.
    pub output: Option<&'a Path>,
    /// The file that earlier results are in and this one is added to.
    pub history: Option<&'a Path>,
    /// How long to time both sides too.
    pub wall: Option<Duration>,
    /// Count even where both sides are the same binary.
    pub always_count: bool,
}

/// A verdict, and where its reports are.
#[derive(Debug)]
pub struct Decided {
    /// The verdict.
    pub verdict: MergeVerdict,
    /// The folder of the reports.
    pub output: PathBuf,
}

/// Runs the gate.
///
/// # Errors
/// [`StageError`] when head does not build or nothing could be counted. A base that can't be compared with is a verdict.
pub fn merge_gate(request: &MergeRequest<'_>, progress: Progress) -> Result<Decided, StageError> {
    let decided = attempt(request, progress);
    if let (Err(error), Some(output)) = (&decided, request.output) {
        // Whoever reads the report has to learn why there is no verdict; the error itself goes on to the caller.
        let _ = std::fs::create_dir_all(output);
        let text = format!("## Merge gate\n\n**{}**\n\n```text\n{error}\n```\n", refusal(error).replace('<', "&lt;"));
        let _ = stamp::replace(&output.join(MARKDOWN), text.as_bytes());
    }
    decided
}

/// The verdict line where there is an error instead of a verdict.
pub fn refusal(error: &StageError) -> String {
    let what = if error.exit_code() == ExitCode::NotMeasured { "not measured" } else { "refused" };
    format!("{what}: {}", error.to_string().lines().next().unwrap_or_default())
}

fn attempt(request: &MergeRequest<'_>, progress: Progress) -> Result<Decided, StageError> {
    let gate = Gate::open(request, progress)?;
    for name in [VERDICT, MARKDOWN] {
        let _ = std::fs::remove_file(gate.output.join(name));
    }
    let (base, head) = gate.revisions()?;
    let prepared = gate.prepare(base, head)?;
    let verdict = gate.decide(&prepared)?;
    gate.publish(&prepared, &verdict)?;
    Ok(Decided { verdict, output: gate.output })
}

/// What stays the same all the way.
struct Gate<'a> {
    request: &'a MergeRequest<'a>,
    progress: Progress,
    repository: Repository,
    /// The declaration's file, relative to the repository's root.
    spec_file: PathBuf,
    target_directory: PathBuf,
    place: Checkout,
    output: PathBuf,
    valgrind: PathBuf,
    machine: Machine,
    history: History,
}

/// Both sides, ready to be counted.
struct Prepared {
    subject: Subject,
    spec: Spec,
    cases: Cases,
    /// The input's hash of each case.
    inputs: Vec<String>,
    head: Built,
    base: Result<(BaseDeclaration, Built), String>,
}

impl<'a> Gate<'a> {
    fn open(request: &'a MergeRequest<'a>, progress: Progress) -> Result<Self, StageError> {
        let valgrind = counting::valgrind()?;
        let spec_file = request.spec_file.canonicalize().map_err(StageError::file("cannot find", request.spec_file))?;
        let directory = spec_file.parent().unwrap_or(Path::new("/"));
        let spec = declaration::load(&spec_file)?;
        let project = Project::discover(directory, &spec.build)?;
        let folder = crate::pipeline::folder(&spec_file, &project.root, &spec.build.target);
        let target_directory = project.target_directory;
        let place = Checkout { directory: target_directory.join("repro-pgo").join(folder).join("merge") };
        let repository = Repository::open(directory, &place.directory)?;
        let inside = spec_file.strip_prefix(repository.top()).unwrap_or(&spec_file).to_owned();
        let output = request.output.map_or_else(|| place.directory.clone(), Path::to_owned);
        let history = match request.history {
            Some(path) => History::read(path).map_err(StageError::file("cannot read", path))?,
            None => History::default(),
        };
        let machine = Machine::detect();
        Ok(Self {
            request,
            progress,
            repository,
            spec_file: inside,
            target_directory,
            place,
            output,
            valgrind,
            machine,
            history,
        })
    }

    fn revisions(&self) -> Result<(Revision, Revision), StageError> {
        let base = self.repository.revision(self.request.base)?;
        let head = match self.request.head {
            Some(name) => self.repository.revision(name)?,
            None => self.repository.working_tree(&self.target_directory)?,
        };
        Ok((base, head))
    }

    /// Builds head, makes its inputs, then builds base in the same place.
    fn prepare(&self, mut base: Revision, mut head: Revision) -> Result<Prepared, StageError> {
        let task = self.progress.begin(1, 3, "head");
        let (workspace, spec_file) = self.check_out(&head, &self.place)?;
        let spec = declaration::load(&spec_file)?;
        let (cases, inputs) = self.cases(&spec, &workspace, &task)?;
        let micro = spec.gate.merge.micro_benchmarks.as_deref();
        let built = side::build("head", &self.place, &workspace, &spec.build, micro, &self.folder("head"), &task)?;
        head.binary = Some(built.sha256.clone());
        task.finish(&format!("{}, binary sha256 {:.12}…", head.label(), built.sha256));
        let task = self.progress.begin(2, 3, "base");
        let compared = self.base(&base, micro, &task)?;
        match &compared {
            Ok((_, built)) => {
                base.binary = Some(built.sha256.clone());
                task.finish(&format!("{}, binary sha256 {:.12}…", base.label(), built.sha256));
            }
            Err(reason) => task.finish(&format!("{}: {}", base.label(), reason.lines().next().unwrap_or_default())),
        }
        let subject = Subject { base, head, machine: self.machine.clone() };
        Ok(Prepared { subject, spec, cases, inputs, head: built, base: compared })
    }

    /// Base as it declares itself; the reason where it can't be built.
    fn base(
        &self,
        base: &Revision,
        micro: Option<&str>,
        task: &Task,
    ) -> Result<Result<(BaseDeclaration, Built), String>, StageError> {
        let (workspace, spec_file) = self.check_out(base, &self.place)?;
        let declaration = match BaseDeclaration::load(&spec_file) {
            Ok(declaration) => declaration,
            Err(reason) => return Ok(Err(reason)),
        };
        let built = side::build("base", &self.place, &workspace, &declaration.build, micro, &self.folder("base"), task);
        Ok(match built {
            Ok(built) => Ok((declaration, built)),
            Err(error) => Err(format!("it does not build: {error}")),
        })
    }

    /// The workspace and the declaration of `revision` in `place`.
    fn check_out(&self, revision: &Revision, place: &Checkout) -> Result<(PathBuf, PathBuf), StageError> {
        let source = place.source();
        self.repository.check_out(revision, &source, &place.index())?;
        let spec_file = source.join(&self.spec_file);
        Ok((spec_file.parent().unwrap_or(&source).to_owned(), spec_file))
    }

    fn folder(&self, which: &str) -> PathBuf {
        self.place.directory.join(which)
    }

    /// The benchmarks on inputs made from head's declarations, and a hash of what each one runs on.
    fn cases(&self, spec: &Spec, workspace: &Path, task: &Task) -> Result<(Cases, Vec<String>), StageError> {
        let inputs = self.folder("inputs");
        let mut hashes = std::collections::BTreeMap::new();
        for benchmark in &spec.benchmarks {
            let Some(set) = spec.inputs.get(&benchmark.inputs) else { continue };
            if hashes.contains_key(&benchmark.inputs) {
                continue;
            }
            task.doing(&format!("set {}", benchmark.inputs));
            let path = inputs.join(&benchmark.inputs);
            crate::pipeline::make_set(&benchmark.inputs, set, workspace, &path, task)?;
            hashes.insert(&benchmark.inputs, crate::pipeline::verify_set(&benchmark.inputs, set, &path)?.sha256);
        }
        let input = |benchmark: &declaration::BenchmarkSpec| {
            let parts = (hashes.get(&benchmark.inputs), &benchmark.entry, &benchmark.args);
            digest::of_bytes(serde_json::json!(parts).to_string().as_bytes())
        };
        Ok((cases::benchmarks(spec, &inputs)?, spec.benchmarks.iter().map(input).collect()))
    }

    fn decide(&self, prepared: &Prepared) -> Result<MergeVerdict, StageError> {
        let rules = rules(&prepared.spec.gate.merge);
        let (declaration, built) = match &prepared.base {
            Ok(base) => base,
            Err(reason) => {
                let reason = format!("base {}: {reason}", prepared.subject.base.label());
                return Ok(MergeVerdict::not_measured(rules, prepared.subject.clone(), &reason));
            }
        };
        let task = self.progress.begin(3, 3, "count");
        let same = built.sha256 == prepared.head.sha256 && !self.request.always_count;
        let measured = self.measure(prepared, declaration, built, same, &rules, &task)?;
        let mut verdict = judge(&measured, &rules, prepared.subject.clone());
        if verdict.benchmarks.iter().any(|benchmark| benchmark.gated && benchmark.finding == MergeFinding::Worse) {
            task.say(&format!("suspected {}; building both sides again, from nothing", verdict.sentence));
            verdict = self.confirm(prepared, declaration, verdict, &task)?;
        }
        verdict.notes = declaration.differences(&prepared.spec);
        if built.compiler != prepared.head.compiler {
            verdict.notes.push(format!("base is built with {}, head with {}", built.compiler, prepared.head.compiler));
        }
        self.tell_history(&mut verdict);
        if !same {
            let (valgrind, source) = (&self.valgrind, self.place.source());
            let (found, notes) = micro_benchmarks::compare(valgrind, built, &prepared.head, &source, &task);
            verdict.micro_benchmarks = found;
            verdict.notes.extend(notes);
        }
        if let Some(budget) = self.request.wall.filter(|_| !same) {
            task.doing("timing both sides");
            let (base, head) = (&built.binary, &prepared.head.binary);
            verdict.wall = wall::compare(base, head, &prepared.cases, budget, &self.place.directory, &task)?;
        }
        task.finish(&format!("{} benchmarks", verdict.benchmarks.len()));
        Ok(verdict)
    }

    fn measure(
        &self,
        prepared: &Prepared,
        declaration: &BaseDeclaration,
        base: &Built,
        same: bool,
        rules: &MergeRules,
        task: &Task,
    ) -> Result<Vec<Measured>, StageError> {
        task.expect_steps(prepared.cases.len() * rules.repeats.max(1) as usize);
        let sides = Sides::new(&self.valgrind, &base.binary, &prepared.head.binary, rules)?;
        let mut measured = Vec::new();
        for (case, input) in prepared.cases.iter().zip(&prepared.inputs) {
            task.doing(&case.name);
            let has_base = declaration.benchmark(&case.name).is_some();
            let (base, head) = match same {
                true if has_base => (Side::Identical, Side::Identical),
                true => (Side::Absent, Side::Identical),
                false => sides.count(case, has_base, task)?,
            };
            measured.push(Measured {
                name: case.name.clone(),
                base,
                head,
                gated_by_base: declaration.gates(&case.name),
                earlier: self.history.counts(&self.machine, input),
            });
        }
        let is_gone = |name: &str| prepared.cases.iter().all(|case| case.name != name);
        let gone = declaration.benchmarks.iter().filter(|benchmark| is_gone(&benchmark.name));
        measured.extend(gone.map(|benchmark| Measured {
            name: benchmark.name.clone(),
            base: Side::Absent,
            head: Side::Absent,
            gated_by_base: declaration.gates(&benchmark.name),
            earlier: Vec::new(),
        }));
        Ok(measured)
    }

    /// Both sides once more, each from nothing in a folder of its own, counted on what is suspected.
    fn confirm(
        &self,
        prepared: &Prepared,
        declaration: &BaseDeclaration,
        verdict: MergeVerdict,
        task: &Task,
    ) -> Result<MergeVerdict, StageError> {
        let folder = self.folder("confirm");
        remove(&folder)?;
        let rebuild = |which: &'static str, revision: &Revision, build| {
            let place = Checkout { directory: folder.join(which) };
            let (workspace, _) = self.check_out(revision, &place)?;
            side::build(which, &place, &workspace, build, None, &place.directory.join("built"), task)
        };
        let base = rebuild("base", &verdict.base, &declaration.build)?;
        let head = rebuild("head", &verdict.head, &prepared.spec.build)?;
        let sides = Sides::new(&self.valgrind, &base.binary, &head.binary, &verdict.rules)?;
        let mut again = Vec::new();
        for benchmark in verdict.benchmarks.iter().filter(|benchmark| benchmark.finding == MergeFinding::Worse) {
            let Some(case) = prepared.cases.iter().find(|case| case.name == benchmark.name) else { continue };
            task.doing(&format!("{} once more", case.name));
            let (base, head) = sides.count(case, true, task)?;
            again.push(Measured { name: case.name.clone(), base, head, gated_by_base: false, earlier: Vec::new() });
        }
        let confirmed = confirm(verdict, &again);
        remove(&folder)?;
        Ok(confirmed)
    }

    fn tell_history(&self, verdict: &mut MergeVerdict) {
        let (all, bad) = (self.history.records.len(), self.history.unreadable);
        let Some(path) = self.request.history else { return };
        let here = |record: &&Record| match record {
            Record::Merge(record) => record.machine == self.machine,
            Record::Ship(_) => false,
        };
        let used = self.history.records.iter().filter(here).count();
        verdict.notes.push(format!("{used} of {all} records in {} are of this machine and were used", path.display()));
        if bad > 0 {
            verdict.notes.push(format!("{bad} line(s) of {} hold no record and were skipped", path.display()));
        }
    }

    fn publish(&self, prepared: &Prepared, verdict: &MergeVerdict) -> Result<(), StageError> {
        std::fs::create_dir_all(&self.output).map_err(StageError::file("cannot make", &self.output))?;
        stamp::replace(&self.output.join(MARKDOWN), markdown(verdict).as_bytes())?;
        stamp::replace(&self.output.join(VERDICT), &crate::pipeline::to_json(verdict))?;
        let Some(path) = self.request.history.filter(|_| verdict.outcome != MergeOutcome::NotMeasured) else {
            return Ok(());
        };
        let input = |name: &str| {
            let position = prepared.cases.iter().position(|case| case.name == name);
            position.map(|position| prepared.inputs[position].clone()).unwrap_or_default()
        };
        let record = Record::Merge(MergeRecord::new(verdict, input));
        history::append(path, &record).map_err(StageError::file("cannot write", path))
    }
}

fn remove(folder: &Path) -> Result<(), StageError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StageError::file("cannot remove", folder)(error))
        }
        _ => Ok(()),
    }
}
