//! A cell: all runs of one workload on one CPU model. It is the smallest piece of a training that is merged by itself, and so
//! the smallest that can be trained elsewhere.
//!
//! A profile is always the weighted sum of its cells, whether one process trained them all or several machines one each:
//! sums of values at call sites depend on what was added to what (see [`pgo_profile::Merger`]), so both ways must add the
//! same things.

use std::path::{Path, PathBuf};

use super::TrainingError;
use super::plan::Run;
use super::record::RunRecord;
use crate::toolchain::{ProfileTool, ProfileToolError, WeightedProfile};

/// One workload on one CPU model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The workload's name.
    pub workload: String,
    /// The emulated CPU; `None` natively.
    pub cpu_model: Option<String>,
    /// The sum of its runs, each counted once, and the weight of that sum: the workload's times the CPU model's.
    pub profile: WeightedProfile,
}

/// Merges the profiles of `runs`, which are in `raw` in the same order, into the profiles of their cells, as files in the new
/// folder `folder`. Cells are in the order of their first runs.
///
/// # Errors
/// [`TrainingError`] when the profiles can't be merged, or the folder can't be made.
pub fn merge(tool: &ProfileTool, runs: &[Run], raw: &[PathBuf], folder: &Path) -> Result<Vec<Cell>, TrainingError> {
    std::fs::create_dir(folder).map_err(TrainingError::file("cannot make", folder))?;
    let merged = groups(runs).into_iter().enumerate().map(|(index, members)| {
        let path = folder.join(format!("{index:03}.profdata"));
        let profiles: Vec<_> =
            members.iter().map(|member| WeightedProfile { path: raw[*member].clone(), weight: 1 }).collect();
        tool.merge(&profiles, &path)?;
        let Run { workload, cpu_model, weight, .. } = runs[members[0]].clone();
        Ok(Cell { workload, cpu_model, profile: WeightedProfile { path, weight } })
    });
    merged.collect()
}

/// Adds up `cells` into the profile `output`.
///
/// # Errors
/// [`ProfileToolError`] when they can't be added, or a counter overflows.
pub fn sum<'a>(
    tool: &ProfileTool,
    cells: impl IntoIterator<Item = &'a Cell>,
    output: &Path,
) -> Result<(), ProfileToolError> {
    let profiles: Vec<_> = cells.into_iter().map(|cell| cell.profile.clone()).collect();
    tool.merge(&profiles, output)
}

/// The record of a run, with the weight that its cell has in the sum.
pub fn weighted(run: RunRecord, cells: &[Cell]) -> RunRecord {
    let own = cells.iter().find(|cell| cell.workload == run.workload && cell.cpu_model == run.cpu_model);
    RunRecord { weight: own.map_or(run.weight, |cell| cell.profile.weight), ..run }
}

/// The indices of the runs of each cell.
fn groups(runs: &[Run]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let of = |index: usize| (&runs[index].workload, &runs[index].cpu_model);
    for index in 0..runs.len() {
        match groups.iter_mut().find(|group| of(group[0]) == of(index)) {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::invocation::CommandSpec;

    #[test]
    fn every_run_is_in_one_cell() {
        let run = |(workload, model): (&str, Option<&str>)| Run {
            workload: workload.to_owned(),
            set: "set".to_owned(),
            entry: "entry".to_owned(),
            cpu_model: model.map(str::to_owned),
            command: CommandSpec::default(),
            exit_codes: vec![0],
            weight: 1,
        };
        let emulated = [("a", Some("X")), ("a", Some("X")), ("b", Some("X")), ("a", Some("Y"))].map(run);
        assert_eq!(groups(&emulated), [vec![0, 1], vec![2], vec![3]]);
        assert_eq!(groups(&[("a", None), ("b", None), ("a", None)].map(run)), [vec![0, 2], vec![1]]);
    }
}
