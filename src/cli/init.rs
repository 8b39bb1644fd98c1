//! `init`: a first configuration for the packages that are there.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::arguments::{GlobalArguments, InitArguments, InitFormat};
use super::failure::CommandError;
use super::{environment, messages};
use crate::config;
use crate::history::{self, Repository};
use crate::init::{self, Format, InitError};
use crate::workspace::WorkspaceError;

/// Writes the configuration, or prints it if nothing shall be written.
///
/// # Errors
/// When there is a configuration already, no package is found, or the file can't be written.
pub fn run(global: &GlobalArguments, arguments: &InitArguments) -> Result<(), CommandError> {
    if arguments.manifest {
        let reason = "relplan keeps no version manifest; versions are in files and tags";
        return Err(CommandError::Unsupported { option: "manifest", reason });
    }
    environment::enter(global)?;
    let repository = Repository::discover(".".as_ref()).map_err(WorkspaceError::from)?;
    let names: Vec<String> = config::existing(repository.root()).into_iter().map(str::to_owned).collect();
    if !names.is_empty() {
        return Err(InitError::Exists { names }.into());
    }
    let tags = history::tag_names(&repository).map_err(WorkspaceError::from)?;
    let proposal = init::propose(repository.root(), &init::repository_name(&repository), &tags)?;
    let (name, format) = file(arguments);
    let text = init::render(&proposal.config, format);
    messages::write(|out| proposal.notes.iter().try_for_each(|note| writeln!(out, "Note: {note}")))?;
    if global.dry_run {
        return super::print(|out| out.write_all(text.as_bytes()));
    }
    write_new(&repository.root().join(name), &text)?;
    let count = proposal.config.package.len();
    let noun = if count == 1 { "package" } else { "packages" };
    messages::write(|out| writeln!(out, "Created {name} with {count} {noun}.\nRun: relplan check"))
}

/// The file's name, and how it is written.
fn file(arguments: &InitArguments) -> (&'static str, Format) {
    match (arguments.format, arguments.ferrflow) {
        (InitFormat::Toml, false) => ("relplan.toml", Format::Toml),
        (InitFormat::Toml, true) => ("ferrflow.toml", Format::Toml),
        (InitFormat::Json, false) => ("relplan.json", Format::Json),
        (InitFormat::Json, true) => ("ferrflow.json", Format::Json),
        (InitFormat::Json5, false) => ("relplan.json5", Format::Json5),
        (InitFormat::Json5, true) => ("ferrflow.json5", Format::Json5),
        (InitFormat::Dotfile, _) => (".ferrflow", Format::Json),
    }
}

/// Writes the file whole or not at all, by way of one beside it.
fn write_new(path: &Path, text: &str) -> Result<(), InitError> {
    let beside = path.with_extension(format!("tmp-{}", std::process::id()));
    let write = || -> io::Result<()> {
        let mut file = fs::File::create_new(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(|source| {
        // The failure is what matters; a file left beside is named for its purpose.
        let _ = fs::remove_file(&beside);
        InitError::Write { file: path.to_owned(), source }
    })
}
