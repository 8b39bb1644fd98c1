//! `repro-pgo check`.

use std::path::{Path, PathBuf};

use clap::Args;
use host::exit_code::ExitCode;

use super::{Shared, build};
use crate::check::Forbidden;
use crate::declaration;
use crate::pipeline::build::Stage;
use crate::pipeline::check::{Checked, check_binaries};

const EXAMPLES: &str = "Examples:
  repro-pgo check
  repro-pgo check --baseline out/lto/demo --optimized out/pgo/demo --inputs out/inputs

Exit codes: 0 alike, 1 different, not standalone or failed, 2 usage";

/// Check that the profiled binary answers as the baseline does, byte for byte, and stands alone.
///
/// Alone it builds both binaries first. With --baseline, --optimized and --inputs it needs neither cargo nor a compiler.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Check {
    /// The binary without the profile.
    #[arg(long, value_name = "FILE", requires_all = ["optimized", "inputs"])]
    baseline: Option<PathBuf>,
    /// The binary with the profile.
    #[arg(long, value_name = "FILE", requires = "baseline")]
    optimized: Option<PathBuf>,
    /// The folder of the input sets.
    #[arg(long, value_name = "DIR", requires = "baseline")]
    inputs: Option<PathBuf>,
}

impl Check {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let (Some(baseline), Some(optimized), Some(inputs)) = (&self.baseline, &self.optimized, &self.inputs) else {
            let tell = |checked: &Checked| format!("alike: {}", checked.summary());
            return build::told(shared, build::Wish::until(Stage::Check), |summary| {
                summary.check.as_ref().map(tell).unwrap_or_default()
            });
        };
        let spec = declaration::load(&shared.spec_file()?)?;
        let forbidden: Vec<Forbidden> =
            Forbidden::directory("a path of the Nix store", Path::new("/nix/store")).into_iter().collect();
        let [baseline, optimized, inputs] = [baseline, optimized, inputs].map(|path| super::absolute(path));
        let (baseline, optimized, inputs) = (baseline?, optimized?, inputs?);
        let checked = shared.alone("check", |task| {
            let checked = check_binaries(&spec, &baseline, &optimized, &inputs, &forbidden, task)?;
            let summary = checked.summary();
            Ok((checked, summary))
        })?;
        println!("alike: {}", checked.summary());
        Ok(ExitCode::Fine)
    }
}
