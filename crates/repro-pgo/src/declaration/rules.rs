//! What a well-formed `pgo.toml` must also fulfil, as a pure function from the data to the broken rules.

use paired_bench::measure::case::BINARY;

use super::location::Step::{self, Index, Key};
use super::model::Spec;
use super::weight::Weight;

/// One broken rule and the value that breaks it.
#[derive(Debug)]
pub struct Violation<'a> {
    /// The way to the value.
    pub path: Vec<Step<'a>>,
    /// What is wrong and what to do.
    pub message: String,
}

/// Every broken rule of [build], [limits] and [layout].
pub fn build_violations(spec: &Spec) -> Vec<Violation<'_>> {
    let mut found = Vec::new();
    build(spec, &mut found);
    limits(spec, &mut found);
    layout(spec, &mut found);
    found
}

/// Every broken rule of [build] and of the inputs.
pub fn input_violations(spec: &Spec) -> Vec<Violation<'_>> {
    let mut found = build_violations(spec);
    inputs(spec, &mut found);
    found
}

/// Every broken rule, in the order of the file's sections.
pub fn violations(spec: &Spec) -> Vec<Violation<'_>> {
    let mut found = input_violations(spec);
    training(spec, &mut found);
    workloads(spec, &mut found);
    references(spec, &mut found);
    gate(spec, &mut found);
    let unmeasured = spec.dist.is_some() && spec.benchmarks.is_empty();
    refuse(&mut found, unmeasured, &[Key("dist")], "nothing ships unmeasured: add a [[benchmarks]] table");
    found
}

fn refuse<'a>(found: &mut Vec<Violation<'a>>, broken: bool, path: &[Step<'a>], message: impl Into<String>) {
    if broken {
        found.push(Violation { path: path.to_vec(), message: message.into() });
    }
}

fn build<'a>(spec: &'a Spec, found: &mut Vec<Violation<'a>>) {
    let build = &spec.build;
    for (key, value) in [("package", &build.package), ("binary", &build.binary), ("target", &build.target)] {
        refuse(found, value.is_empty(), &[Key("build"), Key(key)], format!("`{key}` is empty"));
    }
    for (index, more) in build.more_binaries.iter().enumerate() {
        let path = [Key("build"), Key("more-binaries"), Index(index)];
        let twice = build.binaries()[..=index].contains(&more.binary.as_str());
        refuse(found, more.binary.is_empty() || twice, &path, format!("`{}` is not a binary of its own", more.binary));
    }
    let at = [Key("build"), Key("auditable")];
    let several = "one list of crates is linked into all binaries, and [build] more-binaries has some of other packages: remove it, \
                   or declare each package in a pgo.toml of its own";
    refuse(found, build.auditable && build.packages().len() > 1, &at, several);
    let known = ["-linux-", "-apple-", "-windows-gnu"].iter().any(|system| build.target.contains(system));
    let told = format!("the list of crates can't be linked for {}; remove `auditable`", build.target);
    refuse(found, build.auditable && !known && !build.target.is_empty(), &at, told);
    let is_known =
        build.target.contains("-linux-") && (build.target.starts_with("s390x") || build.target.contains("64"));
    let told =
        format!("debug information is kept apart for 64-bit Linux only, not for {}; remove `debuginfo`", build.target);
    refuse(found, build.debuginfo.is_some() && !is_known, &[Key("build"), Key("debuginfo")], told);
    for (index, flag) in build.rustflags.iter().enumerate() {
        let path = [Key("build"), Key("rustflags"), Index(index)];
        let is_set = ["debuginfo=", "strip=", "build-id"].iter().any(|set| flag.contains(set));
        let told = format!("`{flag}` is decided by `debuginfo` in [build]; remove one of them");
        refuse(found, build.debuginfo.is_some() && is_set, &path, told);
        refuse(found, is_of_stages(flag), &path, format!("`{flag}` is set by the stages themselves; remove it"));
        refuse(
            found,
            is_of_machine(flag),
            &path,
            "`target-cpu=native` makes the binary depend on the machine; name a CPU",
        );
    }
}

/// Whether the stages set a rustflag themselves.
pub fn is_of_stages(flag: &str) -> bool {
    ["profile-generate", "profile-use", "instrument-coverage"].iter().any(|own| flag.contains(own))
}

/// Whether a rustflag makes the binary depend on the machine that builds it.
pub fn is_of_machine(flag: &str) -> bool {
    flag.contains("target-cpu=native")
}

/// Whether programs of `target` run on x86-64 Linux.
pub fn is_x86_64_linux(target: &str) -> bool {
    target.starts_with("x86_64-") && target.contains("-linux-")
}

fn layout<'a>(spec: &'a Spec, found: &mut Vec<Violation<'a>>) {
    if spec.layout.is_none() {
        return;
    }
    let target = &spec.build.target;
    let is_traced = is_x86_64_linux(target);
    let told = format!("{target} can't be traced: [layout] is for x86_64 Linux alone; remove it");
    refuse(found, !is_traced, &[Key("layout")], told);
    for (index, flag) in spec.build.rustflags.iter().enumerate() {
        let path = [Key("build"), Key("rustflags"), Index(index)];
        let variable = crate::layout::recorder::variable(target);
        let told = format!("`{flag}` would hide the link from [layout]; set {variable} to the linker instead");
        refuse(found, flag.contains("linker="), &path, told);
    }
}

fn inputs<'a>(spec: &'a Spec, found: &mut Vec<Violation<'a>>) {
    for (name, set) in &spec.inputs {
        let path = [Key("inputs"), Key(name)];
        let sources = [&set.definitions, &set.directory, &set.url].into_iter().flatten().count();
        let one = format!("`{name}` needs exactly one of `definitions`, `directory` and `url`");
        refuse(found, sources != 1, &path, one);
        if let Some(url) = &set.url {
            let unhashed = format!("`{name}` needs the `sha256` of the file: `curl -L {url} | sha256sum` tells it");
            refuse(found, set.sha256.is_none(), &path, unhashed);
            let nameless = format!("`{url}` is not the address of a file, such as https://example.org/corpus.txt");
            refuse(found, set.file_name().is_none(), &[Key("inputs"), Key(name), Key("url")], nameless);
        }
        let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        refuse(found, !plain, &path, format!("`{name}` becomes a folder: use letters, digits, `-` and `_`"));
        let path = [Key("inputs"), Key(name), Key("sha256")];
        refuse(
            found,
            !hash_is_plausible(set.sha256.as_ref()),
            &path,
            "`sha256` is not 64 lower-case hexadecimal digits",
        );
    }
}

fn hash_is_plausible(hash: Option<&String>) -> bool {
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    hash.is_none_or(|hash| hash.len() == 64 && hash.bytes().all(hexadecimal))
}

fn training<'a>(spec: &'a Spec, found: &mut Vec<Violation<'a>>) {
    let training = &spec.training;
    let at = |key| [Key("training"), Key(key)];
    let few = training.replicates < 2;
    refuse(found, few, &at("replicates"), "one run proves nothing about the next: `replicates` must be at least 2");
    refuse(found, training.timeout_seconds == 0, &at("timeout-seconds"), "`timeout-seconds` must be at least 1");
    refuse(found, training.cpu_models.is_empty(), &at("cpu-models"), "`cpu-models` is empty; leave it out or name one");
    let machine = |key| [Key("training"), Key("machine"), Key(key)];
    let hash = training.machine.kernel_sha256.as_ref();
    refuse(
        found,
        !hash_is_plausible(hash),
        &machine("kernel-sha256"),
        "`kernel-sha256` is not 64 lower-case hexadecimal digits",
    );
    refuse(found, training.machine.processors == 0, &machine("processors"), "`processors` must be at least 1");
    let droppable = !training.cpu_models.is_empty() && training.cpu_models.iter().all(|model| model.optional);
    refuse(found, droppable, &at("cpu-models"), "all of `cpu-models` are optional; one must always be trained on");
    for (index, model) in training.cpu_models.iter().enumerate() {
        let path = [Key("training"), Key("cpu-models"), Index(index)];
        refuse(found, model.weight == 0, &path, format!("`{}` has weight 0; leave it out instead", model.name));
        let twice = training.cpu_models[..index].iter().any(|earlier| earlier.name == model.name);
        refuse(found, twice, &path, format!("`{}` is listed twice", model.name));
        for feature in &model.features {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte);
            let is_name = !feature.is_empty() && feature.bytes().all(plain);
            refuse(found, !is_name, &path, format!("`{feature}` is no CPU feature; write it as qemu does: `sha-ni`"));
        }
    }
}

fn workloads<'a>(spec: &'a Spec, found: &mut Vec<Violation<'a>>) {
    let workloads = &spec.training.workloads;
    refuse(found, workloads.is_empty(), &[Key("training")], "nothing to train on: add a [[training.workloads]] table");
    for (index, workload) in workloads.iter().enumerate() {
        let name = &workload.name;
        let at = |key| [Key("training"), Key("workloads"), Index(index), Key(key)];
        let twice = workloads[..index].iter().any(|earlier| earlier.name == *name);
        refuse(found, name.is_empty() || twice, &at("name"), format!("`{name}` is not a name of its own"));
        refuse(
            found,
            workload.weight == Weight::Times(0),
            &at("weight"),
            format!("`{name}` has weight 0; leave it out instead"),
        );
        refuse(found, workload.exit_codes.is_empty(), &at("exit-codes"), format!("`{name}` accepts no exit code"));
        refuse(found, workload.entries.is_empty(), &at("entries"), format!("`{name}` runs on nothing"));
        for glob in &workload.entries {
            let invalid = globset::Glob::new(glob).is_err();
            refuse(found, invalid, &at("entries"), format!("`{glob}` is not a glob"));
        }
        let both = format!("`{name}` runs either a `binary` or a `program`");
        refuse(found, workload.binary.is_some() && workload.program.is_some(), &at("program"), both);
        let nothing = format!(
            "nothing of `{name}` is trained: `program` is a client, so one of `services` has to be `{BINARY}` (`command = [\"{BINARY}\", ...]`)"
        );
        refuse(found, !workload.is_trained(), &at("program"), nothing);
        for number in 0..workload.services.len() {
            service(spec, found, index, number);
        }
    }
}

fn service<'a>(spec: &'a Spec, found: &mut Vec<Violation<'a>>, workload: usize, number: usize) {
    let of = &spec.training.workloads[workload];
    let service = &of.services[number];
    let path = [Key("training"), Key("workloads"), Index(workload), Key("services"), Index(number)];
    let at = |key| [path.as_slice(), &[Key(key)]].concat();
    let name = &of.name;
    refuse(found, service.command.is_empty(), &path, format!("a service of `{name}` has no command"));
    let ready = &service.ready;
    let one = "`ready` needs exactly one of `port` and `file`";
    refuse(found, ready.port.is_some() == ready.file.is_some(), &at("ready"), one);
    let nowhere = "`port` 0 is a different one each time; name a port from 1 to 65535";
    refuse(found, ready.port == Some(0), &at("ready"), nowhere);
    let others = of.services[..number].iter().filter_map(|other| other.ready.port);
    let taken = ready.port.filter(|port| others.into_iter().any(|other| other == *port));
    let told = format!("another service of `{name}` has port {}; take another", taken.unwrap_or_default());
    refuse(found, taken.is_some(), &at("ready"), told);
    known_binary(spec, found, &at("binary"), service.binary.as_deref());
}

fn references<'a>(spec: &'a Spec, found: &mut Vec<Violation<'a>>) {
    for (index, workload) in spec.training.workloads.iter().enumerate() {
        let path = [Key("training"), Key("workloads"), Index(index), Key("binary")];
        known_binary(spec, found, &path, workload.binary.as_deref());
        let path = [Key("training"), Key("workloads"), Index(index), Key("inputs")];
        known_set(spec, found, &path, &workload.inputs);
    }
    for (index, glob) in spec.check.ignore_files.iter().enumerate() {
        let invalid = globset::Glob::new(glob).is_err();
        let path = [Key("check"), Key("ignore-files"), Index(index)];
        refuse(found, invalid, &path, format!("`{glob}` is not a glob"));
    }
    for (index, name) in spec.check.inputs.iter().enumerate() {
        known_set(spec, found, &[Key("check"), Key("inputs"), Index(index)], name);
    }
    for (index, benchmark) in spec.benchmarks.iter().enumerate() {
        let at = |key| [Key("benchmarks"), Index(index), Key(key)];
        known_binary(spec, found, &at("binary"), benchmark.binary.as_deref());
        let none = benchmark.exit_codes.is_empty();
        refuse(found, none, &at("exit-codes"), format!("`{}` accepts no exit code", benchmark.name));
        known_set(spec, found, &[Key("benchmarks"), Index(index), Key("inputs")], &benchmark.inputs);
    }
}

fn known_binary<'a>(spec: &'a Spec, found: &mut Vec<Violation<'a>>, path: &[Step<'a>], name: Option<&str>) {
    let known = spec.build.binaries();
    let Some(name) = name.filter(|name| !known.contains(name)) else { return };
    refuse(
        found,
        true,
        path,
        format!("`{name}` is not built; [build] binary and more-binaries are: {}", known.join(", ")),
    );
}

fn limits<'a>(spec: &'a Spec, found: &mut Vec<Violation<'a>>) {
    let share = (0.0..=1.0).contains(&spec.limits.max_unmatched_share);
    let path = [Key("limits"), Key("max-unmatched-share")];
    refuse(found, !share, &path, "`max-unmatched-share` is a fraction: 0.01 is 1 %");
}

fn known_set<'a>(spec: &'a Spec, found: &mut Vec<Violation<'a>>, path: &[Step<'a>], name: &str) {
    let known = spec.inputs.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let message = format!("there is no [inputs.{name}]; the sets are: {known}");
    refuse(found, !spec.inputs.contains_key(name), path, message);
}

fn merge_gate<'a>(spec: &'a Spec, found: &mut Vec<Violation<'a>>) {
    let merge = &spec.gate.merge;
    let at = |key| [Key("gate"), Key("merge"), Key(key)];
    let invalid = globset::Glob::new(&merge.benchmarks).is_err();
    refuse(found, invalid, &at("benchmarks"), format!("`{}` is not a glob", merge.benchmarks));
    let fraction = (0.0..1.0).contains(&merge.limit);
    refuse(found, !fraction, &at("limit"), "`limit` is a fraction: 0.002 is 0.2 %");
    let once = "one count says nothing about the next: `repeats` must be at least 2";
    refuse(found, merge.repeats < 2, &at("repeats"), once);
}

fn gate<'a>(spec: &'a Spec, found: &mut Vec<Violation<'a>>) {
    merge_gate(spec, found);
    let ship = &spec.gate.ship;
    let at = |key| [Key("gate"), Key("ship"), Key(key)];
    let inside = |value: f64| value > 0.5 && value < 1.0;
    refuse(found, !inside(ship.confidence), &at("confidence"), "`confidence` must lie between 0.5 and 1");
    let fraction = |value: f64| (0.0..1.0).contains(&value);
    refuse(found, !fraction(ship.minimum_win), &at("minimum-win"), "`minimum-win` is a fraction: 0.02 is 2 %");
    refuse(found, !fraction(ship.case_tolerance), &at("case-tolerance"), "`case-tolerance` is a fraction: 0.01 is 1 %");
    let growth = ship.maximum_growth >= 0.0;
    refuse(found, !growth, &at("maximum-growth"), "`maximum-growth` is a share of 0 or more: 0.1 is 10 %");
    let one = "one memory layout can favour either binary by chance: `memory-layouts` must be at least 2";
    refuse(found, ship.memory_layouts < 2, &at("memory-layouts"), one);
}
