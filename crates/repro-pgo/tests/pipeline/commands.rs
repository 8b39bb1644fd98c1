//! The commands for other build systems: flags to build with, the judgement over a build, profiles added up.

use super::demo::{Demo, Ran, ran};

/// A trained demo with its profile as `good.profdata`.
fn trained() -> Demo {
    let demo = Demo::new("commands");
    demo.run(&["train"]).fine();
    demo.write("good.profdata", &demo.made_bytes("profile/merged.profdata"));
    demo
}

fn applied(demo: &Demo) -> Ran {
    demo.run(&["applied", "--profile", "good.profdata", "--log", "log.json", "--output", "unmatched.json"])
}

#[test]
fn another_build_system_gets_the_same_stages() {
    let demo = trained();
    let profile = demo.path("good.profdata").display().to_string();
    demo.build_elsewhere("own", &["optimized", "--profile", &profile]);
    let told = applied(&demo).fine().stdout;
    assert_eq!(told, "applied: 0 functions without profile data (limit 2)\n");
    let report = std::fs::read_to_string(demo.path("unmatched.json")).expect("it was asked for");
    assert!(report.contains("\"unmatched-functions\": 0"), "{report}");
    let lines = demo.run(&["flags", "--stage", "instrumented", "--work", "work", "--lines"]).fine().stdout;
    assert!(lines.lines().any(|line| line == "-Cprofile_generate") && lines.contains("--wrap=readdir64"), "{lines}");
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
    demo.build_elsewhere("own", &["optimized", "--profile", &profile, "--work", &work]);
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
    demo.build_elsewhere("own", &["optimized", "--profile", &profile]);
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
fn a_build_needs_no_more_of_the_declaration_than_what_it_reads() {
    let demo = Demo::new("part");
    let flags = |spec: &str, stage: &str| demo.run(&["flags", "--spec", spec, "--stage", stage, "--work", "work"]);
    let whole = std::fs::read_to_string(demo.path("pgo.toml")).expect("the demo is complete");
    let build = whole.split("[inputs").next().expect("split gives one part");
    demo.write("build.toml", build.as_bytes());
    for stage in ["baseline", "instrumented"] {
        assert_eq!(flags("build.toml", stage).fine().stdout, flags("pgo.toml", stage).fine().stdout, "{stage}");
    }
    demo.write("build.toml", build.replace("\"-Ctarget-feature", "\"-Cprofile-use=x\", \"-C").as_bytes());
    flags("build.toml", "baseline").refused(&["build.toml:6", "is set by the stages themselves"]);
    demo.write("build.toml", build.as_bytes());
    demo.run(&["train", "--spec", "build.toml"]).refused(&["nothing to train on"]);
    let inputs = |spec: &str| demo.run(&["inputs", "--spec", spec, "--output", "made"]);
    inputs("build.toml").refused(&["build.toml has no [inputs.NAME]"]);
    demo.write("inputs.toml", format!("{build}[inputs.texts]\ndirectory = \"inputs\"\n").as_bytes());
    assert_eq!(inputs("inputs.toml").fine().stdout, inputs("pgo.toml").fine().stdout);
}

#[test]
fn a_library_for_another_program_has_flags_but_is_nothing_to_run() {
    let demo = Demo::new("library");
    demo.edit("Cargo.toml", "[workspace]", "[lib]\nname = \"words\"\ncrate-type = [\"cdylib\"]\n\n[workspace]");
    demo.write("src/lib.rs", b"//! For a program of another language.\n");
    demo.edit("pgo.toml", "binary = \"demo\"", "binary = \"words\"");
    let flags = demo.run(&["flags", "--stage", "instrumented", "--work", "work", "--lines"]).fine().stdout;
    assert!(flags.contains("-Cprofile_generate"), "{flags}");
    demo.run(&["instrument"]).refused(&["has no binary `words`", "docs/build-tools.md"]);
}

#[test]
fn binaries_are_named_from_where_the_command_is_called() {
    let demo = Demo::new("relative");
    demo.run(&["baseline", "--output", "lto"]).fine();
    demo.run(&["inputs", "--output", "sets"]).fine();
    demo.run(&["check", "--baseline", "lto/demo", "--optimized", "lto/demo", "--inputs", "sets"]).fine();
}

#[test]
fn two_machines_agree_in_every_hash_or_the_first_stage_that_differs_is_named() {
    let demo = Demo::new("hashes");
    let made = |machine: &str, profile: &str| {
        for (name, text) in [("inputs/set/text", "a text"), ("profile/merged.profdata", profile), ("binary", profile)] {
            demo.write(&format!("{machine}/{name}"), text.as_bytes());
        }
        let parts = ["inputs", "profile", "binary"].map(|part| format!("{part}={machine}/{part}"));
        let output = format!("{machine}.json");
        let arguments = [&["release", "record"], &parts.each_ref().map(String::as_str)[..], &["--output", &output]];
        demo.run(&arguments.concat()).fine();
    };
    let compare = |second: &str| demo.run(&["release", "compare", "first.json", second]);
    made("first", "counts");
    made("second", "counts");
    made("other", "other counts");
    let same = compare("second.json").fine().stdout;
    assert!(same.ends_with("same: 3 hashes\n"), "{same}");
    let other = compare("other.json");
    assert_eq!(other.code, 1, "{}", other.stderr);
    assert!(other.stdout.starts_with("same ") && other.stdout.contains("  inputs/set\n"), "{}", other.stdout);
    assert!(other.stdout.ends_with("differs: first in profile/merged.profdata\n"), "{}", other.stdout);
    demo.write("none.json", b"[]");
    compare("none.json").refused(&["none.json", "it is empty"]);
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
