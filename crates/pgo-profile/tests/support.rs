//! Making real profiles, and finding an `llvm-profdata` to compare with.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use tempfile::TempDir;
use test_support::require_found;

/// Files of one test.
pub struct Workbench {
    directory: TempDir,
}

impl Workbench {
    pub fn new() -> Self {
        Self { directory: tempfile::tempdir().expect("a temporary directory can be made") }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, contents).expect("the temporary directory is writable");
        path
    }

    /// Builds an instrumented program; none where this toolchain has no profiler runtime.
    #[track_caller]
    pub fn build(&self, program: &str, name: &str, flags: &[&str]) -> Option<PathBuf> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs").join(program);
        let binary = self.path(name);
        let mut rustc = Command::new("rustc");
        rustc.args(["--edition=2024", "-Copt-level=2", "-Cprofile-generate", "-Awarnings", "-o"]);
        let output = rustc.arg(&binary).args(flags).arg(&source).output().expect("rustc can be started");
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        let has_runtime = !messages.contains("profiler_builtins");
        require_found("a toolchain with the profiler runtime", has_runtime.then_some(()))?;
        assert!(output.status.success(), "{program} does not build: {messages}");
        Some(binary)
    }

    /// Runs an instrumented program and returns its raw profile.
    pub fn run(&self, binary: &Path, arguments: &[&str], profile: &str) -> PathBuf {
        let profile = self.path(profile);
        let output = Command::new(binary)
            .args(arguments)
            .env("LLVM_PROFILE_FILE", &profile)
            .output()
            .expect("the program was just built");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        profile
    }
}

/// An `llvm-profdata` of LLVM 22, from the toolchain's sysroot or the search path.
#[track_caller]
pub fn llvm_profdata() -> Option<&'static Path> {
    static FOUND: LazyLock<Option<PathBuf>> =
        LazyLock::new(|| candidates().into_iter().find(|candidate| is_llvm_22(candidate)));
    require_found("llvm-profdata of LLVM 22 (rustup component add llvm-tools)", FOUND.as_deref())
}

fn candidates() -> Vec<PathBuf> {
    let library = Command::new("rustc").args(["--print", "target-libdir"]).output().expect("rustc can be started");
    let library = PathBuf::from(String::from_utf8_lossy(&library.stdout).trim());
    let in_sysroot = library.parent().map(|parent| parent.join("bin/llvm-profdata"));
    in_sysroot.into_iter().chain(["llvm-profdata-22".into(), "llvm-profdata".into()]).collect()
}

/// LLVM 14 knows `--version` only behind a subcommand, so what does not answer is another major.
fn is_llvm_22(tool: &Path) -> bool {
    let output = Command::new(tool).arg("--version").output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("LLVM version 22."))
}

/// Runs `llvm-profdata` and expects it to succeed.
pub fn run_llvm_profdata(tool: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(tool).args(arguments).output().expect("the tool was found");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// What `llvm-profdata merge` makes of weighted files, in this order: indexed and text.
pub fn merged_by_llvm(tool: &Path, bench: &Workbench, inputs: &[(u64, &Path)]) -> (Vec<u8>, String) {
    let inputs: Vec<_> =
        inputs.iter().map(|(weight, path)| format!("--weighted-input={weight},{}", path.display())).collect();
    let output = bench.path("by-llvm");
    let merge = |format: &str| {
        let mut arguments = vec!["merge", "--num-threads=1", format, "-o", output.to_str().expect("an ASCII path")];
        arguments.extend(inputs.iter().map(String::as_str));
        run_llvm_profdata(tool, &arguments);
        std::fs::read(&output).expect("llvm-profdata wrote it")
    };
    (merge("--binary"), String::from_utf8(merge("--text")).expect("names are UTF-8"))
}
