//! What the pipeline needs on this machine: what is there, what is missing, and the command that gets it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use host::programs;
use serde::Serialize;

use crate::compile::configured;
use crate::declaration::{EmulatorChoice, Spec};
use crate::toolchain::{Emulator, ProfileTool, Toolchain, cc_crate, profile_tool};

/// How long `rustup component add` may take before it counts as stuck.
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);

/// One thing the pipeline needs or can use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is.
    pub name: &'static str,
    /// What for.
    pub purpose: &'static str,
    /// Whether the pipeline can't do without it.
    pub required: bool,
    /// What was found.
    pub found: Option<String>,
    /// What is wrong and how to mend it, where something is.
    pub missing: Option<String>,
}

impl Finding {
    fn new(name: &'static str, purpose: &'static str, required: bool, found: Result<String, String>) -> Self {
        let (found, missing) = match found {
            Ok(found) => (Some(found), None),
            Err(missing) => (None, Some(missing)),
        };
        Self { name, purpose, required, found, missing }
    }

    /// Whether the pipeline can't run because of it.
    pub fn blocks(&self) -> bool {
        self.required && self.missing.is_some()
    }
}

/// Looks at everything; `spec` says which target and emulator are wanted.
pub fn examine(directory: &Path, spec: Option<&Spec>) -> Vec<Finding> {
    let toolchain = Toolchain::discover(directory);
    let told = toolchain.as_ref().map(|toolchain| format!("{} (LLVM {})", toolchain.banner, toolchain.llvm));
    let mut findings = vec![Finding::new("rustc", "builds every stage", true, told.map_err(ToString::to_string))];
    findings.push(program("cargo", "builds every stage", true, "install Rust from https://rustup.rs"));
    findings.push(program("cc", "links", true, "apt-get install gcc"));
    let target = spec.map(|spec| &spec.build.target).or(toolchain.as_ref().ok().map(|toolchain| &toolchain.host));
    findings.extend(target.and_then(|target| linker(directory, target)));
    if let Ok(toolchain) = &toolchain {
        findings.extend(of_toolchain(toolchain, spec));
    }
    for version in cc_crate::in_lock_file(directory) {
        findings.push(Finding::new("cc crate", "compiles C code in build scripts", false, Ok(version)));
    }
    if let Some(spec) = spec {
        let own = || "[build] rustflags of pgo.toml alone".to_owned();
        let left_out = configured::left_out(directory, &spec.build.target, &spec.build.rustflags);
        let flags = if left_out.is_empty() { Ok(own()) } else { Err(left_out.join("; ")) };
        findings.push(Finding::new("rustflags", "the same in all three builds", false, flags));
    }
    findings.push(emulation(spec));
    findings.push(machine(spec));
    findings.push(program("valgrind", "counts instructions in the merge gate", false, "apt-get install valgrind"));
    findings.push(program("git", "tells the source revision in the manifest", false, "apt-get install git"));
    findings
}

fn program(name: &'static str, purpose: &'static str, required: bool, fix: &str) -> Finding {
    let found = programs::on_path(name).ok_or_else(|| format!("not on PATH: {fix}"));
    let told = found.and_then(|path| {
        let first = |said: String| said.lines().next().unwrap_or("version unknown").to_owned();
        let told = |said: String| format!("{} ({})", first(said), path.display());
        // rustup's stand-in is there even where the toolchain that it stands for is not.
        programs::answer_of(&path, &["--version"])
            .map(told)
            .ok_or_else(|| told(programs::output_of(&path, &["--version"]).unwrap_or_default()))
    });
    Finding::new(name, purpose, required, told)
}

/// The linker that cargo's configuration names in the place of `cc`; one that is a path is cargo's to find.
fn linker(directory: &Path, target: &str) -> Option<Finding> {
    let (from, name) = configured::linker(directory, target).filter(|(_, name)| !name.contains('/'))?;
    let variable = configured::target_variable(target, "LINKER");
    let missing = || format!("{from} names {name}, which is not on PATH: install it, or set {variable}=cc");
    let found = programs::on_path(&name).map(|path| format!("{} ({from})", path.display()));
    Some(Finding::new("linker", "links in the place of cc", true, found.ok_or_else(missing)))
}

fn of_toolchain(toolchain: &Toolchain, spec: Option<&Spec>) -> [Finding; 2] {
    let target = spec.map_or(&toolchain.host, |spec| &spec.build.target);
    let runtime = toolchain.require_instrumentation(target);
    let runtime = runtime.map(|()| format!("for {target}")).map_err(|error| error.to_string());
    let tool = ProfileTool::discover(None, toolchain.llvm_major, &toolchain.llvm_tools());
    let tool = tool.map(|tool| tool.describe()).map_err(|error| error.to_string());
    [
        Finding::new("profiler runtime", "links the instrumented binary", true, runtime),
        Finding::new("profile merge", "merges the counts", true, tool),
    ]
}

fn emulation(spec: Option<&Spec>) -> Finding {
    let choice = spec.map_or(EmulatorChoice::Auto, |spec| spec.training.emulator);
    let models = spec.map(|spec| spec.training.cpu_models.as_slice()).unwrap_or_default();
    let target = spec.map_or("x86_64-unknown-linux-gnu", |spec| spec.build.target.as_str());
    let found = Emulator::choose_user(target, models);
    let told = found.map(|emulator| match models {
        [] => emulator.describe(),
        models => {
            let names: Vec<&str> = emulator.trained(models).into_iter().map(|model| model.name.as_str()).collect();
            let without = emulator
                .left_out()
                .iter()
                .map(|left_out| format!("; {} is optional and left out: it {}", left_out.model, left_out.reason));
            format!("{} (trains {}{})", emulator.describe(), names.join(", "), without.collect::<String>())
        }
    });
    let purpose = "makes the profile independent of this machine's CPU and addresses";
    let is_needed = choice == EmulatorChoice::QemuUser || spec.is_some_and(|spec| spec.layout.is_some());
    Finding::new("qemu-user", purpose, is_needed, told.map_err(|error| error.to_string()))
}

fn machine(spec: Option<&Spec>) -> Finding {
    let target = spec.map_or("x86_64-unknown-linux-gnu", |spec| spec.build.target.as_str());
    let is_wanted = spec.is_some_and(|spec| spec.training.emulator == EmulatorChoice::Machine);
    let models = spec.filter(|_| is_wanted).map(|spec| spec.training.cpu_models.as_slice()).unwrap_or_default();
    let machine = spec.map(|spec| spec.training.machine.clone()).unwrap_or_default();
    let found = Emulator::choose_machine(&machine, target, models);
    let told = found.map(|emulator| match &emulator {
        Emulator::Machine(whole) => format!("{}, {}", emulator.describe(), whole.kernel.path.display()),
        other => other.describe(),
    });
    let purpose = "trains programs whose threads race, or that depend on the clock";
    Finding::new("machine", purpose, is_wanted, told.map_err(|error| error.to_string()))
}

/// The llvm-profdata programs that are there, with their versions; none is needed where the built-in merge fits.
pub fn llvm_profdata(directory: &Path) -> Vec<String> {
    let Ok(toolchain) = Toolchain::discover(directory) else { return Vec::new() };
    let candidates = profile_tool::candidates(toolchain.llvm_major, &toolchain.llvm_tools());
    let told = candidates.into_iter().map(|path| {
        let version = profile_tool::version(&path).unwrap_or_else(|| "version unknown".to_owned());
        format!("{} {version}", path.display())
    });
    told.collect()
}

/// Adds what rustup can add: the standard library of the target and llvm-tools. Returns what was done, line by line.
pub fn fix(directory: &Path, spec: Option<&Spec>) -> Vec<String> {
    let Some(rustup) = programs::on_path("rustup") else {
        return vec!["rustup is not on PATH; nothing was changed".to_owned()];
    };
    let mut commands = vec![vec!["component", "add", "llvm-tools"]];
    if let Some(spec) = spec {
        commands.push(vec!["target", "add", &spec.build.target]);
    }
    commands.iter().map(|arguments| run_limited(&rustup, arguments, directory)).collect()
}

/// rustup waits long for a network that is not there, so it gets a limit.
fn run_limited(program: &Path, arguments: &[&str], directory: &Path) -> String {
    let told = format!("rustup {}", arguments.join(" "));
    let mut command = Command::new(program);
    command.args(arguments).current_dir(directory).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return format!("{told}: could not be started") };
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return format!("{told}: done"),
            Ok(Some(_)) => return format!("{told}: failed; run it by hand to see why"),
            Ok(None) if started.elapsed() < RUSTUP_LIMIT => std::thread::sleep(Duration::from_millis(200)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return format!("{told}: gave up after {} s; is there a network?", RUSTUP_LIMIT.as_secs());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::configured::tests::configure;

    #[test]
    fn a_linker_of_cargos_configuration_has_to_be_there() {
        let root = tempfile::tempdir().expect("a temporary directory can be made");
        let configured = |name: &str| {
            configure(root.path(), &format!("[target.s390x-unknown-linux-gnu]\nlinker = \"{name}\"\n"));
            linker(root.path(), "s390x-unknown-linux-gnu")
        };
        let missing = configured("no-such-linker").and_then(|finding| finding.missing).unwrap_or_default();
        assert!(missing.ends_with("or set CARGO_TARGET_S390X_UNKNOWN_LINUX_GNU_LINKER=cc"), "{missing}");
        assert!(configured("sh").is_some_and(|finding| !finding.blocks()));
        assert!(configured("tools/ld").is_none());
    }

    #[test]
    fn a_program_that_cannot_tell_its_version_is_not_there() {
        let fine = program("env", "starts others", true, "install it");
        assert!(fine.found.is_some_and(|found| found.contains("coreutils")) && fine.missing.is_none());
        let failing = program("false", "fails", true, "install it");
        assert!(failing.missing.is_some_and(|missing| missing.contains("/false")), "its version is not asked for");
    }
}
