//! `repro-pgo doctor`.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use host::exit_code::ExitCode;
use host::linux::Network;
use serde::Serialize;
use serde_json::json;

use super::{Shared, baseline};
use crate::declaration;
use crate::declaration::{EmulatorChoice, Spec, WorkloadSpec};
use crate::pipeline::{self, StageDir, StageError, cases};
use crate::rehearsal::{Conditions, Lookout, Rehearsed, misses, rehearse};
use crate::toolchain::{Emulator, doctor};

const EXAMPLES: &str = "Examples:
  repro-pgo doctor
  repro-pgo doctor --fix          # lets rustup add what it can
  repro-pgo doctor --json

  repro-pgo doctor --no-run       # looks at the machine alone

Exit codes: 0 everything required is there and every command can be trained, 1 something is missing or wrong, 2 usage";

/// List what is needed on this machine, what is missing, and the command that gets it; then try the declared commands.
///
/// Where there is a pgo.toml, each workload and each benchmark runs on a build without a profile, on a copy of its entry, twice: exit
/// code, seconds, output that repeats, threads, files written, programs started, standard input. What would stop a training
/// is reported before anything long.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Doctor {
    /// Let rustup add the target's standard library and llvm-tools first.
    #[arg(long)]
    fix: bool,
    /// Don't build the program and don't run the declared commands.
    #[arg(long)]
    no_run: bool,
    /// How long each command may take under the emulator, where it is looked at for programs that it starts and for standard
    /// input.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    look_seconds: u64,
    /// Print the list as JSON.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let file = shared.spec_file().ok();
        let spec = file.as_deref().map(declaration::load).transpose()?;
        let directory = std::env::current_dir()?;
        if self.fix {
            for line in doctor::fix(&directory, spec.as_ref()) {
                eprintln!("{line}");
            }
        }
        let findings = doctor::examine(&directory, spec.as_ref());
        let blocked = findings.iter().filter(|finding| finding.blocks()).count();
        let commands = match &spec {
            Some(_) if blocked == 0 && !self.no_run => rehearsals(shared, Duration::from_secs(self.look_seconds))?,
            _ => Vec::new(),
        };
        let wrong = commands.iter().filter(|command| !command.problems.is_empty()).count();
        if self.json {
            println!("{}", serde_json::to_string_pretty(&json!({ "machine": findings, "commands": commands }))?);
        } else {
            print_table(&findings, &doctor::llvm_profdata(&directory));
            print_commands(&commands, spec.as_ref());
            println!("{}", verdict(blocked, wrong, commands.len()));
            if spec.is_none() {
                println!("there is no pgo.toml here: `cargo repro-pgo init` writes a first one");
            }
        }
        Ok(if blocked + wrong == 0 { ExitCode::Fine } else { ExitCode::Refused })
    }
}

/// A declared command, and what it did.
#[derive(Debug, Serialize)]
struct Tried {
    /// Whether it is a workload.
    #[serde(skip)]
    trains: bool,
    #[serde(flatten)]
    rehearsed: Rehearsed,
    /// What has to be mended.
    problems: Vec<String>,
    /// What is good to know.
    remarks: Vec<String>,
}

/// Each declared command on a build without a profile, and for as long as `look` under the emulator.
fn rehearsals(shared: &Shared, look: Duration) -> anyhow::Result<Vec<Tried>> {
    let pipeline = shared.pipeline()?;
    let binary = baseline::stage(shared, &pipeline)?;
    shared.alone("commands", |task| {
        let inputs = pipeline.stage_dir(StageDir::Inputs);
        pipeline::make_inputs(&pipeline.spec, &pipeline.directory, &inputs, task)?;
        let (cases, declared) = cases::rehearsals(&pipeline.spec, &inputs)?;
        let spec = &pipeline.spec;
        let emulator = Emulator::choose_user(&spec.build.target, &[]).ok();
        let lookout = emulator.as_ref().and_then(|emulator| match emulator {
            Emulator::QemuUser { path, .. } => Some(Lookout { emulator: path, limit: look }),
            Emulator::Machine(_) | Emulator::Native { .. } => None,
        });
        // As for the training's runs; a benchmark runs as users have it.
        let network = if spec.training.network { None } else { Network::alone().ok() };
        let timeout = Duration::from_secs(spec.training.timeout_seconds);
        let lines = spec.check.lines();
        task.expect_steps(cases.len());
        let mut tried = Vec::new();
        for (case, declared) in cases.iter().zip(declared) {
            task.doing(&case.name);
            let network = network.as_ref().filter(|_| declared.workload.is_some());
            let conditions = Conditions { lookout, network, timeout };
            let rehearsed = rehearse(&binary, case, conditions)?;
            let mut problems = rehearsed.problems(declared.writes, lines);
            if let Some(workload) = declared.workload.filter(|_| problems.is_empty()) {
                problems.extend(elsewhere(&binary, workload, &inputs, conditions)?);
            }
            if declared.workload.is_some() && trains_nothing(spec) {
                problems.push(NO_TRAINING.to_owned());
            }
            let mut remarks = rehearsed.remarks();
            if let Some(script) = declared.workload.and_then(script_beside) {
                let in_machine = spec.training.emulator == EmulatorChoice::Machine;
                let told = if in_machine { &mut problems } else { &mut remarks };
                told.push(format!(
                    "it starts {}, which is a script or no x86-64 program: the emulated machine, to which training turns where counts \
                     differ, can't run it; name a program, such as busybox httpd for a server",
                    script.display()
                ));
            }
            tried.push(Tried { trains: declared.workload.is_some(), problems, remarks, rehearsed });
            task.step();
        }
        Ok((tried, format!("{} tried", cases.len())))
    })
}

/// What is wrong with the workload on an entry that is not its first, as far as that shows within [`FURTHER`].
fn elsewhere(
    binary: &Path,
    workload: &WorkloadSpec,
    inputs: &Path,
    conditions: Conditions<'_>,
) -> Result<Option<String>, StageError> {
    let started = Instant::now();
    for case in cases::further(workload, inputs)?.iter() {
        if let Some(problem) = misses(binary, case, conditions)? {
            return Ok(Some(format!("on {}: {problem}", case.name)));
        }
        if started.elapsed() > FURTHER {
            break;
        }
    }
    Ok(None)
}

/// The first program of the system that runs beside or in the place of the workload's binary and is no binary itself.
fn script_beside(workload: &WorkloadSpec) -> Option<PathBuf> {
    let of_services = workload.services.iter().filter_map(|service| service.command.first());
    let named = workload.program.iter().chain(of_services).filter(|name| *name != "{binary}");
    let found = named.map(|name| host::programs::resolve(Path::new(name)));
    found.into_iter().find(|path| {
        let mut start = [0; 4];
        let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
        read.is_ok() && start != *b"\x7fELF"
    })
}

/// How long a workload is tried on its other entries.
const FURTHER: Duration = Duration::from_secs(10);

/// What is said of a workload where no other does the program's work.
const NO_TRAINING: &str = "all that is trained is what the program says of itself, and a profile of that makes its work slower: declare commands \
                           of your users with inputs in [[training.workloads]], and others in [[benchmarks]]";

/// Whether all workloads only ask for help or the version.
fn trains_nothing(spec: &Spec) -> bool {
    let asks = |word: &String| ["--help", "--version"].contains(&word.as_str());
    let may_ask = |word: &String| asks(word) || ["-h", "help", "-V", "version"].contains(&word.as_str());
    let mut all = spec.training.workloads.iter().map(|workload| &workload.args);
    all.all(|args| args.iter().any(asks) || (!args.is_empty() && args.iter().all(may_ask)))
}

fn print_commands(commands: &[Tried], spec: Option<&Spec>) {
    for Tried { rehearsed, problems, remarks, .. } in commands {
        let mark = if problems.is_empty() { "ok      " } else { "WRONG   " };
        println!("{mark} {}: {:.3} s, {} bytes printed", rehearsed.name, rehearsed.seconds, rehearsed.printed);
        for sentence in problems.iter().chain(remarks) {
            println!("{:9}{sentence}", "");
        }
    }
    let Some(spec) = spec.filter(|_| !commands.is_empty()) else { return };
    // Measured: user-mode emulation takes some twenty times as long as the program itself.
    let first = commands.iter().filter(|tried| tried.trains);
    let models = spec.training.cpu_models.len() as f64 * f64::from(spec.training.replicates);
    let training = first.map(|tried| tried.rehearsed.cpu_seconds * 20.0 * models).sum::<f64>();
    println!(
        "         expected: about {:.0} s of training for each entry that a workload matches, {} s of measuring, and three builds",
        training.ceil(),
        spec.gate.ship.budget_seconds
    );
}

fn verdict(blocked: usize, wrong: usize, tried: usize) -> String {
    match (blocked, wrong) {
        (0, 0) if tried == 0 => "ready: everything required is there".to_owned(),
        (0, 0) => format!("ready: everything required is there, and {tried} commands can be trained and measured"),
        (0, wrong) => {
            format!("not ready: {wrong} of {tried} commands can't be trained or measured as they are declared")
        }
        (count, _) => format!("not ready: {count} required things are missing"),
    }
}

fn print_table(findings: &[doctor::Finding], llvm_profdata: &[String]) {
    for finding in findings {
        let (mark, told) = match (&finding.found, finding.required) {
            (Some(found), _) => ("ok      ", found.as_str()),
            (None, true) => ("MISSING ", finding.missing.as_deref().unwrap_or_default()),
            (None, false) => ("optional", finding.missing.as_deref().unwrap_or_default()),
        };
        println!("{mark} {:<16} {told}\n{:25} {}", finding.name, "", finding.purpose);
    }
    for tool in llvm_profdata {
        println!("also     {:<16} {tool} (not needed: the merge is built in)", "llvm-profdata");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_beside_a_workload_is_found() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let script = directory.path().join("server");
        test_support::script(&script, "#!/bin/sh\n");
        let beside = |server: &str| {
            let table = format!(
                "name = \"w\"\ninputs = \"s\"\nservices = [{{ command = [\"{{binary}}\"], ready = {{ port = 1 }} }}, \
                 {{ command = [\"{server}\"], ready = {{ port = 2 }} }}]\n"
            );
            let workload: WorkloadSpec = toml::from_str(&table).expect("it is valid");
            script_beside(&workload)
        };
        assert_eq!(beside("/bin/sh"), None);
        assert_eq!(beside(&script.display().to_string()), Some(script));
    }
}
