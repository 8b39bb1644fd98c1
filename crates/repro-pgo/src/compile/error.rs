//! What can go wrong around a cargo run.

use std::path::PathBuf;

use thiserror::Error;

/// Why a build stage failed or was refused.
#[derive(Debug, Error)]
pub enum BuildError {
    /// Cargo could not be started.
    #[error("cannot run `{program}`: {source}; is cargo on PATH?")]
    Start {
        /// What was started.
        program: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// `cargo metadata` failed.
    #[error("`cargo metadata` failed in {}:\n{stderr}", directory.display())]
    Metadata {
        /// The workspace.
        directory: PathBuf,
        /// What it said.
        stderr: String,
    },
    /// The package of `pgo.toml` is not in the workspace.
    #[error("{}: no package `{package}`; [build] package of pgo.toml must name one of: {known}", directory.display())]
    NoSuchPackage {
        /// The workspace.
        directory: PathBuf,
        /// The name.
        package: String,
        /// The workspace's packages.
        known: String,
    },
    /// The package has no such binary.
    #[error(
        "package `{package}` has no binary `{binary}`; [build] binary of pgo.toml must name one of: {known} (for a library that another \
         tool builds, `repro-pgo flags` takes its name: docs/build-tools.md)"
    )]
    NoSuchBinary {
        /// The package.
        package: String,
        /// The name.
        binary: String,
        /// The package's binaries.
        known: String,
    },
    /// A program whose debug information can't be kept apart.
    #[error("cannot take the debug information out of {}: {problem}", path.display())]
    Debuginfo {
        /// The program.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A compile error.
    #[error("the {stage} build failed (cargo exit code {code}); the whole output is in {}\n{errors}", log.display())]
    Failed {
        /// The stage.
        stage: String,
        /// Cargo's exit code.
        code: i32,
        /// The saved output.
        log: PathBuf,
        /// The errors in it.
        errors: String,
    },
    /// Cargo finished without the binary.
    #[error("the {stage} build made no executable `{binary}`; see {}", log.display())]
    NoExecutable {
        /// The stage.
        stage: String,
        /// The binary.
        binary: String,
        /// The saved output.
        log: PathBuf,
    },
    /// C code that counts in the layout of another LLVM.
    #[error(
        "lib{}.a counts for a profile of another LLVM than rustc's ({llvm_major}): it was compiled by {}; set CC=clang-{llvm_major} \
         to have it in the profile, or CC=gcc to leave it out", code.library, code.compiler
    )]
    ForeignCounts {
        /// The code.
        code: Box<super::c_code::CCode>,
        /// rustc's LLVM.
        llvm_major: u32,
    },
    /// An object that is to be linked in did not compile.
    #[error("{name} of the driver did not compile for {target}:\n{stderr}")]
    Object {
        /// Its source.
        name: String,
        /// The triple.
        target: String,
        /// What rustc said.
        stderr: String,
    },
    /// rustc ignored the profile.
    #[error("rustc could not use the profile {} and would have gone on without it: {reason}", profile.display())]
    ProfileIgnored {
        /// The profile.
        profile: PathBuf,
        /// rustc's warning.
        reason: String,
    },
    /// No function of the program is in the profile.
    #[error(
        "the profile {} holds no function of this program (crates {crates}): it was made from another program",
        profile.display()
    )]
    ForeignProfile {
        /// The profile.
        profile: PathBuf,
        /// The program's own crates.
        crates: String,
    },
    /// Too many functions were compiled without profile data.
    #[error(
        "{count} functions were compiled without profile data, {limit} are allowed (limits.max-unmatched-functions or \
         max-unmatched-share): {}\n{listing}", unmatched_cause(*count, *functions)
    )]
    TooManyUnmatched {
        /// How many.
        count: usize,
        /// How many are allowed.
        limit: usize,
        /// How many functions the profile holds.
        functions: usize,
        /// The numbers by crate, and the first names.
        listing: String,
    },
    /// The profile changed nothing.
    #[error(
        "the optimized binary equals the baseline byte for byte: the profile {} had no effect", profile.display()
    )]
    NoEffect {
        /// The profile.
        profile: PathBuf,
    },
    /// Cargo answered from its cache where a full build was needed to count warnings.
    #[error("cargo did not compile {package} again, so its warnings are unknown; remove {} and try again", directory.display())]
    NotRebuilt {
        /// The package.
        package: String,
        /// The stage's cargo target directory.
        directory: PathBuf,
    },
    /// A saved output that says nothing.
    #[error(
        "{} names no compiled package; save both streams of `cargo build -vv`, or its output with `--message-format=json`, of a build \
         that finds nothing in its target directory", log.display()
    )]
    EmptyLog {
        /// The file.
        log: PathBuf,
    },
    /// The profile's flags did not reach the compiler.
    #[error(
        "no rustc command in {} has `-Cprofile-use`: the tool that ran cargo did not pass CARGO_ENCODED_RUSTFLAGS on, or set other flags \
         in its place", log.display()
    )]
    NoProfileGiven {
        /// The file.
        log: PathBuf,
    },
    /// Cargo was told to say less than is needed.
    #[error(
        "{} is of a build with `-v`, in which cargo hides the warnings of dependencies; build again with `-vv`", log.display()
    )]
    QuietLog {
        /// The file.
        log: PathBuf,
    },
    /// A file or folder could not be handled.
    #[error("{action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

impl BuildError {
    /// Wraps the system's reason for a failed `action` on `path`.
    pub fn file(action: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}

/// What a number of functions without data means where the profile holds `functions`.
fn unmatched_cause(count: usize, functions: usize) -> String {
    if count > functions / 10 {
        return "the profile is of another source, cargo profile or target".to_owned();
    }
    format!(
        "the profile is this program's, with {functions} functions; these few were cut up or named otherwise by the two \
         builds, which is common in large programs: raise the limit if the hot ones are not among them"
    )
}
