//! `pgo.toml` as plain data: what to build, what to train on, and the limits and gates a release is held to.
//!
//! Durations are whole seconds, ratios are fractions (0.02 is 2 %), paths are relative to the file's directory.

use std::collections::{BTreeMap, BTreeSet};

use globset::{Glob, GlobSet, GlobSetBuilder};
use paired_bench::gate::{MergeRules, ShipRules};
use paired_bench::measure::case::BINARY;
use paired_bench::measure::plan::Processors;
use serde::{Deserialize, Serialize};

use super::invocation::CommandSpec;
use super::weight::Weight;
use crate::check::output::Lines;

/// The whole file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Spec {
    /// The program and the flags every stage shares.
    pub build: BuildSpec,
    /// Named sets of inputs; a workload, a check or a benchmark refers to them by name.
    #[serde(default)]
    pub inputs: BTreeMap<String, InputSpec>,
    /// How the profile is made.
    #[serde(default)]
    pub training: TrainingSpec,
    /// What a profile has to reach to be used.
    #[serde(default)]
    pub limits: LimitsSpec,
    /// How the functions of the optimized binary are laid out; as the linker does it by itself where this is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<LayoutSpec>,
    /// What the optimized and the baseline binary must answer alike.
    #[serde(default)]
    pub check: CheckSpec,
    /// What the ship gate measures.
    #[serde(default)]
    pub benchmarks: Vec<BenchmarkSpec>,
    /// The rules of the gates.
    #[serde(default)]
    pub gate: GateSpec,
    /// What goes into the release tarball; no tarball is made without it.
    pub dist: Option<DistSpec>,
}

/// The program and the flags every stage shares.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BuildSpec {
    /// The cargo package.
    pub package: String,
    /// The package's binary.
    pub binary: String,
    /// The triple that ships; training runs on it too, because a profile of another triple matches nothing.
    pub target: String,
    /// The cargo profile of all three builds.
    #[serde(default = "default_profile")]
    pub profile: String,
    /// Flags of all three builds.
    #[serde(default)]
    pub rustflags: Vec<String>,
    /// Features that are switched on, as `cargo build --features` takes them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// Whether the default features are switched off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_default_features: bool,
    /// Whether what ships carries the list of its crates, in the section `.dep-v0` and cargo-auditable's format: `cargo audit bin`
    /// and other scanners read it without the source. It is not loaded into memory, so it changes no measurement.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub auditable: bool,
    /// How much debug information is kept of what ships, in a file beside it: `NAME.debug`, which debuggers find by its name and by
    /// its build id. The binary itself is stripped of it and of its symbols. Without this key none is made, and the cargo profile
    /// decides about symbols.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debuginfo: Option<Debuginfo>,
    /// Further binaries of the workspace: built along, trained by the workloads that name them, optimized with the same
    /// profile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_binaries: Vec<BinarySpec>,
}

/// How much debug information is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Debuginfo {
    /// Functions, files and lines: what a backtrace shows.
    LineTablesOnly,
    /// The same with the types of functions.
    Limited,
    /// Everything, variables included.
    Full,
}

impl Debuginfo {
    /// Its name for rustc.
    pub fn name(self) -> &'static str {
        match self {
            Self::LineTablesOnly => "line-tables-only",
            Self::Limited => "limited",
            Self::Full => "full",
        }
    }
}

/// One more binary.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BinarySpec {
    /// The binary.
    pub binary: String,
    /// Its cargo package, if it is not `[build] package`.
    pub package: Option<String>,
}

impl BuildSpec {
    /// All binaries, the one that ships first.
    pub fn binaries(&self) -> Vec<&str> {
        let more = self.more_binaries.iter().map(|more| more.binary.as_str());
        std::iter::once(self.binary.as_str()).chain(more).collect()
    }

    /// The packages of all binaries, each once.
    pub fn packages(&self) -> Vec<&str> {
        let more = self.more_binaries.iter().filter_map(|more| more.package.as_deref());
        let mut packages: Vec<&str> = Vec::new();
        for package in std::iter::once(self.package.as_str()).chain(more) {
            if !packages.contains(&package) {
                packages.push(package);
            }
        }
        packages
    }

    /// The same for another target, of which no debug information is kept.
    pub fn retarget(&mut self, target: &str) {
        if self.target != target {
            self.debuginfo = None;
        }
        target.clone_into(&mut self.target);
    }

    /// The arguments that switch features on and off, for every command of cargo's that asks about the same build.
    pub fn feature_arguments(&self) -> Vec<String> {
        let on = (!self.features.is_empty()).then(|| ["--features".to_owned(), self.features.join(",")]);
        let off = self.no_default_features.then(|| "--no-default-features".to_owned());
        on.into_iter().flatten().chain(off).collect()
    }
}

fn default_profile() -> String {
    "release".to_owned()
}

/// One named set of inputs: exactly one of `definitions`, `directory` and `url`.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InputSpec {
    /// A folder of git-fixtures definitions, made into repositories.
    pub definitions: Option<String>,
    /// A folder whose entries are copied as they are.
    pub directory: Option<String>,
    /// The address of one file, which is the set's entry under its name there. It is fetched once, by curl, and kept in a cache:
    /// `$REPRO_PGO_CACHE`, else `repro-pgo` in the user's cache folder. Nix fetches it as a derivation of its own.
    pub url: Option<String>,
    /// The content hash the set must have, in lower-case hexadecimal; with `url` that of the file, and required.
    pub sha256: Option<String>,
}

impl InputSpec {
    /// The name of the file that `url` leads to.
    pub fn file_name(&self) -> Option<&str> {
        let (_, path) = self.url.as_deref()?.split_once("://")?;
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let (_, name) = path.rsplit_once('/')?;
        Some(name).filter(|name| !name.is_empty() && !name.starts_with('.'))
    }
}

/// How the profile is made.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TrainingSpec {
    /// How often the whole training is repeated; all repetitions must give the same bytes.
    #[serde(default = "default_replicates")]
    pub replicates: u32,
    /// The time limit of one run, in seconds.
    #[serde(default = "default_timeout")]
    pub timeout_seconds: u64,
    /// What runs the instrumented binary.
    #[serde(default)]
    pub emulator: EmulatorChoice,
    /// The CPUs trained on under emulation; their profiles are merged by weight.
    #[serde(default = "default_cpu_models")]
    pub cpu_models: Vec<CpuModel>,
    /// The machine that `emulator = "machine"` trains in.
    #[serde(default, skip_serializing_if = "MachineSpec::is_default")]
    pub machine: MachineSpec,
    /// Whether runs may reach other machines. Without it they have the loopback interface alone, wherever the system lets the
    /// driver make them such a network: a profile that depends on who answers can't be made again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub network: bool,
    /// The folder of a profile that `repro-pgo profile pin` made and that is used instead of training, for programs whose
    /// counts are never the same twice. Builds from it are reproducible; the profile itself can't be made again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<String>,
    /// The runs.
    #[serde(default)]
    pub workloads: Vec<WorkloadSpec>,
}

impl TrainingSpec {
    /// The sets that the workloads run on, each once.
    pub fn sets(&self) -> BTreeSet<&str> {
        self.workloads.iter().map(|workload| workload.inputs.as_str()).collect()
    }
}

impl Default for TrainingSpec {
    fn default() -> Self {
        Self {
            replicates: default_replicates(),
            timeout_seconds: default_timeout(),
            emulator: EmulatorChoice::default(),
            cpu_models: default_cpu_models(),
            machine: MachineSpec::default(),
            network: false,
            pinned: None,
            workloads: Vec::new(),
        }
    }
}

fn default_replicates() -> u32 {
    2
}

fn default_timeout() -> u64 {
    300
}

fn default_cpu_models() -> Vec<CpuModel> {
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct Defaults {
        cpu_models: Vec<CpuModel>,
    }
    let defaults: Defaults = toml::from_str(include_str!("default-cpu-models.toml")).expect("every test reads it");
    defaults.cpu_models
}

/// What runs the instrumented binary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmulatorChoice {
    /// qemu's user-mode emulation: the profile depends neither on this machine's CPU nor on its address space.
    QemuUser,
    /// A whole emulated machine, whose clock counts instructions: threads, timers, process ids and random numbers take the
    /// same course every time. Needs qemu-system and a kernel, and is some seven times slower than `qemu-user`.
    Machine,
    /// This machine's CPU, with address space randomisation off.
    Native,
    /// User-mode emulation where qemu is installed and knows the CPU models, this machine's CPU elsewhere; and the whole machine
    /// for a program whose repetitions disagree there, where it can be had.
    #[default]
    Auto,
}

/// The machine that is emulated as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MachineSpec {
    /// Its memory, in megabytes; programs, inputs and what they write are all in it.
    #[serde(default = "default_memory")]
    pub memory_megabytes: u64,
    /// How many processors programs are told of: so many threads they start. There is one, which takes turns.
    #[serde(default = "default_processors")]
    pub processors: u32,
    /// The kernel that it boots, a bzImage; the distribution's in `/boot` without it. The variable `REPRO_PGO_KERNEL` names
    /// another one on a machine that has it elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// The hash of the kernel, in lower-case hexadecimal: with another kernel, programs that race get another profile, so it
    /// is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel_sha256: Option<String>,
}

impl Default for MachineSpec {
    fn default() -> Self {
        Self { memory_megabytes: default_memory(), processors: default_processors(), kernel: None, kernel_sha256: None }
    }
}

impl MachineSpec {
    /// Whether it is what it would be without a word about it.
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

fn default_memory() -> u64 {
    1024
}

fn default_processors() -> u32 {
    4
}

/// One CPU to train on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CpuModel {
    /// qemu's name of it.
    pub name: String,
    /// The weight of its profile in the merge.
    #[serde(default = "one")]
    pub weight: u64,
    /// What it is trained on for, in qemu's words (`avx2`, `sha-ni`). Old emulators know the name of a CPU and leave out
    /// what they can't do, so an emulator without one of these counts as not knowing the model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// Whether training goes on without it where the emulator does not have it; record, manifest and verdict then say so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

fn one() -> u64 {
    1
}

fn once() -> Weight {
    Weight::Times(1)
}

/// One command of the instrumented binary, run on every matching entry of a set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WorkloadSpec {
    /// Its name in messages.
    pub name: String,
    /// The set it runs on.
    pub inputs: String,
    /// Globs over the set's entries.
    #[serde(default = "every_entry")]
    pub entries: Vec<String>,
    /// The arguments; `{entry}` becomes the entry's absolute path, which is also the working directory where it is a folder.
    #[serde(default)]
    pub args: Vec<String>,
    /// The exit codes that count as success.
    #[serde(default = "success_only")]
    pub exit_codes: Vec<i32>,
    /// How often its counts are taken in the merge. With `"equal"` it is scaled until its counts add up to as much as those of
    /// each other such workload, however long any of them runs; those with a number are taken as they are beside them.
    #[serde(default = "once")]
    pub weight: Weight,
    /// Which of the binaries runs; `[build] binary` without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary: Option<String>,
    /// The program that runs instead of a binary, on PATH or a path, such as `curl`: a client of `services` that are trained. It is
    /// not trained itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// Variables that are added to the fixed environment; `{entry}` and `{set}` are replaced in their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// The file that standard input reads, relative to the working directory: `{entry}` is the entry itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// The working directory, relative to the entry where that is a folder, else to the set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// Commands that run before each run, in its working directory; they are neither trained nor timed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub setup: Vec<Vec<String>>,
    /// Commands that run after each run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teardown: Vec<Vec<String>>,
    /// Whether the program writes into its entry: each run then gets a fresh copy of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub writes: bool,
    /// Programs that run beside the command: started before it one after the other, each once the one before is ready, and
    /// stopped after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceSpec>,
}

/// A program that runs beside a workload's command, in its working directory and with its variables.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ServiceSpec {
    /// The program and its arguments. `{binary}` becomes the trained binary; a service that is one counts as part of the run.
    pub command: Vec<String>,
    /// Which of the binaries `{binary}` is; `[build] binary` without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary: Option<String>,
    /// What tells that it is ready; it may take `timeout-seconds`.
    pub ready: ReadySpec,
    /// The command that stops it, neither trained nor timed; it gets SIGTERM without one. It may take `timeout-seconds` to end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
}

impl ServiceSpec {
    /// Whether it is one of the trained binaries.
    pub fn is_trained(&self) -> bool {
        self.command.first().is_some_and(|first| first == BINARY)
    }
}

/// What tells that a service is ready: exactly one of `port` and `file`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReadySpec {
    /// A TCP port that it listens on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// A file or socket that it makes, relative to the working directory; one that is left from before is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

impl WorkloadSpec {
    /// Whether anything of a run is trained: its own program, or a service.
    pub fn is_trained(&self) -> bool {
        self.program.is_none() || self.services.iter().any(ServiceSpec::is_trained)
    }

    /// The entries of its set that it runs on.
    pub fn matcher(&self) -> GlobSet {
        glob_set(&self.entries)
    }

    /// What is run.
    pub fn command(&self) -> CommandSpec {
        CommandSpec {
            binary: self.binary.clone(),
            program: self.program.clone(),
            args: self.args.clone(),
            env: self.env.clone(),
            stdin: self.stdin.clone(),
            directory: self.directory.clone(),
            setup: self.setup.clone(),
            teardown: self.teardown.clone(),
            writes: self.writes,
            services: self.services.clone(),
        }
    }
}

impl BenchmarkSpec {
    /// What is run.
    pub fn command(&self) -> CommandSpec {
        CommandSpec {
            binary: self.binary.clone(),
            program: None,
            args: self.args.clone(),
            env: self.env.clone(),
            stdin: self.stdin.clone(),
            directory: self.directory.clone(),
            setup: self.setup.clone(),
            teardown: self.teardown.clone(),
            writes: self.writes,
            services: Vec::new(),
        }
    }
}

fn every_entry() -> Vec<String> {
    vec!["*".to_owned()]
}

fn success_only() -> Vec<i32> {
    vec![0]
}

/// What a profile has to reach to be used.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LimitsSpec {
    /// The most functions the optimized build may compile without profile data; with it the share does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_unmatched_functions: Option<usize>,
    /// The same as a share of the functions in the profile; 40 functions are always allowed.
    #[serde(default = "default_unmatched_share")]
    pub max_unmatched_share: f64,
    /// The fewest functions the training must have run.
    #[serde(default = "default_min_covered")]
    pub min_covered_functions: u64,
}

impl Default for LimitsSpec {
    fn default() -> Self {
        Self {
            max_unmatched_functions: None,
            max_unmatched_share: default_unmatched_share(),
            min_covered_functions: default_min_covered(),
        }
    }
}

impl LimitsSpec {
    /// How many functions may be compiled without data where the profile has `functions`.
    pub fn unmatched(&self, functions: usize) -> usize {
        const ALWAYS: usize = 40;
        let share = (functions as f64 * self.max_unmatched_share).floor() as usize;
        self.max_unmatched_functions.unwrap_or(share.max(ALWAYS))
    }
}

fn default_unmatched_share() -> f64 {
    0.01
}

fn default_min_covered() -> u64 {
    1
}

/// How the functions of the optimized binary are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LayoutSpec {
    /// What tells the order of the functions.
    pub order: FunctionOrder,
}

/// What tells the order of the functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FunctionOrder {
    /// The training, run once more under emulation: functions stand in the order in which it first executes them. For
    /// x86-64 Linux, with one binary, linked by lld.
    Trace,
}

/// What the optimized and the baseline binary must answer alike.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CheckSpec {
    /// The sets whose entries the commands run on.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// Argument lists, each run on every entry.
    #[serde(default)]
    pub commands: Vec<Vec<String>>,
    /// Whether each workload's own command is compared too, on the entries that it is trained on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub workloads: bool,
    /// Whether lines may come in any order, as threads write them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sort_lines: bool,
    /// Globs over the paths, in a copied entry, of files that runs may leave differently, such as a cache with dates in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore_files: Vec<String>,
}

impl CheckSpec {
    /// Whether the order of lines counts.
    pub fn lines(&self) -> Lines {
        if self.sort_lines { Lines::Sorted } else { Lines::AsWritten }
    }

    /// The files that are not compared.
    pub fn ignored(&self) -> GlobSet {
        glob_set(&self.ignore_files)
    }
}

/// Globs that were checked when the file was read, as one.
fn glob_set(globs: &[String]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        set.add(Glob::new(glob).expect("pgo.toml's globs are checked when it is read"));
    }
    set.build().expect("each glob is valid by itself")
}

/// One measured command.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BenchmarkSpec {
    /// Its name in reports.
    pub name: String,
    /// The set it runs on.
    pub inputs: String,
    /// The entry of the set.
    pub entry: String,
    /// The arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// The exit codes that count as success.
    #[serde(default = "success_only", skip_serializing_if = "is_success_only")]
    pub exit_codes: Vec<i32>,
    /// Which of the binaries runs; `[build] binary` without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary: Option<String>,
    /// Variables that are added to the fixed environment; `{entry}` and `{set}` are replaced in their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// The file that standard input reads, relative to the working directory: `{entry}` is the entry itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// The working directory, relative to the entry where that is a folder, else to the set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// Commands that run before each run, in its working directory; they are neither trained nor timed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub setup: Vec<Vec<String>>,
    /// Commands that run after each run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teardown: Vec<Vec<String>>,
    /// Whether the program writes into its entry: each run then gets a fresh copy of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub writes: bool,
}

fn is_success_only(codes: &[i32]) -> bool {
    codes == [0]
}

/// The rules of the gates.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GateSpec {
    /// The gate before merging.
    #[serde(default)]
    pub merge: MergeSpec,
    /// The gate before shipping.
    #[serde(default)]
    pub ship: ShipSpec,
}

/// When a change may not be merged.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MergeSpec {
    /// Glob over the names of the benchmarks that are gated.
    pub benchmarks: String,
    /// The growth in instructions that is still accepted; three interquartile ranges of the benchmark's own repetitions
    /// are accepted where they are more.
    pub limit: f64,
    /// How often each binary is counted on each benchmark; three times as often where the counts differ.
    pub repeats: u32,
    /// The bench target whose micro-benchmarks are counted and reported beside; they refuse nothing. Its program has to answer
    /// `list` with their names, a line each, and `count NAME N` by preparing one and running it N times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub micro_benchmarks: Option<String>,
}

impl Default for MergeSpec {
    fn default() -> Self {
        let MergeRules { benchmarks, limit, repeats, .. } = MergeRules::default();
        Self { benchmarks, limit, repeats, micro_benchmarks: None }
    }
}

/// When the profiled binary ships instead of the baseline.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ShipSpec {
    /// The least win of the geometric mean, as the one-sided bound of `1 - ratio`.
    pub minimum_win: f64,
    /// The largest loss a single benchmark's bound may show.
    pub case_tolerance: f64,
    /// The largest growth of the binary that is accepted, as a share of the baseline's size.
    pub maximum_growth: f64,
    /// The confidence of the bounds.
    pub confidence: f64,
    /// How long to measure altogether, in seconds.
    pub budget_seconds: u64,
    /// How many memory layouts the measurement is spread over.
    pub memory_layouts: u32,
    /// Which processors the benchmarks run on: `as-used` gives all of them to those that start threads, `one` to none.
    pub processors: Processors,
}

impl Default for ShipSpec {
    fn default() -> Self {
        let ShipRules { minimum_win, case_tolerance, confidence, .. } = ShipRules::default();
        Self {
            minimum_win,
            case_tolerance,
            maximum_growth: 0.5,
            confidence,
            budget_seconds: 90,
            memory_layouts: 2,
            processors: Processors::default(),
        }
    }
}

/// What goes into the release tarball.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DistSpec {
    /// The first part of the tarball's name.
    pub name: String,
    /// The last part of the tarball's name.
    pub platform: String,
    /// Files of the workspace that go in as they are.
    #[serde(default)]
    pub files: Vec<String>,
    /// Files the binary prints.
    #[serde(default)]
    pub generated: Vec<GeneratedFile>,
}

/// One file the binary prints.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GeneratedFile {
    /// Its path in the tarball.
    pub path: String,
    /// The arguments that print it.
    pub args: Vec<String>,
}
