//! What training refuses: programs that never do the same twice, fail, hang, or leave no counts.

use std::process::Command;

use host::exit_code::ExitCode;

use super::demo::{Demo, ran};

#[test]
fn entropy_past_the_pinned_symbol_is_refused_with_the_place() {
    let demo = Demo::new("entropy").with_program("raw_entropy");
    // An automatic choice turns to a machine, and there is none.
    let mut train = demo.command(&["train"]);
    train.env("REPRO_PGO_KERNEL", "/nonexistent");
    let refused = ran(train.output().expect("the driver starts"));
    refused.refused(&["repetition 2 gave another profile than the first", "demo::report", "`emulator = \"machine\"`"]);
    for kept in ["profile/replicate-1.proftext", "profile/replicate-2.proftext"] {
        assert!(demo.made(kept).is_file(), "{kept} is kept for looking");
    }
    assert!(!demo.made("profile/merged.profdata").exists(), "a refused profile is not there to be used");
}

#[test]
fn without_the_pinned_object_a_random_hasher_is_refused() {
    let demo = Demo::new("unpinned").with_program("random_hasher");
    demo.edit("pgo.toml", "emulator = \"auto\"", "emulator = \"qemu-user\"");
    let built = Command::new("rustc")
        .args(["--edition=2024", "-Copt-level=2", "-Cprofile-generate", "--crate-name=demo", "-o"])
        .args([&demo.path("demo"), &demo.path("src/main.rs")])
        .status();
    assert!(built.expect("rustc is there").success());
    demo.run(&["inputs", "--output", "sets"]).fine();
    let arguments = ["train", "--binary", "demo", "--inputs", "sets", "--output", "out"];
    demo.run(&arguments).refused(&["gave another profile than the first"]);
}

#[test]
fn a_failing_workload_shows_its_command_exit_code_and_words() {
    let demo = Demo::new("failing").with_program("failing");
    let parts =
        ["workload `count` on texts/many.txt", "failed", "exit code 7", "count /tmp/repro-pgo-train/inputs/texts"];
    demo.run(&["train"])
        .ended_with(ExitCode::CommandFailed, &parts)
        .ended_with(ExitCode::CommandFailed, &["| demo: the file is not to my liking"]);
}

#[test]
fn a_declared_exit_code_is_fine() {
    let demo = Demo::new("declared").with_program("failing");
    demo.edit("pgo.toml", "args = [\"count\", \"{entry}\"]\n\n[limits]", "args = []\nexit-codes = [7]\n\n[limits]");
    demo.edit("pgo.toml", "min-covered-functions = 3", "min-covered-functions = 1");
    demo.run(&["train"]).fine();
}

#[test]
fn a_hanging_workload_is_killed_with_its_children() {
    let demo = Demo::new("hanging").with_program("hanging");
    demo.edit("pgo.toml", "timeout-seconds = 30", "timeout-seconds = 1");
    demo.run(&["train"]).ended_with(
        ExitCode::CommandFailed,
        &["workload `count` on texts/many.txt", "hangs", "killed after 1 s (training.timeout-seconds)"],
    );
}

#[test]
fn a_program_that_skips_exit_handlers_leaves_no_profile() {
    let demo = Demo::new("silent").with_program("without_exit");
    demo.run(&["train"]).ended_with(ExitCode::CommandFailed, &["left no profile", "_exit()"]);
}

#[test]
fn a_workload_that_writes_is_refused() {
    Demo::new("writing")
        .with_program("writing")
        .run(&["train"])
        .refused(&["workload `count` changed texts/many.txt", "`writes = true`"]);
}

#[test]
fn too_little_coverage_is_refused() {
    let demo = Demo::new("coverage");
    demo.edit("pgo.toml", "min-covered-functions = 3", "min-covered-functions = 1000");
    demo.run(&["train"]).refused(&["training ran only", "1000 are demanded (limits.min-covered-functions)"]);
}

#[test]
fn a_workload_without_inputs_is_refused() {
    let demo = Demo::new("nothing");
    demo.edit("pgo.toml", "args = [\"count\", \"{entry}\"]\n\n[limits]", "entries = [\"no-*\"]\n\n[limits]");
    demo.run(&["train"]).refused(&["matches no entry of the input set `texts`", "no-*"]);
}

#[test]
fn other_inputs_than_recorded_are_refused() {
    let demo = Demo::new("inputs");
    let hash = demo.run(&["inputs", "--output", "sets"]).fine().stdout;
    let hash = hash.split_whitespace().next().expect("the hash comes first");
    demo.edit("pgo.toml", "directory = \"inputs\"", &format!("directory = \"inputs\"\nsha256 = \"{hash}\""));
    demo.run(&["inputs", "--output", "sets"]).fine();
    demo.edit("inputs/pangram.txt", "quick", "slow");
    demo.run(&["inputs", "--output", "sets"]).refused(&["input set `texts`", "but pgo.toml records", hash]);
}

#[test]
fn natively_the_same_program_trains_too() {
    let demo = Demo::new("native");
    demo.edit("pgo.toml", "emulator = \"auto\"", "emulator = \"native\"");
    let trained = demo.run(&["train"]);
    // Containers often forbid switching address space randomisation off; then that is what has to be said.
    if trained.code == 0 {
        let record = String::from_utf8(demo.made_bytes("profile/training.json")).expect("it is JSON");
        assert!(record.contains("\"emulator\": \"native\"") && !record.contains("cpu-model"), "{record}");
    } else {
        trained.refused(&["containers often forbid"]);
    }
}
