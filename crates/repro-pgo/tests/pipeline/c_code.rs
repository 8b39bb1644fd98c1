//! Programs with C code in them: inside the profile where the compiler permits it, and said plainly where it does not.

use std::path::Path;
use std::process::Command;

use test_support::{require, require_found};

use super::demo::{Demo, Ran, ran};

/// The demo with C code; `None` where the `cc` crate can't be had.
#[track_caller]
fn demo(prefix: &str) -> Option<Demo> {
    let demo = Demo::new(prefix);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/demo/with-c");
    for name in ["Cargo.toml", "Cargo.lock", "build.rs", "src/main.rs", "src/longest.c"] {
        demo.write(name, &std::fs::read(source.join(name)).expect("the demo is complete"));
    }
    demo.edit("pgo.toml", "min-covered-functions = 3", "min-covered-functions = 1");
    let fetched = Command::new("cargo").args(["fetch", "--quiet", "--locked"]).current_dir(demo.path("")).status();
    require_found("the crate `cc`", fetched.is_ok_and(|status| status.success()).then_some(demo))
}

fn built(demo: &Demo, compiler: &str) -> Ran {
    let mut command = demo.command(&["build", "--until", "check"]);
    command.env("CC", compiler).env_remove("CFLAGS");
    ran(command.output().expect("the driver starts")).fine()
}

fn text(demo: &Demo, name: &str) -> String {
    String::from_utf8(demo.made_bytes(name)).expect("it is text")
}

/// The clang of rustc's LLVM, where it is installed.
#[track_caller]
fn own_clang() -> Option<String> {
    let told = Command::new("rustc").arg("-vV").output().expect("rustc is there");
    let told = String::from_utf8(told.stdout).expect("rustc prints text");
    let (_, version) = told.split_once("LLVM version: ").expect("rustc names its LLVM");
    let clang = format!("clang-{}", version.split('.').next().unwrap_or(version));
    require(&clang).map(|_| clang)
}

#[test]
fn c_code_of_gcc_is_said_to_be_outside_the_profile() {
    let Some(demo) = demo("gcc") else { return };
    let told = built(&demo, "gcc");
    let outside = "functions of C code are outside the profile";
    assert!(told.stderr.contains(outside) && told.stderr.contains("in liblongest.a by GCC"), "{}", told.stderr);
    assert!(told.stdout.contains(outside), "the verdict: {}", told.stdout);
    assert!(text(&demo, "profile/training.json").contains("\"profiled\": false"));
    assert!(!text(&demo, "profile/merged.proftext").contains("longest_word"));
}

#[test]
fn c_code_is_the_same_in_every_directory() {
    let (Some(one), Some(other)) = (demo("one"), demo("another, with spaces")) else { return };
    for compiler in ["gcc".to_owned()].into_iter().chain(own_clang()) {
        for demo in [&one, &other] {
            built(demo, &compiler);
        }
        for name in ["profile/merged.profdata", "optimized/demo", "baseline/demo"] {
            assert!(one.made_bytes(name) == other.made_bytes(name), "{compiler}: {name} differs");
        }
    }
}

#[test]
fn c_code_of_rustcs_own_clang_is_in_the_profile() {
    let (Some(clang), Some(demo)) = (own_clang(), demo("clang")) else { return };
    let told = built(&demo, &clang);
    assert!(!told.stderr.contains("outside the profile") && !told.stdout.contains("outside"), "{}", told.stderr);
    assert!(text(&demo, "profile/training.json").contains("\"profiled\": true"));
    let profile = text(&demo, "profile/merged.proftext");
    for function in ["\nlongest_word\n", "\nlongest.c;length\n"] {
        assert!(profile.contains(function), "{function:?} is not in the profile, or with a path");
    }
    // With the counts of its loop the C code comes out otherwise.
    assert!(demo.made_bytes("optimized/demo") != demo.made_bytes("baseline/demo"));
}
