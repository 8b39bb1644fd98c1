//! `repro-pgo dist`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use host::exit_code::ExitCode;

use super::{Shared, build};
use crate::layout::{self, LayoutRecord};
use crate::pipeline::package::{PackRequest, ProfileFacts, dist};
use crate::pipeline::{InputHashes, Pipeline, read_json, summary, verify_set};
use crate::training::TrainingRecord;
use crate::training::session::RECORD;

const EXAMPLES: &str = "Examples:
  repro-pgo dist
  repro-pgo dist --binary out/pgo/demo --profile out/profile --inputs out/inputs --output dist
  repro-pgo dist --profile pgo-profile/merged.profdata
  repro-pgo dist --binary out/lto/demo --output dist

Exit codes: 0 packed, 1 refused or failed, 2 usage, 3 could not measure, 4 a tool, the kernel or a part of the
toolchain is missing or another than is needed, 5 a declared command failed, did not end or left no profile,
6 the emulated machine failed (out of memory, kernel panic)";

/// Pack the release tarball, with its manifest and checksums.
///
/// Alone it runs everything before it, and packs the binary that the gate chose. With --binary it packs that one.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Dist {
    /// The binary that ships.
    #[arg(long, value_name = "FILE", requires = "output")]
    binary: Option<PathBuf>,
    /// The profile it was built with, or its folder (training.json is read); none for a build without. Without --binary: the
    /// profile to build with instead of training.
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// The folder of the input sets the profile was trained on; without it the manifest says that the profile was given.
    #[arg(long, value_name = "DIR", requires_all = ["profile", "binary"])]
    inputs: Option<PathBuf>,
    /// The folder of the order its functions were linked in (layout.json is read); needed where pgo.toml has [layout].
    #[arg(long, value_name = "DIR", requires = "profile")]
    layout: Option<PathBuf>,
    /// How many functions `optimize` compiled without profile data.
    #[arg(long, value_name = "NUMBER", requires = "profile", default_value_t = 0)]
    unmatched_functions: usize,
    /// The folder of the debug information, with `debuginfo` in pgo.toml [default: that of the binary].
    #[arg(long, value_name = "DIR", requires = "binary")]
    debuginfo: Option<PathBuf>,
    /// The folder of the gate's reports.
    #[arg(long, value_name = "DIR", requires = "binary")]
    gate: Option<PathBuf>,
    /// The target of a binary for another platform than pgo.toml's; it has no profile.
    #[arg(long, value_name = "TRIPLE", requires_all = ["binary", "platform", "generator"], conflicts_with = "profile")]
    target: Option<String>,
    /// The platform in the tarball's name.
    #[arg(long, value_name = "NAME", requires = "target")]
    platform: Option<String>,
    /// A binary of this machine, of the same source, that prints the generated files [default: the binary itself].
    #[arg(long, value_name = "FILE", requires = "binary")]
    generator: Option<PathBuf>,
    /// Where the tarball goes [default: dist/ in the workspace].
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Dist {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let (Some(binary), Some(output)) = (&self.binary, &self.output) else {
            let wish = build::Wish { profile: self.profile, output: self.output, ..Default::default() };
            return build::told(shared, wish, summary::verdict);
        };
        let mut pipeline =
            if self.profile.is_some() { shared.pipeline()? } else { shared.pipeline_without_profile()? };
        let missing = "pgo.toml has no [dist] table, so there is nothing to pack";
        let mut spec = pipeline.spec.dist.clone().context(missing)?;
        if let (Some(target), Some(platform)) = (&self.target, &self.platform) {
            pipeline.spec.build.retarget(target);
            spec.platform.clone_from(platform);
        }
        if self.profile.is_some() && self.layout.is_none() && pipeline.spec.layout.is_some() {
            bail!("pgo.toml has [layout]: name the folder of the order with --layout, so that the manifest tells it");
        }
        let binary = &super::absolute(binary)?;
        let packed = shared.alone("dist", |_| {
            let record: Option<TrainingRecord> =
                self.profile.as_deref().map(|profile| read_json(&record_of(profile))).transpose()?;
            let inputs = self.inputs.as_deref().map(|inputs| hashes(&pipeline, inputs)).transpose()?;
            let layout: Option<LayoutRecord> =
                self.layout.as_ref().map(|layout| read_json(&layout.join(layout::RECORD))).transpose()?;
            let profile = record.as_ref().map(|record| ProfileFacts {
                record,
                inputs: inputs.as_ref(),
                unmatched_functions: self.unmatched_functions,
                layout: layout.as_ref(),
            });
            let generator = self.generator.as_deref().unwrap_or(binary);
            let (debuginfo, gate) = (self.debuginfo.as_deref(), self.gate.clone());
            let request = PackRequest { binary, generator, profile, debuginfo, gate, output };
            let packed = dist(&pipeline, &spec, &request)?;
            let summary = format!("sha256 {}", packed.sha256);
            Ok((packed, summary))
        })?;
        println!("{}  {}", packed.sha256, packed.tarball.display());
        Ok(ExitCode::Fine)
    }
}

/// The record of the profile that is the file or lies in the folder `profile`.
fn record_of(profile: &Path) -> PathBuf {
    if profile.is_dir() { profile.join(RECORD) } else { profile.with_file_name(RECORD) }
}

/// The hashes of the sets that training used.
fn hashes(pipeline: &Pipeline, inputs: &Path) -> Result<InputHashes, crate::pipeline::StageError> {
    let mut hashes = InputHashes::new();
    for workload in &pipeline.spec.training.workloads {
        let name = &workload.inputs;
        if let (Some(set), false) = (pipeline.spec.inputs.get(name), hashes.contains_key(name)) {
            hashes.insert(name.clone(), verify_set(name, set, &inputs.join(name))?);
        }
    }
    Ok(hashes)
}
