//! The commands for other build systems: flags to build with, the judgement over a build, profiles added up.

use std::process::Command;

use crate::demo::{Demo, Ran, ran};

/// A trained demo with its profile as `good.profdata`.
fn trained() -> Demo {
    let demo = Demo::new("commands");
    demo.run(&["train"]).fine();
    demo.write("good.profdata", &demo.made_bytes("profile/merged.profdata"));
    demo
}

/// Builds as another build system would, with the flags of `stage`, into `folder`; the output is in `log.json`.
fn build(demo: &Demo, folder: &str, stage: &[&str]) {
    let flags = demo.run(&[&["flags", "--stage"], stage].concat()).fine().stdout;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--release", "-vv", "--message-format=json", "--target-dir", folder]);
    cargo.args(["--target", "x86_64-unknown-linux-gnu"]).current_dir(demo.path(""));
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.trim_end()).env_remove("RUSTFLAGS");
    let output = cargo.output().expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    demo.write("log.json", &output.stdout);
}

fn applied(demo: &Demo) -> Ran {
    demo.run(&["applied", "--profile", "good.profdata", "--log", "log.json", "--output", "unmatched.json"])
}

#[test]
fn another_build_system_gets_the_same_stages() {
    let demo = trained();
    let profile = demo.path("good.profdata").display().to_string();
    build(&demo, "own", &["optimized", "--profile", &profile]);
    let told = applied(&demo).fine().stdout;
    assert_eq!(told, "applied: 0 functions without profile data (limit 2)\n");
    let report = std::fs::read_to_string(demo.path("unmatched.json")).expect("it was asked for");
    assert!(report.contains("\"unmatched-functions\": 0"), "{report}");
    let lines = demo.run(&["flags", "--stage", "instrumented", "--work", "work", "--lines"]).fine().stdout;
    assert!(lines.lines().any(|line| line == "-Cprofile-generate") && lines.contains("--wrap=readdir64"), "{lines}");
    assert!(demo.path("work/pinned_entropy.o").is_file());
    let baseline = demo.run(&["flags", "--stage", "baseline", "--lines"]).fine().stdout;
    assert!(!baseline.contains("profile") && baseline.contains("+crt-static"), "{baseline}");
}

#[test]
fn what_the_linker_threw_away_in_another_build_system_does_not_count() {
    let demo = trained();
    demo.set_program("random_hasher");
    let profile = demo.path("good.profdata").display().to_string();
    let work = demo.path("work").display().to_string();
    build(&demo, "own", &["optimized", "--profile", &profile, "--work", &work]);
    let judged =
        |map: &str| demo.run(&["applied", "--profile", "good.profdata", "--log", "log.json", "--link-map", map]);
    judged("work/link.map").refused(&["functions were compiled without profile data", "demo::main"]);
    demo.write("kept-nothing.map", b"");
    // The changed `main` has data of its old self, so it was in the binary then.
    assert_eq!(judged("kept-nothing.map").fine().stdout, "applied: 1 functions without profile data (limit 2)\n");
    judged("none.map").refused(&["none.map"]);
}

#[test]
fn a_build_that_did_not_apply_its_profile_is_refused() {
    let demo = trained();
    demo.set_program("random_hasher");
    let profile = demo.path("good.profdata").display().to_string();
    build(&demo, "own", &["optimized", "--profile", &profile]);
    applied(&demo).refused(&["functions were compiled without profile data, 2 are allowed", "demo::main"]);
    demo.write("log.json", b"{}\n");
    applied(&demo).refused(&["--message-format=json"]);
}

#[test]
fn flags_for_a_foreign_profile_are_refused_and_missing_options_are_usage() {
    let demo = Demo::new("foreign");
    demo.write("none.profdata", b"# IR level Instrumentation Flag\n:ir\n");
    let foreign = ["flags", "--stage", "optimized", "--profile", "none.profdata"];
    demo.run(&foreign).refused(&["holds no function of this program"]);
    for missing in ["optimized", "instrumented"] {
        assert_eq!(demo.run(&["flags", "--stage", missing]).code, 2, "{missing}");
    }
}

#[test]
fn merged_profiles_add_up_in_any_order() {
    let demo = trained();
    let merged = |output: &str, inputs: [&str; 2]| {
        let mut command = demo.command(&["merge", "--output", output]);
        ran(command.args(inputs).output().expect("the driver starts"))
    };
    demo.write("half.proftext", b"# IR level Instrumentation Flag\n:ir\nextra\n7\n1\n5\n");
    merged("one", ["good.profdata", "half.proftext"]).fine();
    merged("other", ["half.proftext", "good.profdata"]).fine();
    let bytes = |name: &str| std::fs::read(demo.path(name)).expect("it was merged");
    assert!(bytes("one/merged.profdata") == bytes("other/merged.profdata"));
    let text = String::from_utf8(bytes("one/merged.proftext")).expect("it is text");
    assert!(text.contains("extra") && text.contains("demo"), "{text}");
    demo.write("junk.profdata", b"\0junk");
    merged("junk", ["good.profdata", "junk.profdata"]).refused(&["junk.profdata"]);
    assert!(!demo.path("junk/merged.profdata").exists());
    merged("missing", ["good.profdata", "no.profdata"]).refused(&["no.profdata"]);
}
