//! The text of a first `pgo.toml`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::program::Program;
use super::remarks;
use super::trials::Workable;
use super::usage::Usage;
use crate::declaration::BinarySpec;

/// Everything that is known.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The program.
    pub program: &'a Program,
    /// The triple.
    pub target: &'a str,
    /// What was found of each binary: of the program first, then of its `more`. Nothing before anything was tried.
    pub tried: &'a [Tried],
}

/// What was found of one binary.
#[derive(Debug, Clone, Default)]
pub struct Tried {
    /// What its help says.
    pub usage: Usage,
    /// The samples' folder, relative to the file, and the commands that work there.
    pub workable: Option<(String, Vec<Workable>)>,
    /// What became of the commands that work nowhere.
    pub refused: Vec<String>,
}

impl Tried {
    fn directory(&self) -> Option<&str> {
        self.workable.as_ref().map(|(directory, _)| directory.as_str())
    }

    fn found(&self) -> &[Workable] {
        self.workable.as_ref().map(|(_, found)| found.as_slice()).unwrap_or_default()
    }
}

/// A folder in which commands work, as the set of inputs that it becomes.
struct Set<'a> {
    name: String,
    directory: &'a str,
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
    more_binaries(draft, &mut text, &mut notes);
    let first = draft.tried.first().filter(|tried| tried.workable.is_some());
    if first.is_none() {
        fallback(draft, &mut text, &mut notes);
    }
    notes.extend(
        draft.tried.iter().zip(program.binaries()).filter_map(|(tried, binary)| remarks::untried(binary, &tried.usage)),
    );
    let sets = sets(draft, first.is_none());
    for Set { name, directory } in &sets {
        write!(text, "\n[inputs.{name}]\ndirectory = {}\n", quoted(directory)).expect("text grows");
    }
    if !sets.is_empty() {
        commands(draft, &sets, &mut text, &mut notes);
    }
    text.push_str(
        "\n# Both binaries must answer alike, on everything that is trained on.\n[check]\nworkloads = true\n",
    );
    let threads = draft.tried.iter().flat_map(Tried::found).any(Workable::starts_threads);
    if threads {
        text.push_str("sort-lines = true\n");
    }
    // What is true of several commands is said once.
    let mut said = BTreeSet::new();
    notes.retain(|note| said.insert(note.clone()));
    (text, notes)
}

/// The other binaries that are released, as far as there is something to train them on.
fn more_binaries(draft: &Draft<'_>, text: &mut String, notes: &mut Vec<String>) {
    let (mut trained, mut untrained) = (Vec::new(), Vec::new());
    for (more, tried) in draft.program.more.iter().zip(draft.tried.iter().skip(1)) {
        if tried.workable.is_some() { trained.push(binary(more)) } else { untrained.push(binary(more)) }
    }
    if !trained.is_empty() {
        writeln!(text, "more-binaries = [{}]", trained.join(", ")).expect("text grows");
    }
    if !untrained.is_empty() {
        let names = untrained.join(", ");
        writeln!(text, "# Released too, but nothing was found to train them on; without workloads of their own a profile makes them slower.")
            .expect("text grows");
        writeln!(text, "# more-binaries = [{names}]").expect("text grows");
        notes.push(format!(
            "released too, but no command of theirs works on the project's own files: {names}; declare workloads with their \
             `binary`, then put them into `more-binaries`"
        ));
    }
}

fn binary(more: &BinarySpec) -> String {
    let package = more.package.as_ref().map(|package| format!(", package = {}", quoted(package)));
    format!("{{ binary = {}{} }}", quoted(&more.binary), package.unwrap_or_default())
}

/// The folders in which commands work, each once; the first name is taken where another set has it.
fn sets<'a>(draft: &'a Draft<'_>, is_taken: bool) -> Vec<Set<'a>> {
    let mut found: Vec<Set<'a>> = Vec::new();
    for directory in draft.tried.iter().filter_map(Tried::directory) {
        if found.iter().all(|set| set.directory != directory) {
            let number = found.len() + 1 + usize::from(is_taken);
            let name = if number == 1 { "samples".to_owned() } else { format!("samples-{number}") };
            found.push(Set { name, directory });
        }
    }
    found
}

/// Workloads, then benchmarks on other entries of the same folders.
fn commands(draft: &Draft<'_>, sets: &[Set<'_>], text: &mut String, notes: &mut Vec<String>) {
    let mut benchmarks = String::new();
    let mut names: Vec<String> = Vec::new();
    let binaries = std::iter::once(None).chain(draft.program.more.iter().map(|more| Some(more.binary.as_str())));
    for (tried, binary) in draft.tried.iter().zip(binaries) {
        let Some(set) = sets.iter().find(|set| Some(set.directory) == tried.directory()) else { continue };
        let beside = draft.tried.iter().filter(|other| other.directory() == tried.directory());
        let kept = held_out(&beside.flat_map(Tried::found).collect::<Vec<_>>());
        for workable in tried.found() {
            let name = name(workable, binary, &names);
            let mut lines = binary.map(|binary| format!("binary = {}\n", quoted(binary))).unwrap_or_default();
            surroundings(workable, &mut lines);
            let told = Told { name: &name, set: &set.name, lines: &lines };
            workload(&told, workable, &kept, threads(draft.program, &tried.usage, workable, notes), text);
            for entry in workable.entries.iter().map(|(entry, _)| entry).filter(|entry| kept.contains(&entry.as_str()))
            {
                benchmark(&told, workable, entry, &mut benchmarks);
            }
            notes.extend(remarks::short(&name, workable));
            notes.extend(remarks::findings(&name, workable));
            names.push(name);
        }
    }
    notes.extend(remarks::sources(sets.iter().map(|set| set.directory)));
    text.push_str("\n# Entries that are never trained on: the gate measures these alone.");
    text.push_str(&benchmarks);
}

/// What a command's tables have in common.
struct Told<'a> {
    name: &'a str,
    set: &'a str,
    lines: &'a str,
}

fn workload(
    told: &Told<'_>,
    workable: &Workable,
    kept: &[&str],
    (more_args, more_lines): (Vec<String>, String),
    text: &mut String,
) {
    let trained = workable.entries.iter().map(|(entry, _)| entry.as_str()).filter(|entry| !kept.contains(entry));
    let entries = list(&trained.map(globset::escape).collect::<Vec<_>>());
    let args = list(&[workable.command.args.clone(), more_args].concat());
    let Told { name, set, lines } = told;
    write!(
        text,
        "\n[[training.workloads]]\nname = {}\ninputs = \"{set}\"\nentries = {entries}\nargs = {args}\n{lines}{more_lines}",
        quoted(name)
    )
    .expect("text grows");
}

fn benchmark(told: &Told<'_>, workable: &Workable, entry: &str, text: &mut String) {
    let Told { name, set, lines } = told;
    let (name, entry, args) = (quoted(&format!("{name} {entry}")), quoted(entry), list(&workable.command.args));
    write!(text, "\n[[benchmarks]]\nname = {name}\ninputs = \"{set}\"\nentry = {entry}\nargs = {args}\n{lines}")
        .expect("text grows");
}

/// The entries that no command is trained on, because what one is trained on proves nothing of another either: those with
/// most work by turns, the first one to be measured, as long as each command keeps one to train on.
fn held_out<'a>(found: &[&'a Workable]) -> Vec<&'a str> {
    let mut work = std::collections::BTreeMap::<&str, f64>::new();
    for (name, rehearsed) in found.iter().flat_map(|workable| &workable.entries) {
        *work.entry(name).or_default() += rehearsed.cpu_seconds;
    }
    let mut names: Vec<&str> = work.keys().copied().collect();
    names.sort_by(|left, right| work[right].total_cmp(&work[left]).then(left.cmp(right)));
    let mut kept: Vec<&str> = Vec::new();
    for name in names.into_iter().step_by(2) {
        let is_left = |workable: &&Workable| {
            workable.entries.iter().any(|(entry, _)| entry != name && !kept.contains(&entry.as_str()))
        };
        if kept.len() < BENCHMARKS && found.iter().all(is_left) {
            kept.push(name);
        }
    }
    kept
}

/// Arguments and lines that make training single-threaded, where the command starts threads.
fn threads(program: &Program, usage: &Usage, workable: &Workable, notes: &mut Vec<String>) -> (Vec<String>, String) {
    if !workable.starts_threads() {
        return (Vec::new(), String::new());
    }
    let told =
        "the program starts threads: training runs it with one, whose counts repeat, and the gate with all processors";
    if let Some(flag) = &usage.threads {
        notes.push(told.to_owned());
        return (vec![flag.clone(), "1".to_owned()], String::new());
    }
    let variables = program.thread_crates.iter().map(|name| match *name {
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
    let codes: Vec<String> = workable.exit_codes().iter().map(i32::to_string).collect();
    if codes != ["0"] && !codes.is_empty() {
        writeln!(lines, "exit-codes = [{}]", codes.join(", ")).expect("text grows");
    }
}

/// A workload that always works, for a program whose inputs nobody knows.
fn fallback(draft: &Draft<'_>, text: &mut String, notes: &mut Vec<String>) {
    let program = draft.program;
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
    if draft.tried.first().is_some_and(|tried| tried.usage.asks_for_an_address()) {
        text.push_str(CLIENT);
        notes.push(
            "its help asks for an address, so it is a client, and no server was asked: training has no network, but a workload can have \
             `services` that answer on 127.0.0.1; pgo.toml has an example"
                .to_owned(),
        );
    }
    notes.push(
        "no command was found that works on the project's own files, so only `--help` is trained: name your commands and their \
         inputs in [[training.workloads]] and [[benchmarks]]"
            .to_owned(),
    );
    let refused = draft.tried.iter().flat_map(|tried| &tried.refused).take(SHOWN);
    notes.extend(refused.map(|refused| format!("tried {refused}")));
}

/// A workload of a client, for its reader to complete.
const CLIENT: &str = r#"
# A client, with a server that answers on 127.0.0.1 while it is trained: a program, because the emulated machine has no interpreter of
# scripts. Benchmarks have no services: measure what it does without.
# [[training.workloads]]
# name = "get"
# inputs = "samples"
# args = ["http://127.0.0.1:8080{entry}"]
# services = [{ command = ["busybox", "httpd", "-f", "-p", "127.0.0.1:8080", "-h", "/"], ready = { port = 8080 } }]
"#;

/// How many of the commands that work nowhere are told.
const SHOWN: usize = 4;

fn name(workable: &Workable, binary: Option<&str>, known: &[String]) -> String {
    let mut words = workable.command.args.iter().map(|arg| arg.trim_start_matches("--"));
    let word = words.find(|word| word.chars().all(|letter| letter.is_ascii_lowercase()));
    let word = word.filter(|word| word.len() > 2).unwrap_or("run");
    let stdin = if workable.command.stdin.is_some() { "-stdin" } else { "" };
    let name = binary.map_or_else(|| format!("{word}{stdin}"), |binary| format!("{binary}-{word}{stdin}"));
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.clone()).chain(numbered).find(|name| !known.contains(name)).unwrap_or(name)
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(words: &[impl AsRef<str>]) -> String {
    format!("[{}]", words.iter().map(|word| quoted(word.as_ref())).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::declaration;
    use crate::declaration::Spec;
    use crate::declaration::invocation::CommandSpec;
    use crate::init::program::tests::program;
    use crate::rehearsal::Rehearsed;

    fn tried(directory: &str, found: &[Workable]) -> Tried {
        Tried { workable: Some((directory.to_owned(), found.to_vec())), ..Tried::default() }
    }

    /// What is written of `program` is a valid declaration.
    fn written(program: &Program, tried: &[Tried]) -> (Spec, String, Vec<String>) {
        let (text, notes) = write(&Draft { program, target: "t", tried });
        let spec = declaration::parse(&text, Path::new("pgo.toml")).unwrap_or_else(|error| panic!("{error}\n{text}"));
        (spec, text, notes)
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
        let (spec, _, notes) = written(&program(), &[Tried { usage, ..tried("tests/data", &[workable(true)]) }]);
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
    fn a_linter_gets_the_exit_codes_that_it_ended_with() {
        let mut found = workable(false);
        for ((_, rehearsed), code) in found.entries.iter_mut().zip([2, 0, 2, 0]) {
            rehearsed.exit_code = Some(code);
        }
        let (spec, _, notes) = written(&program(), &[tried("tests/data", &[found])]);
        assert_eq!(spec.training.workloads[0].exit_codes, [0, 2]);
        assert_eq!(spec.benchmarks[0].exit_codes, [0, 2]);
        assert!(notes.iter().any(|note| note.starts_with("`count` ends with exit code 2")), "{notes:?}");
    }

    #[test]
    fn what_one_command_is_measured_on_no_other_is_trained_on() {
        let mut found = [workable(false), workable(false)];
        found[1].entries.remove(0);
        found[1].command.stdin = Some("{entry}".to_owned());
        let (spec, ..) = written(&program(), &[tried("tests/data", &found)]);
        let measured: Vec<&str> = spec.benchmarks.iter().map(|benchmark| benchmark.entry.as_str()).collect();
        assert_eq!(measured, ["a[1]", "c", "c"]);
        for workload in &spec.training.workloads {
            let matcher = workload.matcher();
            assert!(!measured.iter().any(|entry| matcher.is_match(entry)), "{:?}", workload.entries);
            assert!(!workload.entries.is_empty());
        }
        found[1].entries.truncate(2);
        assert_eq!(held_out(&found.iter().collect::<Vec<_>>()), ["a[1]", "c"]);
        found[0].entries.truncate(2);
        found[1].entries.truncate(1);
        assert_eq!(held_out(&found.iter().collect::<Vec<_>>()), ["a[1]"], "`b` alone is left to train the second on");
    }

    #[test]
    fn a_program_nobody_knows_gets_a_file_that_works() {
        let refused = vec!["`x` on tests: it ended with exit code 2".to_owned()];
        let (spec, _, notes) = written(&program(), &[Tried { refused, ..Tried::default() }]);
        assert_eq!(notes[1], "tried `x` on tests: it ended with exit code 2");
        assert_eq!(spec.training.workloads[0].args, ["--help"]);
        assert_eq!(spec.inputs["samples"].directory.as_deref(), Some("tool/src"));
        assert_eq!(spec.training.workloads[0].entries, ["main.rs"]);
        assert!(spec.benchmarks.is_empty() && notes[0].contains("only `--help` is trained"));
    }

    #[test]
    fn a_client_gets_an_example_with_a_server_and_other_subcommands_are_named() {
        let client = Tried { usage: Usage::read("Usage: get <URL>\n"), ..Tried::default() };
        let (_, text, notes) = written(&program(), &[client]);
        let example = CLIENT.lines().skip(3).map(|line| format!("{}\n", line.trim_start_matches("# ")));
        let completed = text.replace(CLIENT, &example.collect::<String>());
        let spec = declaration::parse(&completed, Path::new("pgo.toml"))
            .unwrap_or_else(|error| panic!("{error}\n{completed}"));
        assert_eq!(spec.training.workloads[1].services.len(), 1, "{completed}");
        assert!(notes[0].contains("`services`"), "{notes:?}");
        let usage = Usage::read("Usage: t <COMMAND>\n\nCommands:\n  convert  Does it\n");
        let (.., notes) = written(&program(), &[Tried { usage, ..tried("tests/data", &[workable(false)]) }]);
        assert!(
            notes.iter().any(|note| note.contains("of demo that were not tried") && note.contains(": convert;")),
            "{notes:?}"
        );
    }

    #[test]
    fn other_binaries_are_trained_by_workloads_of_their_own_and_those_without_are_left_out() {
        let more = |binary: &str, package: Option<&str>| BinarySpec {
            binary: binary.to_owned(),
            package: package.map(str::to_owned),
        };
        let more = vec![more("toolx", Some("extras")), more("tooly", None), more("toolz", None)];
        let program = Program { more, ..program() };
        let found = [workable(false)];
        let all = [tried("tests/data", &found), tried("tests/data", &found), Tried::default(), tried("src", &found)];
        let (spec, text, notes) = written(&program, &all);
        assert_eq!(spec.build.binaries(), ["demo", "toolx", "toolz"]);
        assert_eq!(spec.build.packages(), ["demo", "extras"]);
        assert!(text.contains("# more-binaries = [{ binary = \"tooly\" }]"), "{text}");
        assert!(notes.iter().any(|note| note.contains("tooly") && note.contains("more-binaries")), "{notes:?}");
        assert!(notes.iter().any(|note| note.contains("the program's own source, src")), "{notes:?}");
        let workloads: Vec<_> = spec
            .training
            .workloads
            .iter()
            .map(|workload| (workload.name.as_str(), workload.binary.as_deref(), workload.inputs.as_str()))
            .collect();
        let expected = [
            ("count", None, "samples"),
            ("toolx-count", Some("toolx"), "samples"),
            ("toolz-count", Some("toolz"), "samples-2"),
        ];
        assert_eq!(workloads, expected);
        let measured: Vec<_> =
            spec.benchmarks.iter().map(|benchmark| (benchmark.binary.as_deref(), benchmark.entry.as_str())).collect();
        assert_eq!(measured[..4], [(None, "a[1]"), (None, "c"), (Some("toolx"), "a[1]"), (Some("toolx"), "c")]);
        let (without, ..) =
            written(&program, &[Tried::default(), tried("tests/data", &found), Tried::default(), Tried::default()]);
        assert_eq!(
            without.training.workloads.iter().map(|workload| workload.name.as_str()).collect::<Vec<_>>(),
            ["help", "toolx-count"]
        );
        assert_eq!(without.inputs["samples-2"].directory.as_deref(), Some("tests/data"));
    }
}
