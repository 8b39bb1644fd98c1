//! `repro-pgo train`.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use host::exit_code::ExitCode;
use host::progress::Task;

use super::{Shared, inputs, instrument};
use crate::declaration::{CpuModel, Spec};
use crate::pipeline::{StageDir, StageError};
use crate::toolchain::{Emulator, ProfileTool};
use crate::training::session::PROFILE;
use crate::training::{self, Shard, TrainingRecord, TrainingRequest, shard};
use crate::{declaration, pipeline};

const EXAMPLES: &str = "Examples:
  repro-pgo train
  repro-pgo train --binary out/demo --inputs out/inputs --output out/profile
  repro-pgo train --workload check --cpu-model Haswell --binary out/demo --inputs out/inputs --output out/check-haswell

Exit codes: 0 trained, 1 refused (the repetitions disagree, too little covered) or failed, 2 usage, 4 a tool, the kernel or a part of the
toolchain is missing or another than is needed, 5 a declared command failed, did not end or left no profile,
6 the emulated machine failed (out of memory, kernel panic)";

/// Run the workloads at least twice under fixed conditions, and merge the counts into one profile.
///
/// Alone it builds the instrumented binary and the inputs first. With --binary, --inputs and --output it takes them as
/// they are and needs no workspace: that is how a Nix derivation calls it. The output folder gets merged.profdata,
/// merged.proftext (the same to read and to compare), training.json, and in parts/ the counts of each workload and of
/// each CPU model by itself, for `profile show` and `profile diff`.
///
/// With --workload it trains one shard: one workload on one CPU model. Machines can train one each; `repro-pgo merge` makes
/// of all shards the profile that one training of all gives, byte for byte.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Train {
    /// The instrumented binary.
    #[arg(long, value_name = "FILE", requires_all = ["inputs", "output"])]
    binary: Option<PathBuf>,
    /// The folder of the input sets.
    #[arg(long, value_name = "DIR", requires = "binary")]
    inputs: Option<PathBuf>,
    /// Where the profile goes.
    #[arg(long, value_name = "DIR", requires = "binary")]
    output: Option<PathBuf>,
    /// Train on this CPU model instead of those of pgo.toml; can be repeated. A declared one keeps its weight and features.
    #[arg(long = "cpu-model", value_name = "NAME", requires = "binary")]
    cpu_models: Vec<String>,
    /// Train this workload alone, on one CPU model, into a shard. The folder of inputs has to hold its set only.
    #[arg(long, value_name = "NAME", requires = "binary")]
    workload: Option<String>,
}

impl Train {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let (sha256, file) = match (&self.binary, &self.inputs, &self.output) {
            (Some(binary), Some(inputs), Some(output)) => {
                let given = Given { binary, inputs, output };
                match &self.workload {
                    Some(workload) => one_shard(shared, given, workload, &self.cpu_models)?,
                    None => explicit(shared, given, &self.cpu_models)?,
                }
            }
            _ => chained(shared)?,
        };
        println!("{sha256}  {}", file.display());
        Ok(ExitCode::Fine)
    }
}

/// What is taken as it is.
#[derive(Clone, Copy)]
struct Given<'a> {
    binary: &'a Path,
    inputs: &'a Path,
    output: &'a Path,
}

/// A hash and what has it.
type Named = (String, PathBuf);

fn chained(shared: &Shared) -> anyhow::Result<Named> {
    let pipeline = shared.pipeline()?;
    instrument::stage(shared, &pipeline)?;
    let hashes = inputs::stage(shared, &pipeline)?;
    let record = shared.alone("train", |task| {
        let trained = pipeline::train(&pipeline, &hashes, task)?;
        let summary = trained.state.label(&trained.record.summary());
        Ok((trained.record, summary))
    })?;
    Ok((record.profile_sha256, pipeline.stage_dir(StageDir::Profile).join(PROFILE)))
}

fn explicit(shared: &Shared, given: Given<'_>, cpu_models: &[String]) -> anyhow::Result<Named> {
    let mut spec = declaration::load(&shared.spec_file()?)?;
    if !cpu_models.is_empty() {
        spec.training.cpu_models = chosen(&spec.training.cpu_models, cpu_models);
    }
    let record = prepared(shared, given, &spec, |request, _, task| {
        let record: TrainingRecord = training::train(request, task)?;
        let summary = record.summary();
        Ok((record, summary))
    })?;
    Ok((record.profile_sha256, given.output.join(PROFILE)))
}

fn one_shard(shared: &Shared, given: Given<'_>, workload: &str, cpu_models: &[String]) -> anyhow::Result<Named> {
    let spec = narrowed(declaration::load(&shared.spec_file()?)?, workload, cpu_models)?;
    let trained = prepared(shared, given, &spec, |request, inputs_sha256, task| {
        let models = &request.training.cpu_models;
        if let (Emulator::Native { instead }, false) = (request.emulator, cpu_models.is_empty()) {
            return Err(StageError::NativeShard { reason: instead.as_ref().map(ToString::to_string) });
        }
        if request.emulator.is_emulated() && models.len() > 1 {
            return Err(StageError::ManyModels {
                workload: workload.to_owned(),
                models: models.iter().map(|model| model.name.clone()).collect(),
            });
        }
        let trained: Shard = training::train_shard(request, inputs_sha256, task)?;
        let summary = trained.summary();
        Ok((trained, summary))
    })?;
    Ok(match trained.profile_sha256 {
        Some(sha256) => (sha256, given.output.join(shard::PROFILE)),
        None => ("-".to_owned(), given.output.join(shard::RECORD)),
    })
}

/// `spec` with this workload alone, and with this CPU model where one is named.
fn narrowed(mut spec: Spec, workload: &str, cpu_models: &[String]) -> anyhow::Result<Spec> {
    let training = &mut spec.training;
    let declared: Vec<String> = training.workloads.iter().map(|one| one.name.clone()).collect();
    training.workloads.retain(|one| one.name == workload);
    if training.workloads.is_empty() {
        bail!("pgo.toml declares no workload `{workload}`; it has {}", declared.join(", "));
    }
    if cpu_models.len() > 1 {
        bail!("a shard is of one CPU model: name one --cpu-model, and train the others into folders of their own");
    }
    if let Some(model) = cpu_models.first() {
        let declared: Vec<String> = training.cpu_models.iter().map(|one| one.name.clone()).collect();
        training.cpu_models.retain(|one| one.name == *model);
        if training.cpu_models.is_empty() {
            bail!("[training] cpu-models of pgo.toml has no {model}; it has {}", declared.join(", "));
        }
    }
    Ok(spec)
}

/// Does `work` once emulator, profile tool and inputs are there. It is told the hash of the first set.
fn prepared<T>(
    shared: &Shared,
    given: Given<'_>,
    spec: &Spec,
    work: impl FnOnce(&TrainingRequest<'_>, &str, &Task) -> Result<(T, String), StageError>,
) -> anyhow::Result<T> {
    shared.alone("train", |task| {
        let training = &spec.training;
        let emulator = Emulator::choose(training, &spec.build.target)?;
        let tool: ProfileTool = shared.profile_tool()?;
        let mut first_hash = None;
        for name in training.sets() {
            if let Some(set) = spec.inputs.get(name) {
                let hash = pipeline::verify_set(name, set, &given.inputs.join(name))?;
                first_hash.get_or_insert(hash.sha256);
            }
        }
        let request = TrainingRequest {
            binary: given.binary,
            inputs: given.inputs,
            output: given.output,
            build: &spec.build,
            c_code: Vec::new(),
            training,
            limits: &spec.limits,
            emulator: &emulator,
            tool: &tool,
            pins: false,
        };
        work(&request, &first_hash.unwrap_or_default(), task)
    })
}

/// The models of these names; those that are declared as they are declared.
fn chosen(declared: &[CpuModel], names: &[String]) -> Vec<CpuModel> {
    let new = |name: &String| CpuModel { name: name.clone(), weight: 1, features: Vec::new(), optional: false };
    let find = |name: &String| declared.iter().find(|model| model.name == *name).cloned();
    names.iter().map(|name| find(name).unwrap_or_else(|| new(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_model_that_is_declared_keeps_its_weight() {
        let declared =
            [CpuModel { name: "Haswell".to_owned(), weight: 3, features: vec!["avx2".to_owned()], optional: true }];
        let models = chosen(&declared, &["Nehalem".to_owned(), "Haswell".to_owned()]);
        assert_eq!((models[0].name.as_str(), models[0].weight, models[0].optional), ("Nehalem", 1, false));
        assert_eq!(models[1], declared[0]);
    }
}
