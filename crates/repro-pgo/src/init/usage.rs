//! What a program's own help says about its arguments, as commands that are worth trying on an entry.

use crate::declaration::invocation::CommandSpec;

/// Commands and flags whose names say that they only look.
const LOOKING: [&str; 17] = [
    "check", "count", "diff", "dump", "graph", "info", "inspect", "lint", "list", "parse", "print", "show", "stats",
    "status", "summary", "validate", "view",
];

/// What a client calls the argument that names a server.
const ADDRESSES: [&str; 9] = ["URL", "URI", "HOST", "HOSTNAME", "ADDRES", "ADDR", "ENDPOINT", "SERVER", "DOMAIN"];

/// What the help says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// The word that comes before all arguments: that of a subcommand of cargo.
    pub prefix: Option<String>,
    /// The words after the program's name, without brackets.
    pub words: Vec<String>,
    /// The subcommands.
    pub commands: Vec<String>,
    /// The flag that takes a number of threads.
    pub threads: Option<String>,
    /// The flags that name the file to work on, in the place of one that the program looks for by its name.
    pub inputs: Vec<String>,
    /// The flags that make it only look, and take no value.
    pub looks: Vec<String>,
}

impl Usage {
    /// Reads the text that `--help` prints.
    pub fn read(help: &str) -> Self {
        let mut lines = help.lines().map(str::trim);
        let mut usage = String::new();
        while let Some(line) = lines.next() {
            let Some(rest) = strip_heading(line) else { continue };
            let next = || lines.clone().find(|line| !line.is_empty()).unwrap_or_default();
            usage = if rest.is_empty() { next().to_owned() } else { rest.to_owned() };
            break;
        }
        // Some explain the line behind it.
        let usage = usage.split(" #").next().unwrap_or_default();
        let words = usage.split_whitespace().skip(1).filter(|word| !is_optional_output(word)).map(plain);
        let words = words.filter(|word| is_metavariable(word));
        let flag = |names: &[&str]| names.iter().find(|name| mentions(help, name)).map(|name| (*name).to_owned());
        let options = || help.lines().filter_map(option);
        let inputs = options().filter(|(name, takes_value)| *takes_value && names_input(name));
        let looks = options().filter(|(name, takes_value)| !takes_value && LOOKING.contains(name));
        let flags = |name: &str| format!("--{name}");
        Self {
            prefix: None,
            words: words.collect(),
            commands: commands(help),
            threads: flag(&["--threads", "--jobs"]),
            inputs: inputs.map(|(name, _)| flags(name)).collect(),
            looks: looks.map(|(name, _)| flags(name)).collect(),
        }
    }

    /// The same for a program that cargo starts with the subcommand `name` as first argument.
    #[must_use]
    pub fn of_subcommand(mut self, name: &str) -> Self {
        if self.words.first().is_some_and(|word| word == name) {
            self.words.remove(0);
        }
        self.prefix = Some(name.to_owned());
        self
    }

    /// The subcommands that are not tried, because they may change something.
    pub fn untried(&self) -> Vec<&str> {
        let about = ["help", "completion", "completions", "man", "manual", "version"];
        let names = self.commands.iter().map(String::as_str);
        // Some list their flags as commands.
        names.filter(|name| !name.starts_with('-') && !LOOKING.contains(name) && !about.contains(name)).collect()
    }

    /// Whether it has to be told whom to address, so that an entry in its place would be taken for another machine.
    pub fn asks_for_an_address(&self) -> bool {
        let is_address = |word: &String| {
            let word = word.to_uppercase();
            word.split(['_', '-', ':']).any(|part| ADDRESSES.contains(&part.trim_end_matches('S')))
        };
        self.words.iter().any(is_address)
    }

    /// Commands for an entry that holds `word` often, the likeliest first.
    pub fn commands_for(&self, word: &str) -> Vec<CommandSpec> {
        let mut found = Vec::new();
        let mut add = |args: Vec<String>, stdin: bool| {
            let stdin = stdin.then(|| "{entry}".to_owned());
            let args = self.prefix.iter().cloned().chain(args).collect();
            let command = CommandSpec { args, stdin, ..CommandSpec::default() };
            if !found.contains(&command) {
                found.push(command);
            }
        };
        if let Some(args) = self.filled(word).filter(|_| !self.asks_for_an_address()) {
            let before: Vec<String> = args.iter().filter(|arg| *arg != "{entry}").cloned().collect();
            // A program that takes a pattern or a filter reads files behind it, or standard input.
            let whole = if before == args { [args, vec!["{entry}".to_owned()]].concat() } else { args };
            add(whole.clone(), false);
            if !whole.iter().any(|arg| arg == OUTPUT) {
                add(before, true);
            }
        }
        let looking = self.commands.iter().filter(|command| LOOKING.contains(&command.as_str()));
        for look in looking.chain(&self.looks) {
            add(vec![look.clone()], false);
            if !look.starts_with('-') {
                add(vec![look.clone(), "{entry}".to_owned()], false);
            }
            for input in &self.inputs {
                add(vec![look.clone(), input.clone(), "{entry}".to_owned()], false);
            }
        }
        if self.commands.is_empty() && !self.asks_for_an_address() {
            add(vec!["{entry}".to_owned()], false);
            add(Vec::new(), true);
            add(Vec::new(), false);
        }
        found
    }

    /// The words of the usage line with something in their place, as far as that is known.
    fn filled(&self, word: &str) -> Option<Vec<String>> {
        let mut args = Vec::new();
        for name in &self.words {
            match name.to_uppercase().trim_end_matches('S') {
                "PATTERN" | "REGEX" | "QUERY" | "NEEDLE" | "WORD" | "STRING" | "FIND" | "SEARCH" => {
                    args.push(word.to_owned())
                }
                name if name.starts_with("REPLACE") => args.push(word.to_uppercase()),
                "CHOICE" | "FIELD" | "COLUMN" | "INDEX" | "NUMBER" | "NUM" | "COUNT" => args.push("1".to_owned()),
                "FILTER" | "EXPR" | "EXPRESSION" => args.push(".".to_owned()),
                name if is_input(name) && !args.contains(&"{entry}".to_owned()) => args.push("{entry}".to_owned()),
                name if is_output(name) => args.push(OUTPUT.to_owned()),
                _ => break,
            }
        }
        (!args.is_empty()).then_some(args)
    }
}

/// Where a program that must name a file for its result writes it, so that it can be compared.
const OUTPUT: &str = "/dev/stdout";

fn is_input(name: &str) -> bool {
    let known = ["FILE", "PATH", "SOURCE", "SRC", "DIR", "DIRECTORY", "FOLDER", "DOCUMENT", "FILENAME", "IN"];
    known.contains(&name) || ["INPUT", "IN-", "IN_"].iter().any(|start| name.starts_with(start))
}

fn is_output(name: &str) -> bool {
    ["OUT", "DEST", "DESTINATION"].contains(&name)
        || ["OUTPUT", "OUT-", "OUT_"].iter().any(|start| name.starts_with(start))
}

/// Without it the result goes to standard output.
fn is_optional_output(word: &str) -> bool {
    word.starts_with('[') && is_output(&plain(word).to_uppercase())
}

fn strip_heading(line: &str) -> Option<&str> {
    let head = line.get(..6)?;
    head.eq_ignore_ascii_case("usage:").then(|| line[6..].trim())
}

fn plain(word: &str) -> String {
    word.trim_matches(|character: char| "[]<>.|".contains(character)).to_owned()
}

fn is_metavariable(word: &str) -> bool {
    let is_option =
        ["OPTION", "OPTIONS", "FLAGS", "COMMAND", "SUBCOMMAND", "ARGS"].contains(&word.to_uppercase().as_str());
    let named = word.starts_with(|character: char| character.is_ascii_alphabetic());
    named && !is_option
}

/// The long flag that a line of the help is about, without its dashes, and whether it has to have a value.
fn option(line: &str) -> Option<(&str, bool)> {
    let line = line.trim_start();
    let (_, long) = line.split_once("--").filter(|_| line.starts_with('-'))?;
    let end =
        long.find(|character: char| !(character.is_ascii_alphanumeric() || character == '-')).unwrap_or(long.len());
    let (name, rest) = long.split_at(end);
    let value = rest.strip_prefix([' ', '=']).unwrap_or_default();
    let word = value.split_whitespace().next().unwrap_or_default();
    let is_value = value.starts_with(|character: char| character == '<' || character.is_ascii_uppercase());
    let is_upper = !word.chars().any(|character| character.is_ascii_lowercase());
    Some((name, is_value && (word.starts_with('<') || is_upper)))
}

/// Whether a flag of this name says which file is worked on: `justfile`, but not `log-file` or `profile`.
fn names_input(name: &str) -> bool {
    let is_other = ["profile", "logfile", "outfile", "pidfile", "lockfile"].contains(&name);
    ["input", "manifest-path"].contains(&name) || (name.ends_with("file") && !name.contains('-') && !is_other)
}

fn mentions(help: &str, flag: &str) -> bool {
    help.split(|character: char| !(character.is_ascii_alphanumeric() || character == '-')).any(|word| word == flag)
}

/// The first words of the lines below `Commands:`.
fn commands(help: &str) -> Vec<String> {
    let mut lines = help.lines().skip_while(|line| {
        let line = line.trim().to_lowercase();
        line != "commands:" && line != "subcommands:"
    });
    lines.next();
    let listed = lines.take_while(|line| line.starts_with(' ') && !line.trim().is_empty());
    // Explanations are indented deeper than names.
    let listed: Vec<&str> = listed.collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let least = listed.iter().map(|line| indent(line)).min().unwrap_or(0);
    let names = listed.iter().filter(|line| indent(line) == least).filter_map(|line| line.split_whitespace().next());
    names.map(|name| name.trim_end_matches(',').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(help: &str) -> Vec<(String, bool)> {
        let told = Usage::read(help).commands_for("word");
        told.into_iter().map(|command| (command.args.join(" "), command.stdin.is_some())).collect()
    }

    #[test]
    fn a_searching_program_gets_a_word_and_an_entry() {
        let help = "Some tool\n\nUSAGE:\n  rg [OPTIONS] PATTERN [PATH ...]\n\n  -j NUM, --threads=NUM\n";
        let tried = commands(help);
        assert_eq!(tried[0], ("word {entry}".to_owned(), false));
        assert_eq!(tried[1], ("word".to_owned(), true));
        assert_eq!(Usage::read(help).threads.as_deref(), Some("--threads"));
    }

    #[test]
    fn a_filter_has_files_behind_it_and_a_result_goes_to_standard_output() {
        let tried = commands("Usage: jq [OPTION]... [FILTER] [ARG]...\n");
        assert_eq!(tried[..2], [(". {entry}".to_owned(), false), (".".to_owned(), true)]);
        let tried = commands("USAGE:\n  draw [OPTIONS] <in-svg> <out-png>  # from file to file\n");
        assert_eq!(tried[0], ("{entry} /dev/stdout".to_owned(), false));
        assert_eq!(commands("Usage: f <INPUT> [OUTPUT]\n")[0], ("{entry}".to_owned(), false));
    }

    #[test]
    fn commands_that_only_look_are_tried_and_no_others() {
        let help = "Usage: tool [OPTIONS] <COMMAND>\n\nCommands:\n  check    Looks\n  release  Does it\n  help     Prints\n\nOptions:\n  -v\n";
        assert_eq!(commands(help), [("check".to_owned(), false), ("check {entry}".to_owned(), false)]);
    }

    #[test]
    fn a_subcommand_of_cargo_is_called_as_cargo_does() {
        let help = "Usage: cargo count [OPTIONS] [FILE]\n\nOptions:\n      --list\n      --manifest-path <PATH>\n";
        let told = Usage::read(help).of_subcommand("count").commands_for("word");
        let told: Vec<String> = told.into_iter().map(|command| command.args.join(" ")).collect();
        assert_eq!(told[0], "count {entry}");
        assert!(told.contains(&"count --list --manifest-path {entry}".to_owned()), "{told:?}");
        assert!(told.iter().all(|args| args.starts_with("count")), "{told:?}");
    }

    #[test]
    fn an_entry_is_never_an_address() {
        let help = "Usage: xh [OPTIONS] <[METHOD] URL> [REQUEST_ITEM]...\n";
        assert!(Usage::read(help).asks_for_an_address() && commands(help).is_empty(), "{:?}", commands(help));
        assert!(Usage::read("Usage: t <SERVER_ADDRESS> [FILE]\n").asks_for_an_address());
        assert!(!Usage::read("Usage: rg [OPTIONS] PATTERN [PATH ...]\n").asks_for_an_address());
    }

    #[test]
    fn what_may_change_something_is_named() {
        let help = "Usage: tool <COMMAND>\n\nCommands:\n  check    Looks\n  convert  Does it\n  help     Prints\n  -e       Edits\n";
        assert_eq!(Usage::read(help).untried(), ["convert"]);
    }

    #[test]
    fn a_file_that_is_found_by_its_name_is_named_by_its_flag() {
        let help = "Usage: just [OPTIONS] [ARGUMENTS]...\n\nOptions:\n      --dump\n          Print justfile\n  -f, --justfile <JUSTFILE>\n\
                    \x20     --log-file FILE  Writes there\n  -l, --list [<MODULE_PATH>...]  List\n      --show <PATH>  Show\n";
        let tried = commands(help);
        for expected in ["--dump", "--dump --justfile {entry}", "--list --justfile {entry}"] {
            assert!(tried.contains(&(expected.to_owned(), false)), "{expected} is not in {tried:?}");
        }
        let is_wrong = |args: &str| {
            args.contains("--show")
                || args.contains("--log-file")
                || args.ends_with("--justfile {entry}") && !args.contains("--dump") && !args.contains("--list")
        };
        assert!(!tried.iter().any(|(args, _)| is_wrong(args)), "{tried:?}");
        let tried =
            commands("Usage: tool <COMMAND>\n\nCommands:\n  check  Looks\n\nOptions:\n  --manifest-path <PATH>\n");
        assert!(tried.contains(&("check --manifest-path {entry}".to_owned(), false)), "{tried:?}");
    }

    #[test]
    fn a_replacing_program_gets_two_words_and_a_choosing_one_a_number() {
        let tried = commands("Usage: sd [OPTIONS] <FIND> <REPLACE_WITH> [FILES]...\n");
        assert_eq!(tried[..2], [("word WORD {entry}".to_owned(), false), ("word WORD".to_owned(), true)]);
        let tried = commands("USAGE:\n    choose [FLAGS] [OPTIONS] <choices>...\n");
        assert_eq!(tried[..2], [("1 {entry}".to_owned(), false), ("1".to_owned(), true)]);
    }

    #[test]
    fn without_a_word_of_help_the_entry_is_an_argument_or_standard_input() {
        assert_eq!(commands("")[..2], [("{entry}".to_owned(), false), (String::new(), true)]);
    }
}
