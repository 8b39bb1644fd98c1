//! `repro-pgo gate ship`.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use host::exit_code::ExitCode;
use paired_bench::gate::history::{Record, ShipRecord};
use paired_bench::gate::{ShipVerdict, history};
use paired_bench::measure::Machine;

use super::super::{Shared, absolute, build};
use crate::declaration;
use crate::gates::ship::run::{ShipRequest, measure};
use crate::pipeline::build::Stage;
use crate::pipeline::provenance;

const EXAMPLES: &str = "Examples:
  repro-pgo gate ship
  repro-pgo gate ship --baseline out/lto/demo --candidate out/pgo/demo --inputs out/inputs --output out/gate

Exit codes: 0 ship the profiled binary, 1 don't (the baseline ships) or failed, 2 usage, 3 could not measure or void.
A decision, whichever it is, leaves gate.json behind; a failure does not";

/// Does the profiled binary ship instead of the baseline?
///
/// Measures both on the held-out benchmarks of pgo.toml, interleaved, with a second copy of the baseline beside them. The
/// profiled binary ships only if its win is larger than [gate.ship] demands and no benchmark loses. Writes gate.json,
/// gate.md and gate.html; the last line is the verdict.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Ship {
    /// The binary without the profile.
    #[arg(long, value_name = "FILE", requires_all = ["candidate", "inputs", "output"])]
    baseline: Option<PathBuf>,
    /// The binary with the profile.
    #[arg(long, value_name = "FILE", requires = "baseline")]
    candidate: Option<PathBuf>,
    /// The folder of the input sets.
    #[arg(long, value_name = "DIR", requires = "baseline")]
    inputs: Option<PathBuf>,
    /// Where the reports go.
    #[arg(long, value_name = "DIR", requires = "baseline")]
    output: Option<PathBuf>,
    /// Add the result to this file (JSON lines).
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
}

impl Ship {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let explicit = (&self.baseline, &self.candidate, &self.inputs, &self.output);
        let (Some(baseline), Some(candidate), Some(inputs), Some(output)) = explicit else {
            let mut verdict = None;
            let ended = build::told(shared, build::Wish::until(Stage::Gate), |summary| {
                verdict = summary.gate.clone();
                verdict.as_ref().map(|verdict| verdict.sentence.clone()).unwrap_or_default()
            })?;
            return verdict.map_or(Ok(ended), |verdict| self.keep(shared, &verdict));
        };
        let spec = declaration::load(&shared.spec_file()?)?;
        let context = vec![("Measured on".to_owned(), host::machine::cpu_model())];
        let inputs = absolute(inputs)?;
        let verdict = shared.alone("gate", |task| {
            let request = ShipRequest { spec: &spec, baseline, candidate, inputs: &inputs, output, context };
            let verdict = measure(&request, task)?;
            Ok((verdict, format!("reports in {}", output.display())))
        })?;
        println!("{}", verdict.sentence);
        self.keep(shared, &verdict)
    }

    /// Adds the verdict to the history and turns it into the exit code.
    fn keep(&self, shared: &Shared, verdict: &ShipVerdict) -> anyhow::Result<ExitCode> {
        if let Some(path) = &self.history {
            let spec_file = absolute(&shared.spec_file()?)?;
            let commit =
                provenance::source(spec_file.parent().unwrap_or(&spec_file)).ok().filter(|source| !source.dirty);
            let commit = commit.and_then(|source| source.revision);
            let record = Record::Ship(ShipRecord::new(verdict, commit, Machine::detect()));
            history::append(path, &record).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(verdict.outcome.exit_code())
    }
}
