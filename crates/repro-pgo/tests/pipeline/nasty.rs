//! Programs that do their best to be different every time. Each is either made reproducible or refused with the place
//! named; none gets a profile that is stable by luck. The table in docs/nasty-programs.md is written from here.

use std::fmt::Write as _;

use super::demo::{Demo, ran};

/// What becomes of a program.
#[derive(Clone, Copy)]
enum Outcome {
    /// The same profile everywhere, for this reason.
    Reproducible(&'static str),
    /// No profile; the message names this function and this cause.
    Refused { function: &'static str, cause: &'static str, provoked_by: &'static str },
}
use Outcome::{Refused, Reproducible};

struct Program {
    variant: &'static str,
    what: &'static str,
    outcome: Outcome,
}

const fn program(variant: &'static str, what: &'static str, outcome: Outcome) -> Program {
    Program { variant, what, outcome }
}

const fn refused(function: &'static str, cause: &'static str, provoked_by: &'static str) -> Outcome {
    Refused { function, cause, provoked_by }
}

const PROGRAMS: [Program; 14] = [
    program("random_hasher", "iterates over a randomly seeded map", Reproducible("`getrandom` gives fixed bytes")),
    program("libc_entropy", "random bytes from the C library", Reproducible("`getrandom` gives fixed bytes")),
    program(
        "raw_entropy",
        "random bytes from the system call itself",
        refused("demo::report", "random numbers", "nothing needed, it never agrees"),
    ),
    program("address_seed", "a hash seeded from addresses", Reproducible("the emulator lays out the memory")),
    program("environment_size", "depends on the environment", Reproducible("four fixed variables are all of it")),
    program("program_name", "depends on `argv[0]`", Reproducible("training has one fixed directory")),
    program("cpu_dispatch", "depends on the CPU", Reproducible("the emulator's CPU models, all of them")),
    program(
        "racing_exit",
        "ends while threads are counting",
        refused("demo::", "starts threads", "threads moved to other processors"),
    ),
    program(
        "racing_pool",
        "threads take work from one queue",
        refused("demo::", "starts threads", "threads moved to other processors"),
    ),
    program("wall_time", "depends on the clock", refused("demo::report", "the clock", "another second")),
    program("process_id", "depends on its process id", refused("demo::even", "process ids", "ids of the other parity")),
    program(
        "directory_order",
        "depends on the order of directory entries",
        Reproducible("`readdir` gives them by name"),
    ),
    program(
        "raw_directory_order",
        "the order of entries from the system call itself",
        refused("demo::rising", "the order of directory entries", "files made in the opposite order"),
    ),
    program(
        "whole_machine",
        "threads, clock, process id and raw entropy at once",
        Reproducible("`emulator = \"machine\"`, tested in `machine.rs`"),
    ),
];

#[track_caller]
fn known(variant: &str) -> &'static Program {
    PROGRAMS.iter().find(|program| program.variant == variant).expect("the program is in the table")
}

/// The demo in a folder whose name starts with `prefix`, with one of the programs.
fn demo(prefix: &str, variant: &str) -> Demo {
    let demo = Demo::new(prefix).with_program(variant);
    demo.edit("pgo.toml", "min-covered-functions = 3", "min-covered-functions = 1");
    demo
}

/// Trains in two places and two environments.
#[track_caller]
fn is_reproducible(variant: &str) -> Demo {
    assert!(matches!(known(variant).outcome, Reproducible(_)), "the table says otherwise");
    let (first, second) = (demo("here", variant), demo("somewhere else, and deeper", variant));
    first.run(&["train"]).fine();
    let mut elsewhere = second.command(&["train"]);
    elsewhere.env("A_LONG_ENTRY", "x".repeat(3000)).env("TZ", "Asia/Tokyo").env("LC_ALL", "C.UTF-8");
    ran(elsewhere.output().expect("the driver starts")).fine();
    let profile = "profile/merged.profdata";
    assert!(first.made_bytes(profile) == second.made_bytes(profile), "{variant} has two profiles");
    first
}

#[track_caller]
fn is_refused(variant: &str) {
    let Refused { function, cause, .. } = known(variant).outcome else { panic!("the table says otherwise") };
    let demo = demo("nasty", variant);
    // A race can go the same way twice; three trainings in a row that agree would be more than luck.
    let trained = (1..=3).map(|_| demo.retrain()).find(|ran| ran.code != 0);
    let refused = trained.unwrap_or_else(|| panic!("{variant}: three trainings agreed"));
    refused.refused(&["repetition 2 gave another profile than the first", function, cause]);
    assert!(!demo.made("profile/merged.profdata").exists(), "a refused profile is not there to be used");
}

#[test]
fn a_random_hasher_is_pinned() {
    is_reproducible("random_hasher");
}

#[test]
fn entropy_of_the_c_library_is_pinned() {
    is_reproducible("libc_entropy");
}

#[test]
fn entropy_of_the_system_call_is_refused() {
    is_refused("raw_entropy");
}

#[test]
fn addresses_are_the_emulators() {
    is_reproducible("address_seed");
}

#[test]
fn the_environment_is_fixed() {
    is_reproducible("environment_size");
}

#[test]
fn the_programs_name_is_fixed() {
    is_reproducible("program_name");
}

#[test]
fn every_way_of_a_dispatch_is_trained() {
    let demo = is_reproducible("cpu_dispatch");
    let record = String::from_utf8(demo.made_bytes("profile/training.json")).expect("it is JSON");
    if record.contains("qemu-user") {
        for (function, count) in [("narrow", "2"), ("wide", "4")] {
            let counter = first_count(&demo, function);
            assert_eq!(counter.as_deref(), Some(count), "{function}: two files, weighted by CPU model");
        }
    }
}

/// How often the function ran.
fn first_count(demo: &Demo, function: &str) -> Option<String> {
    let text = String::from_utf8(demo.made_bytes("profile/merged.proftext")).expect("it is text");
    let (_, after) = text.split_once(function).expect("the function is in the profile");
    after.lines().skip_while(|line| *line != "# Counter Values:").nth(1).map(str::to_owned)
}

#[test]
fn threads_that_race_with_the_end_are_refused() {
    is_refused("racing_exit");
}

#[test]
fn threads_that_race_for_work_are_refused() {
    is_refused("racing_pool");
}

#[test]
fn the_clock_is_refused() {
    is_refused("wall_time");
}

#[test]
fn the_process_id_is_refused() {
    is_refused("process_id");
}

#[test]
fn the_order_of_entries_is_fixed() {
    let demo = is_reproducible("directory_order");
    for name in ["g", "c", "f", "a", "e", "b", "d"] {
        demo.write(&format!("inputs/{name}.txt"), b"more names, so that they are in order by no accident");
    }
    demo.retrain().fine();
    assert_eq!(first_count(&demo, "falling").as_deref(), Some("0"));
    assert_ne!(first_count(&demo, "rising").as_deref(), Some("0"));
}

#[test]
fn the_order_of_raw_entries_is_refused_or_cannot_vary_and_is_told() {
    let demo = demo("order", "raw_directory_order");
    let trained = demo.run(&["train"]);
    if trained.code == 0 {
        assert!(trained.stderr.contains("lists folders in an order of its own"), "{}", trained.stderr);
    } else {
        is_refused("raw_directory_order");
    }
}

/// Set `UPDATE_TABLE=1` to write the table instead of comparing it.
#[test]
fn the_documented_table_is_this_one() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/nasty-programs.md");
    let mut text = String::from(INTRODUCTION);
    for Program { variant, what, outcome } in &PROGRAMS {
        let row = match outcome {
            Reproducible(cure) => format!("reproducible | {cure}"),
            Refused { function, provoked_by, .. } => format!("refused, naming `{function}` | {provoked_by}"),
        };
        writeln!(text, "| `{variant}` | {what} | {row} |").expect("text grows");
    }
    if std::env::var_os("UPDATE_TABLE").is_some() {
        std::fs::write(&file, &text).expect("the documentation is writable");
    }
    assert_eq!(std::fs::read_to_string(file).expect("the table is documented"), text);
}

const INTRODUCTION: &str = "# Nasty programs

Programs that try to be different every time, and what the training makes of each. Every row is a test in
`crates/repro-pgo/tests/pipeline/nasty.rs`; the programs are in `crates/repro-pgo/tests/demo/variants`.

| program | what it does | outcome | cure, or what brings it to light |
|---|---|---|---|
";
