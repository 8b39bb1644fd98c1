//! A copy of the demo program in a directory of its own, and runs of the driver on it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use host::exit_code::ExitCode;
use tempfile::TempDir;

/// A copy of the demo.
pub struct Demo {
    directory: TempDir,
}

/// How a run of the driver ended.
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it said.
    pub stderr: String,
}

impl Ran {
    /// The same, known to have succeeded.
    #[track_caller]
    pub fn fine(self) -> Self {
        assert_eq!(self.code, 0, "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// The same, known to be no command line, for this reason.
    #[track_caller]
    pub fn refused_usage(self, reason: &str) {
        assert_eq!(self.code, 2, "{}\n{}", self.stdout, self.stderr);
        assert!(self.stderr.contains(reason), "{}", self.stderr);
    }

    /// The same, known to have been refused with a message that holds every one of `parts`.
    #[track_caller]
    pub fn refused(self, parts: &[&str]) -> Self {
        self.ended_with(ExitCode::Refused, parts)
    }

    /// The same, with another exit code.
    #[track_caller]
    pub fn ended_with(self, code: ExitCode, parts: &[&str]) -> Self {
        assert_eq!(self.code, code as i32, "{}\n{}", self.stdout, self.stderr);
        for part in parts {
            assert!(self.stderr.contains(part), "`{part}` is not in\n{}", self.stderr);
        }
        self
    }
}

/// The demo's folder in the source.
fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/demo")
}

impl Demo {
    /// The steady program, in a directory whose name starts with `prefix`.
    pub fn new(prefix: &str) -> Self {
        let directory = tempfile::Builder::new().prefix(prefix).tempdir().expect("a temporary directory can be made");
        let demo = Self { directory };
        for name in ["Cargo.toml", "Cargo.lock", "pgo.toml", "src/main.rs", "inputs/many.txt", "inputs/pangram.txt"] {
            let text = std::fs::read(source().join(name)).expect("the demo is complete");
            demo.write(name, &text);
        }
        demo
    }

    /// The same directory with another program.
    pub fn with_program(self, variant: &str) -> Self {
        self.set_program(variant);
        self
    }

    /// Replaces the program by one of the variants.
    pub fn set_program(&self, variant: &str) {
        let file = source().join("variants").join(variant).with_extension("rs");
        self.write("src/main.rs", &std::fs::read(file).expect("the variant exists"));
    }

    /// Adds one of the variants as a binary of its name.
    pub fn add_binary(&self, variant: &str) {
        let file = source().join("variants").join(variant).with_extension("rs");
        self.write(&format!("src/bin/{variant}.rs"), &std::fs::read(file).expect("the variant exists"));
    }

    /// Replaces `from` by `to` in one of the files.
    #[track_caller]
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(name)).expect("the file exists");
        assert!(text.contains(from), "{name} has no `{from}`");
        self.write(name, text.replace(from, to).as_bytes());
    }

    /// Writes one of the files.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("it is in the demo")).expect("the directory is ours");
        std::fs::write(path, bytes).expect("the directory is ours");
    }

    /// A path in the demo.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A path in the pipeline's folder.
    pub fn made(&self, name: &str) -> PathBuf {
        self.path("target/repro-pgo/x86_64-unknown-linux-gnu").join(name)
    }

    /// The content of a file in the pipeline's folder.
    #[track_caller]
    pub fn made_bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.made(name)).expect("the stage made it")
    }

    /// The driver, ready to run in the demo.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_repro-pgo"));
        command.args(arguments).current_dir(self.directory.path()).env_remove("CARGO_TARGET_DIR").env("CI", "1");
        command
    }

    /// Trains whether or not there is a profile already.
    pub fn retrain(&self) -> Ran {
        let made = self.made("profile");
        if made.exists() {
            std::fs::remove_dir_all(made).expect("the directory is ours");
        }
        self.run(&["train"])
    }

    /// Builds as another build system would, with the flags of `stage`, into `folder`; the output is in `log.json`.
    pub fn build_elsewhere(&self, folder: &str, stage: &[&str]) {
        let flags = self.run(&[&["flags", "--stage"], stage].concat()).fine().stdout;
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--locked", "--release", "-vv", "--message-format=json", "--target-dir", folder]);
        cargo.args(["--target", "x86_64-unknown-linux-gnu"]).current_dir(self.path(""));
        cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.trim_end()).env_remove("RUSTFLAGS");
        let output = cargo.output().expect("cargo starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.write("log.json", &output.stdout);
    }

    /// Runs the driver in the demo.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).output().expect("the driver starts"))
    }
}

/// The outcome as text.
pub fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().expect("the driver is not killed"),
        stdout: String::from_utf8(output.stdout).expect("the driver prints text"),
        stderr: String::from_utf8(output.stderr).expect("the driver says text"),
    }
}
