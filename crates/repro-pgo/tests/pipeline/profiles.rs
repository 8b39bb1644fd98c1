//! Profiles that must not be used: rustc would go on without a word.

use crate::demo::Demo;

fn trained() -> Demo {
    let demo = Demo::new("trained");
    demo.run(&["train"]).fine();
    std::fs::copy(demo.made("profile/merged.profdata"), demo.path("good.profdata")).expect("the directory is ours");
    demo
}

#[test]
fn profiles_are_shown_and_compared() {
    let demo = trained();
    let shown = demo.run(&["profile", "show", "--top", "3"]).fine().stdout;
    assert!(shown.contains("functions  ") && shown.contains("hottest block"), "{shown}");
    let text = demo.made("profile/merged.proftext").to_string_lossy().into_owned();
    let same = demo.run(&["profile", "diff", "good.profdata", &text]).fine().stdout;
    assert!(same.ends_with("equal: every count is the same\n"), "{same}");
    let changed = String::from_utf8(demo.made_bytes("profile/merged.proftext")).expect("it is text");
    let changed = changed.replacen("# Counter Values:\n", "# Counter Values:\n9", 1);
    demo.write("changed.proftext", changed.as_bytes());
    let differing = demo.run(&["profile", "diff", &text, "changed.proftext"]);
    assert_eq!(differing.code, 1, "{}", differing.stderr);
    assert!(differing.stdout.ends_with("different: 1 functions\n"), "{}", differing.stdout);
}

#[test]
fn a_corrupt_profile_is_refused() {
    let demo = trained();
    let mut bytes = demo.made_bytes("profile/merged.profdata");
    bytes.truncate(bytes.len() / 2);
    demo.write("half.profdata", &bytes);
    demo.run(&["optimize", "--profile", "half.profdata"]).refused(&["half.profdata cannot be read as a profile"]);
    demo.write("junk.profdata", b"\0junk junk junk");
    demo.run(&["optimize", "--profile", "junk.profdata"]).refused(&["junk.profdata cannot be read as a profile"]);
}

#[test]
fn an_empty_profile_is_refused() {
    let demo = Demo::new("empty");
    demo.write("none.profdata", b"");
    demo.run(&["optimize", "--profile", "none.profdata"])
        .refused(&["none.profdata cannot be read as a profile", "empty"]);
    demo.write("no-functions.profdata", b"# IR level Instrumentation Flag\n:ir\n");
    demo.run(&["optimize", "--profile", "no-functions.profdata"]).refused(&["holds no function of this program"]);
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
    other.run(&["optimize", "--profile", &profile]).refused(&["holds no function of this program (crates other)"]);
}

#[test]
fn a_stale_profile_is_refused_with_the_first_names() {
    let demo = trained();
    demo.set_program("random_hasher");
    let parts = ["functions were compiled without profile data, 2 are allowed", "by crate: demo", "demo::main"];
    demo.run(&["optimize", "--profile", "good.profdata"]).refused(&parts);
}

#[test]
fn warnings_are_counted_again_when_cargo_has_everything_cached() {
    let demo = trained();
    demo.set_program("random_hasher");
    demo.edit("pgo.toml", "max-unmatched-functions = 2", "max-unmatched-functions = 1000");
    let count =
        |text: &str| text.split(" functions without").next().map(|text| text.rsplit(' ').next().map(str::to_owned));
    let first = demo.run(&["optimize", "--profile", "good.profdata"]).fine().stderr;
    std::fs::remove_file(demo.made("optimized/stamp.json")).expect("the stage wrote its stamp");
    let second = demo.run(&["optimize", "--profile", "good.profdata"]).fine().stderr;
    assert_eq!(count(&first), count(&second));
    assert!(!second.contains(" 0 functions without"), "{second}");
}

#[test]
fn a_profile_of_another_cargo_profile_is_refused() {
    let demo = trained();
    let other = "[profile.other]\ninherits = \"release\"\nopt-level = 3\n\n[profile.release]";
    demo.edit("Cargo.toml", "[profile.release]", other);
    demo.edit("pgo.toml", "profile = \"release\"", "profile = \"other\"");
    demo.run(&["optimize", "--profile", "good.profdata"]).refused(&["compiled without profile data"]);
}
