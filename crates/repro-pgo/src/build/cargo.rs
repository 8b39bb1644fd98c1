//! One cargo run: the command line, its output read as it comes, and what it says about the profile.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::flags::{self, Variant};
use super::messages::{self, Message};
use super::unmatched::{self, Warning};
use super::{BuildError, Project, Unmatched, environment, project};
use crate::spec::BuildSpec;
use crate::toolchain::Toolchain;

/// Everything that determines one build.
#[derive(Debug)]
pub struct CargoBuild<'a> {
    /// The stage's name in messages.
    pub stage: &'static str,
    /// The workspace.
    pub project: &'a Project,
    /// The compiler.
    pub toolchain: &'a Toolchain,
    /// What to build.
    pub spec: &'a BuildSpec,
    /// The stage's own folder; cargo's target directory is `cargo/` in it, the output `cargo.log`.
    pub directory: &'a Path,
    /// What the stage adds to the common flags.
    pub variant: Variant,
}

/// What a build made.
#[derive(Debug)]
pub struct CargoOutcome {
    /// The binary in cargo's target directory.
    pub executable: PathBuf,
    /// Functions without profile data.
    pub unmatched: Unmatched,
    /// Whether the same build may come out differently another time, see [`flags::may_vary`].
    pub may_vary: bool,
}

/// What has been read of the output so far.
#[derive(Default)]
struct Reading {
    executable: Option<PathBuf>,
    unmatched: Unmatched,
    ignored: Option<String>,
    errors: String,
    stale: Option<String>,
    may_vary: bool,
}

impl CargoBuild<'_> {
    /// Cargo's target directory of this stage.
    pub fn target_directory(&self) -> PathBuf {
        self.directory.join("cargo")
    }

    /// All compiler flags of this stage.
    pub fn flags(&self) -> Vec<String> {
        let toolchain = self.toolchain;
        let (project, target_directory) = (self.project, self.target_directory());
        let commit = toolchain.commit.as_deref();
        let maps = flags::remappings(&project.root, &target_directory, &project.sources, &toolchain.sysroot, commit);
        flags::all(&self.spec.rustflags, &maps, &self.variant)
    }

    /// Runs cargo; `progress` gets the name of each crate as its compilation starts.
    ///
    /// # Errors
    /// [`BuildError`] when the build fails, makes no binary, or rustc says that it ignored the profile.
    pub fn run(&self, progress: &(dyn Fn(&str) + Sync)) -> Result<CargoOutcome, BuildError> {
        self.prepare()?;
        let log = self.directory.join("cargo.log");
        let started = |source| BuildError::Start { program: "cargo build".to_owned(), source };
        let mut child = self.command().spawn().map_err(started)?;
        let reading = self.read(&mut child, &log, progress)?;
        let status = child.wait().map_err(started)?;
        if !status.success() {
            let (stage, code) = (self.stage.to_owned(), status.code().unwrap_or(-1));
            return Err(BuildError::Failed { stage, code, log, errors: reading.errors.trim_end().to_owned() });
        }
        self.judge(reading, log)
    }

    /// A build with a profile starts from nothing: warnings are counted, and cargo's cache must not swallow any. That
    /// also removes `.rustc_info.json`, where cargo remembers a failed probe of a profile that has since appeared.
    fn prepare(&self) -> Result<(), BuildError> {
        let target_directory = self.target_directory();
        if matches!(self.variant, Variant::Optimized { .. }) && target_directory.exists() {
            std::fs::remove_dir_all(&target_directory).map_err(BuildError::file("cannot remove", &target_directory))?;
        }
        std::fs::create_dir_all(&target_directory).map_err(BuildError::file("cannot make", &target_directory))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(project::cargo_program());
        environment::scrub(&mut command);
        command.env("CARGO_ENCODED_RUSTFLAGS", flags::encode(&self.flags()));
        command.env("CARGO_TARGET_DIR", self.target_directory());
        // Without `-vv` cargo silences every warning of a dependency, those about the profile among them.
        command.args(["build", "--locked", "-vv", "--color=never", "--message-format=json"]);
        command.args(["--target", &self.spec.target, "--profile", &self.spec.profile]);
        command.args(["--package", &self.spec.package, "--bin", &self.spec.binary]);
        command.current_dir(&self.project.root);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn read(&self, child: &mut Child, log: &Path, progress: &(dyn Fn(&str) + Sync)) -> Result<Reading, BuildError> {
        let file = File::create(log).map_err(BuildError::file("cannot write", log))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (stdout, stderr) = (stdout.expect("stdout is piped"), stderr.expect("stderr is piped"));
        let mut reading = Reading::default();
        std::thread::scope(|scope| {
            let talk = scope.spawn(|| follow_talk(BufReader::new(stderr), &file, progress));
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(message) = messages::read(&line) {
                    self.take(message, &mut reading);
                }
            }
            let talk = talk.join().expect("the reader does not panic");
            reading.errors.push_str(&talk.errors);
            reading.may_vary = talk.may_vary;
        });
        let mut file = file;
        file.write_all(reading.errors.as_bytes()).map_err(BuildError::file("cannot write", log))?;
        Ok(reading)
    }

    fn take(&self, message: Message, reading: &mut Reading) {
        match message {
            Message::CompilerMessage { target, message } if message.level == "warning" => {
                let Variant::Optimized { profile } = &self.variant else { return };
                match unmatched::classify(&message.message, &profile.to_string_lossy()) {
                    Warning::Unmatched(function) => reading.unmatched.add(&target.name, function),
                    Warning::Ignored => reading.ignored = Some(message.message),
                    Warning::Other => {}
                }
            }
            Message::CompilerMessage { message, .. } => {
                let rendered = message.rendered.filter(|_| message.level == "error");
                reading.errors.push_str(&rendered.unwrap_or_default());
            }
            Message::CompilerArtifact { package_id, target, filenames: _, executable, fresh } => {
                if fresh {
                    reading.stale = Some(package_id);
                }
                if target.name == self.spec.binary && target.kind.iter().any(|kind| kind == "bin") {
                    reading.executable = executable;
                }
            }
            Message::Other => {}
        }
    }

    fn judge(&self, reading: Reading, log: PathBuf) -> Result<CargoOutcome, BuildError> {
        if let Variant::Optimized { profile } = &self.variant {
            if let Some(reason) = reading.ignored {
                return Err(BuildError::ProfileIgnored { profile: profile.clone(), reason });
            }
            if let Some(package) = reading.stale {
                return Err(BuildError::NotRebuilt { package, directory: self.target_directory() });
            }
        }
        let missing =
            || BuildError::NoExecutable { stage: self.stage.to_owned(), binary: self.spec.binary.clone(), log };
        let executable = reading.executable.ok_or_else(missing)?;
        Ok(CargoOutcome { executable, unmatched: reading.unmatched, may_vary: reading.may_vary })
    }
}

/// What cargo's talk tells.
#[derive(Default)]
struct Talk {
    errors: String,
    may_vary: bool,
}

/// Saves cargo's talk, tells the crates, and returns what explains a failure. The last compilation is the binary's.
fn follow_talk(talk: impl BufRead, mut log: &File, progress: &(dyn Fn(&str) + Sync)) -> Talk {
    let mut told = Talk::default();
    for line in talk.lines().map_while(Result::ok) {
        let _ = writeln!(log, "{line}");
        let line = line.trim_start();
        if let Some(name) = line.strip_prefix("Compiling ") {
            progress(name.split(" (").next().unwrap_or(name));
        } else if line.starts_with("Running ") && line.contains(" --crate-type bin ") {
            told.may_vary = flags::may_vary(line);
        } else if line.starts_with("error") {
            told.errors.push_str(line);
            told.errors.push('\n');
        }
    }
    told
}
