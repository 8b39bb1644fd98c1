//! One cargo run: the command line, its output read as it comes, and what it says about the profile.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use host::guard::Guard;
use host::stop::Stop;

use super::c_code::{self, CCode};
use super::c_compiler::{self, CCompiler};
use super::flags::{self, Remapping, Variant};
use super::messages::{self, Message};
use super::unmatched::{self, Warning};
use super::{BuildError, Project, Unmatched, environment, link_map, project};
use crate::declaration::BuildSpec;
use crate::layout::recorder;
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
    /// The object with the list of crates, where what ships has one.
    pub audit_object: Option<PathBuf>,
    /// What the stage adds to the common flags.
    pub variant: Variant,
    /// What ends it before its time.
    pub stop: Option<&'a Stop>,
}

/// What a build made.
#[derive(Debug)]
pub struct CargoOutcome {
    /// The binaries in cargo's target directory by name, the one that ships first.
    pub executables: Vec<(String, PathBuf)>,
    /// Functions without profile data.
    pub unmatched: Unmatched,
    /// The C code that build scripts compiled into it.
    pub c_code: Vec<CCode>,
    /// Whether the same build may come out differently another time, see [`flags::may_vary`].
    pub may_vary: bool,
}

/// What has been read of the output so far.
#[derive(Default)]
struct Reading {
    executables: BTreeMap<String, PathBuf>,
    bench: Option<PathBuf>,
    missing: Unmatched,
    changed: Vec<(String, String)>,
    ignored: Option<String>,
    errors: String,
    stale: Option<String>,
    c_code: Vec<CCode>,
    may_vary: bool,
}

impl CargoBuild<'_> {
    /// Cargo's target directory of this stage.
    pub fn target_directory(&self) -> PathBuf {
        self.directory.join("cargo")
    }

    /// All compiler flags of this stage.
    pub fn flags(&self) -> Vec<String> {
        let ships = flags::of_what_ships(self.spec, self.audit_object.as_deref());
        flags::all(&self.spec.rustflags, &self.remappings(), &ships, &self.variant)
    }

    fn remappings(&self) -> Vec<Remapping> {
        let toolchain = self.toolchain;
        let (project, target_directory) = (self.project, self.target_directory());
        let commit = toolchain.commit.as_deref();
        flags::remappings(&project.root, &target_directory, &project.sources, &toolchain.sysroot, commit)
    }

    /// What build scripts find in their environment about compiling C.
    fn c_variables(&self) -> Vec<(String, String)> {
        let (target, host) = (self.spec.target.as_str(), self.toolchain.host.as_str());
        let compiler = CCompiler::discover(target, host);
        c_compiler::variables(&compiler, self.toolchain.llvm_major, [target, host], &self.remappings(), &self.variant)
    }

    /// Runs cargo; `progress` gets the name of each crate as its compilation starts.
    ///
    /// # Errors
    /// [`BuildError`] when the build fails, makes no binary, or rustc says that it ignored the profile.
    pub fn run(&self, progress: &(dyn Fn(&str) + Sync)) -> Result<CargoOutcome, BuildError> {
        self.prepare()?;
        let targets = self.spec.binaries().into_iter().flat_map(|binary| ["--bin", binary]);
        let packages = self.spec.packages().into_iter().flat_map(|package| ["--package", package]);
        let (reading, log) = self.cargo(&targets.chain(packages).collect::<Vec<_>>(), progress)?;
        self.judge(reading, log)
    }

    /// The program of the bench target `name`, built with the flags of the stage.
    ///
    /// # Errors
    /// [`BuildError`] when the build fails or makes no such program.
    pub fn run_bench(&self, name: &str, progress: &(dyn Fn(&str) + Sync)) -> Result<PathBuf, BuildError> {
        let (reading, log) = self.cargo(&["--bench", name, "--package", &self.spec.package], progress)?;
        let missing = || BuildError::NoExecutable { stage: self.stage.to_owned(), binary: name.to_owned(), log };
        reading.bench.ok_or_else(missing)
    }

    /// `cargo build` of `targets`, read to its end.
    fn cargo(&self, targets: &[&str], progress: &(dyn Fn(&str) + Sync)) -> Result<(Reading, PathBuf), BuildError> {
        let log = self.directory.join("cargo.log");
        let started = |source| BuildError::Start { program: "cargo build".to_owned(), source };
        let mut child = self.command(targets).spawn().map_err(started)?;
        // A killed driver would leave cargo and its compilers running.
        let _guard = Guard::over(&child).map_err(started)?;
        self.stop.inspect(|stop| stop.running(&child));
        let reading = self.read(&mut child, &log, progress);
        self.stop.inspect(|stop| stop.ended());
        let reading = reading?;
        let status = child.wait().map_err(started)?;
        if !status.success() {
            let (stage, code) = (self.stage.to_owned(), status.code().unwrap_or(-1));
            return Err(BuildError::Failed { stage, code, log, errors: reading.errors.trim_end().to_owned() });
        }
        Ok((reading, log))
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

    fn command(&self, targets: &[&str]) -> Command {
        let mut command = Command::new(project::cargo_program());
        environment::scrub(&mut command);
        command.env("CARGO_ENCODED_RUSTFLAGS", flags::encode(&self.flags()));
        command.env("CARGO_TARGET_DIR", self.target_directory()).envs(self.c_variables());
        if let Variant::Optimized { recorder: Some(recorder), .. } = &self.variant {
            command.env(recorder::variable(&self.spec.target), recorder);
        }
        // Without `-vv` cargo silences every warning of a dependency, those about the profile among them.
        command.args(["build", "--locked", "-vv", "--color=never", "--message-format=json"]);
        command.args(["--target", &self.spec.target, "--profile", &self.spec.profile]);
        command.args(targets).args(self.spec.feature_arguments());
        command.current_dir(&self.project.root).process_group(0);
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
                let Variant::Optimized { profile, .. } = &self.variant else { return };
                match unmatched::classify(&message.message, &profile.to_string_lossy()) {
                    Warning::Missing(function) => reading.missing.add(&target.name, function),
                    Warning::Changed(function) => reading.changed.push((target.name, function.to_owned())),
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
                let is_wanted = self.spec.binaries().contains(&target.name.as_str());
                if is_wanted && target.kind.iter().any(|kind| kind == "bin") {
                    reading.executables.extend(executable.map(|executable| (target.name, executable)));
                } else if target.kind.iter().any(|kind| kind == "bench") {
                    reading.bench = executable;
                }
            }
            Message::BuildScriptExecuted { linked_libs, linked_paths, out_dir } => {
                // Those of build scripts and procedural macros are not in the binary.
                if out_dir.starts_with(self.target_directory().join(&self.spec.target)) {
                    reading.c_code.extend(c_code::of_build_script(&linked_libs, &linked_paths, &out_dir));
                }
            }
            Message::Other => {}
        }
    }

    fn judge(&self, reading: Reading, log: PathBuf) -> Result<CargoOutcome, BuildError> {
        let mut unmatched = Unmatched::default();
        if let Variant::Optimized { profile, link_map, .. } = &self.variant {
            if let Some(reason) = reading.ignored {
                return Err(BuildError::ProfileIgnored { profile: profile.clone(), reason });
            }
            if let Some(package) = reading.stale {
                return Err(BuildError::NotRebuilt { package, directory: self.target_directory() });
            }
            unmatched = linked(reading.missing, reading.changed, link_map.as_deref())?;
        }
        if let Some(foreign) = c_code::foreign_counts(&reading.c_code, self.toolchain.llvm_major) {
            let (code, llvm_major) = (Box::new(foreign.clone()), self.toolchain.llvm_major);
            return Err(BuildError::ForeignCounts { code, llvm_major });
        }
        let mut made = reading.executables;
        let executables = self.spec.binaries().into_iter().map(|binary| match made.remove(binary) {
            Some(executable) => Ok((binary.to_owned(), executable)),
            None => Err(BuildError::NoExecutable {
                stage: self.stage.to_owned(),
                binary: binary.to_owned(),
                log: log.clone(),
            }),
        });
        let executables = executables.collect::<Result<_, _>>()?;
        Ok(CargoOutcome { executables, unmatched, c_code: reading.c_code, may_vary: reading.may_vary })
    }
}

impl CargoOutcome {
    /// The binary that ships.
    pub fn executable(&self) -> &Path {
        &self.executables[0].1
    }
}

/// What counts as unmatched: functions without data that the linker kept (all, where nobody knows what it kept), and those
/// whose control flow changed.
pub(super) fn linked(
    mut unmatched: Unmatched,
    changed: Vec<(String, String)>,
    link_map: Option<&Path>,
) -> Result<Unmatched, BuildError> {
    if let Some(path) = link_map {
        let map = std::fs::read(path).map_err(BuildError::file("cannot read", path))?;
        let map = String::from_utf8_lossy(&map);
        let kept = link_map::kept_functions(&map);
        unmatched.keep_linked(|function| link_map::is_kept(&kept, function));
    }
    for (crate_name, function) in changed {
        unmatched.add(&crate_name, &function);
    }
    Ok(unmatched)
}

/// What cargo's talk tells.
#[derive(Default)]
struct Talk {
    errors: String,
    may_vary: bool,
}

/// Saves cargo's talk, tells the crates, and returns what explains a failure.
fn follow_talk(talk: impl BufRead, mut log: &File, progress: &(dyn Fn(&str) + Sync)) -> Talk {
    let mut told = Talk::default();
    let (mut still_error, mut is_output) = (0, false);
    for whole in talk.lines().map_while(Result::ok) {
        let _ = writeln!(log, "{whole}");
        let line = whole.trim_start();
        let is_below = line.is_empty() || whole.starts_with(' ');
        is_output = line == "--- stdout" || (is_output && is_below && line != "--- stderr");
        still_error = match line {
            _ if line.starts_with("error") => LONGEST_ERROR,
            // What an error consists of stands below it, indented. What a build script tells cargo is not among it.
            "" | "Caused by:" => still_error,
            _ if is_output || line.starts_with("note: ") => still_error,
            _ if whole.starts_with(' ') => still_error.saturating_sub(1),
            _ => 0,
        };
        if let Some(name) = line.strip_prefix("Compiling ") {
            progress(name.split(" (").next().unwrap_or(name));
        } else if compiles_program(line) && !line.starts_with(FAILED) {
            told.may_vary |= flags::may_vary(line);
        } else if still_error > 0 && !line.is_empty() && !is_output {
            told.errors.push_str(&shortened(&whole));
            told.errors.push('\n');
        }
    }
    told
}

/// How a line begins that quotes a command which failed.
const FAILED: &str = "process didn't exit successfully";

/// A line without the command that it quotes with its whole environment.
fn shortened(line: &str) -> std::borrow::Cow<'_, str> {
    match line.split_once(": `CARGO=") {
        Some((start, rest)) => format!("{start}{}", rest.rsplit_once('`').map_or("", |(_, end)| end)).into(),
        None => line.into(),
    }
}

/// Whether a line shows how a program is compiled, and not a build script, which cargo compiles by other rules. A description
/// of several lines stands before the command, so such a line need not begin with `Running`.
fn compiles_program(line: &str) -> bool {
    line.contains(" --crate-type bin ")
        && line.split_once(" --crate-name ").is_some_and(|(_, name)| !name.starts_with("build_script_"))
}

/// How many lines of one of cargo's errors are shown; all are in the log.
const LONGEST_ERROR: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_with_what_stands_below_it() {
        let talk = "   Compiling demo v0.1.0 (/demo)\nerror: rustc 1.0 is not supported by the following packages:\n  \
                    demo@0.1.0 requires rustc 1.96\n\nwarning: build failed\n  not this\nerror: no\n\nCaused by:\n  this\n";
        let log = tempfile::tempfile().expect("a temporary file can be made");
        let told = follow_talk(talk.as_bytes(), &log, &|_| ()).errors;
        let expected = "error: rustc 1.0 is not supported by the following packages:\n  demo@0.1.0 requires rustc 1.96\n\
                        error: no\nCaused by:\n  this\n";
        assert_eq!(told, expected);
    }

    #[test]
    fn a_build_script_that_fails_is_told_with_what_it_said() {
        let talk = "error: failed to run custom build command for `demo v0.1.0 (/demo)`\nnote: To improve backtraces\n\nCaused by:\n  \
                    process didn't exit successfully: `CARGO=/c TARGET=t /build-script-build` (exit status: 101)\n  --- stdout\n  \
                    cargo:rustc-env=A=1\n\n  --- stderr\n  VERSION must be set\n";
        let talk = talk.replace("  cargo:rustc-env=A=1\n", &"  cargo:rerun-if-changed=a\n".repeat(LONGEST_ERROR));
        let log = tempfile::tempfile().expect("a temporary file can be made");
        let told = follow_talk(talk.as_bytes(), &log, &|_| ()).errors;
        assert!(
            told.contains("didn't exit successfully (exit status: 101)") && told.ends_with("VERSION must be set\n"),
            "{told}"
        );
        assert!(!told.contains("rerun-if-changed") && !told.contains("CARGO="), "{told}");
        let talk = "error: could not compile `demo`\n\nCaused by:\n  process didn't exit successfully: `CARGO=/c rustc --crate-name demo \
                    --crate-type bin ` (exit status: 1)\n";
        let told = follow_talk(talk.as_bytes(), &log, &|_| ()).errors;
        assert!(told.ends_with("Caused by:\n  process didn't exit successfully (exit status: 1)\n"), "{told}");
    }

    #[test]
    fn the_programs_own_command_tells_whether_its_bytes_may_vary() {
        let told = |program: &str| {
            let talk = format!(
                "     Running `CARGO=c rustc --crate-name build_script_build build.rs --crate-type bin --emit=link`\n     \
                 Running `CARGO_PKG_DESCRIPTION='Searches\nfolders\n' rustc --crate-name rg main.rs --crate-type bin --emit=link \
                 {program}`\n"
            );
            let log = tempfile::tempfile().expect("a temporary file can be made");
            follow_talk(talk.as_bytes(), &log, &|_| ()).may_vary
        };
        assert!(!told("-C lto=fat -C codegen-units=1"));
        assert!(told("-C opt-level=3"));
    }
}
