//! The command line: one file a subcommand, the options they share here.
#![allow(
    rustdoc::broken_intra_doc_links,
    rustdoc::invalid_html_tags,
    reason = "what is said of an argument is its help on the terminal, which is no Markdown"
)]

mod applied;
mod baseline;
mod bench;
mod build;
mod check;
mod completions;
mod debuginfo;
mod dist;
mod doctor;
mod flags;
mod gate;
mod init;
mod inputs;
mod instrument;
mod layout;
mod manual;
mod merge;
mod optimize;
mod profile;
mod release;
mod report;
mod schema;
mod train;
mod verify;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use host::exit_code;
use host::exit_code::ExitCode;
use host::progress::{Progress, Task};

use crate::compile::configured;
use crate::declaration;
use crate::declaration::{Spec, SpecError};
use crate::pipeline::build::ChainError;
use crate::pipeline::{Pipeline, StageError};
use crate::toolchain::profile_tool::BUILT_IN_LLVM_MAJOR;
use crate::toolchain::{ProfileTool, ProfileToolError, Toolchain};

/// Reproducible, bench-gated PGO releases of Rust programs.
///
/// Builds an instrumented binary, trains it on declared inputs under fixed conditions, proves that the profile is the same
/// every time and that it is applied, and ships it only where it measurably wins. pgo.toml declares all of it.
#[derive(Debug, Parser)]
#[command(name = "repro-pgo", version, after_help = exit_code::HELP, after_long_help = exit_code::HELP)]
#[command(propagate_version = true, arg_required_else_help = true)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    shared: Shared,
}

/// Options of every subcommand.
#[derive(Debug, Args)]
pub struct Shared {
    /// The declaration [default: the nearest pgo.toml, from this directory upwards].
    #[arg(long, global = true, value_name = "FILE", help_heading = "Shared options")]
    spec: Option<PathBuf>,
    /// Say nothing while working; errors and results are still told.
    #[arg(long, short, global = true, help_heading = "Shared options")]
    quiet: bool,
    /// Merge with this llvm-profdata instead of the built-in merge; it must be of rustc's LLVM major version.
    #[arg(
        long,
        global = true,
        value_name = "PROGRAM",
        env = "REPRO_PGO_LLVM_PROFDATA",
        help_heading = "Shared options"
    )]
    llvm_profdata: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Build(build::Build),
    Instrument(instrument::Instrument),
    Inputs(inputs::Inputs),
    Train(train::Train),
    Layout(layout::Layout),
    #[command(alias = "optimise")]
    Optimize(optimize::Optimize),
    Baseline(baseline::Baseline),
    Merge(merge::Merge),
    Flags(flags::Flags),
    Applied(applied::Applied),
    Debuginfo(debuginfo::Debuginfo),
    Check(check::Check),
    Bench(bench::Bench),
    Gate(gate::Gate),
    Dist(dist::Dist),
    Profile(profile::Profile),
    Release(release::Release),
    Report(report::Report),
    Verify(verify::Verify),
    Doctor(doctor::Doctor),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(manual::Manual),
}

impl Shared {
    /// The declaration's file.
    fn spec_file(&self) -> anyhow::Result<PathBuf> {
        match &self.spec {
            Some(file) => Ok(file.clone()),
            None => Ok(declaration::find(&std::env::current_dir().context("cannot tell the current directory")?)?),
        }
    }

    /// Declaration, workspace and compiler; says a word about variables that have no effect.
    fn pipeline(&self) -> anyhow::Result<Pipeline> {
        self.opened(declaration::load)
    }

    /// The same for what is built and packed without a profile: nothing has to be declared to train on or to measure.
    fn pipeline_without_profile(&self) -> anyhow::Result<Pipeline> {
        self.opened(declaration::load_inputs)
    }

    fn opened(&self, load: fn(&Path) -> Result<Spec, SpecError>) -> anyhow::Result<Pipeline> {
        let file = self.spec_file()?;
        let pipeline = Pipeline::of(load(&file)?, &file, self.llvm_profdata.as_deref())?;
        let names = std::env::vars_os().map(|(name, _)| name);
        let ignored = crate::compile::environment::ignored_on_purpose(names);
        if !ignored.is_empty() {
            let names = ignored.join(", ");
            self.progress().say(&format!("note: {names} has no effect here; flags belong in [build] of pgo.toml"));
        }
        let configured = configured::rustflags(&pipeline.project.root, &pipeline.spec.build.target);
        for told in configured::missing(&configured, &pipeline.spec.build.rustflags) {
            self.progress().say(&format!("note: {told}"));
        }
        Ok(pipeline)
    }

    /// What merges profiles. Where no compiler is at hand, they are taken to be of the LLVM that the built-in merge knows; one
    /// of another is refused when it is read.
    fn profile_tool(&self) -> Result<ProfileTool, ProfileToolError> {
        let toolchain = Toolchain::discover(Path::new("."));
        let (major, tools) = match &toolchain {
            Ok(toolchain) => (toolchain.llvm_major, toolchain.llvm_tools()),
            Err(_) => (BUILT_IN_LLVM_MAJOR, PathBuf::new()),
        };
        ProfileTool::discover(self.llvm_profdata.as_deref(), major, &tools)
    }

    fn progress(&self) -> Progress {
        Progress::detect(self.quiet)
    }

    /// Runs one stage by itself. `work` returns the stage's value and its summary line.
    fn alone<T>(&self, name: &str, work: impl FnOnce(&Task) -> Result<(T, String), StageError>) -> anyhow::Result<T> {
        let task = self.progress().begin(1, 1, name);
        let (value, summary) = work(&task).with_context(|| name.to_owned())?;
        task.finish(&summary);
        Ok(value)
    }
}

/// Parses the command line, runs it, and reports an error.
pub fn run() -> ExitCode {
    run_line(CommandLine::parse())
}

/// As [`run`], with the command line that cargo gives to a program it starts for a command of its own: the command's name
/// comes before the arguments.
pub fn run_for_cargo() -> ExitCode {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "repro-pgo") {
        arguments.remove(1);
    }
    run_line(CommandLine::parse_from(arguments))
}

fn run_line(line: CommandLine) -> ExitCode {
    match line.command.run(&line.shared) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", told(&error));
            exit_code(&error)
        }
    }
}

/// The error and its causes, without those that the words before them already tell.
fn told(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

/// The exit code of the stage that failed; 1 for what is no stage's.
fn exit_code(error: &anyhow::Error) -> ExitCode {
    let chained = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<ChainError>().map(|chain| chain.error.exit_code())
    };
    let alone = |cause: &(dyn std::error::Error + 'static)| cause.downcast_ref().map(StageError::exit_code);
    error.chain().find_map(|cause| chained(cause).or_else(|| alone(cause))).unwrap_or(ExitCode::Refused)
}

/// `path`, absolute and without links; commands run in other directories.
fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    path.canonicalize().with_context(|| format!("cannot find {}", path.display()))
}

impl Command {
    fn run(self, shared: &Shared) -> anyhow::Result<ExitCode> {
        match self {
            Self::Init(command) => command.run(shared),
            Self::Build(command) => command.run(shared),
            Self::Instrument(command) => command.run(shared),
            Self::Inputs(command) => command.run(shared),
            Self::Train(command) => command.run(shared),
            Self::Layout(command) => command.run(shared),
            Self::Optimize(command) => command.run(shared),
            Self::Baseline(command) => command.run(shared),
            Self::Merge(command) => command.run(shared),
            Self::Flags(command) => command.run(shared),
            Self::Applied(command) => command.run(shared),
            Self::Debuginfo(command) => command.run(shared),
            Self::Check(command) => command.run(shared),
            Self::Bench(command) => command.run(shared),
            Self::Gate(command) => command.run(shared),
            Self::Dist(command) => command.run(shared),
            Self::Profile(command) => command.run(shared),
            Self::Release(command) => command.run(shared),
            Self::Report(command) => command.run(shared),
            Self::Verify(command) => command.run(shared),
            Self::Doctor(command) => command.run(shared),
            Self::Schema(command) => Ok(command.run()),
            Self::Completions(command) => command.run(),
            Self::Man(command) => command.run(),
        }
    }
}

/// Copies a stage's binary into `output`, where one is asked for, and prints where the binary is.
fn deliver(binary: &Path, output: Option<&Path>) -> anyhow::Result<ExitCode> {
    let delivered = match output {
        None => binary.to_owned(),
        Some(directory) => {
            std::fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
            let copy = directory.join(binary.file_name().unwrap_or_default());
            crate::pipeline::stamp::replace_with_copy(binary, &copy)?;
            copy
        }
    };
    println!("{}", delivered.display());
    Ok(ExitCode::Fine)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn a_cause_is_told_once() {
        let source = || std::io::Error::other("no room");
        let own = StageError::file("cannot make", Path::new("/p"))(source());
        assert_eq!(told(&anyhow::Error::new(own).context("inputs")), "inputs: cannot make /p: no room");
        assert_eq!(told(&anyhow::Error::new(source()).context("inputs")), "inputs: no room");
    }

    #[test]
    fn every_subcommand_has_examples_and_exit_codes() {
        for command in CommandLine::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Examples:") && help.contains("Exit codes:"), "{}", command.get_name());
        }
    }
}
