//! The Rust compiler that builds every stage: its version, its LLVM, and what it has for the shipped target.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use thiserror::Error;

/// Why the compiler could not be used.
#[derive(Debug, Error)]
pub enum ToolchainError {
    /// It could not be started.
    #[error("cannot run `{program}`: {source}; install Rust from https://rustup.rs or put rustc on PATH")]
    Start {
        /// What was started.
        program: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// It ran and failed.
    #[error("`{program}` failed: {stderr}")]
    Failed {
        /// What was started.
        program: String,
        /// What it said.
        stderr: String,
    },
    /// Its answer lacks a line.
    #[error("`rustc -vV` does not tell its {missing}; is RUSTC a wrapper?")]
    Unreadable {
        /// The line's key.
        missing: &'static str,
    },
    /// No standard library for the target.
    #[error("this toolchain has no standard library for {target}; add it with `rustup target add {target}`")]
    NoStandardLibrary {
        /// The triple.
        target: String,
    },
    /// No profiler runtime for the target.
    #[error(
        "the standard library of {target} has no profiler runtime (profiler_builtins), so an instrumented binary \
         can't be linked; train on a target that has one, such as x86_64-unknown-linux-gnu"
    )]
    NoProfilerRuntime {
        /// The triple.
        target: String,
    },
}

/// The compiler and what `rustc -vV` says about it.
#[derive(Debug, Clone)]
pub struct Toolchain {
    /// Version, such as `1.95.0`.
    pub release: String,
    /// The first line: version, commit and date.
    pub banner: String,
    /// The source commit, where the build knows it.
    pub commit: Option<String>,
    /// The triple it runs on.
    pub host: String,
    /// LLVM's version, such as `22.1.2`.
    pub llvm: String,
    /// LLVM's major version: profiles are readable only by tools of the same one.
    pub llvm_major: u32,
    /// The toolchain's folder.
    pub sysroot: PathBuf,
}

/// The compiler to start: `RUSTC`, else `rustc` from PATH.
pub fn program() -> PathBuf {
    std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from)
}

impl Toolchain {
    /// The compiler that `directory` (and its `rust-toolchain.toml`) selects.
    ///
    /// # Errors
    /// [`ToolchainError`] when there is none or it answers nonsense.
    pub fn discover(directory: &Path) -> Result<Self, ToolchainError> {
        let sysroot = answer(directory, &["--print", "sysroot"])?;
        Self::parse(&answer(directory, &["-vV"])?, PathBuf::from(sysroot.trim()))
    }

    fn parse(verbose: &str, sysroot: PathBuf) -> Result<Self, ToolchainError> {
        let line = |key: &'static str| {
            let found = verbose.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
            found.map(str::to_owned).ok_or(ToolchainError::Unreadable { missing: key })
        };
        let llvm = line("LLVM version")?;
        let llvm_major = major(&llvm).ok_or(ToolchainError::Unreadable { missing: "LLVM version" })?;
        Ok(Self {
            release: line("release")?,
            banner: verbose.lines().next().unwrap_or_default().to_owned(),
            commit: line("commit-hash").ok().filter(|hash| hash != "unknown"),
            host: line("host")?,
            llvm,
            llvm_major,
            sysroot,
        })
    }

    /// Checks that a program for `target` can be built and instrumented.
    ///
    /// # Errors
    /// [`ToolchainError::NoStandardLibrary`] or [`ToolchainError::NoProfilerRuntime`].
    pub fn require_instrumentation(&self, target: &str) -> Result<(), ToolchainError> {
        let libraries = self.sysroot.join("lib/rustlib").join(target).join("lib");
        let Ok(entries) = libraries.read_dir() else {
            return Err(ToolchainError::NoStandardLibrary { target: target.to_owned() });
        };
        let mut names = entries.flatten().map(|entry| entry.file_name());
        if names.any(|name| name.to_string_lossy().starts_with("libprofiler_builtins-")) {
            return Ok(());
        }
        Err(ToolchainError::NoProfilerRuntime { target: target.to_owned() })
    }

    /// Where the `llvm-tools` component puts its programs.
    pub fn llvm_tools(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib").join(&self.host).join("bin")
    }
}

/// The number before the first dot.
pub fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

fn answer(directory: &Path, arguments: &[&str]) -> Result<String, ToolchainError> {
    let mut command = Command::new(program());
    command.args(arguments).current_dir(directory).stdin(Stdio::null());
    let told = format!("{} {}", program().display(), arguments.join(" "));
    let output = command.output().map_err(|source| ToolchainError::Start { program: told.clone(), source })?;
    if !output.status.success() {
        return Err(ToolchainError::Failed { program: told, stderr: said(&String::from_utf8_lossy(&output.stderr)) });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What a compiler said that failed, with the way out where rustup stands for one that is not there.
fn said(stderr: &str) -> String {
    let said = stderr.split("Stack backtrace:").next().unwrap_or_default().trim();
    if !said.contains("is not installed") {
        return said.to_owned();
    }
    format!(
        "{said}\nthe toolchain that rust-toolchain.toml, or a variable or setting of rustup, asks for is not on this machine: install it, or \
         set RUSTUP_TOOLCHAIN to one that `rustup toolchain list` shows"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toolchain_that_is_not_there_has_a_way_out() {
        let told = said("error: toolchain '1.93.0' is not installed\nhelp: run it\n\nStack backtrace:\n   0: anyhow\n");
        assert!(
            told.contains("help: run it") && told.contains("RUSTUP_TOOLCHAIN") && !told.contains("anyhow"),
            "{told}"
        );
        assert_eq!(said("error: no such target\n"), "error: no such target");
    }

    const VERBOSE: &str = "rustc 1.95.0 (59807616e 2026-04-14)\nbinary: rustc\n\
        commit-hash: 59807616e1fa2540724bfbac14d7976d7e4a3860\nhost: x86_64-unknown-linux-gnu\nrelease: 1.95.0\n\
        LLVM version: 22.1.2\n";

    #[test]
    fn the_verbose_version_is_read() {
        let toolchain = Toolchain::parse(VERBOSE, PathBuf::from("/toolchain")).expect("every line is there");
        assert_eq!((toolchain.llvm_major, toolchain.release.as_str()), (22, "1.95.0"));
        assert_eq!(toolchain.llvm_tools(), Path::new("/toolchain/lib/rustlib/x86_64-unknown-linux-gnu/bin"));
    }

    #[test]
    fn a_compiler_without_llvm_is_refused() {
        let text = VERBOSE.replace("LLVM version: 22.1.2\n", "");
        let error = Toolchain::parse(&text, PathBuf::new()).expect_err("the line is gone");
        assert!(error.to_string().contains("LLVM version"));
    }

    #[test]
    fn a_target_without_profiler_runtime_is_refused_by_name() {
        let sysroot = tempfile::tempdir().expect("a temporary directory can be made");
        let libraries = sysroot.path().join("lib/rustlib/x86_64-pc-windows-gnu/lib");
        std::fs::create_dir_all(&libraries).expect("the directory is ours");
        std::fs::write(libraries.join("libstd-0.rlib"), "").expect("the directory is ours");
        let toolchain = Toolchain::parse(VERBOSE, sysroot.path().to_owned()).expect("every line is there");
        let error = toolchain.require_instrumentation("x86_64-pc-windows-gnu").expect_err("no runtime there");
        assert!(matches!(error, ToolchainError::NoProfilerRuntime { .. }), "{error}");
        let error = toolchain.require_instrumentation("riscv64gc-unknown-linux-gnu").expect_err("no library there");
        assert!(matches!(error, ToolchainError::NoStandardLibrary { .. }), "{error}");
    }
}
