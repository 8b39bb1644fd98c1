//! Puts the tools into the cache at their pinned versions, or says why one can't be had.

pub mod cargo;
pub mod npm;

use std::path::{Path, PathBuf};

use host::programs;
use host::progress::Task;
use thiserror::Error;

use super::tool::{Source, Tool};

/// Why a tool is not there.
#[derive(Debug, Error)]
pub enum InstallError {
    /// It can't plan what is measured, so it isn't installed.
    #[error("not installed")]
    Unfit,
    /// Nothing may be fetched, and the cache has no such thing.
    #[error("{what} is not in the cache; run once without --offline")]
    Offline {
        /// What is missing.
        what: String,
    },
    /// A program that installs tools is missing.
    #[error("{0} is not on PATH")]
    NoInstaller(&'static str),
    /// A program is missing.
    #[error("{} is missing", .0.display())]
    NoProgram(PathBuf),
    /// Installing failed.
    #[error("`{command}` failed: {reason}")]
    Failed {
        /// The command.
        command: String,
        /// The last of what it said.
        reason: String,
    },
    /// The program says that it is another version.
    #[error("{} says it is {found}, but {wanted} is pinned; remove it", program.display())]
    Version {
        /// The program.
        program: PathBuf,
        /// What it says.
        found: String,
        /// The pinned version.
        wanted: String,
    },
    /// The cache can't be written.
    #[error("{}: {source}", path.display())]
    Cache {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// A tool that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Its own program, or the script that Node.js runs.
    pub program: PathBuf,
    /// Its version.
    pub version: String,
}

/// Where tools are kept, and whether more may be fetched.
#[derive(Debug, Clone)]
pub struct Cache {
    /// The folder.
    pub directory: PathBuf,
    /// Use only what is there.
    pub offline: bool,
}

/// Installs `tool`. `given` is the binary of relplan.
///
/// # Errors
/// [`InstallError`], which the tables tell in the tool's row.
pub fn install(tool: Tool, cache: &Cache, given: &Path, task: &Task) -> Result<Installed, InstallError> {
    let wanted = tool.pinned().unwrap_or_default();
    match tool.source() {
        Source::Unfit => Err(InstallError::Unfit),
        Source::Given => asked(given.to_owned()),
        Source::System { binary } => asked(programs::on_path(binary).ok_or(InstallError::NoInstaller(binary))?),
        Source::Cargo { package, binary } => {
            let program = cargo::install(package, binary, wanted, cache, task)?;
            demand(asked(program)?, wanted)
        }
        Source::NpmBinary { package, path } => {
            let modules = npm::install(cache, task)?;
            demand(asked(modules.join(package).join(path))?, wanted)
        }
        Source::Npm { package, script, .. } => {
            let folder = npm::install(cache, task)?.join(package);
            let version = npm::version(&folder)?;
            demand(Installed { program: folder.join(script), version }, wanted)
        }
    }
}

/// Asks a program for its version: the first word of its answer that begins with a digit.
fn asked(program: PathBuf) -> Result<Installed, InstallError> {
    match programs::output_of(&program, &["--version"]) {
        Some(text) => Ok(Installed { version: version_in(&text), program }),
        None => Err(InstallError::NoProgram(program)),
    }
}

fn version_in(text: &str) -> String {
    let words = text.split_whitespace().map(|word| word.trim_start_matches('v'));
    words
        .into_iter()
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
        .unwrap_or("unknown")
        .to_owned()
}

fn demand(installed: Installed, wanted: &str) -> Result<Installed, InstallError> {
    if installed.version == wanted {
        return Ok(installed);
    }
    Err(InstallError::Version { program: installed.program, found: installed.version, wanted: wanted.to_owned() })
}

/// Runs an installer with its talk on stderr of this process, and tells the end of it where it fails.
fn run(command: &mut std::process::Command, task: &Task) -> Result<(), InstallError> {
    let shown = format!("{command:?}").replace('"', "");
    task.doing(&shown);
    let failed = |reason: String| InstallError::Failed { command: shown.clone(), reason };
    let output = command.stdin(std::process::Stdio::null()).output().map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed(first_error(&String::from_utf8_lossy(&output.stderr))))
}

/// The first lines of what an installer said about its failure: further down both cargo and npm only explain themselves.
fn first_error(said: &str) -> String {
    let lines = said.lines().map(str::trim).filter(|line| !line.is_empty() && *line != "npm error");
    let error: Vec<&str> = lines.skip_while(|line| !line.contains("error")).take(4).collect();
    error.join(" / ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_say() {
        assert_eq!(version_in("git version 2.39.5\n"), "2.39.5");
        assert_eq!(version_in("v24.1.0"), "24.1.0");
        assert_eq!(version_in("hello"), "unknown");
    }

    #[test]
    fn a_failure_is_told_by_its_first_words() {
        let said =
            "warning: x\n\nerror: failed to compile `a`\n\nCaused by:\n  rustc 1.95 is not supported\n  b\n  c\n";
        assert_eq!(first_error(said), "error: failed to compile `a` / Caused by: / rustc 1.95 is not supported / b");
        assert_eq!(
            first_error("npm error code EUSAGE\nnpm error\nnpm error no lock"),
            "npm error code EUSAGE / npm error no lock"
        );
    }

    #[test]
    fn another_version_is_refused() {
        let cache = tempfile::tempdir().expect("a scratch directory");
        let bin = cache.path().join("ferrflow-7.35.3/bin");
        std::fs::create_dir_all(&bin).expect("writable");
        let program = bin.join("ferrflow");
        std::fs::write(&program, "#!/bin/sh\necho ferrflow 7.34.0\n").expect("writable");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&program, mode).expect("ours");
        let cache = Cache { directory: cache.path().to_owned(), offline: true };
        let error = install(Tool::FerrFlow, &cache, Path::new("/none"), &Task::silent()).expect_err("another version");
        let error = error.to_string();
        assert!(error.ends_with("ferrflow says it is 7.34.0, but 7.35.3 is pinned; remove it"), "{error}");
    }

    #[test]
    fn offline_fetches_nothing() {
        let directory = tempfile::tempdir().expect("a scratch directory");
        let cache = Cache { directory: directory.path().to_owned(), offline: true };
        for tool in [Tool::FerrFlow, Tool::SemanticRelease, Tool::GitCliff] {
            let error = install(tool, &cache, Path::new("/none"), &Task::silent()).expect_err("nothing is there");
            assert!(error.to_string().ends_with("not in the cache; run once without --offline"), "{error}");
        }
        let error = install(Tool::Relplan, &cache, Path::new("/no/relplan"), &Task::silent()).expect_err("missing");
        assert_eq!(error.to_string(), "/no/relplan is missing");
    }
}
