//! Each step is one command, and there is such a command: logic in YAML can't be run anywhere else.

use std::path::Path;

use clap::CommandFactory;
use repro_pgo::cli::CommandLine;

use super::workflow::{Workflow, read, root};

/// Steps that are more than a command, and commands that don't exist.
pub fn problems(workflow: &Workflow) -> Vec<String> {
    let commands = workflow.jobs().iter().flat_map(super::workflow::Job::commands).collect::<Vec<_>>();
    let wrong = commands.iter().filter_map(|command| Some((command, problem(command)?)));
    wrong.map(|(command, problem)| format!("{}: `{command}`: {problem}", workflow.name)).collect()
}

fn problem(command: &str) -> Option<String> {
    if ["\n", "&&", ";", "|", "`", "$("].iter().any(|form| command.trim_end().contains(form)) {
        return Some("more than one command".to_owned());
    }
    let words = words(command);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["cargo", "test", ..] => None,
        ["cargo", "repro-pgo", rest @ ..] => unknown_to_driver(rest),
        ["nix", "flake", "check", ..] | ["nix", "develop", "--command", ..] => None,
        ["nix", "build" | "copy" | "run", rest @ ..] => missing_attribute(rest),
        ["gh", "pr", "comment", ..] | ["gh", "release", "create", ..] | ["cachix/bin/cachix", "push", ..] => None,
        ["git", "worktree", "add", ..] => None,
        // Its own tests hold the arguments to its parser.
        ["cargo", "run", "--locked", "--profile", "driver", "--package", "planner-bench", "--", ..] => None,
        ["cat", _, _, ">notes.md"] | ["cat", _, ">>$GITHUB_STEP_SUMMARY"] | ["echo", _, ">>$GITHUB_ENV"] => None,
        [script, ..] if script.starts_with(".ci/") => missing_script(script),
        _ => Some("no command of this repository".to_owned()),
    }
}

/// Splits at spaces outside quotes. Variables stay as they are: any text is a value.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in command.trim().chars() {
        match character {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().expect("there is always one").push(character),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What the driver's own parser says of the arguments.
fn unknown_to_driver(arguments: &[&str]) -> Option<String> {
    let line = ["repro-pgo"].iter().chain(arguments);
    let error = CommandLine::command().try_get_matches_from(line).err()?;
    Some(error.to_string().lines().next().unwrap_or_default().to_owned())
}

fn missing_attribute(arguments: &[&str]) -> Option<String> {
    let ours = arguments.iter().take_while(|argument| **argument != "--");
    let flakes = [".#", "$RUNNER_TEMP/judge#"];
    let mut named = ours.filter_map(|argument| flakes.iter().find_map(|flake| argument.strip_prefix(flake)));
    named.find(|name| !is_attribute(name)).map(|name| format!("the flake has no `{name}`"))
}

/// Is it written as an attribute of the flake, or as the name of a release that becomes one?
pub fn is_attribute(name: &str) -> bool {
    let assigned = format!("{name} =");
    let is_assigned = |file| read(file).lines().any(|line| line.trim_start().starts_with(&assigned));
    let named = format!("name = \"{name}\";");
    is_assigned("nix/default.nix") || is_assigned("nix/apps.nix") || read("nix/packages/release.nix").contains(&named)
}

fn missing_script(script: &str) -> Option<String> {
    (!Path::new(&root()).join(script).is_file()).then(|| format!("there is no {script}"))
}
