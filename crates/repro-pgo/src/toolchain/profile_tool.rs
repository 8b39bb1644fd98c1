//! What reads and merges profiles: an `llvm-profdata` of rustc's LLVM major version.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use thiserror::Error;

use super::{rustc, search, Toolchain};

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

/// What reads and merges profiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileTool {
    /// LLVM's own tool.
    LlvmProfdata {
        /// The program.
        path: PathBuf,
        /// Its version, such as `22.1.8`.
        version: String,
    },
}

impl ProfileTool {
    /// The tool at `explicit`, else the toolchain's own, else one of the same major version on PATH. Without a
    /// toolchain to compare with, an explicit tool is taken as it is.
    ///
    /// # Errors
    /// [`ProfileToolError::WrongMajor`] for an explicit tool of another version, [`ProfileToolError::NotFound`] with
    /// what was found instead.
    pub fn discover(explicit: Option<&Path>, toolchain: &Toolchain) -> Result<Self, ProfileToolError> {
        let wanted = toolchain.llvm_major;
        if let Some(path) = explicit {
            let found = version(path).unwrap_or_else(|| "an unknown version".to_owned());
            if rustc::major(&found) == Some(wanted) {
                return Ok(Self::LlvmProfdata { path: path.to_owned(), version: found });
            }
            return Err(ProfileToolError::WrongMajor { path: path.to_owned(), found, wanted });
        }
        let mut wrong = Vec::new();
        for path in candidates(toolchain) {
            match version(&path) {
                Some(found) if rustc::major(&found) == Some(wanted) => {
                    return Ok(Self::LlvmProfdata { path, version: found });
                }
                found => wrong.push((path, found.unwrap_or_else(|| "an unknown version".to_owned()))),
            }
        }
        Err(ProfileToolError::NotFound { wanted, wrong })
    }

    /// `llvm-profdata 22.1.8`.
    pub fn describe(&self) -> String {
        let Self::LlvmProfdata { version, .. } = self;
        format!("llvm-profdata {version}")
    }

    /// Merges `inputs` into the indexed profile `output`.
    ///
    /// Never `--sparse`: it turns "never ran" into "unknown".
    ///
    /// # Errors
    /// [`ProfileToolError`] when an input is unreadable, a counter overflows, or the tool warns about anything else.
    pub fn merge(&self, inputs: &[WeightedProfile], output: &Path) -> Result<(), ProfileToolError> {
        let list = output.with_extension("inputs");
        let lines: String = inputs.iter().map(|input| format!("{},{}\n", input.weight, input.path.display())).collect();
        std::fs::write(&list, lines).map_err(|source| ProfileToolError::Write { path: list.clone(), source })?;
        let said = self.run("merge", &[Path::new("-f"), &list, Path::new("-o"), output])?;
        let _ = std::fs::remove_file(&list);
        let reason = said.trim().to_owned();
        match reason {
            reason if reason.contains("counter overflow") => Err(ProfileToolError::Overflow { reason }),
            reason if reason.is_empty() => Ok(()),
            reason => Err(ProfileToolError::Merge { reason }),
        }
    }

    /// Writes the canonical text form of `profile` to `output`.
    ///
    /// # Errors
    /// [`ProfileToolError::Unreadable`] when `profile` is none.
    pub fn text(&self, profile: &Path, output: &Path) -> Result<(), ProfileToolError> {
        let unreadable =
            |reason: &str| ProfileToolError::Unreadable { profile: profile.to_owned(), reason: reason.to_owned() };
        if profile.metadata().is_ok_and(|metadata| metadata.len() == 0) {
            return Err(unreadable("the file is empty"));
        }
        let arguments = [Path::new("--text"), profile, Path::new("-o"), output];
        match self.run("merge", &arguments) {
            Ok(said) if said.is_empty() => Ok(()),
            Ok(said) | Err(ProfileToolError::Merge { reason: said }) => Err(unreadable(said.trim())),
            Err(other) => Err(other),
        }
    }

    fn run(&self, command: &str, arguments: &[&Path]) -> Result<String, ProfileToolError> {
        let Self::LlvmProfdata { path, .. } = self;
        let output = Command::new(path).arg(command).args(arguments).stdin(Stdio::null()).output();
        let output = output.map_err(|source| ProfileToolError::Start { path: path.clone(), source })?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(said) } else { Err(ProfileToolError::Merge { reason: said.trim().to_owned() }) }
    }
}

fn candidates(toolchain: &Toolchain) -> Vec<PathBuf> {
    let own = toolchain.llvm_tools().join("llvm-profdata");
    let suffixed = format!("llvm-profdata-{}", toolchain.llvm_major);
    let own = own.is_file().then_some(own);
    own.into_iter().chain([suffixed.as_str(), "llvm-profdata"].iter().filter_map(|name| search::on_path(name))).collect()
}

/// LLVM's version as the tool tells it: old releases know `--version` only behind a subcommand.
pub fn version(path: &Path) -> Option<String> {
    let arguments: [&[&str]; 2] = [&["--version"], &["merge", "--version"]];
    arguments.iter().find_map(|arguments| llvm_version(&search::output_of(path, arguments)?))
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
        assert_eq!(llvm_version("LLVM (http://llvm.org/):\n  LLVM version 22.1.2-rust-1.95.0-stable\n").as_deref(), Some("22.1.2-rust-1.95.0-stable"));
        assert_eq!(llvm_version("llvm-profdata: Unknown command!\nUSAGE: llvm-profdata <merge|show|overlap>\n"), None);
    }
}
