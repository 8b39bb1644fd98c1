//! The tools around the pipeline, and what is said when one is missing or wrong.

use std::path::Path;
use std::process::Command;

use host::exit_code::ExitCode;
use test_support::require;

use super::demo::{Demo, ran};

/// The tool of the LLVM that this repository's compiler has.
const LLVM_PROFDATA: &str = "llvm-profdata-22";

#[test]
fn llvms_own_tool_gives_the_same_profile() {
    if require(LLVM_PROFDATA).is_none() {
        return;
    }
    let (built_in, llvm) = (Demo::new("built-in"), Demo::new("llvm"));
    built_in.run(&["train"]).fine();
    llvm.run(&["train", "--llvm-profdata", LLVM_PROFDATA]).fine();
    for name in ["profile/merged.profdata", "profile/merged.proftext"] {
        assert!(built_in.made_bytes(name) == llvm.made_bytes(name), "{name} differs");
    }
    let record = String::from_utf8(llvm.made_bytes("profile/training.json")).expect("it is JSON");
    assert!(record.contains("llvm-profdata 22."), "{record}");
}

#[test]
fn llvm_profdata_of_another_major_is_refused_by_name() {
    let demo = Demo::new("major");
    let script = "#!/bin/sh\necho 'LLVM (http://llvm.org/):'\necho '  LLVM version 14.0.6'\n";
    test_support::script(&demo.path("bin/llvm-profdata"), script);
    let path = std::env::var("PATH").expect("tests have a PATH");
    let mut command = demo.command(&["train", "--llvm-profdata", "llvm-profdata"]);
    command.env("PATH", format!("{}:{path}", demo.path("bin").display()));
    let parts = ["bin/llvm-profdata is of LLVM 14.0.6", "apt-get install llvm-", "rustup component add llvm-tools"];
    ran(command.output().expect("the driver starts")).ended_with(ExitCode::Missing, &parts);
}

#[test]
fn an_unknown_key_is_told_with_line_column_and_suggestion() {
    let demo = Demo::new("key");
    demo.edit("pgo.toml", "replicates = 2", "replicants = 2");
    demo.run(&["build"]).refused(&["pgo.toml:12:1: unknown key `replicants`; did you mean `replicates`?"]);
}

#[test]
fn an_unknown_package_or_binary_is_told_with_the_known_ones() {
    let demo = Demo::new("package");
    demo.edit("pgo.toml", "binary = \"demo\"", "binary = \"dmeo\"");
    demo.run(&["baseline"]).refused(&["has no binary `dmeo`", "name one of: demo"]);
    demo.edit("pgo.toml", "package = \"demo\"", "package = \"dmeo\"");
    demo.run(&["baseline"]).refused(&["no package `dmeo`", "name one of: demo"]);
}

#[test]
fn a_compile_error_is_shown() {
    let demo = Demo::new("error");
    demo.write("src/main.rs", b"fn main() { missing() }\n");
    demo.run(&["baseline"]).refused(&["the baseline build failed", "cannot find function `missing`", "cargo.log"]);
}

#[test]
fn an_unknown_cpu_model_is_refused_where_emulation_is_demanded() {
    let demo = Demo::new("model");
    demo.edit("pgo.toml", "emulator = \"auto\"", "emulator = \"qemu-user\"");
    demo.edit("pgo.toml", "\"Haswell\"", "\"Hasbeen\"");
    let refused = demo.run(&["train"]);
    assert_eq!(refused.code, ExitCode::Missing as i32);
    let told = &refused.stderr;
    assert!(
        told.contains("does not know the CPU model Hasbeen") || told.contains("apt-get install qemu-user"),
        "{told}"
    );
}

#[test]
fn the_projects_own_declaration_holds_together() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let spec = repro_pgo::declaration::load(&root.join("pgo.toml")).expect("it is checked in whole");
    for benchmark in &spec.benchmarks {
        let set = spec.inputs[&benchmark.inputs].definitions.as_ref().expect("benchmarks run on repositories");
        let definition = root.join(set).join(format!("{}.json", benchmark.entry));
        assert!(definition.is_file(), "{}", definition.display());
        let trained = spec.training.workloads.iter().any(|workload| workload.inputs == benchmark.inputs);
        assert!(!trained, "{} is measured on what was trained on", benchmark.name);
    }
}

#[test]
fn no_declaration_is_told() {
    let empty = tempfile::tempdir().expect("a temporary directory can be made");
    let mut command = Command::new(env!("CARGO_BIN_EXE_repro-pgo"));
    let output = command.arg("build").current_dir(empty.path()).output().expect("the driver starts");
    ran(output).refused(&["no pgo.toml in", "--spec"]);
}

#[test]
fn the_doctor_lists_what_is_there() {
    let demo = Demo::new("doctor");
    let told = demo.run(&["doctor"]).fine().stdout;
    let tried = "ok       workload count on texts/many.txt";
    for part in [
        "rustc",
        "profiler runtime",
        "profile merge",
        "qemu-user",
        "machine",
        "valgrind",
        "ready: everything required",
        tried,
    ] {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
    let json = demo.run(&["doctor", "--json"]).fine().stdout;
    let findings: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(findings["machine"][0]["name"], "rustc");
    assert_eq!(findings["commands"][0]["repeats"], true, "{json}");
    demo.edit("pgo.toml", "args = [\"count\", \"{entry}\"]", "args = [\"--help\"]");
    let only_help = demo.run(&["doctor"]);
    assert_eq!(only_help.code, 1, "{}", only_help.stdout);
    for part in ["what the program says of itself", "in [[training.workloads]]", "not ready: 1 of 1"] {
        assert!(only_help.stdout.contains(part), "{part} is not in\n{}", only_help.stdout);
    }
}

#[test]
fn the_doctor_names_what_would_stop_a_training() {
    let demo = Demo::new("doctor").with_program("failing");
    let told = demo.run(&["doctor"]);
    assert_eq!(told.code, 1, "{}", told.stdout);
    for part in
        ["WRONG    workload count", "it ended with exit code 7, which `exit-codes` does not list", "not ready: 1 of 1"]
    {
        assert!(told.stdout.contains(part), "{part} is not in\n{}", told.stdout);
    }
}

#[test]
fn a_first_declaration_is_written_from_commands_that_work() {
    let demo = Demo::new("init");
    std::fs::remove_file(demo.path("pgo.toml")).expect("the demo has one");
    let main = "fn main() {\n    let path = std::env::args().nth(1).expect(\"Usage: demo FILE\");\n    let text = \
        std::fs::read_to_string(path).expect(\"it is readable\");\n    println!(\"{}\", text.split_whitespace().count());\n}\n";
    demo.write("src/main.rs", main.as_bytes());
    for (name, lines) in [("one", 40), ("two", 50), ("three", 60)] {
        demo.write(&format!("tests/data/{name}.txt"), "some words\n".repeat(lines).as_bytes());
    }
    demo.write("src/bin/lines.rs", main.replace("split_whitespace", "lines").as_bytes());
    demo.write("flake.nix", b"{ outputs = { nixpkgs, crane, ... }: { }; }\n");
    let told = demo.run(&["init", "--bin", "demo"]).fine();
    let last = told.stdout.lines().last().unwrap_or_default();
    assert!(last.starts_with("written: ") && told.stderr.contains("add an input"), "{}", told.stderr);
    assert!(told.stdout.contains("pgo = repro-pgo.lib.mkPgoPackage {"), "{}", told.stdout);
    let text = std::fs::read_to_string(demo.path("pgo.toml")).expect("it was written");
    assert!(text.contains("directory = \"tests/data\"") && text.contains("args = [\"{entry}\"]"), "{text}");
    let more = ["more-binaries = [{ binary = \"lines\" }]\n", "binary = \"lines\"\n"];
    assert!(more.iter().all(|part| text.contains(part)), "{text}");
    demo.run(&["init"]).refused(&["is there already", "--force"]);
    demo.run(&["build", "--until", "check"]).fine();
}

#[test]
fn the_doctor_refuses_without_a_compiler() {
    let demo = Demo::new("doctor");
    let mut command = demo.command(&["doctor"]);
    let told = ran(command.env("PATH", "/nonexistent").env("RUSTC", "/nonexistent/rustc").output().expect("it starts"));
    assert_eq!(told.code, 1, "{}", told.stdout);
    assert!(told.stdout.contains("MISSING  rustc") && told.stdout.contains("apt-get install gcc"), "{}", told.stdout);
}

#[test]
fn usage_errors_have_their_own_exit_code() {
    let demo = Demo::new("usage");
    assert_eq!(demo.run(&["build", "--no-such-option"]).code, 2);
    assert_eq!(demo.run(&["train", "--binary", "x"]).code, 2);
}

#[test]
fn completions_and_manual_pages_are_printed() {
    let demo = Demo::new("pages");
    assert!(demo.run(&["completions", "bash"]).fine().stdout.contains("repro-pgo"));
    assert!(demo.run(&["man"]).fine().stdout.contains(".TH repro-pgo"));
    demo.run(&["man", "--output", "man1"]).fine();
    assert!(demo.path("man1/repro-pgo-train.1").is_file());
}
