//! `repro-pgo inputs`.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use host::exit_code::ExitCode;

use super::Shared;
use crate::pipeline::{InputHashes, Pipeline, StageDir};
use crate::{declaration, pipeline};

const EXAMPLES: &str = "Examples:
  repro-pgo inputs --output target/inputs

Exit codes: 0 made, 1 refused (another hash than recorded) or failed, 2 usage";

/// Make the training and benchmark inputs, and hold them to the hashes recorded in pgo.toml.
///
/// Prints `<sha256>  <set>` for each set. Needs neither cargo nor a compiler, and of pgo.toml only [build] and [inputs].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Inputs {
    /// Where the sets go, each in a folder of its name.
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
}

impl Inputs {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let file = shared.spec_file()?;
        let spec = declaration::load_inputs(&file)?;
        if spec.inputs.is_empty() {
            bail!("{} has no [inputs.NAME], so there is nothing to make; see `repro-pgo schema`", file.display());
        }
        let directory = file.parent().unwrap_or(Path::new(""));
        let hashes = shared.alone("inputs", |task| {
            let (state, hashes) = pipeline::make_inputs(&spec, directory, &self.output, task)?;
            let summary = state.label(&format!("{} sets in {}", hashes.len(), self.output.display()));
            Ok((hashes, summary))
        })?;
        for (name, hash) in hashes {
            println!("{}  {name}", hash.sha256);
        }
        Ok(ExitCode::Fine)
    }
}

/// Makes the sets of the pipeline where they aren't up to date.
pub(super) fn stage(shared: &Shared, pipeline: &Pipeline) -> anyhow::Result<InputHashes> {
    shared.alone("inputs", |task| {
        let output = pipeline.stage_dir(StageDir::Inputs);
        let (state, hashes) = pipeline::make_inputs(&pipeline.spec, &pipeline.directory, &output, task)?;
        let summary = state.label(&format!("{} sets", hashes.len()));
        Ok((hashes, summary))
    })
}
