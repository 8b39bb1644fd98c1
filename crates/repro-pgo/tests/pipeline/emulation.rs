//! What emulation promises: the same profile on every CPU, and a word wherever an emulator can't do what is declared.

use std::path::Path;

use host::exit_code::ExitCode;
use test_support::require;

use super::demo::{Demo, Ran, ran};

const QEMU: &str = "qemu-x86_64";
const SYSTEM: &str = "qemu-system-x86_64";

/// Runs the driver with `script` found before the installed emulator.
fn with_emulator(demo: &Demo, script: &str, arguments: &[&str]) -> Ran {
    with_program(demo, QEMU, script, arguments)
}

/// Runs the driver with `script` found before the installed program of this name.
fn with_program(demo: &Demo, name: &str, script: &str, arguments: &[&str]) -> Ran {
    test_support::script(&demo.path(&format!("emulator/{name}")), &format!("#!/bin/sh\n{script}\n"));
    let path = std::env::var("PATH").expect("tests have a PATH");
    let mut command = demo.command(arguments);
    command.env("PATH", format!("{}:{path}", demo.path("emulator").display()));
    ran(command.output().expect("the driver starts"))
}

/// `qemu` as if it ran on a machine whose CPU is `outer`: it is itself emulated. Shells add variables to the environment.
///
/// NB: an emulator inside of another one lays out its guest's memory as the outer one permits, so this says nothing about
/// programs that depend on addresses.
fn on_machine(outer: &str, qemu: &Path) -> String {
    let qemu = qemu.display();
    format!(
        "case $1 in --version) exec {qemu} \"$@\" ;; esac\nexec {qemu} -cpu {outer} {qemu} -U PWD -U OLDPWD -U SHLVL -U _ \"$@\" 2>/dev/null"
    )
}

#[test]
fn the_profile_is_the_same_on_machines_with_other_cpus() {
    let Some(qemu) = require(QEMU) else { return };
    for program in ["cpu_dispatch", "random_hasher"] {
        let demo = Demo::new("machine").with_program(program);
        demo.edit("pgo.toml", "min-covered-functions = 3", "min-covered-functions = 1");
        demo.run(&["train"]).fine();
        let here = demo.made_bytes("profile/merged.profdata");
        for outer in ["Nehalem", "Haswell"] {
            std::fs::remove_dir_all(demo.made("profile")).expect("the directory is ours");
            with_emulator(&demo, &on_machine(outer, &qemu), &["train"]).fine();
            let record = String::from_utf8(demo.made_bytes("profile/training.json")).expect("it is JSON");
            assert!(record.contains("qemu-user"), "{record}");
            assert!(demo.made_bytes("profile/merged.profdata") == here, "{program} has another profile on a {outer}");
        }
    }
}

#[test]
fn the_profile_of_a_whole_machine_is_the_same_on_a_machine_with_another_cpu() {
    let (Some(qemu), Some(system)) = (require(QEMU), require(SYSTEM)) else { return };
    let demo = Demo::new("machine").with_program("racing_pool");
    for (from, to) in [
        ("min-covered-functions = 3", "min-covered-functions = 1"),
        ("emulator = \"auto\"", "emulator = \"machine\""),
        ("{ name = \"Nehalem\", weight = 1 }, ", ""),
        (
            "args = [\"count\", \"{entry}\"]\n\n[limits]",
            "entries = [\"many.txt\"]\nargs = [\"count\", \"{entry}\"]\n\n[limits]",
        ),
    ] {
        demo.edit("pgo.toml", from, to);
    }
    demo.run(&["train"]).fine();
    let here = demo.made_bytes("profile/merged.profdata");
    std::fs::remove_dir_all(demo.made("profile")).expect("the directory is ours");
    let (qemu, system) = (qemu.display(), system.display());
    let script =
        format!("case $1 in -nodefaults) exec {qemu} -cpu Nehalem {system} \"$@\" ;; esac\nexec {system} \"$@\"");
    with_program(&demo, SYSTEM, &script, &["train"]).fine();
    assert!(demo.made_bytes("profile/merged.profdata") == here, "it has another profile on a Nehalem");
}

#[test]
fn what_ships_runs_on_the_first_x86_64() {
    let Some(qemu) = require(QEMU) else { return };
    let demo = Demo::new("first");
    demo.run(&["build", "--until", "optimize"]).fine();
    let mut command = std::process::Command::new(qemu);
    command
        .args(["-cpu", "Opteron_G1"])
        .arg(demo.made("optimized/demo"))
        .arg("count")
        .arg(demo.path("inputs/many.txt"));
    let told = ran(command.output().expect("the emulator starts")).fine();
    assert!(told.stdout.contains("different, longest"), "{}", told.stdout);
}

#[test]
fn an_optional_model_is_left_out_and_named_everywhere() {
    if require(QEMU).is_none() {
        return;
    }
    let demo = Demo::new("optional");
    let known = "cpu-models = [{ name = \"Nehalem\", weight = 1 }, { name = \"Haswell\", weight = 2 }]";
    let more =
        "cpu-models = [{ name = \"Nehalem\" }, { name = \"Haswell\", features = [\"nosuch\"], optional = true }]";
    demo.edit("pgo.toml", known, more);
    let built = demo.run(&["build", "--until", "baseline"]).fine();
    let note = "note: training without the optional CPU model Haswell: qemu-user";
    assert!(built.stderr.contains(note) && built.stderr.contains("does not emulate nosuch"), "{}", built.stderr);
    assert!(built.stdout.trim_end().ends_with("without Haswell"), "{}", built.stdout);
    let record = String::from_utf8(demo.made_bytes("profile/training.json")).expect("it is JSON");
    assert!(record.contains("\"model\": \"Haswell\"") && !record.contains("\"cpu-model\": \"Haswell\""), "{record}");
    let told = demo.run(&["doctor"]).fine().stdout;
    assert!(told.contains("Haswell is optional and left out: it does not emulate nosuch"), "{told}");
    demo.edit("pgo.toml", "optional = true", "optional = false");
    demo.edit("pgo.toml", "emulator = \"auto\"", "emulator = \"qemu-user\"");
    demo.run(&["train"]).ended_with(
        ExitCode::Missing,
        &["does not emulate nosuch, which Haswell is trained on for", "`optional = true`"],
    );
}

#[test]
fn an_emulator_that_is_too_old_is_told_before_training_natively() {
    let Some(qemu) = require(QEMU) else { return };
    let demo = Demo::new("old");
    demo.edit("pgo.toml", "name = \"Haswell\"", "name = \"Haswell\", features = [\"avx2\"]");
    let old = format!("case $* in *,+avx2,*) echo no avx2 here; exit 1 ;; esac\nexec {} \"$@\"", qemu.display());
    let trained = with_emulator(&demo, &old, &["train"]);
    // Where address space randomisation can't be switched off, native training is refused as well.
    let parts = ["note: training natively", "does not emulate avx2"];
    assert!(parts.iter().all(|part| trained.stderr.contains(part)), "{}", trained.stderr);
}

#[test]
fn models_that_could_all_be_left_out_are_refused() {
    let demo = Demo::new("all");
    demo.edit(
        "pgo.toml",
        "{ name = \"Nehalem\", weight = 1 }, { name = \"Haswell\", weight = 2 }",
        "{ name = \"Haswell\", optional = true }",
    );
    demo.run(&["train"]).refused(&["all of `cpu-models` are optional"]);
    demo.edit("pgo.toml", "optional = true", "features = [\"sha-ni,enforce\"]");
    demo.run(&["train"]).refused(&["`sha-ni,enforce` is no CPU feature"]);
}
