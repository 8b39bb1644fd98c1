//! The program: reads the command line, runs one command, and says how it went.

mod arguments;
mod check;
mod command_line;
mod documents;
mod environment;
mod failure;
mod graph;
mod init;
mod lost_paths;
mod messages;
mod overrides;
mod planned_document;
mod query;
mod release;
mod selection;
mod status;
mod timing;
mod validate;
mod why;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use arguments::{Arguments, Command};
use failure::CommandError;

use crate::workspace::Workspace;

/// Runs the program and returns its exit code: 0 done, 1 refused or failed, 2 wrong usage, 4 no packages.
pub fn run() -> ExitCode {
    let arguments = command_line::parse();
    messages::choose(arguments.global.log_format.unwrap_or_default());
    if arguments.global.timing {
        crate::timing::start();
    }
    let result = execute(&arguments);
    if let Err(error) = &result {
        if matches!(error, CommandError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe) {
            return ExitCode::SUCCESS;
        }
        messages::write_failure(error);
    }
    timing::report();
    result.unwrap_or_else(|error| error.exit_code())
}

/// The answer of `check --json` for the repository around `directory`, or why there is none: for programs that ask without
/// starting another one.
///
/// # Errors
/// The message that the program would end with.
pub fn check_json(directory: &Path) -> Result<Vec<u8>, String> {
    let workspace = Workspace::open(directory).map_err(CommandError::from);
    workspace.and_then(|workspace| check::json(&workspace, None)).map_err(|error| {
        let mut message = Vec::new();
        // Writing to memory never fails.
        let _ = error.write(&mut message);
        String::from_utf8_lossy(&message).into_owned()
    })
}

fn execute(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let global = &arguments.global;
    match &arguments.command {
        Command::Check(check) => return check::run(global, check),
        Command::Release(release) => return release::run(global, release),
        Command::Version(query) => query::version(global, query),
        Command::Tag(query) => query::tag(global, query),
        Command::Init(init) => init::run(global, init),
        Command::Graph(graph) => graph::run(global, graph),
        Command::Status(status) => status::run(global, status),
        Command::Why(why) => why::run(global, why),
        Command::Validate(validate) => return validate::run(global, validate),
        Command::Schema(schema) => print(|out| documents::schema(schema, out)),
        Command::Completions { shell } => print(|out| {
            documents::completions(*shell, out);
            Ok(())
        }),
        Command::Man => print(documents::manual),
    }
    .map(|()| ExitCode::SUCCESS)
}

/// Writes an answer to standard output in one go.
fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CommandError> {
    let mut answer = Vec::new();
    write(&mut answer)?;
    let mut out = io::stdout().lock();
    out.write_all(&answer)?;
    Ok(out.flush()?)
}
