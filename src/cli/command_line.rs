//! Parses the command line without declaring what it doesn't name.

use std::ffi::OsString;

use clap::{Args, FromArgMatches, Parser};

use super::arguments::{
    Arguments, CheckArguments, GlobalArguments, GraphArguments, QueryArguments, ReleaseArguments, StatusArguments,
    ValidateArguments, WhyArguments,
};

/// The arguments of this process; ends it for help, for the version and for mistakes.
pub fn parse() -> Arguments {
    let line: Vec<OsString> = std::env::args_os().collect();
    parse_named(&line).unwrap_or_else(|| Arguments::parse_from(line))
}

/// The arguments, where the line names a command and has no mistake. clap gives each command a copy of every flag that all
/// commands take, so declaring twelve of them was a fifth of a short run.
fn parse_named(line: &[OsString]) -> Option<Arguments> {
    let command = line.iter().skip(1).find_map(|word| declaration(word.to_str()?))?;
    let mut program = GlobalArguments::augment_args(clap::Command::new("relplan")).subcommand(command);
    let matches = program.try_get_matches_from_mut(line);
    // The program ends soon, and taking it apart is as much work as parsing.
    std::mem::forget(program);
    // Help, and whatever is wrong, is for the parser that knows all commands.
    Arguments::from_arg_matches_mut(&mut matches.ok()?).ok()
}

/// A command with its arguments and nothing of its help; `None` for those that nobody waits for.
fn declaration(name: &str) -> Option<clap::Command> {
    let (name, declare): (_, fn(clap::Command) -> clap::Command) = match name {
        "check" => ("check", CheckArguments::augment_args),
        "release" => ("release", ReleaseArguments::augment_args),
        "version" => ("version", QueryArguments::augment_args),
        "tag" => ("tag", QueryArguments::augment_args),
        "status" => ("status", StatusArguments::augment_args),
        "graph" => ("graph", GraphArguments::augment_args),
        "validate" => ("validate", ValidateArguments::augment_args),
        "why" => ("why", WhyArguments::augment_args),
        _ => return None,
    };
    Some(declare(clap::Command::new(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn a_named_command_is_parsed_as_among_all() {
        for text in [
            "relplan check",
            "relplan check --json --jobs 2 -v",
            "relplan -C somewhere check --channel beta --force-version a@1.0.0 --allow-downgrade --exclude b",
            "relplan check -C check --timing --log-format json",
            "relplan status --output json --config check",
            "relplan -C tag tag tag --json",
            "relplan version core",
            "relplan release --dry-run --mode branch --no-push",
            "relplan graph --impact core --bump major",
            "relplan validate --json",
            "relplan why --channel beta core",
        ] {
            let named = parse_named(&line(text)).unwrap_or_else(|| panic!("{text} takes the long way"));
            let among_all = Arguments::try_parse_from(line(text)).expect("it is right");
            assert_eq!(format!("{named:?}"), format!("{among_all:?}"), "{text}");
        }
    }

    #[test]
    fn help_and_mistakes_are_left_to_all() {
        for text in [
            "relplan",
            "relplan --version",
            "relplan check --help",
            "relplan help check",
            "relplan check --jason",
            "relplan -C check chekc",
            "relplan --config check status",
            "relplan plan",
            "relplan init",
            "relplan check --allow-downgrade",
        ] {
            assert!(parse_named(&line(text)).is_none(), "{text}");
        }
    }
}
