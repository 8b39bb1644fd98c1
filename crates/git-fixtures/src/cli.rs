//! The command line: data goes to stdout in name order, talk to stderr.

use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use git_fixtures::{Generated, Options, generate, hash_directory, hash_set, load_definitions};
use serde_json::json;

/// Deterministic git repositories from JSON definitions.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the repositories that a folder of definitions describes; print `<sha256>  <name>` of each.
    Generate {
        /// Folder whose *.json files are definitions.
        definitions: PathBuf,
        /// Folder that gets one repository a definition.
        output: PathBuf,
        /// Only names that match this glob; may be given several times.
        #[arg(long, value_name = "GLOB")]
        only: Vec<String>,
        /// Keep repositories that are there already, made from the same definition and unchanged.
        #[arg(long)]
        reuse: bool,
        /// Print one JSON document instead, with the hash of the whole set.
        #[arg(long)]
        json: bool,
    },
    /// Print the content hash of a folder.
    Hash {
        /// The folder.
        directory: PathBuf,
    },
    /// Check definitions without making anything.
    Validate {
        /// Folder whose *.json files are definitions.
        definitions: PathBuf,
    },
}

/// Carries out a command line.
pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    match &arguments.command {
        Command::Generate { definitions, output, only, reuse, json } => {
            run_generate(definitions, output, &Options { only, reuse: *reuse, progress: Some(&report) }, *json)
        }
        Command::Hash { directory } => {
            let hash =
                hash_directory(directory).map_err(|error| format!("cannot hash {}: {error}", directory.display()))?;
            writeln!(io::stdout(), "{hash}")?;
            Ok(())
        }
        Command::Validate { definitions } => {
            let definitions = load_definitions(definitions)?;
            definitions.iter().for_each(|definition| warn(&definition.warnings));
            eprintln!("{} definitions are valid", definitions.len());
            Ok(())
        }
    }
}

fn warn(warnings: &[String]) {
    warnings.iter().for_each(|warning| eprintln!("warning: {warning}"));
}

fn report(generated: &Generated) {
    warn(&generated.warnings);
    eprintln!("{} {}", if generated.reused { "kept" } else { "made" }, generated.name);
}

fn run_generate(definitions: &Path, output: &Path, options: &Options<'_>, json: bool) -> Result<(), Box<dyn Error>> {
    let repositories = generate(definitions, output, options)?;
    let mut stdout = io::stdout().lock();
    if !json {
        for repository in &repositories {
            writeln!(stdout, "{}  {}", repository.sha256, repository.name)?;
        }
        return Ok(());
    }
    let set = hash_set(repositories.iter().map(|repository| (repository.name.as_str(), repository.sha256)));
    let list: Vec<_> = repositories
        .iter()
        .map(|repository| json!({"name": repository.name, "sha256": repository.sha256.to_string()}))
        .collect();
    writeln!(stdout, "{}", json!({"sha256": set.to_string(), "repositories": list}))?;
    Ok(())
}
