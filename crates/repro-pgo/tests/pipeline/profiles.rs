//! Profiles that must not be used: rustc would go on without a word.

use super::demo::Demo;

fn trained() -> Demo {
    let demo = Demo::new("trained");
    demo.run(&["train"]).fine();
    std::fs::copy(demo.made("profile/merged.profdata"), demo.path("good.profdata")).expect("the directory is ours");
    demo
}

#[test]
fn a_corrupt_profile_is_refused() {
    let demo = trained();
    let mut bytes = demo.made_bytes("profile/merged.profdata");
    bytes.truncate(bytes.len() / 2);
    demo.write("half.profdata", &bytes);
    demo.run(&["optimize", "--profile", "half.profdata", "--unrecorded"])
        .refused(&["half.profdata cannot be read as a profile"]);
    demo.write("junk.profdata", b"\0junk junk junk");
    demo.run(&["optimize", "--profile", "junk.profdata", "--unrecorded"])
        .refused(&["junk.profdata cannot be read as a profile"]);
}

#[test]
fn an_empty_profile_is_refused() {
    let demo = Demo::new("empty");
    demo.write("none.profdata", b"");
    demo.run(&["optimize", "--profile", "none.profdata", "--unrecorded"])
        .refused(&["none.profdata cannot be read as a profile", "empty"]);
    demo.write("no-functions.profdata", b"# IR level Instrumentation Flag\n:ir\n");
    demo.run(&["optimize", "--profile", "no-functions.profdata", "--unrecorded"])
        .refused(&["holds no function of this program"]);
}

#[test]
fn a_missing_profile_is_refused_and_its_later_appearance_helps() {
    let demo = Demo::new("missing");
    demo.run(&["optimize"]).refused(&["merged.profdata"]);
    demo.run(&["train"]).fine();
    demo.run(&["optimize"]).fine();
}

#[test]
fn another_programs_profile_is_refused() {
    let (demo, other) = (trained(), Demo::new("other"));
    for name in ["Cargo.toml", "Cargo.lock"] {
        other.edit(name, "name = \"demo\"", "name = \"other\"");
    }
    other.edit("pgo.toml", "package = \"demo\"\nbinary = \"demo\"", "package = \"other\"\nbinary = \"other\"");
    let profile = demo.path("good.profdata").to_string_lossy().into_owned();
    other
        .run(&["optimize", "--profile", &profile, "--unrecorded"])
        .refused(&["holds no function of this program (crates other)"]);
}

#[test]
fn a_stale_profile_is_refused_with_the_first_names() {
    let demo = trained();
    demo.set_program("random_hasher");
    let parts = ["functions were compiled without profile data, 2 are allowed", "by crate: demo", "demo::main"];
    demo.run(&["optimize", "--profile", "good.profdata", "--unrecorded"]).refused(&parts);
}

#[test]
fn warnings_are_counted_again_when_cargo_has_everything_cached() {
    let demo = trained();
    demo.set_program("random_hasher");
    demo.edit("pgo.toml", "max-unmatched-functions = 2", "max-unmatched-functions = 1000");
    let count =
        |text: &str| text.split(" functions without").next().map(|text| text.rsplit(' ').next().map(str::to_owned));
    let first = demo.run(&["optimize", "--profile", "good.profdata", "--unrecorded"]).fine().stderr;
    std::fs::remove_file(demo.made("optimized/stamp.json")).expect("the stage wrote its stamp");
    let second = demo.run(&["optimize", "--profile", "good.profdata", "--unrecorded"]).fine().stderr;
    assert_eq!(count(&first), count(&second));
    assert!(!second.contains(" 0 functions without"), "{second}");
}

#[test]
fn a_profile_of_another_cargo_profile_is_refused() {
    let demo = trained();
    let other = "[profile.other]\ninherits = \"release\"\nopt-level = 3\n\n[profile.release]";
    demo.edit("Cargo.toml", "[profile.release]", other);
    demo.edit("pgo.toml", "profile = \"release\"", "profile = \"other\"");
    demo.run(&["optimize", "--profile", "good.profdata", "--unrecorded"]).refused(&["compiled without profile data"]);
}

/// A trained demo whose profile and record are pinned in a folder of their own.
fn pinned() -> Demo {
    let demo = trained();
    for name in ["merged.profdata", "training.json"] {
        let bytes = demo.made_bytes(&format!("profile/{name}"));
        demo.write(&format!("pinned/{name}"), &bytes);
    }
    demo
}

const PINNED: [&str; 3] = ["optimize", "--profile", "pinned/merged.profdata"];

#[test]
fn a_pinned_profile_is_accepted_only_where_its_record_matches() {
    let demo = pinned();
    demo.run(&PINNED).fine();
    let record = String::from_utf8(demo.made_bytes("profile/training.json")).expect("it is JSON");
    let (_, compiler) = record.split_once("\"rustc\": \"").expect("the record names the compiler");
    let compiler = compiler.split('"').next().expect("it is quoted");
    let stale = |from: &str, to: &str, parts: &[&str]| {
        demo.write("pinned/training.json", record.as_bytes());
        demo.edit("pinned/training.json", from, to);
        demo.run(&PINNED).refused(parts).refused(&["is stale", "repro-pgo train"]);
    };
    stale(compiler, "rustc 1.2.3", &["the compiler `rustc 1.2.3`", &format!("this build has `{compiler}`")]);
    let target = "\"target\": \"x86_64-unknown-linux-gnu\"";
    stale(target, "\"target\": \"other\"", &["the target `other`", "this build has `x86_64-unknown-linux-gnu`"]);
    stale("\"profile\": \"release\"", "\"profile\": \"fast\"", &["the cargo profile `fast`", "has `release`"]);
    stale("-Ctarget-feature=+crt-static", "-Copt-level=1", &["the rustflags `-Copt-level=1`", "+crt-static"]);
}

#[test]
fn a_record_of_another_profile_is_refused() {
    let demo = pinned();
    demo.edit("pinned/training.json", "\"profile-sha256\": \"", "\"profile-sha256\": \"0");
    demo.run(&PINNED).refused(&["is of a profile with the hash 0", "repro-pgo train"]);
}

#[test]
fn a_profile_without_record_is_refused_unless_that_is_asked_for() {
    let demo = trained();
    let arguments = ["optimize", "--profile", "good.profdata"];
    demo.run(&arguments).refused(&["good.profdata has no training.json beside it", "repro-pgo train", "--unrecorded"]);
    let told = demo.run(&["optimize", "--profile", "good.profdata", "--unrecorded"]).fine().stderr;
    assert!(told.contains("nothing says what this profile was made for"), "{told}");
}
