//! `repro-pgo train`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Shared;
use crate::exit_code::ExitCode;
use crate::stage::{self, Room, StageError};
use crate::toolchain::profile_tool::BUILT_IN_LLVM_MAJOR;
use crate::toolchain::{Emulator, ProfileTool, Toolchain};
use crate::training::session::PROFILE;
use crate::training::{self, TrainingRecord, TrainingRequest};
use crate::{progress::Task, spec};

const EXAMPLES: &str = "Examples:
  repro-pgo train
  repro-pgo train --binary out/demo --stimuli out/stimuli --output out/profile

Exit codes: 0 trained, 1 refused (the repetitions disagree, too little covered) or failed, 2 usage";

/// Run the workloads at least twice under fixed conditions, and merge the counts into one profile.
///
/// Alone it builds the instrumented binary and the stimuli first. With --binary, --stimuli and --output it takes them as
/// they are and needs no workspace: that is how a Nix derivation calls it. The output folder gets merged.profdata,
/// merged.proftext (the same to read and to compare), training.json, and in parts/ the counts of each workload and of
/// each CPU model by itself, for `profile show` and `profile diff`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Train {
    /// The instrumented binary.
    #[arg(long, value_name = "FILE", requires_all = ["stimuli", "output"])]
    binary: Option<PathBuf>,
    /// The folder of the stimuli sets.
    #[arg(long, value_name = "DIR", requires = "binary")]
    stimuli: Option<PathBuf>,
    /// Where the profile goes.
    #[arg(long, value_name = "DIR", requires = "binary")]
    output: Option<PathBuf>,
}

impl Train {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let (record, profile) = match (&self.binary, &self.stimuli, &self.output) {
            (Some(binary), Some(stimuli), Some(output)) => explicit(shared, binary, stimuli, output)?,
            _ => chained(shared)?,
        };
        println!("{}  {}", record.profile_sha256, profile.display());
        Ok(ExitCode::Fine)
    }
}

fn chained(shared: &Shared) -> anyhow::Result<(TrainingRecord, PathBuf)> {
    let pipeline = shared.pipeline()?;
    shared.alone("instrument", |task| {
        let state = stage::instrument(&pipeline, task)?;
        Ok(((), state.label(&pipeline.binary(Room::Instrumented).display().to_string())))
    })?;
    let hashes = shared.alone("stimuli", |task| {
        let (state, hashes) = stage::stimuli(&pipeline.spec, &pipeline.directory, &pipeline.room(Room::Stimuli), task)?;
        let summary = state.label(&format!("{} sets", hashes.len()));
        Ok((hashes, summary))
    })?;
    let record = shared.alone("train", |task| {
        let trained = stage::train(&pipeline, &hashes, task)?;
        let summary = trained.state.label(&trained.record.summary());
        Ok((trained.record, summary))
    })?;
    Ok((record, pipeline.room(Room::Profile).join(PROFILE)))
}

fn explicit(
    shared: &Shared,
    binary: &Path,
    stimuli: &Path,
    output: &Path,
) -> anyhow::Result<(TrainingRecord, PathBuf)> {
    let spec = spec::load(&shared.spec_file()?)?;
    let work = |task: &Task| -> Result<(TrainingRecord, String), StageError> {
        let training = &spec.training;
        let emulator = Emulator::choose(training.emulator, &spec.build.target, &training.cpu_models)?;
        let tool = profile_tool(shared)?;
        for workload in &training.workloads {
            if let Some(set) = spec.stimuli.get(&workload.stimuli) {
                stage::verify_set(&workload.stimuli, set, &stimuli.join(&workload.stimuli))?;
            }
        }
        let limits = &spec.limits;
        let (emulator, tool) = (&emulator, &tool);
        let request = TrainingRequest {
            binary,
            stimuli,
            output,
            build: &spec.build,
            c_code: Vec::new(),
            training,
            limits,
            emulator,
            tool,
        };
        let record = training::train(&request, task)?;
        let summary = record.summary();
        Ok((record, summary))
    };
    Ok((shared.alone("train", work)?, output.join(PROFILE)))
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
