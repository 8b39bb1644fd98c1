//! Stage `check`: the optimized binary answers as the baseline does, stands alone, and tells nothing about this machine.

use std::path::Path;

use host::digest;
use host::progress::Task;

use super::stamp::{self, MadeFrom, Stamp};
use super::{InputHashes, Pipeline, StageDir, StageError, State, cases};
use crate::check::{Forbidden, elf, output};
use crate::declaration::{BuildSpec, Spec};

/// The result's name in the stage's folder.
const REPORT: &str = "check.json";

/// What was checked.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Checked {
    /// How many commands gave the same output, byte for byte.
    pub same_answers: usize,
    /// Whether the binary was found to need nothing else.
    pub standalone: bool,
}

impl Checked {
    /// One line for people.
    pub fn summary(&self) -> String {
        let standalone = if self.standalone { ", the binary stands alone" } else { "" };
        format!("{} commands answer alike{standalone}", self.same_answers)
    }
}

/// Checks the two binaries of the pipeline.
///
/// # Errors
/// [`StageError`] for the first difference, or the first thing that must not be in the binary.
pub fn check(pipeline: &Pipeline, hashes: &InputHashes, task: &Task) -> Result<(State, Checked), StageError> {
    let directory = pipeline.stage_dir(StageDir::Check);
    std::fs::create_dir_all(&directory).map_err(StageError::file("cannot make", &directory))?;
    let made_from = made_from(pipeline, hashes)?;
    if Stamp::outdated(&directory, &made_from).is_none() {
        return Ok((State::UpToDate, super::read_json(&directory.join(REPORT))?));
    }
    let (baseline, optimized) = (pipeline.binary(StageDir::Baseline), pipeline.binary(StageDir::Optimized));
    let forbidden = forbidden(pipeline);
    let checked =
        check_binaries(&pipeline.spec, &baseline, &optimized, &pipeline.stage_dir(StageDir::Inputs), &forbidden, task)?;
    stamp::replace(&directory.join(REPORT), &super::to_json(&checked))?;
    Stamp::write(&directory, made_from, Default::default(), &[REPORT])?;
    Ok((State::Done, checked))
}

/// Checks any two binaries on the sets under `inputs`.
///
/// # Errors
/// As [`check`].
pub fn check_binaries(
    spec: &Spec,
    baseline: &Path,
    optimized: &Path,
    inputs: &Path,
    forbidden: &[Forbidden],
    task: &Task,
) -> Result<Checked, StageError> {
    let standalone = links_statically(&spec.build);
    let more = spec.build.more_binaries.iter().map(|more| more.binary.as_str());
    let more = more.flat_map(|name| [baseline, optimized].map(|file| file.with_file_name(name)));
    for binary in [baseline, optimized].map(Path::to_owned).into_iter().chain(more) {
        if standalone {
            elf::require_standalone(&binary, forbidden)?;
        } else {
            elf::inspect(&binary)?;
        }
    }
    let cases = cases::checks(spec, inputs)?;
    task.doing(&format!("{} commands", cases.len()));
    let tolerance = output::Tolerance { lines: spec.check.lines(), files: spec.check.ignored() };
    let same_answers = if cases.is_empty() { 0 } else { output::compare(baseline, optimized, &cases, &tolerance)? };
    Ok(Checked { same_answers, standalone })
}

/// Whether the declaration promises a static binary.
fn links_statically(build: &BuildSpec) -> bool {
    let flag = |wanted: &str| build.rustflags.iter().any(|flag| flag.contains(wanted));
    flag("+crt-static") || (build.target.contains("musl") && !flag("-crt-static"))
}

/// What tells where or by whom the binary was built.
fn forbidden(pipeline: &Pipeline) -> Vec<Forbidden> {
    let home = std::env::var_os("HOME").unwrap_or_default();
    let mut found: Vec<Forbidden> = [
        Forbidden::directory("the workspace's path", &pipeline.project.root),
        Forbidden::directory("the home directory", Path::new(&home)),
        Forbidden::directory("the toolchain's path", &pipeline.toolchain.sysroot),
        Forbidden::directory("a path of the Nix store", Path::new("/nix/store")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let sources = pipeline.project.sources.iter();
    found.extend(sources.filter_map(|source| Forbidden::directory("a dependency's path", source)));
    found
}

fn made_from(pipeline: &Pipeline, hashes: &InputHashes) -> Result<MadeFrom, StageError> {
    let mut made_from = pipeline.both_binaries()?;
    made_from.insert("[check] of pgo.toml".to_owned(), digest::of_bytes(&super::to_json(&pipeline.spec.check)));
    let spec = &pipeline.spec;
    let workloads = if spec.check.workloads { spec.training.workloads.as_slice() } else { &[] };
    if spec.check.workloads {
        made_from.insert("workloads of pgo.toml".to_owned(), digest::of_bytes(&super::to_json(&workloads)));
    }
    for set in spec.check.inputs.iter().chain(workloads.iter().map(|workload| &workload.inputs)) {
        let hash = hashes.get(set).map_or("missing", |hash| &hash.sha256);
        made_from.insert(format!("input set {set}"), hash.to_owned());
    }
    Ok(made_from)
}
