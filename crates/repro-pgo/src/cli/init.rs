//! `repro-pgo init`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use host::exit_code::ExitCode;
use host::process;
use host::process::Invocation;
use paired_bench::measure::fixed_environment;

use super::Shared;
use crate::declaration;
use crate::declaration::Spec;
use crate::init::{self, Draft, Found, Program, Tried, Usage};
use crate::pipeline::{Pipeline, stamp};
use crate::toolchain::{Toolchain, doctor};

const EXAMPLES: &str = "Examples:
  cargo repro-pgo init
  cargo repro-pgo init --package tool --bin tool
  cargo repro-pgo doctor && cargo repro-pgo build     # what to do next

Exit codes: 0 written, 1 refused (a pgo.toml is there already) or failed, 2 usage";

/// Write a first pgo.toml for the program in this directory.
///
/// Builds the program once, without a profile, and tries commands on copies of the project's own fixtures: what its help
/// names, an entry as argument, an entry on standard input, and subcommands and flags that only look, such as check or --list, with
/// the entry behind the flag that names the file to work on (--manifest-path) where there is one. What ends well and prints
/// something is trained; other entries are kept to be measured. Other binaries that releases hold are tried and declared too. Says what it could not know, and where there is a flake.nix, prints the lines for it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Init {
    /// The cargo package, where the workspace has several.
    #[arg(long, value_name = "PACKAGE")]
    package: Option<String>,
    /// The binary, where the package has several.
    #[arg(long, value_name = "BINARY")]
    bin: Option<String>,
    /// Leave out the other binaries that the workspace releases.
    #[arg(long)]
    alone: bool,
    /// Replace the pgo.toml that is there.
    #[arg(long)]
    force: bool,
}

impl Init {
    pub(super) fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        let here = std::env::current_dir().context("cannot tell the current directory")?;
        let target = Toolchain::discover(&here)?.host;
        let mut program = Program::look(&here, &target, self.package.as_deref(), self.bin.as_deref())?;
        if self.alone {
            program.more.clear();
        }
        let file = shared.spec.clone().unwrap_or_else(|| program.root.join(declaration::FILE_NAME));
        anyhow::ensure!(self.force || !file.exists(), "{} is there already; --force replaces it", file.display());
        let findings = doctor::examine(&here, None);
        if let Some(blocking) = findings.iter().find(|finding| finding.blocks()) {
            anyhow::bail!("{}: {}", blocking.name, blocking.missing.as_deref().unwrap_or_default());
        }
        let empty = Draft { program: &program, target: &target, tried: &[] };
        let binary = baseline(shared, &init::write(&empty).0, &program, &file)?;
        let samples = init::find_samples(&program.directory, &program.root);
        let more = program.more.iter().map(|more| binary.with_file_name(&more.binary));
        let binaries: Vec<PathBuf> = std::iter::once(binary.clone()).chain(more).collect();
        let tried = shared.alone("try", |task| {
            let tried = binaries.iter().map(|binary| {
                let usage = usage(binary);
                let found = init::workable(binary, &usage, &samples, &|told| task.doing(told));
                (usage, found)
            });
            let tried: Vec<(Usage, Found<'_>)> = tried.collect();
            let works = tried.iter().filter_map(|(_, found)| found.workable.as_ref());
            let works =
                works.map(|(samples, found)| format!("{} for {}", counted(found.len()), samples.directory.display()));
            let told = works.collect::<Vec<_>>().join(", ");
            let nothing = "no command works on the project's own files".to_owned();
            Ok((tried, if told.is_empty() { nothing } else { told }))
        })?;
        let tried = tried.into_iter().map(|(usage, found)| {
            let workable = found.workable.map(|(samples, workable)| {
                let directory = file.parent().and_then(|folder| samples.directory.strip_prefix(folder).ok());
                (directory.unwrap_or(&samples.directory).display().to_string(), workable)
            });
            Tried { usage, workable, refused: found.refused }
        });
        let tried: Vec<Tried> = tried.collect();
        let (text, notes) = init::write(&Draft { program: &program, target: &target, tried: &tried });
        declaration::parse(&text, &file)?;
        stamp::replace(&file, text.as_bytes())?;
        for note in &notes {
            eprintln!("note: {note}");
        }
        if let Some(lines) = init::snippet(&program, &file) {
            println!("for flake.nix, which builds what git tracks: `git add {}` and\n\n{lines}", file.display());
        }
        let advice = match tried.first().and_then(|tried| tried.workable.as_ref()) {
            Some(_) => "next: `cargo repro-pgo doctor`, then `cargo repro-pgo build`",
            None => "next: put commands of your users into it, because none was found; then `cargo repro-pgo doctor`",
        };
        println!("written: {} ({} lines; {advice})", file.display(), text.lines().count());
        Ok(ExitCode::Fine)
    }
}

/// Builds the program as `text` says and its other binaries along, where `build` finds them again.
fn baseline(shared: &Shared, text: &str, program: &Program, file: &Path) -> anyhow::Result<PathBuf> {
    let mut spec: Spec = declaration::parse(text, file)?;
    spec.build.more_binaries.clone_from(&program.more);
    let pipeline = Pipeline::of(spec, file, shared.llvm_profdata.as_deref())?;
    super::baseline::stage(shared, &pipeline)
}

fn counted(commands: usize) -> String {
    format!("{commands} command{}", if commands == 1 { "" } else { "s" })
}

/// What its help says. Cargo gives a program that it starts for a subcommand the name of that first.
fn usage(binary: &Path) -> Usage {
    let name = binary.file_name().unwrap_or_default().to_string_lossy();
    let read = |args: &[&str]| help(binary, args).map(|text| Usage::read(&text)).unwrap_or_default();
    match name.strip_prefix("cargo-") {
        Some(subcommand) => read(&[subcommand, "--help"]).of_subcommand(subcommand),
        None => read(&["--help"]),
    }
}

/// What the program prints when it is asked for help by `args`; some say it to standard error.
fn help(binary: &Path, args: &[&str]) -> Option<String> {
    let scratch = tempfile::tempdir().ok()?;
    let path = scratch.path().join("help");
    let output = std::fs::File::create(&path).ok()?;
    let error = output.try_clone().ok()?;
    let args: Vec<String> = args.iter().map(|word| (*word).to_owned()).collect();
    let invocation = Invocation {
        program: binary,
        argv0: binary.file_name()?,
        args: &args,
        directory: scratch.path(),
        environment: &fixed_environment(),
        stdin: None,
        fixed_addresses: false,
        network: None,
        timeout: Duration::from_secs(10),
    };
    process::run(&invocation, output.into(), error.into()).ok()?;
    Some(String::from_utf8_lossy(&std::fs::read(path).ok()?).into_owned())
}
