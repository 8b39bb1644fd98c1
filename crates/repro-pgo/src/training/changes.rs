//! Which file of its own input a workload changed. Later runs would see something else than earlier ones.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use host::copy::sorted_entries;

use super::plan::Run;

/// A changed file, and whose doing it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The file, as set, entry and path.
    pub file: PathBuf,
    /// Whether it was made, removed or rewritten.
    pub how: How,
    /// The workloads that run on its entry.
    pub workloads: Vec<String>,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It is new.
    Made,
    /// It is gone.
    Removed,
    /// It has other content, permissions or kind.
    Rewritten,
}

impl fmt::Display for Changed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let workloads: Vec<String> = self.workloads.iter().map(|name| format!("`{name}`")).collect();
        let (who, file) = (workloads.join(" or "), self.file.display());
        let did = match self.how {
            How::Made => "made",
            How::Removed => "removed",
            How::Rewritten => "changed",
        };
        write!(
            formatter,
            "workload {who} {did} {file}, a file of its own inputs: every later run would depend on it; "
        )?;
        if self.file.extension().is_some_and(|extension| extension == "profraw") {
            return write!(
                formatter,
                "it holds counts of a child process that was started with an empty environment; train the child's command \
                 as a workload of its own"
            );
        }
        write!(formatter, "declare `writes = true`, and each run gets a fresh copy of its entry")
    }
}

/// The first difference between the sets as they were, under `before`, and as they are, under `after`.
///
/// # Errors
/// The system's, when a file can't be read.
pub fn first(before: &Path, after: &Path, sets: &[&str], runs: &[Run]) -> std::io::Result<Option<Changed>> {
    for set in sets {
        if let Some((file, how)) = difference(&before.join(set), &after.join(set), Path::new(set))? {
            let workloads = touching(runs, &file);
            return Ok(Some(Changed { file, how, workloads }));
        }
    }
    Ok(None)
}

/// The workloads that run on the entry that `file` is in; all of the set where it is in none of them.
fn touching(runs: &[Run], file: &Path) -> Vec<String> {
    let on = |whole_set: bool| {
        let is = |run: &&Run| {
            let entry = Path::new(&run.set).join(&run.entry);
            !run.command.writes && (file.starts_with(entry) || (whole_set && file.starts_with(&run.set)))
        };
        runs.iter().filter(is).map(|run| run.workload.clone()).collect::<BTreeSet<_>>()
    };
    let exact = on(false);
    (if exact.is_empty() { on(true) } else { exact }).into_iter().collect()
}

/// The first file in which `after` differs from `before`, called `told`, and what happened to it.
///
/// # Errors
/// The system's, when a file can't be read.
pub fn difference(before: &Path, after: &Path, told: &Path) -> std::io::Result<Option<(PathBuf, How)>> {
    let facts = [before, after].map(|path| path.symlink_metadata().ok());
    let [Some(old), Some(new)] = facts else {
        let how = if facts[0].is_none() { How::Made } else { How::Removed };
        return Ok(Some((told.to_owned(), how)));
    };
    if old.is_dir() && new.is_dir() {
        let names: BTreeSet<_> = [sorted_entries(before)?, sorted_entries(after)?]
            .concat()
            .iter()
            .filter_map(|entry| entry.file_name().map(ToOwned::to_owned))
            .collect();
        for name in names {
            if let Some(found) = difference(&before.join(&name), &after.join(&name), &told.join(&name))? {
                return Ok(Some(found));
            }
        }
        return Ok(None);
    }
    let same = if old.is_symlink() && new.is_symlink() {
        std::fs::read_link(before)? == std::fs::read_link(after)?
    } else {
        old.is_file() && new.is_file() && std::fs::read(before)? == std::fs::read(after)?
    };
    Ok((!same).then(|| (told.to_owned(), How::Rewritten)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::invocation::CommandSpec;

    fn run(workload: &str, entry: &str) -> Run {
        Run {
            workload: workload.to_owned(),
            set: "s".to_owned(),
            entry: entry.to_owned(),
            cpu_model: None,
            command: CommandSpec::default(),
            exit_codes: vec![0],
            weight: 1,
        }
    }

    #[test]
    fn the_file_and_the_workloads_on_its_entry_are_named() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let (before, after) = (directory.path().join("before"), directory.path().join("after"));
        for root in [&before, &after] {
            for entry in ["a", "b"] {
                std::fs::create_dir_all(root.join("s").join(entry)).expect("the directory is ours");
                std::fs::write(root.join("s").join(entry).join("kept"), "x").expect("the directory is ours");
            }
        }
        let runs = [run("reads", "a"), run("writes", "b")];
        let found = || first(&before, &after, &["s"], &runs).expect("all can be read");
        assert_eq!(found(), None);
        std::fs::write(after.join("s/b/cache"), "x").expect("the directory is ours");
        let told = found().expect("a file is new").to_string();
        assert!(told.starts_with("workload `writes` made s/b/cache") && told.contains("`writes = true`"), "{told}");
        std::fs::write(after.join("s/a/kept"), "y").expect("the directory is ours");
        assert_eq!(found().expect("a file is new").how, How::Rewritten);
    }
}
