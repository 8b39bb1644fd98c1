//! What reads and merges profiles: the built-in reader and writer where it knows rustc's LLVM, else an `llvm-profdata` of
//! the same major version.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use host::exit_code::ExitCode;
use host::programs;
use pgo_profile::{MergeProblem, Merger, Profile, Weight};
use thiserror::Error;

use super::rustc;

/// Why a profile could not be handled.
#[derive(Debug, Error)]
pub enum ProfileToolError {
    /// None of the right version anywhere.
    #[error(
        "no llvm-profdata of LLVM {wanted}, which this rustc writes profiles with{}; get it with `rustup component \
         add llvm-tools` or `apt-get install llvm-{wanted}`",
        rejected(.wrong)
    )]
    NotFound {
        /// LLVM's major version in rustc.
        wanted: u32,
        /// What was found instead.
        wrong: Vec<(PathBuf, String)>,
    },
    /// The one that was named has another version.
    #[error(
        "{} is of LLVM {found}, but this rustc writes profiles of LLVM {wanted}; get the right one with `rustup \
         component add llvm-tools` or `apt-get install llvm-{wanted}`",
        path.display()
    )]
    WrongMajor {
        /// The tool.
        path: PathBuf,
        /// Its version.
        found: String,
        /// LLVM's major version in rustc.
        wanted: u32,
    },
    /// It could not be started.
    #[error("cannot run {}: {source}", path.display())]
    Start {
        /// The tool.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// It refused the profile.
    #[error("{} cannot be read as a profile: {reason}", profile.display())]
    Unreadable {
        /// The profile.
        profile: PathBuf,
        /// What the tool said.
        reason: String,
    },
    /// The merge failed or was not clean.
    #[error("merging the profiles failed: {reason}")]
    Merge {
        /// What the tool said.
        reason: String,
    },
    /// A counter reached its largest value, so the merged counts are wrong.
    #[error("a counter overflowed while merging; lower the weights or shorten the workloads: {reason}")]
    Overflow {
        /// What the tool said.
        reason: String,
    },
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

impl ProfileToolError {
    /// What the program ends with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::NotFound { .. } | Self::WrongMajor { .. } | Self::Start { .. } => ExitCode::Missing,
            _ => ExitCode::Refused,
        }
    }
}

fn rejected(wrong: &[(PathBuf, String)]) -> String {
    wrong.iter().fold(String::new(), |mut text, (path, version)| {
        let _ = write!(text, " (found {} of LLVM {version})", path.display());
        text
    })
}

/// One profile and its weight in a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightedProfile {
    /// The raw or indexed profile.
    pub path: PathBuf,
    /// How often it counts.
    pub weight: u64,
}

/// The LLVM major version whose formats the built-in merge writes.
pub const BUILT_IN_LLVM_MAJOR: u32 = 22;

/// What reads and merges profiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileTool {
    /// The library of this workspace: one implementation everywhere, nothing to install.
    BuiltIn,
    /// LLVM's own tool.
    LlvmProfdata {
        /// The program.
        path: PathBuf,
        /// Its version, such as `22.1.8`.
        version: String,
    },
}

impl ProfileTool {
    /// The `llvm-profdata` at `explicit`, else the built-in merge where it writes this toolchain's format, else the
    /// toolchain's own tool or one of the same major version on PATH.
    ///
    /// # Errors
    /// [`ProfileToolError::WrongMajor`] for an explicit tool of another version, [`ProfileToolError::NotFound`] with
    /// what was found instead.
    pub fn discover(explicit: Option<&Path>, llvm_major: u32, llvm_tools: &Path) -> Result<Self, ProfileToolError> {
        match explicit {
            Some(named) => Self::at(&programs::resolve(named), llvm_major),
            None if llvm_major == BUILT_IN_LLVM_MAJOR => Ok(Self::BuiltIn),
            None => Self::search(llvm_major, llvm_tools),
        }
    }

    fn at(path: &Path, wanted: u32) -> Result<Self, ProfileToolError> {
        let found = version(path).unwrap_or_else(|| "unknown version".to_owned());
        if rustc::major(&found) == Some(wanted) {
            return Ok(Self::LlvmProfdata { path: path.to_owned(), version: found });
        }
        Err(ProfileToolError::WrongMajor { path: path.to_owned(), found, wanted })
    }

    fn search(wanted: u32, llvm_tools: &Path) -> Result<Self, ProfileToolError> {
        let mut wrong = Vec::new();
        for path in candidates(wanted, llvm_tools) {
            match Self::at(&path, wanted) {
                Err(ProfileToolError::WrongMajor { path, found, .. }) => wrong.push((path, found)),
                decided => return decided,
            }
        }
        Err(ProfileToolError::NotFound { wanted, wrong })
    }

    /// `built-in (LLVM 22 format)` or `llvm-profdata 22.1.8`.
    pub fn describe(&self) -> String {
        match self {
            Self::BuiltIn => format!("built-in (LLVM {BUILT_IN_LLVM_MAJOR} format)"),
            Self::LlvmProfdata { version, .. } => format!("llvm-profdata {version}"),
        }
    }

    /// Merges `inputs` into the indexed profile `output`.
    ///
    /// Never sparsely: that turns "never ran" into "unknown".
    ///
    /// # Errors
    /// [`ProfileToolError`] when an input is unreadable, a counter overflows, or the inputs are of different programs.
    pub fn merge(&self, inputs: &[WeightedProfile], output: &Path) -> Result<(), ProfileToolError> {
        match self {
            Self::BuiltIn => built_in_merge(inputs, output),
            Self::LlvmProfdata { path, .. } => llvm_merge(path, inputs, output),
        }
    }

    /// Reads `profile`.
    ///
    /// # Errors
    /// [`ProfileToolError::Unreadable`] when `profile` isn't one, or is damaged.
    pub fn read(&self, profile: &Path) -> Result<Profile, ProfileToolError> {
        let Self::LlvmProfdata { path, .. } = self else { return read(profile) };
        if profile.metadata().is_ok_and(|metadata| metadata.len() == 0) {
            return read(profile);
        }
        let arguments = [Path::new("--text"), profile, Path::new("-o"), Path::new("-")];
        let unreadable = |reason: String| ProfileToolError::Unreadable { profile: profile.to_owned(), reason };
        match run(path, &arguments) {
            Ok((text, said)) if said.is_empty() => {
                Profile::read_text(&text).map_err(|error| unreadable(error.reason.to_string()))
            }
            Ok((_, said)) | Err(ProfileToolError::Merge { reason: said }) => Err(unreadable(said)),
            Err(other) => Err(other),
        }
    }
}

fn read(profile: &Path) -> Result<Profile, ProfileToolError> {
    Profile::read(profile)
        .map_err(|error| ProfileToolError::Unreadable { profile: profile.to_owned(), reason: error.reason.to_string() })
}

fn built_in_merge(inputs: &[WeightedProfile], output: &Path) -> Result<(), ProfileToolError> {
    let failed = |reason: String| ProfileToolError::Merge { reason };
    let mut merger = Merger::new();
    for input in inputs {
        let weight = Weight::new(input.weight).ok_or_else(|| failed("a weight is 0".to_owned()))?;
        merger.add(&read(&input.path)?, weight).map_err(|error| failed(error.to_string()))?;
    }
    let merged = merger.finish();
    if let Some(warning) = merged.warnings.first() {
        let reason = format!("{warning}");
        let overflow = matches!(warning.problem, MergeProblem::CounterOverflow);
        return Err(if overflow { ProfileToolError::Overflow { reason } } else { failed(reason) });
    }
    let written = std::fs::write(output, merged.profile.write_indexed());
    written.map_err(|source| ProfileToolError::Write { path: output.to_owned(), source })
}

fn llvm_merge(tool: &Path, inputs: &[WeightedProfile], output: &Path) -> Result<(), ProfileToolError> {
    let list = output.with_extension("inputs");
    let lines: String = inputs.iter().map(|input| format!("{},{}\n", input.weight, input.path.display())).collect();
    std::fs::write(&list, lines).map_err(|source| ProfileToolError::Write { path: list.clone(), source })?;
    let (_, reason) = run(tool, &[Path::new("-f"), &list, Path::new("-o"), output])?;
    let _ = std::fs::remove_file(&list);
    match reason {
        reason if reason.contains("counter overflow") => Err(ProfileToolError::Overflow { reason }),
        reason if reason.is_empty() => Ok(()),
        reason => Err(ProfileToolError::Merge { reason }),
    }
}

/// The output and the remarks of `llvm-profdata merge` with `arguments`.
fn run(tool: &Path, arguments: &[&Path]) -> Result<(Vec<u8>, String), ProfileToolError> {
    let output = Command::new(tool).arg("merge").args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|source| ProfileToolError::Start { path: tool.to_owned(), source })?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok((output.stdout, said)) } else { Err(ProfileToolError::Merge { reason: said }) }
}

/// The toolchain's own tool, then those on PATH.
pub fn candidates(llvm_major: u32, llvm_tools: &Path) -> Vec<PathBuf> {
    let own = llvm_tools.join("llvm-profdata");
    let suffixed = format!("llvm-profdata-{llvm_major}");
    let own = own.is_file().then_some(own);
    own.into_iter()
        .chain([suffixed.as_str(), "llvm-profdata"].iter().filter_map(|name| programs::on_path(name)))
        .collect()
}

/// LLVM's version as the tool tells it: old releases know `--version` only behind a subcommand.
pub fn version(path: &Path) -> Option<String> {
    let arguments: [&[&str]; 2] = [&["--version"], &["merge", "--version"]];
    arguments.iter().find_map(|arguments| llvm_version(&programs::output_of(path, arguments)?))
}

fn llvm_version(told: &str) -> Option<String> {
    let version = told.split_once("LLVM version ")?.1.split_whitespace().next()?;
    rustc::major(version).map(|_| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_found_in_a_distributions_wording() {
        assert_eq!(llvm_version("Debian LLVM version 22.1.8\n  Optimized build.\n").as_deref(), Some("22.1.8"));
        assert_eq!(
            llvm_version("LLVM (http://llvm.org/):\n  LLVM version 22.1.2-rust-1.95.0-stable\n").as_deref(),
            Some("22.1.2-rust-1.95.0-stable")
        );
        assert_eq!(llvm_version("llvm-profdata: Unknown command!\nUSAGE: llvm-profdata <merge|show|overlap>\n"), None);
    }
}
