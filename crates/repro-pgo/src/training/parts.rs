//! The counts of each workload and of each CPU model by itself, kept beside the merged profile: what a workload adds, and
//! which code only one CPU reaches, can't be told from the sum.

use std::path::Path;

use host::digest;
use pgo_profile::{FunctionRecord, Profile};
use serde::{Deserialize, Serialize};

use super::TrainingError;
use super::cells::{self, Cell};
use crate::toolchain::ProfileTool;

/// The folder beside the merged profile.
pub const FOLDER: &str = "parts";
/// What is kept, as the stamp of the stage names it.
pub const KEPT: &str = "counts by workload and by CPU model";

/// By what the runs are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartKind {
    /// All runs of one workload, on every CPU model.
    Workload,
    /// All runs on one CPU model, of every workload.
    CpuModel,
}

/// A kept part, as `training.json` lists it. The parts of one kind add up to the whole: weights are those of the merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PartRecord {
    /// By what the runs are told apart.
    pub kind: PartKind,
    /// The workload's or the CPU model's name.
    pub name: String,
    /// The file, relative to the merged profile's folder.
    pub file: String,
    /// Its hash.
    pub sha256: String,
}

/// A part and its bytes.
#[derive(Debug)]
pub struct Part {
    record: PartRecord,
    bytes: Vec<u8>,
}

/// The cells that make up one part.
#[derive(Debug, PartialEq, Eq)]
struct Group<'a> {
    kind: PartKind,
    name: &'a str,
    members: Vec<&'a Cell>,
}

/// Merges the profiles of `cells` once for each part. `scratch` is a file to overwrite.
///
/// # Errors
/// [`TrainingError::ProfileTool`] when they can't be merged.
pub fn make(tool: &ProfileTool, cells: &[Cell], scratch: &Path) -> Result<Vec<Part>, TrainingError> {
    let merged = groups(cells).into_iter().enumerate().map(|(index, group)| {
        cells::sum(tool, group.members.iter().copied(), scratch)?;
        let bytes = counts_only(&tool.read(scratch)?).write_indexed();
        let file = format!("{FOLDER}/{}", file_name(index, &group));
        let record =
            PartRecord { kind: group.kind, name: group.name.to_owned(), file, sha256: digest::of_bytes(&bytes) };
        Ok(Part { record, bytes })
    });
    merged.collect()
}

/// Replaces what is in `output`'s [`FOLDER`] by `parts`.
///
/// # Errors
/// [`TrainingError::File`].
pub fn write(parts: &[Part], output: &Path) -> Result<Vec<PartRecord>, TrainingError> {
    let folder = output.join(FOLDER);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(TrainingError::file("cannot remove", &folder))?;
    }
    std::fs::create_dir(&folder).map_err(TrainingError::file("cannot make", &folder))?;
    for part in parts {
        let path = output.join(&part.record.file);
        std::fs::write(&path, &part.bytes).map_err(TrainingError::file("cannot write", &path))?;
    }
    Ok(parts.iter().map(|part| part.record.clone()).collect())
}

/// Workloads, then CPU models, in the order of their first cells.
fn groups(cells: &[Cell]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for kind in [PartKind::Workload, PartKind::CpuModel] {
        for cell in cells {
            let name = match kind {
                PartKind::Workload => Some(&cell.workload),
                PartKind::CpuModel => cell.cpu_model.as_ref(),
            };
            let Some(name) = name else { continue };
            match groups.iter_mut().find(|group| group.kind == kind && group.name == name) {
                Some(group) => group.members.push(cell),
                None => groups.push(Group { kind, name, members: vec![cell] }),
            }
        }
    }
    groups
}

/// A name without anything that a file system could take amiss; the number keeps two such names apart.
fn file_name(index: usize, group: &Group<'_>) -> String {
    let kind = match group.kind {
        PartKind::Workload => "workload",
        PartKind::CpuModel => "cpu-model",
    };
    let plain = |character: char| if character.is_ascii_alphanumeric() { character } else { '-' };
    let name: String = group.name.chars().map(plain).take(60).collect();
    format!("{:02}-{kind}-{name}.profdata", index + 1)
}

/// What ran, without the values seen: a part is for looking, not for compiling, and stays small.
fn counts_only(profile: &Profile) -> Profile {
    let covered = profile.functions().iter().filter(|function| function.is_covered());
    let bare =
        |function: &FunctionRecord| FunctionRecord::new(function.name.clone(), function.hash, function.counts.clone());
    Profile::new(profile.variants(), covered.map(bare).collect(), Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolchain::WeightedProfile;

    fn cell(workload: &str, cpu_model: Option<&str>) -> Cell {
        let profile = WeightedProfile { path: "profile".into(), weight: 1 };
        Cell { workload: workload.to_owned(), cpu_model: cpu_model.map(str::to_owned), profile }
    }

    #[test]
    fn every_cell_is_in_one_workload_and_in_one_cpu_model() {
        let cells = [cell("a", Some("X")), cell("b", Some("X")), cell("a", Some("Y")), cell("b", Some("Y"))];
        let at = |member: &&Cell| cells.iter().position(|cell| cell == *member).expect("it is one of them");
        let found: Vec<(&str, Vec<usize>)> =
            groups(&cells).iter().map(|group| (group.name, group.members.iter().map(at).collect())).collect();
        assert_eq!(found, [("a", vec![0, 2]), ("b", vec![1, 3]), ("X", vec![0, 1]), ("Y", vec![2, 3])]);
        assert_eq!(groups(&[cell("a", None)]).len(), 1, "natively there is no CPU model");
    }

    #[test]
    fn a_name_never_leaves_the_folder() {
        let group = Group { kind: PartKind::Workload, name: "../../etc x", members: Vec::new() };
        assert_eq!(file_name(1, &group), "02-workload-------etc-x.profdata");
    }

    #[test]
    fn what_is_kept_has_the_counts_of_what_ran() {
        let functions = [("ran", [0, 3]), ("idle", [0, 0])];
        let records = functions.map(|(name, counts)| FunctionRecord::new(name.to_owned(), 1, counts.to_vec()));
        let kept = counts_only(&Profile::new(Default::default(), records.to_vec(), vec![vec![1]]));
        assert_eq!(kept.functions(), &records[..1]);
    }
}
