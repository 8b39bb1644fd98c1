//! The same source gives the same profile and the same binary, wherever and however it is built.

use super::demo::{Demo, ran};

const RESULTS: [&str; 5] =
    ["instrumented/demo", "profile/merged.profdata", "profile/merged.proftext", "optimized/demo", "baseline/demo"];

#[test]
fn two_directories_give_the_same_bytes() {
    let (first, second) = (Demo::new("one"), Demo::new("quite another, with spaces"));
    let built = first.run(&["build", "--until", "baseline"]).fine();
    assert!(built.stdout.starts_with("built: profile sha256 "), "{}", built.stdout);
    let mut elsewhere = second.command(&["build", "--until", "baseline"]);
    elsewhere.env("RUSTFLAGS", "-Copt-level=0").env("LC_ALL", "C.UTF-8").env("A_LONG_ENTRY", "x".repeat(2000));
    let told = ran(elsewhere.output().expect("the driver starts")).fine();
    // Where the tests run, cargo may be told more by variables of its own.
    let note = told.stderr.lines().find(|line| line.starts_with("note: ") && line.contains(" no effect here"));
    assert!(note.is_some_and(|note| note.contains("RUSTFLAGS")), "{}", told.stderr);
    for name in RESULTS {
        assert!(first.made_bytes(name) == second.made_bytes(name), "{name} differs");
    }
    assert!(first.made_bytes("optimized/demo") != first.made_bytes("baseline/demo"), "the profile does nothing");
}

#[test]
fn no_path_of_this_machine_is_in_the_binaries() {
    let demo = Demo::new("named-workplace");
    demo.edit(
        "src/main.rs",
        "assert_eq!(command",
        "assert!(file!().len() > 3, \"{}\", file!());\n    assert_eq!(command",
    );
    demo.run(&["baseline"]).fine();
    let binary = demo.made_bytes("baseline/demo");
    let place = demo.path("").to_string_lossy().into_owned();
    let home = std::env::var("HOME").expect("tests run in somebody's home");
    for path in [place.as_bytes(), home.as_bytes()] {
        assert!(!binary.windows(path.len()).any(|window| window == path), "{}", String::from_utf8_lossy(path));
    }
}

#[test]
fn a_randomly_seeded_hasher_is_pinned() {
    let (first, second) = (Demo::new("a").with_program("random_hasher"), Demo::new("b").with_program("random_hasher"));
    for demo in [&first, &second] {
        demo.run(&["train"]).fine();
    }
    assert!(first.made_bytes("profile/merged.profdata") == second.made_bytes("profile/merged.profdata"));
}

#[test]
fn a_cargo_profile_that_is_not_reproducible_is_warned_about() {
    let demo = Demo::new("units");
    let warned = |demo: &Demo| demo.run(&["baseline"]).fine().stderr.contains("asks for ThinLTO");
    assert!(!warned(&demo));
    demo.edit("Cargo.toml", "codegen-units = 1", "codegen-units = 16");
    assert!(warned(&demo));
    demo.edit("Cargo.toml", "lto = false", "lto = \"fat\"");
    assert!(!warned(&demo));
}

#[test]
fn the_summary_is_machine_readable() {
    let demo = Demo::new("json");
    let built = demo.run(&["build", "--until", "optimize", "--json", "--quiet"]).fine();
    assert_eq!(built.stderr, "");
    let summary: serde_json::Value = serde_json::from_str(&built.stdout).expect("it is JSON");
    assert_eq!(summary["unmatched-functions"], 0);
    assert_eq!(summary["training"]["replicates"], 2);
    assert_eq!(summary["stages"][3][0], "optimize");
}
