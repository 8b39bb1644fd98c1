//! `pgo.toml`: finding it, reading it, and saying exactly where it is wrong.

mod error;
pub mod invocation;
mod location;
mod model;
#[cfg(test)]
mod reference;
mod rules;
mod weight;

use std::path::{Path, PathBuf};

pub use error::{Problem, SpecError};
pub use model::{
    BenchmarkSpec, BinarySpec, BuildSpec, CheckSpec, CpuModel, Debuginfo, DistSpec, EmulatorChoice, FunctionOrder,
    GateSpec, GeneratedFile, InputSpec, LayoutSpec, LimitsSpec, MachineSpec, MergeSpec, ReadySpec, ServiceSpec,
    ShipSpec, Spec, TrainingSpec, WorkloadSpec,
};
pub use rules::{is_of_machine, is_of_stages, is_x86_64_linux};
pub use weight::Weight;

/// The file's name.
pub const FILE_NAME: &str = "pgo.toml";

/// The nearest `pgo.toml`, from `start` upwards.
///
/// # Errors
/// [`SpecError::NotFound`] where no directory up to the root has one.
pub fn find(start: &Path) -> Result<PathBuf, SpecError> {
    let candidates = start.ancestors().map(|directory| directory.join(FILE_NAME));
    candidates.into_iter().find(|file| file.is_file()).ok_or_else(|| SpecError::NotFound { start: start.to_owned() })
}

/// Reads and checks the file at `path`.
///
/// # Errors
/// [`SpecError`] with file, line and column.
pub fn load(path: &Path) -> Result<Spec, SpecError> {
    let mut spec = parse(&text_of(path)?, path)?;
    if let Some(kernel) = &mut spec.training.machine.kernel {
        *kernel = path.with_file_name(&*kernel).to_string_lossy().into_owned();
    }
    Ok(spec)
}

/// What a declaration says to a build that another build system runs.
#[derive(Debug)]
pub struct ExternalSpec {
    /// What is built.
    pub build: BuildSpec,
    /// What it is held to.
    pub limits: LimitsSpec,
    /// Whether its functions are put into an order.
    pub layout: Option<LayoutSpec>,
}

/// What the file at `path` says to a build that another build system runs.
///
/// The other tables may be missing, and the rules about them are not asked: a build system that tells by a file's content
/// whether to build again can leave out what no build reads, such as the hashes of the inputs.
///
/// # Errors
/// [`SpecError`] with file, line and column.
pub fn load_build(path: &Path) -> Result<ExternalSpec, SpecError> {
    parse_build(&text_of(path)?, path)
}

/// What the file at `path` says of the inputs, by the same rule: what makes no input may be missing.
///
/// # Errors
/// [`SpecError`] with file, line and column.
pub fn load_inputs(path: &Path) -> Result<Spec, SpecError> {
    parse_by(rules::input_violations, &text_of(path)?, path)
}

fn text_of(path: &Path) -> Result<String, SpecError> {
    std::fs::read_to_string(path).map_err(|source| SpecError::Read { path: path.to_owned(), source })
}

/// Reads and checks `text`; `path` is only named in messages.
///
/// # Errors
/// [`SpecError`] with file, line and column.
pub fn parse(text: &str, path: &Path) -> Result<Spec, SpecError> {
    parse_by(rules::violations, text, path)
}

fn parse_build(text: &str, path: &Path) -> Result<ExternalSpec, SpecError> {
    let Spec { build, limits, layout, .. } = parse_by(rules::build_violations, text, path)?;
    Ok(ExternalSpec { build, limits, layout })
}

/// Reads `text` and holds it to `rules`.
fn parse_by(rules: fn(&Spec) -> Vec<rules::Violation<'_>>, text: &str, path: &Path) -> Result<Spec, SpecError> {
    let place = |offset| {
        let (line, column) = location::line_and_column(text, offset);
        format!("{}:{line}:{column}", path.display())
    };
    let spec: Spec = toml::from_str(text).map_err(|error| SpecError::Parse {
        place: place(error.span().map_or(0, |span| span.start)),
        message: location::explain(error.message()),
    })?;
    let broken = rules(&spec);
    let problems: Vec<Problem> = broken
        .into_iter()
        .map(|broken| Problem { place: place(location::offset_of(text, &broken.path)), message: broken.message })
        .collect();
    if problems.is_empty() { Ok(spec) } else { Err(SpecError::Invalid(problems)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = r#"
[build]
package = "demo"
binary = "demo"
target = "x86_64-unknown-linux-gnu"

[inputs.small]
directory = "inputs"

[training]
replicates = 2

[[training.workloads]]
name = "count"
inputs = "small"
"#;

    fn message(text: &str) -> String {
        parse(text, Path::new("pgo.toml")).expect_err("the text breaks a rule").to_string()
    }

    #[test]
    fn the_minimal_file_gets_defaults() {
        let spec = parse(MINIMAL, Path::new("pgo.toml")).expect("the text is complete");
        assert_eq!(spec.build.profile, "release");
        assert_eq!(spec.training.emulator, EmulatorChoice::Auto);
        assert_eq!(spec.training.workloads[0].exit_codes, [0]);
        assert!(spec.dist.is_none());
    }

    #[test]
    fn a_build_needs_no_more_than_what_it_reads() {
        let build = MINIMAL.split("[inputs").next().expect("split gives one part");
        let read = |text: &str| parse_build(text, Path::new("pgo.toml"));
        let found = read(&format!("{build}[limits]\nmax-unmatched-functions = 7\n")).expect("it is enough");
        assert_eq!((found.build.binary.as_str(), found.limits.max_unmatched_functions), ("demo", Some(7)));
        read(MINIMAL).expect("a whole file will do");
        for (text, told) in [
            (build.replace("\"demo\"", "\"\""), "`package` is empty"),
            (format!("{build}rustflag = []"), "did you mean `rustflags`?"),
            (format!("{build}[limit]"), "did you mean `limits`?"),
            ("[limits]".to_owned(), "missing field `build`"),
        ] {
            let error = read(&text).expect_err("it breaks a rule").to_string();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place_and_the_nearest_key() {
        let text = MINIMAL.replace("replicates = 2", "replicate = 2");
        assert_eq!(message(&text), "pgo.toml:11:1: unknown key `replicate`; did you mean `replicates`?");
    }

    #[test]
    fn a_key_that_was_renamed_is_answered_with_its_new_name() {
        let benchmark = format!("{MINIMAL}[[benchmarks]]\nname = \"a\"\ninputs = \"small\"\nentry = \"x\"\n");
        for (new, old, told) in [
            ("[inputs.small]", "[stimuli.small]", "7:2: `stimuli` is called `inputs`; rename the key"),
            ("inputs = \"small\"", "stimuli = \"small\"", "15:1: `stimuli` is called `inputs`; rename the key"),
            ("name = \"count\"", "repositories = [\"*\"]", "14:1: `repositories` is called `entries`; rename the key"),
            ("entry = \"x\"", "repository = \"x\"", "19:1: `repository` is called `entry`; rename the key"),
        ] {
            assert_eq!(message(&benchmark.replacen(new, old, 1)), format!("pgo.toml:{told}"));
        }
    }

    #[test]
    fn a_weight_is_a_number_or_equal() {
        let weighing = |weight: &str| format!("{MINIMAL}weight = {weight}\n");
        let spec = parse(&weighing("\"equal\""), Path::new("pgo.toml")).expect("it is a weight");
        assert_eq!(spec.training.workloads[0].weight, Weight::Equal);
        for (weight, told) in [
            ("\"same\"", "a whole number or \"equal\""),
            ("-1", "a whole number or \"equal\""),
            ("0", "`count` has weight 0; leave it out instead"),
        ] {
            let found = message(&weighing(weight));
            assert!(found.contains(told) && found.starts_with("pgo.toml:16:"), "{found}");
        }
    }

    #[test]
    fn a_service_says_what_runs_and_when_it_is_ready() {
        let served = |service: &str| format!("{MINIMAL}services = [{{ {service} }}]\n");
        let whole = "command = [\"{binary}\", \"serve\"], ready = { port = 8080 }";
        let spec = parse(&served(whole), Path::new("pgo.toml")).expect("it is complete");
        assert_eq!(spec.training.workloads[0].services[0].ready.port, Some(8080));
        let twice = format!("{whole} }}, {{ {whole}");
        for (service, told) in [
            ("command = [], ready = { port = 1 }", "a service of `count` has no command"),
            ("command = [\"a\"]", "missing field `ready`"),
            ("command = [\"a\"], ready = {}", "exactly one of `port` and `file`"),
            ("command = [\"a\"], ready = { port = 1, file = \"b\" }", "exactly one of `port` and `file`"),
            ("command = [\"a\"], ready = { port = 0 }", "name a port from 1 to 65535"),
            ("command = [\"a\"], ready = { ports = 1 }", "did you mean `port`?"),
            ("command = [\"a\"], binary = \"b\", ready = { port = 1 }", "`b` is not built"),
            (&twice, "another service of `count` has port 8080"),
        ] {
            let found = message(&served(service));
            assert!(found.contains(told), "{found}");
        }
    }

    #[test]
    fn a_program_of_the_system_is_the_client_of_something_trained() {
        let client = |rest: &str| format!("{MINIMAL}program = \"curl\"\n{rest}\n");
        let serving = "services = [{ command = [\"{binary}\"], ready = { port = 1 } }]";
        parse(&client(serving), Path::new("pgo.toml")).expect("the service is trained");
        let other = serving.replace("{binary}", "nc");
        for rest in ["", &other] {
            let found = message(&client(rest));
            assert!(
                found.starts_with("pgo.toml:16:11: nothing of `count` is trained: `program` is a client"),
                "{found}"
            );
        }
        let found = message(&client(&format!("binary = \"count\"\n{serving}")));
        assert!(found.contains("`count` runs either a `binary` or a `program`"), "{found}");
    }

    #[test]
    fn a_benchmark_has_no_services() {
        let benchmark = format!("{MINIMAL}[[benchmarks]]\nname = \"a\"\ninputs = \"small\"\nentry = \"x\"\n");
        let found = message(&format!("{benchmark}services = []\n"));
        assert!(found.starts_with("pgo.toml:20:1: unknown key `services`; the keys here are name, inputs,"), "{found}");
    }

    #[test]
    fn one_replicate_is_refused() {
        let text = MINIMAL.replace("replicates = 2", "replicates = 1");
        assert_eq!(
            message(&text),
            "pgo.toml:11:14: one run proves nothing about the next: `replicates` must be at least 2"
        );
    }

    #[test]
    fn a_workload_of_an_unknown_set_is_refused_where_it_stands() {
        let text = MINIMAL.replace("inputs = \"small\"", "inputs = \"large\"");
        assert_eq!(message(&text), "pgo.toml:15:10: there is no [inputs.large]; the sets are: small");
    }

    #[test]
    fn no_workload_is_refused() {
        let text = MINIMAL.split("[[training").next().expect("split gives one part");
        assert!(message(text).contains("add a [[training.workloads]] table"));
    }

    #[test]
    fn a_set_needs_one_source() {
        let text = MINIMAL.replace("directory = \"inputs\"", "");
        assert!(message(&text).contains("`small` needs exactly one of `definitions`, `directory` and `url`"));
    }

    #[test]
    fn an_address_needs_a_file_and_its_hash() {
        let fetched = |url: &str| MINIMAL.replace("directory = \"inputs\"", &format!("url = \"{url}\""));
        let unhashed = message(&fetched("https://example.org/a/words.txt?raw=1"));
        assert!(
            unhashed.ends_with("`curl -L https://example.org/a/words.txt?raw=1 | sha256sum` tells it"),
            "{unhashed}"
        );
        for url in ["https://example.org/", "words.txt", "https://example.org/.."] {
            assert!(message(&fetched(url)).contains("is not the address of a file"), "{url}");
        }
        let text = fetched("file:///a/words.txt")
            .replace("\n[training]", &format!("\nsha256 = \"{}\"\n[training]", "0".repeat(64)));
        let spec = parse(&text, Path::new("pgo.toml")).expect("it is complete");
        assert_eq!(spec.inputs["small"].file_name(), Some("words.txt"));
    }

    #[test]
    fn the_stages_own_flags_are_refused() {
        let text = MINIMAL.replace("[inputs.small]", "rustflags = [\"-Cprofile-use=x\"]\n[inputs.small]");
        assert!(message(&text).contains("is set by the stages themselves"));
    }

    #[test]
    fn debug_information_that_can_not_be_kept_apart_is_refused() {
        let kept = MINIMAL.replace("[inputs.small]", "debuginfo = \"full\"\n[inputs.small]");
        parse(&kept, Path::new("pgo.toml")).expect("it is for this target");
        let strip = "rustflags = [\"-Cstrip=none\"]\n[inputs.small]";
        for (from, to, told) in [
            ("x86_64-unknown-linux-gnu", "i686-unknown-linux-gnu", "kept apart for 64-bit Linux only, not for i686"),
            ("x86_64-unknown-linux-gnu", "x86_64-pc-windows-gnu", "not for x86_64-pc-windows-gnu; remove `debuginfo`"),
            ("[inputs.small]", strip, "`-Cstrip=none` is decided by `debuginfo` in [build]; remove one of them"),
            ("\"full\"", "\"some\"", "unknown variant `some`"),
        ] {
            let found = message(&kept.replace(from, to));
            assert!(found.contains(told), "{found}");
        }
    }

    #[test]
    fn a_merge_gate_that_can_not_refuse_is_refused() {
        for (line, told) in [
            ("benchmarks = \"[\"", "`[` is not a glob"),
            ("limit = 2", "`limit` is a fraction: 0.002 is 0.2 %"),
            ("repeats = 1", "`repeats` must be at least 2"),
        ] {
            let found = message(&format!("{MINIMAL}\n[gate.merge]\n{line}\n"));
            assert!(found.contains(told) && found.starts_with("pgo.toml:18:"), "{found}");
        }
    }

    #[test]
    fn an_order_of_functions_that_can_not_be_made_is_refused() {
        let layout = format!("{MINIMAL}\n[layout]\norder = \"trace\"\n");
        parse(&layout, Path::new("pgo.toml")).expect("it is for this target");
        let linker = "rustflags = [\"-Clinker=clang\"]\n[inputs.small]";
        for (from, to, told) in [
            (
                "x86_64-unknown-linux-gnu",
                "aarch64-unknown-linux-gnu",
                "17:1: aarch64-unknown-linux-gnu can't be traced",
            ),
            ("x86_64-unknown-linux-gnu", "x86_64-pc-windows-gnu", "17:1: x86_64-pc-windows-gnu can't be traced"),
            ("\"trace\"", "\"heat\"", "unknown variant `heat`, expected `trace`"),
            ("[inputs.small]", linker, "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER"),
        ] {
            let found = message(&layout.replace(from, to));
            assert!(found.contains(told), "{found}");
        }
    }

    #[test]
    fn one_memory_layout_is_refused() {
        let found = message(&format!("{MINIMAL}\n[gate.ship]\nmemory-layouts = 1\n"));
        assert!(found.ends_with("`memory-layouts` must be at least 2"), "{found}");
    }

    #[test]
    fn every_broken_rule_is_listed() {
        let text = MINIMAL.replace("replicates = 2", "replicates = 0\ntimeout-seconds = 0");
        assert_eq!(message(&text).lines().count(), 2);
    }
}
