//! Builds everything a second time under other circumstances, and says what came out differently.
//!
//! Varied: the directory and the length of its name, the time, user and host name, locale, time zone, file mode mask, the
//! number of processors, and the environment. Not varied: kernel, compiler, linker and the C library.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::thread::CpuSet;
use thiserror::Error;

use super::{Pipeline, Room, StageError};
use crate::check::elf;
use crate::digest;
use crate::training::copy::sorted_entries;
use crate::training::session::{PROFILE, TEXT};

/// What is different around the second build.
const ENVIRONMENT: [(&str, &str); 8] = [
    ("USER", "somebody-else"),
    ("LOGNAME", "somebody-else"),
    ("HOSTNAME", "another-machine.example"),
    ("LANG", "tr_TR.UTF-8"),
    ("LC_ALL", "tr_TR.UTF-8"),
    ("TZ", "Pacific/Kiritimati"),
    ("COLUMNS", "40"),
    ("REPRO_PGO_SOMETHING_LONG", "a value that moves everything that lies above the environment on the stack"),
];

/// Why the second build could not be made.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// The workspace could not be copied.
    #[error("cannot copy {}: {source}", path.display())]
    Copy {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The second build failed where the first one did not.
    #[error("the second build failed (exit code {code}) where the first one did not:\n{stderr}")]
    SecondBuild {
        /// Its exit code.
        code: i32,
        /// What it said.
        stderr: String,
    },
    /// A result is missing.
    #[error(transparent)]
    Stage(#[from] StageError),
}

/// One result that is compared.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Compared {
    /// Its path in the pipeline's folder.
    pub name: String,
    /// Its hash in the first build.
    pub sha256: String,
    /// Where the second one differs first; nothing where it is the same.
    pub difference: Option<String>,
}

/// Builds a copy of the workspace of `pipeline` under varied circumstances and compares it with what is in the pipeline's
/// rooms. `spec_file` is the declaration.
///
/// # Errors
/// [`VerifyError`] when the copy can't be built; differences are no error.
pub fn verify(pipeline: &Pipeline, spec_file: &Path) -> Result<Vec<Compared>, VerifyError> {
    let root = &pipeline.project.root;
    let made = tempfile::Builder::new().prefix("a second, different workplace ").tempdir();
    let second = made.map_err(|source| VerifyError::Copy { path: std::env::temp_dir(), source })?;
    let workspace = second.path().join("deeper/down/workspace");
    copy_sources(root, &workspace)?;
    let spec = spec_file.canonicalize().unwrap_or_else(|_| spec_file.to_owned());
    build(&workspace, spec.strip_prefix(root).unwrap_or(Path::new(crate::spec::FILE_NAME)))?;
    let rooms = workspace.join("target/repro-pgo").join(&pipeline.spec.build.target);
    results(&pipeline.spec.build.binary).iter().map(|name| compare(pipeline, &rooms, name)).collect()
}

fn results(binary: &str) -> [String; 5] {
    let (profile, in_room) = (Room::Profile.name(), |room: Room| format!("{}/{binary}", room.name()));
    [
        in_room(Room::Instrumented),
        format!("{profile}/{PROFILE}"),
        format!("{profile}/{TEXT}"),
        in_room(Room::Optimized),
        in_room(Room::Baseline),
    ]
}

/// Copies the files that git knows or would add; without git, everything but `target`, `dist` and `.git`.
fn copy_sources(from: &Path, to: &Path) -> Result<(), VerifyError> {
    for file in listed_by_git(from).map_or_else(|| walk(from), Ok)? {
        let (source, copy) = (from.join(&file), to.join(&file));
        let failed = |error| VerifyError::Copy { path: source.clone(), source: error };
        if !source.is_file() {
            continue;
        }
        std::fs::create_dir_all(copy.parent().unwrap_or(to)).map_err(failed)?;
        std::fs::copy(&source, &copy).map_err(failed)?;
    }
    Ok(())
}

fn listed_by_git(root: &Path) -> Option<Vec<PathBuf>> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let names = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| names.split_terminator('\0').map(PathBuf::from).collect())
}

fn walk(root: &Path) -> Result<Vec<PathBuf>, VerifyError> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let listed = sorted_entries(&folder).map_err(|source| VerifyError::Copy { path: folder.clone(), source })?;
        for path in listed {
            let skipped = folder == *root && ["target", "dist", ".git"].iter().any(|name| path.ends_with(name));
            if path.is_dir() && !path.is_symlink() && !skipped {
                folders.push(path);
            } else if path.is_file() {
                files.push(path.strip_prefix(root).expect("it is below the root").to_owned());
            }
        }
    }
    Ok(files)
}

fn build(workspace: &Path, spec: &Path) -> Result<(), VerifyError> {
    let failed = |source| VerifyError::Copy { path: workspace.to_owned(), source };
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    command.args(["build", "--until", "baseline", "--quiet", "--spec"]).arg(spec);
    command.current_dir(workspace).env_remove("CARGO_TARGET_DIR").envs(ENVIRONMENT).stdin(Stdio::null());
    let vary = || {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
        let mut allowed = rustix::thread::sched_getaffinity(None)?;
        for cpu in (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu)).skip(1).collect::<Vec<_>>() {
            allowed.unset(cpu);
        }
        Ok(rustix::thread::sched_setaffinity(None, &allowed)?)
    };
    // SAFETY: only system calls and a small allocation; this program has one thread here.
    unsafe { command.pre_exec(vary) };
    let output = command.output().map_err(failed)?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(VerifyError::SecondBuild { code: output.status.code().unwrap_or(-1), stderr })
}

fn compare(pipeline: &Pipeline, rooms: &Path, name: &str) -> Result<Compared, VerifyError> {
    let first = pipeline.room(Room::Baseline).with_file_name("").join(name);
    let read = |path: &Path| std::fs::read(path).map_err(StageError::file("cannot read", path));
    let (own, other) = (read(&first)?, read(&rooms.join(name))?);
    let difference = first_difference(&own, &other).map(|offset| place(&first, offset, own.len(), other.len()));
    Ok(Compared { name: name.to_owned(), sha256: digest::of_bytes(&own), difference })
}

fn first_difference(first: &[u8], second: &[u8]) -> Option<usize> {
    let differing = first.iter().zip(second).position(|(left, right)| left != right);
    differing.or_else(|| (first.len() != second.len()).then(|| first.len().min(second.len())))
}

/// `byte 0x40 in .rodata`, and the sizes where they differ.
fn place(path: &Path, offset: usize, first: usize, second: usize) -> String {
    let sections = elf::inspect(path).map(|facts| facts.sections).unwrap_or_default();
    let holds = |section: &&elf::Section| {
        section.offset.is_some_and(|start| (start..start + section.size).contains(&(offset as u64)))
    };
    let section = sections.iter().find(holds).map(|section| format!(" in {}", section.name)).unwrap_or_default();
    let sizes = if first == second { String::new() } else { format!(" (sizes {first} and {second})") };
    format!("first at byte {offset:#x}{section}{sizes}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_found() {
        assert_eq!(first_difference(b"abc", b"abc"), None);
        assert_eq!(first_difference(b"abc", b"axc"), Some(1));
        assert_eq!(first_difference(b"abc", b"abcd"), Some(3));
    }
}
