//! `version` and `tag`: one fact about one package or about all of them.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::arguments::{GlobalArguments, QueryArguments};
use super::failure::CommandError;
use super::selection::find_package;
use super::{environment, messages};
use crate::config::Config;
use crate::workspace::Workspace;

/// Prints current versions.
///
/// # Errors
/// When the repository can't be read or the package isn't there.
pub fn version(global: &GlobalArguments, query: &QueryArguments) -> Result<(), CommandError> {
    let workspace = environment::open(global)?;
    let asked = asked(workspace.config(), query)?;
    let tags = workspace.tags()?;
    let current = |&package: &usize| (package, workspace.current(package, &tags.packages[package]).version);
    let versions: Vec<(usize, String)> = asked.iter().map(current).collect();
    if !query.json {
        let manifest = workspace.manifest_warnings(&versions);
        messages::write_warnings(workspace.warnings().iter().chain(&tags.warnings).chain(&manifest))?;
    }
    answer(&workspace, query, &asked, "version", |position| Some(versions[position].1.clone()))
}

/// Prints last release tags.
///
/// # Errors
/// When the repository can't be read or the package isn't there.
pub fn tag(global: &GlobalArguments, query: &QueryArguments) -> Result<(), CommandError> {
    let workspace = environment::open(global)?;
    let asked = asked(workspace.config(), query)?;
    let tags = workspace.tags()?;
    if !query.json {
        messages::write_warnings(workspace.warnings().iter().chain(&tags.warnings))?;
    }
    answer(&workspace, query, &asked, "tag", |position| {
        tags.packages[asked[position]].since_any.as_ref().map(|tag| tag.name.clone())
    })
}

/// The packages asked for, as indices into the configuration.
fn asked(config: &Config, query: &QueryArguments) -> Result<Vec<usize>, CommandError> {
    let Some(name) = &query.package else { return Ok((0..config.package.len()).collect()) };
    Ok(vec![find_package(config, name)?])
}

fn answer(
    workspace: &Workspace,
    query: &QueryArguments,
    asked: &[usize],
    key: &str,
    fact: impl Fn(usize) -> Option<String>,
) -> Result<(), CommandError> {
    let names: Vec<&str> = asked.iter().map(|&index| workspace.config().package[index].name.as_str()).collect();
    let facts: Vec<Option<String>> = (0..asked.len()).map(fact).collect();
    super::print(
        |out| if query.json { write_json(&names, &facts, key, out) } else { write_text(&names, &facts, out) },
    )?;
    environment::require_packages(workspace)
}

fn write_json(names: &[&str], facts: &[Option<String>], key: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut documents: Vec<Value> =
        names.iter().zip(facts).map(|(name, fact)| json!({ "name": name, key: fact })).collect();
    let document = if documents.len() == 1 { documents.remove(0) } else { Value::Array(documents) };
    writeln!(out, "{document}")
}

fn write_text(names: &[&str], facts: &[Option<String>], out: &mut dyn Write) -> io::Result<()> {
    let spelled = |fact: &Option<String>| fact.clone().unwrap_or_else(|| "none".to_owned());
    if let [fact] = facts {
        return writeln!(out, "{}", spelled(fact));
    }
    names.iter().zip(facts).try_for_each(|(name, fact)| writeln!(out, "{name}\t{}", spelled(fact)))
}
