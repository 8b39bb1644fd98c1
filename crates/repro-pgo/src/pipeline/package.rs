//! Stage `dist`: the release tarball of the binary that the gate chose, with the manifest that says how to get it again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use host::digest;
use paired_bench::measure::fixed_environment;

use super::{InputHashes, Pipeline, StageDir, StageError, provenance};
use crate::compile::debuginfo;
use crate::compile::flags::Variant as Flags;
use crate::declaration::{BuildSpec, DistSpec, GeneratedFile};
use crate::gates::ship::run;
use crate::layout::{LayoutRecord, link};
use crate::package::inventory::Inventory;
use crate::package::manifest::{Build, CpuModel, Layout, Manifest, Profile, SCHEMA_VERSION, Training, Variant};
use crate::package::{DistRequest, DistResult, GateFiles, legal, pack};
use crate::training::TrainingRecord;

/// What is known about the profile when a tarball is made.
#[derive(Debug)]
pub struct ProfileFacts<'a> {
    /// How it was trained.
    pub record: &'a TrainingRecord,
    /// The sets' hashes; none where an earlier build trained, on what this one can't know.
    pub inputs: Option<&'a InputHashes>,
    /// How many functions were compiled without profile data.
    pub unmatched_functions: usize,
    /// The order of its functions, where they have one.
    pub layout: Option<&'a LayoutRecord>,
}

/// What to pack.
#[derive(Debug)]
pub struct PackRequest<'a> {
    /// The binary that ships; those of `more-binaries` lie beside it.
    pub binary: &'a Path,
    /// What prints the generated files: the binary itself, or one of the same source that runs on this machine.
    pub generator: &'a Path,
    /// The profile it was built with; none for the baseline.
    pub profile: Option<ProfileFacts<'a>>,
    /// The folder with the debug information of the binaries, where it is not theirs.
    pub debuginfo: Option<&'a Path>,
    /// The folder with the gate's reports, where it was asked.
    pub gate: Option<PathBuf>,
    /// Where the tarball goes.
    pub output: &'a Path,
}

/// Packs the tarball that `[dist]` of `pgo.toml` describes.
///
/// # Errors
/// [`StageError`] when a file is missing, or the binary does not print what it should.
pub fn dist(pipeline: &Pipeline, spec: &DistSpec, request: &PackRequest<'_>) -> Result<DistResult, StageError> {
    let generated = spec.generated.iter().map(|file| Ok((file.path.clone(), printed(request.generator, file)?)));
    let mut generated = generated.collect::<Result<BTreeMap<_, _>, StageError>>()?;
    let files = spec.files.iter().map(|file| (file.clone(), pipeline.directory.join(file)));
    let binaries = binaries(&pipeline.spec.build, request.binary);
    let manifest =
        Manifest { more_binaries: hashes(&binaries[1..])?, ..manifest(pipeline, spec, request.profile.as_ref())? };
    generated.extend(legal::files(&legal::Sources {
        manifest: &manifest,
        binary_sha256: &digest::of_file(request.binary).map_err(StageError::file("cannot read", request.binary))?,
        inventory: &Inventory::read(&pipeline.project.root, &pipeline.spec.build)?,
        sysroot: &pipeline.toolchain.sysroot,
        libc: provenance::static_libc(pipeline).as_deref(),
        given: spec.files.iter().map(String::as_str).collect(),
    })?);
    let debug_file = |(name, binary): &(String, PathBuf)| {
        let name = debuginfo::file_name(name);
        let beside = binary.with_file_name(&name);
        let file = request.debuginfo.map_or(beside, |folder| folder.join(&name));
        (name, file)
    };
    let request = DistRequest {
        output: request.output.to_owned(),
        debuginfo: pipeline.spec.build.debuginfo.iter().flat_map(|_| binaries.iter().map(debug_file)).collect(),
        binaries,
        files: files.collect(),
        generated,
        manifest,
        gate: request.gate.as_deref().map(reports).transpose()?,
    };
    Ok(pack(&request)?)
}

/// All binaries by what they are called on their target, the one at `binary` first.
fn binaries(build: &BuildSpec, binary: &Path) -> Vec<(String, PathBuf)> {
    let suffix = if build.target.contains("-windows-") { ".exe" } else { "" };
    // Stages leave the suffix out, and cargo does not.
    let beside = binary.extension().filter(|extension| *extension == "exe").map_or("", |_| ".exe");
    let more = build.more_binaries.iter().map(|more| {
        let file = binary.with_file_name(format!("{}{beside}", more.binary));
        (format!("{}{suffix}", more.binary), file)
    });
    std::iter::once((format!("{}{suffix}", build.binary), binary.to_owned())).chain(more).collect()
}

fn hashes(binaries: &[(String, PathBuf)]) -> Result<BTreeMap<String, String>, StageError> {
    let hash = |file: &Path| digest::of_file(file).map_err(StageError::file("cannot read", file));
    binaries.iter().map(|(name, file)| Ok((name.clone(), hash(file)?))).collect()
}

/// What the binary prints for a generated file. Nothing of this machine's environment reaches it.
fn printed(binary: &Path, file: &GeneratedFile) -> Result<Vec<u8>, StageError> {
    let mut command = std::process::Command::new(binary);
    command.args(&file.args).env_clear().envs(fixed_environment()).current_dir("/").stdin(std::process::Stdio::null());
    let output = command.output().map_err(StageError::file("cannot run", binary))?;
    if output.status.success() && !output.stdout.is_empty() {
        return Ok(output.stdout);
    }
    Err(StageError::Generated {
        path: file.path.clone(),
        command: file.args.join(" "),
        stderr: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

fn reports(directory: &Path) -> Result<GateFiles, StageError> {
    let read = |name: &str| {
        let path = directory.join(name);
        std::fs::read_to_string(&path).map_err(StageError::file("cannot read", &path))
    };
    Ok(GateFiles { json: read(run::VERDICT)?, markdown: read(run::MARKDOWN)?, html: read(run::HTML)? })
}

fn manifest(pipeline: &Pipeline, spec: &DistSpec, profile: Option<&ProfileFacts<'_>>) -> Result<Manifest, StageError> {
    let build = &pipeline.spec.build;
    Ok(Manifest {
        schema_version: SCHEMA_VERSION,
        name: spec.name.clone(),
        version: pipeline.project.version.clone(),
        platform: spec.platform.clone(),
        variant: if profile.is_some() { Variant::Pgo } else { Variant::Lto },
        built_by: provenance::builder(),
        source: provenance::source(&pipeline.project.root)?,
        toolchain: provenance::toolchain(pipeline, profile.map(|facts| facts.record.profile_tool.clone())),
        build: Build { target: build.target.clone(), profile: build.profile.clone(), flags: flags(pipeline, profile) },
        more_binaries: BTreeMap::new(),
        debuginfo: BTreeMap::new(),
        profile: profile.map(|facts| describe(pipeline, facts)),
    })
}

/// The flags of the stages that the shipped binary went through, placeholders in the place of paths.
fn flags(pipeline: &Pipeline, profile: Option<&ProfileFacts<'_>>) -> BTreeMap<String, Vec<String>> {
    let stages = match profile {
        None => vec![("baseline", Flags::Baseline)],
        Some(facts) => {
            let instrumented = Flags::Instrumented { entropy_object: PathBuf::from("{pinned-entropy}") };
            let optimized = Flags::Optimized { profile: PathBuf::from("{profile}"), link_map: None, recorder: None };
            let trained = facts.inputs.map(|_| ("instrumented", instrumented));
            trained.into_iter().chain([("optimized", optimized)]).collect()
        }
    };
    let flags = |variant: Flags| provenance::flags_with_placeholders(&pipeline.spec.build, &variant);
    let mut told: BTreeMap<_, _> =
        stages.into_iter().map(|(name, variant)| (name.to_owned(), flags(variant))).collect();
    if profile.is_some_and(|facts| facts.layout.is_some()) {
        let order = link::order_arguments("{order}").map(|argument| format!("-Clink-arg={argument}"));
        told.entry("optimized".to_owned()).or_default().extend(order);
    }
    told
}

fn describe(pipeline: &Pipeline, facts: &ProfileFacts<'_>) -> Profile {
    let record = facts.record;
    let training = &pipeline.spec.training;
    let left_out: Vec<String> = record.left_out_cpu_models.iter().map(|left_out| left_out.model.clone()).collect();
    let emulated = record.emulation();
    let used = training
        .workloads
        .iter()
        .filter_map(|workload| Some((workload.inputs.clone(), facts.inputs?.get(&workload.inputs)?.sha256.clone())));
    Profile {
        sha256: record.profile_sha256.clone(),
        text_sha256: record.text_sha256.clone(),
        training: match emulated {
            _ if record.is_pinned() => Training::Native {
                depends_on: vec!["the order in which its threads ran: pinned, not regenerable".to_owned()],
            },
            Some((emulator, version)) => {
                let (emulator, version) = (emulator.to_owned(), version.to_owned());
                Training::Emulated { emulator, version, machine: record.machine.clone() }
            }
            None => Training::Native { depends_on: vec![host::machine::cpu_model(), "the kernel".to_owned()] },
        },
        replicates: record.replicates,
        frozen: facts.inputs.is_none(),
        cpu_models: match emulated {
            Some(_) if facts.inputs.is_none() => {
                record.cpu_models().into_iter().map(|(name, weight)| CpuModel { name, weight }).collect()
            }
            Some(_) => {
                training.cpu_models.iter().filter(|model| !left_out.contains(&model.name)).map(cpu_model).collect()
            }
            None => Vec::new(),
        },
        cpu_models_left_out: left_out,
        inputs: used.collect(),
        functions: record.functions,
        covered_functions: record.covered_functions,
        unmatched_functions: facts.unmatched_functions as u64,
        c_code: record.c_code.clone(),
        layout: facts.layout.map(|layout| Layout {
            order_sha256: layout.order_sha256.clone(),
            functions: layout.functions,
            emulator: layout.emulator.clone(),
        }),
    }
}

fn cpu_model(model: &crate::declaration::CpuModel) -> CpuModel {
    CpuModel { name: model.name.clone(), weight: model.weight }
}

/// The binary that ships by the gate's answer, and whether it is the one with the profile.
pub fn chosen(pipeline: &Pipeline, with_profile: bool) -> PathBuf {
    pipeline.binary(if with_profile { StageDir::Optimized } else { StageDir::Baseline })
}
