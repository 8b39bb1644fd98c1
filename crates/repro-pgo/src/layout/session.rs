//! The training's runs on the twin, each traced, as often as the training is repeated and under the same variations.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::Duration;

use host::progress::Task;

use super::LayoutError;
use super::order;
use super::symbols::Functions;
use super::trace::executed;
use crate::training::TrainingRequest;
use crate::training::network::RunNetwork;
use crate::training::perturbation::Perturbation;
use crate::training::plan::{self, Run};
use crate::training::process::{self, Conditions, Layout, Purpose};
use crate::training::root::TrainingRoot;
use crate::training::session;
use crate::training::side_by_side::side_by_side;

/// What the runs executed.
#[derive(Debug)]
pub struct Traced {
    /// The functions of all runs, merged.
    pub functions: Vec<String>,
    /// How many runs there were.
    pub runs: usize,
}

/// Runs the training of `request`, whose binary is the twin, and writes down which functions it executes, in their order.
///
/// # Errors
/// [`LayoutError`] when a run fails, or a repetition executes functions in another order than the first.
pub fn trace(request: &TrainingRequest<'_>, task: &Task) -> Result<Traced, LayoutError> {
    let functions = Functions::read(request.binary)?;
    let runs = plan::runs(request.training, request.emulator, &session::entries(request)?, request.inputs)?;
    let runs = traced_runs(runs);
    let root = TrainingRoot::acquire(|| task.say("another training is running on this machine; waiting for it"))?;
    task.expect_steps(runs.len() * request.training.replicates as usize);
    let layout = session::prepare(request, root.path())?;
    let traced = Session {
        request,
        runs: &runs,
        layout: &layout,
        functions: &functions,
        network: RunNetwork::of(request.training, request.emulator, task),
    };
    let first = traced.repetition(1, task)?;
    for replicate in 2..=request.training.replicates {
        session::vary(request, &layout, replicate)?;
        traced.require_same(replicate, &first, &traced.repetition(replicate, task)?)?;
    }
    let merged = order::merged(&first);
    Ok(Traced {
        functions: merged.into_iter().map(|index| functions.name(index).to_owned()).collect(),
        runs: runs.len(),
    })
}

/// On how many entries of a workload its runs are traced.
pub const ENTRIES: usize = 16;

/// The runs that are traced: of each workload on each CPU model no more than [`ENTRIES`], spread evenly over its list. What the others
/// execute for the first time is little.
fn traced_runs(runs: Vec<Run>) -> Vec<Run> {
    let alike = |one: &Run, other: &Run| one.workload == other.workload && one.cpu_model == other.cpu_model;
    let spread = |runs: &[Run]| -> Vec<Run> {
        let wanted = runs.len().min(ENTRIES);
        (0..wanted).map(|place| runs[place * runs.len() / wanted].clone()).collect()
    };
    runs.chunk_by(alike).flat_map(spread).collect()
}

struct Session<'a> {
    request: &'a TrainingRequest<'a>,
    runs: &'a [Run],
    layout: &'a Layout,
    functions: &'a Functions,
    network: RunNetwork,
}

impl Session<'_> {
    /// What each run executes, in the order of the runs.
    fn repetition(&self, replicate: u32, task: &Task) -> Result<Vec<Vec<usize>>, LayoutError> {
        let logs = &self.layout.profiles;
        std::fs::create_dir(logs).map_err(LayoutError::file("cannot make", logs))?;
        let processors = session::processors();
        let conditions = Conditions {
            emulator: self.request.emulator,
            layout: self.layout,
            timeout: Duration::from_secs(self.request.training.timeout_seconds),
            perturbation: Perturbation::of_replicate(replicate),
            processors: &processors,
            purpose: Purpose::Traces,
            network: self.network.own.as_ref(),
        };
        let traced = side_by_side(self.runs.len(), &processors, |index, cpu| {
            let run = &self.runs[index];
            task.doing(&format!("repetition {replicate}: {} on {}", run.workload, run.entry));
            let traced = self.run(&conditions, index, run, cpu)?;
            task.step();
            Ok::<_, LayoutError>(traced)
        });
        std::fs::remove_dir_all(logs).map_err(LayoutError::file("cannot remove", logs))?;
        traced
    }

    /// What one run executes. Its log is as long as the program, so it is read at once and removed.
    fn run(&self, conditions: &Conditions<'_>, index: usize, run: &Run, cpu: usize) -> Result<Vec<usize>, LayoutError> {
        let traced = conditions.execute(index, run, cpu)?;
        let mut functions = Vec::new();
        // Services that are the program started before it.
        for log in traced.services.iter().chain(&traced.profile) {
            let opened = File::open(log).map_err(LayoutError::file("cannot read", log))?;
            let found = executed(BufReader::new(opened), self.functions);
            remove(log)?;
            let found = found.map_err(|problem| LayoutError::Trace { run: process::name(run), problem })?;
            functions.extend(found);
        }
        let mut seen = BTreeSet::new();
        functions.retain(|function| seen.insert(*function));
        Ok(functions)
    }

    fn require_same(&self, replicate: u32, first: &[Vec<usize>], other: &[Vec<usize>]) -> Result<(), LayoutError> {
        let Some(run) = first.iter().zip(other).position(|(first, other)| first != other) else { return Ok(()) };
        let (own, others) = (&first[run], &other[run]);
        let place = (0..).find(|place| own.get(*place) != others.get(*place)).expect("they differ");
        let name =
            |functions: &[usize]| functions.get(place).map_or("none", |index| self.functions.name(*index)).to_owned();
        let (run, place, first, other) = (process::name(&self.runs[run]), place + 1, name(own), name(others));
        Err(LayoutError::Disagreement { replicate, run, place, first, other })
    }
}

fn remove(path: &Path) -> Result<(), LayoutError> {
    std::fs::remove_file(path).map_err(LayoutError::file("cannot remove", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run((workload, model, entry): (&str, &str, usize)) -> Run {
        Run {
            workload: workload.to_owned(),
            set: "s".to_owned(),
            entry: entry.to_string(),
            cpu_model: Some(model.to_owned()),
            command: Default::default(),
            exit_codes: vec![0],
            weight: 1,
        }
    }

    #[test]
    fn a_long_workload_is_traced_on_entries_of_its_whole_list_and_a_short_one_on_all() {
        let models = ["A", "B"].iter().flat_map(|model| {
            let long = (0..10 * ENTRIES).map(|entry| run(("long", model, entry)));
            long.chain((0..3).map(|entry| run(("short", model, entry))))
        });
        let traced = traced_runs(models.collect());
        let entries: Vec<&str> = traced[..ENTRIES + 3].iter().map(|run| run.entry.as_str()).collect();
        assert_eq!(entries[..2], ["0", "10"]);
        assert_eq!(entries[ENTRIES - 1..], ["150", "0", "1", "2"]);
        assert_eq!(traced.len(), 2 * (ENTRIES + 3), "each model has the same");
    }
}
