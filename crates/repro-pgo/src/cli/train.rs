//! `repro-pgo train`.

use std::path::{Path, PathBuf};

use clap::Args;
use host::exit_code::ExitCode;
use host::progress::Task;

use super::{Shared, inputs, instrument};
use crate::declaration::CpuModel;
use crate::pipeline::{StageDir, StageError};
use crate::toolchain::profile_tool::BUILT_IN_LLVM_MAJOR;
use crate::toolchain::{Emulator, ProfileTool, Toolchain};
use crate::training::session::PROFILE;
use crate::training::{self, TrainingRecord, TrainingRequest};
use crate::{declaration, pipeline};

const EXAMPLES: &str = "Examples:
  repro-pgo train
  repro-pgo train --binary out/demo --inputs out/inputs --output out/profile

Exit codes: 0 trained, 1 refused (the repetitions disagree, too little covered) or failed, 2 usage";

/// Run the workloads at least twice under fixed conditions, and merge the counts into one profile.
///
/// Alone it builds the instrumented binary and the inputs first. With --binary, --inputs and --output it takes them as
/// they are and needs no workspace: that is how a Nix derivation calls it. The output folder gets merged.profdata,
/// merged.proftext (the same to read and to compare), training.json, and in parts/ the counts of each workload and of
/// each CPU model by itself, for `profile show` and `profile diff`.
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
}

impl Train {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let (record, profile) = match (&self.binary, &self.inputs, &self.output) {
            (Some(binary), Some(inputs), Some(output)) => explicit(shared, binary, inputs, output, &self.cpu_models)?,
            _ => chained(shared)?,
        };
        println!("{}  {}", record.profile_sha256, profile.display());
        Ok(ExitCode::Fine)
    }
}

fn chained(shared: &Shared) -> anyhow::Result<(TrainingRecord, PathBuf)> {
    let pipeline = shared.pipeline()?;
    instrument::stage(shared, &pipeline)?;
    let hashes = inputs::stage(shared, &pipeline)?;
    let record = shared.alone("train", |task| {
        let trained = pipeline::train(&pipeline, &hashes, task)?;
        let summary = trained.state.label(&trained.record.summary());
        Ok((trained.record, summary))
    })?;
    Ok((record, pipeline.stage_dir(StageDir::Profile).join(PROFILE)))
}

fn explicit(
    shared: &Shared,
    binary: &Path,
    inputs: &Path,
    output: &Path,
    cpu_models: &[String],
) -> anyhow::Result<(TrainingRecord, PathBuf)> {
    let mut spec = declaration::load(&shared.spec_file()?)?;
    if !cpu_models.is_empty() {
        spec.training.cpu_models = chosen(&spec.training.cpu_models, cpu_models);
    }
    let work = |task: &Task| -> Result<(TrainingRecord, String), StageError> {
        let training = &spec.training;
        let emulator = Emulator::choose(training.emulator, &spec.build.target, &training.cpu_models)?;
        let tool = profile_tool(shared)?;
        for name in training.sets() {
            if let Some(set) = spec.inputs.get(name) {
                pipeline::verify_set(name, set, &inputs.join(name))?;
            }
        }
        let limits = &spec.limits;
        let (emulator, tool) = (&emulator, &tool);
        let request = TrainingRequest {
            binary,
            inputs,
            output,
            build: &spec.build,
            c_code: Vec::new(),
            training,
            limits,
            emulator,
            tool,
            pins: false,
        };
        let record = training::train(&request, task)?;
        let summary = record.summary();
        Ok((record, summary))
    };
    Ok((shared.alone("train", work)?, output.join(PROFILE)))
}

/// The models of these names; those that are declared as they are declared.
fn chosen(declared: &[CpuModel], names: &[String]) -> Vec<CpuModel> {
    let new = |name: &String| CpuModel { name: name.clone(), weight: 1, features: Vec::new(), optional: false };
    let find = |name: &String| declared.iter().find(|model| model.name == *name).cloned();
    names.iter().map(|name| find(name).unwrap_or_else(|| new(name))).collect()
}

/// Where no compiler is at hand, the binary is taken to be of the LLVM that the built-in merge knows; a profile of another
/// one is refused when it is read.
fn profile_tool(shared: &Shared) -> Result<ProfileTool, StageError> {
    let toolchain = Toolchain::discover(Path::new("."));
    let (major, tools) = match &toolchain {
        Ok(toolchain) => (toolchain.llvm_major, toolchain.llvm_tools()),
        Err(_) => (BUILT_IN_LLVM_MAJOR, PathBuf::new()),
    };
    Ok(ProfileTool::discover(shared.llvm_profdata.as_deref(), major, &tools)?)
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
