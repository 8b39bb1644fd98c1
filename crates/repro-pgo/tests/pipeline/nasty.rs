//! Programs that do their best to be different every time. Each is either made reproducible or refused with the place
//! named; none gets a profile that is stable by luck. The table in docs/nasty-programs.md is written from here.

use std::fmt::Write as _;

use test_support::require;

use super::demo::{Demo, ran};

const QEMU: &str = "qemu-x86_64";

/// What becomes of a program.
#[derive(Clone, Copy)]
enum Outcome {
    /// The same profile everywhere, for this reason.
    Reproducible(&'static str),
    /// The same profile everywhere in a whole machine; natively and in user mode by luck alone.
    InMachine,
    /// No profile in user mode; the message names this function and this cause.
    Refused { function: &'static str, cause: &'static str, provoked_by: &'static str },
}
use Outcome::{InMachine, Refused, Reproducible};

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

const PROGRAMS: [Program; 19] = [
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
    program("whole_machine", "threads, clock, process id and raw entropy at once", InMachine),
    program("work_stealing", "a pool whose threads steal work from each other", InMachine),
    program("timers", "threads that sleep, and wait with a limit", InMachine),
    program("loopback", "a server with clients, over the loopback interface", InMachine),
    program("spinlock", "threads that spin until a lock is free", InMachine),
    program("c_threads", "threads and a mutex of the C library", InMachine),
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
    if require(QEMU).is_none() {
        return;
    }
    let demo = demo("nasty", variant);
    demo.edit("pgo.toml", "emulator = \"auto\"", "emulator = \"qemu-user\"");
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
    demo.edit("pgo.toml", "emulator = \"auto\"", "emulator = \"qemu-user\"");
    let trained = demo.run(&["train"]);
    if trained.code == 0 {
        assert!(trained.stderr.contains("lists folders in an order of its own"), "{}", trained.stderr);
    } else {
        is_refused("raw_directory_order");
    }
}

/// All of them in one declaration, so that they share the boots: one a repetition.
fn all_in_one() -> Demo {
    let demo = demo("all", "whole_machine");
    let others = || PROGRAMS.iter().map(|program| program.variant).filter(|variant| *variant != "whole_machine");
    for variant in others() {
        demo.add_binary(variant);
    }
    let binaries: Vec<String> = others().map(|variant| format!("{{ binary = \"{variant}\" }}")).collect();
    demo.edit("pgo.toml", "[inputs.texts]", &format!("more-binaries = [{}]\n\n[inputs.texts]", binaries.join(", ")));
    demo.edit("pgo.toml", "{ name = \"Nehalem\", weight = 1 }, ", "");
    let workload = |variant: &str| {
        format!(
            "[[training.workloads]]\nname = \"{variant}\"\nbinary = \"{variant}\"\ninputs = \"texts\"\n\
             entries = [\"many.txt\"]\nargs = [\"count\", \"{{entry}}\"]\n\n"
        )
    };
    let workloads: String = others().map(workload).collect();
    demo.edit(
        "pgo.toml",
        "args = [\"count\", \"{entry}\"]\n\n[limits]",
        &format!("entries = [\"many.txt\"]\nargs = [\"count\", \"{{entry}}\"]\n\n{workloads}[limits]"),
    );
    demo
}

#[test]
fn everything_is_reproducible_in_a_machine_to_which_an_automatic_choice_turns() {
    if require(QEMU).is_none() || require("qemu-system-x86_64").is_none() {
        return;
    }
    let demo = all_in_one();
    let trained = demo.run(&["train"]).fine();
    for told in
        ["functions differ between repetitions by qemu-user", "training once more in a whole machine, qemu-system"]
    {
        assert!(trained.stderr.contains(told), "`{told}` is not in\n{}", trained.stderr);
    }
    let agree = format!("2 repetitions of {} runs agree", PROGRAMS.len());
    assert!(trained.stderr.contains(&agree), "{}", trained.stderr);
    let record = String::from_utf8(demo.made_bytes("profile/training.json")).expect("it is JSON");
    for told in ["\"emulator\": \"qemu-system ", " with Linux ", "\"kernel-sha256\": \""] {
        assert!(record.contains(told), "`{told}` is not in\n{record}");
    }
    assert_eq!(first_count(&demo, "told_of_four").as_deref(), Some("2"), "one run on a CPU model of weight 2");
    let steps = first_count(&demo, "4demo4step");
    assert!(steps.as_ref().is_some_and(|steps| steps.parse::<u64>().is_ok_and(|steps| steps > 578_000)), "{steps:?}");
    for name in ["replicate-1.proftext", "replicate-2.proftext"] {
        assert!(!demo.made("profile").join(name).exists(), "{name} is of a training that was given up");
    }
    let again = demo.run(&["train"]).fine();
    assert!(again.stderr.contains("up to date"), "{}", again.stderr);
}

/// Set `UPDATE_TABLE=1` to write the table instead of comparing it.
#[test]
fn the_documented_table_is_this_one() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/nasty-programs.md");
    let mut text = String::from(INTRODUCTION);
    for Program { variant, what, outcome } in &PROGRAMS {
        let row = match outcome {
            Reproducible(cure) => format!("reproducible | {cure}"),
            InMachine => "reproducible in a whole machine | `emulator = \"machine\"`".to_owned(),
            Refused { function, provoked_by, .. } => {
                format!("reproducible in a whole machine; in user mode refused, naming `{function}` | {provoked_by}")
            }
        };
        writeln!(text, "| `{variant}` | {what} | {row} |").expect("text grows");
    }
    if std::env::var_os("UPDATE_TABLE").is_some() {
        std::fs::write(&file, &text).expect("the documentation is writable");
    }
    assert_eq!(std::fs::read_to_string(file).expect("the table is documented"), text);
}

const INTRODUCTION: &str = r#"# Nasty programs

Programs that try to be different every time, and what the training makes of each. Every row is a test in
`crates/repro-pgo/tests/pipeline/nasty.rs`; the programs are in `crates/repro-pgo/tests/demo/variants`. In a whole machine, to which
`emulator = "auto"` turns by itself where qemu-system and a kernel are there, all of them are reproducible: one test trains them
together.

| program | what it does | outcome | cure, or what brings it to light |
|---|---|---|---|
"#;
