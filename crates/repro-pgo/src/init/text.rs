//! The text of a first `pgo.toml`.

use std::fmt::Write as _;

use super::program::Program;
use super::trials::Workable;
use super::usage::Usage;

/// Everything that is known.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The program.
    pub program: &'a Program,
    /// The triple.
    pub target: &'a str,
    /// What its help says.
    pub usage: &'a Usage,
    /// The samples' folder, relative to the file, and the commands that work there.
    pub workable: Option<(String, &'a [Workable])>,
}

/// How many entries are held out.
const BENCHMARKS: usize = 2;

/// The file, and what its reader should know or add.
pub fn write(draft: &Draft<'_>) -> (String, Vec<String>) {
    let Draft { program, target, .. } = draft;
    let mut text =
        String::from("# Written by `cargo repro-pgo init`. Every key: docs/pgo-toml.md of repro-pgo.\n\n[build]\n");
    let mut notes = program.notes.clone();
    let mut line = |key: &str, value: String| writeln!(text, "{key} = {value}").expect("text grows");
    line("package", quoted(&program.package));
    line("binary", quoted(&program.binary));
    line("target", quoted(target));
    line("profile", quoted(&program.profile));
    if !program.rustflags.is_empty() {
        line("rustflags", list(&program.rustflags));
    }
    if !program.features.is_empty() {
        line("features", list(&program.features));
    }
    match &draft.workable {
        Some((directory, found)) => {
            write!(text, "\n[inputs.samples]\ndirectory = {}\n", quoted(directory)).expect("text grows");
            commands(draft, found, &mut text, &mut notes);
        }
        None => fallback(program, &mut text, &mut notes),
    }
    text.push_str(
        "\n# Both binaries must answer alike, on everything that is trained on.\n[check]\nworkloads = true\n",
    );
    let threads = draft.workable.iter().flat_map(|(_, found)| *found).any(Workable::starts_threads);
    if threads {
        text.push_str("sort-lines = true\n");
    }
    (text, notes)
}

/// Workloads, then benchmarks on other entries of the same folder.
fn commands(draft: &Draft<'_>, found: &[Workable], text: &mut String, notes: &mut Vec<String>) {
    let mut benchmarks = String::new();
    let kept = held_out(found);
    for (index, workable) in found.iter().enumerate() {
        let names: Vec<&str> = workable.entries.iter().map(|(name, _)| name.as_str()).collect();
        let (held_out, trained): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| kept.contains(name));
        let name = name(workable, index);
        let mut lines = String::new();
        let threads = threads(draft, workable, notes);
        surroundings(workable, &mut lines);
        let entries = list(&trained.iter().map(|name| globset::escape(name)).collect::<Vec<_>>());
        write!(
            text,
            "\n[[training.workloads]]\nname = {}\ninputs = \"samples\"\nentries = {entries}\nargs = {}\n{lines}{}",
            quoted(&name),
            list(&[workable.command.args.clone(), threads.0].concat()),
            threads.1,
        )
        .expect("text grows");
        for entry in held_out {
            write!(
                benchmarks,
                "\n[[benchmarks]]\nname = {}\ninputs = \"samples\"\nentry = {}\nargs = {}\n{lines}",
                quoted(&format!("{name} {entry}")),
                quoted(entry),
                list(&workable.command.args),
            )
            .expect("text grows");
        }
        let longest = workable.entries.first().map_or(0.0, |(_, rehearsed)| rehearsed.cpu_seconds);
        if longest < 0.02 {
            notes.push(format!(
                "`{name}` takes {:.0} ms of processor time at most, so the gate measures mostly how the program starts; add an input that is as \
                 large as your users'",
                longest * 1e3
            ));
        }
    }
    text.push_str("\n# Entries that are never trained on: the gate measures these alone.");
    text.push_str(&benchmarks);
}

/// The entries that no command is trained on, because what one is trained on proves nothing of another either: those with
/// most work by turns, the first one to be measured, as long as each command keeps one to train on.
fn held_out(found: &[Workable]) -> Vec<&str> {
    let mut work = std::collections::BTreeMap::<&str, f64>::new();
    for (name, rehearsed) in found.iter().flat_map(|workable| &workable.entries) {
        *work.entry(name).or_default() += rehearsed.cpu_seconds;
    }
    let mut names: Vec<&str> = work.keys().copied().collect();
    names.sort_by(|left, right| work[right].total_cmp(&work[left]).then(left.cmp(right)));
    let mut kept: Vec<&str> = Vec::new();
    for name in names.into_iter().step_by(2) {
        let is_left = |workable: &Workable| {
            workable.entries.iter().any(|(entry, _)| entry != name && !kept.contains(&entry.as_str()))
        };
        if kept.len() < BENCHMARKS && found.iter().all(is_left) {
            kept.push(name);
        }
    }
    kept
}

/// Arguments and lines that make training single-threaded, where the command starts threads.
fn threads(draft: &Draft<'_>, workable: &Workable, notes: &mut Vec<String>) -> (Vec<String>, String) {
    if !workable.starts_threads() {
        return (Vec::new(), String::new());
    }
    let told =
        "the program starts threads: training runs it with one, whose counts repeat, and the gate with all processors";
    if let Some(flag) = &draft.usage.threads {
        notes.push(told.to_owned());
        return (vec![flag.clone(), "1".to_owned()], String::new());
    }
    let variables = draft.program.thread_crates.iter().map(|name| match *name {
        "rayon" => "RAYON_NUM_THREADS = \"1\"",
        _ => "TOKIO_WORKER_THREADS = \"1\"",
    });
    let variables: Vec<&str> = variables.collect();
    if variables.is_empty() {
        notes.push(
            "the program starts threads and its help names no flag for their number: if training is refused, add one"
                .to_owned(),
        );
        return (Vec::new(), String::new());
    }
    notes.push(told.to_owned());
    (Vec::new(), format!("env = {{ {} }}\n", variables.join(", ")))
}

fn surroundings(workable: &Workable, lines: &mut String) {
    if let Some(stdin) = &workable.command.stdin {
        writeln!(lines, "stdin = {}", quoted(stdin)).expect("text grows");
    }
    if workable.writes() {
        lines.push_str("writes = true\n");
    }
}

/// A workload that always works, for a program whose inputs nobody knows.
fn fallback(program: &Program, text: &mut String, notes: &mut Vec<String>) {
    let relative = program.source.strip_prefix(&program.root).unwrap_or(&program.source);
    let folder = relative.parent().map(|folder| folder.display().to_string()).filter(|folder| !folder.is_empty());
    let entry = relative.file_name().unwrap_or_default().to_string_lossy();
    write!(
        text,
        "\n# No command was found that works on the project's own files. Put inputs into a folder and name it here.\n\
         [inputs.samples]\ndirectory = {}\n\n[[training.workloads]]\nname = \"help\"\ninputs = \"samples\"\nentries = {}\n\
         args = [\"--help\"]\n\n# Measure inputs that are never trained on:\n# [[benchmarks]]\n# name = \"large\"\n\
         # inputs = \"held-out\"\n# entry = \"large.txt\"\n# args = [\"{{entry}}\"]\n",
        quoted(folder.as_deref().unwrap_or(".")),
        list(&[globset::escape(&entry)]),
    )
    .expect("text grows");
    notes.push(
        "no command was found that works on the project's own files, so only `--help` is trained: name your commands and their \
         inputs in [[training.workloads]] and [[benchmarks]]"
            .to_owned(),
    );
}

fn name(workable: &Workable, index: usize) -> String {
    let word = workable.command.args.iter().find(|arg| arg.chars().all(|letter| letter.is_ascii_lowercase()));
    let word = word.filter(|word| word.len() > 2).map_or("run", String::as_str);
    let stdin = if workable.command.stdin.is_some() { "-stdin" } else { "" };
    if index == 0 { format!("{word}{stdin}") } else { format!("{word}{stdin}-{}", index + 1) }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(words: &[impl AsRef<str>]) -> String {
    format!("[{}]", words.iter().map(|word| quoted(word.as_ref())).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::declaration;
    use crate::declaration::invocation::CommandSpec;
    use crate::rehearsal::Rehearsed;

    fn program() -> Program {
        Program {
            root: PathBuf::from("/w"),
            directory: PathBuf::from("/w"),
            source: PathBuf::from("/w/tool/src/main.rs"),
            package: "demo".to_owned(),
            binary: "demo".to_owned(),
            profile: "release".to_owned(),
            rustflags: vec!["-Ctarget-feature=+crt-static".to_owned()],
            features: vec!["fast".to_owned()],
            thread_crates: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn workable(starts_threads: bool) -> Workable {
        let entries =
            ["a[1]", "b", "c", "d"].map(|name| (name.to_owned(), Rehearsed { starts_threads, ..Rehearsed::default() }));
        let command = CommandSpec { args: vec!["count".to_owned(), "{entry}".to_owned()], ..CommandSpec::default() };
        Workable { command, entries: entries.to_vec() }
    }

    #[test]
    fn the_file_is_valid_and_what_is_measured_is_not_trained_on() {
        let usage = Usage { threads: Some("--jobs".to_owned()), ..Usage::default() };
        let (program, found) = (program(), [workable(true)]);
        let draft =
            Draft { program: &program, target: "t", usage: &usage, workable: Some(("tests/data".to_owned(), &found)) };
        let (text, notes) = write(&draft);
        let spec = declaration::parse(&text, Path::new("pgo.toml")).expect("it is valid");
        let workload = &spec.training.workloads[0];
        assert_eq!(workload.args, ["count", "{entry}", "--jobs", "1"]);
        assert_eq!(workload.entries, ["b", "d"]);
        let measured: Vec<&str> = spec.benchmarks.iter().map(|benchmark| benchmark.entry.as_str()).collect();
        assert_eq!(measured, ["a[1]", "c"]);
        assert_eq!(spec.benchmarks[0].args, ["count", "{entry}"]);
        assert!(spec.check.sort_lines && spec.build.features == ["fast"]);
        assert!(notes.iter().any(|note| note.contains("all processors")), "{notes:?}");
    }

    #[test]
    fn what_one_command_is_measured_on_no_other_is_trained_on() {
        let usage = Usage::default();
        let (program, mut found) = (program(), [workable(false), workable(false)]);
        found[1].entries.remove(0);
        found[1].command.stdin = Some("{entry}".to_owned());
        let draft =
            Draft { program: &program, target: "t", usage: &usage, workable: Some(("tests/data".to_owned(), &found)) };
        let spec = declaration::parse(&write(&draft).0, Path::new("pgo.toml")).expect("it is valid");
        let measured: Vec<&str> = spec.benchmarks.iter().map(|benchmark| benchmark.entry.as_str()).collect();
        assert_eq!(measured, ["a[1]", "c", "c"]);
        for workload in &spec.training.workloads {
            let matcher = workload.matcher();
            assert!(!measured.iter().any(|entry| matcher.is_match(entry)), "{:?}", workload.entries);
            assert!(!workload.entries.is_empty());
        }
        found[1].entries.truncate(2);
        assert_eq!(held_out(&found), ["a[1]", "c"]);
        found[0].entries.truncate(2);
        found[1].entries.truncate(1);
        assert_eq!(held_out(&found), ["a[1]"], "`b` alone is left to train the second on");
    }

    #[test]
    fn a_program_nobody_knows_gets_a_file_that_works() {
        let (program, usage) = (program(), Usage::default());
        let (text, notes) = write(&Draft { program: &program, target: "t", usage: &usage, workable: None });
        let spec = declaration::parse(&text, Path::new("pgo.toml")).expect("it is valid");
        assert_eq!(spec.training.workloads[0].args, ["--help"]);
        assert_eq!(spec.inputs["samples"].directory.as_deref(), Some("tool/src"));
        assert_eq!(spec.training.workloads[0].entries, ["main.rs"]);
        assert!(spec.benchmarks.is_empty() && notes[0].contains("only `--help` is trained"));
    }
}
