//! What a command finds around it: standard input, variables, working directory, commands before it, copies to write into;
//! several binaries, features, and what training sees of a program besides its counts.

use super::demo::Demo;

const WORKLOAD: &str = "name = \"count\"\ninputs = \"texts\"\nargs = [\"count\", \"{entry}\"]";

/// The demo whose workload is declared by these lines instead.
fn demo(program: &str, lines: &str) -> Demo {
    let demo = Demo::new("around").with_program(program);
    demo.edit("pgo.toml", WORKLOAD, &format!("name = \"count\"\ninputs = \"texts\"\n{lines}"));
    demo.edit("pgo.toml", "min-covered-functions = 3", "min-covered-functions = 1");
    demo.edit("pgo.toml", "inputs = [\"texts\"]\ncommands = [[\"count\", \"{entry}\"]]", "workloads = true");
    demo
}

const SURROUNDINGS: &str = r#"
entries = ["folder"]
stdin = "words.txt"
env = { GREETING = "hello" }
directory = "inner"
setup = [["sh", "-c", "printf made > made"]]
teardown = [["test", "-e", "cache"]]
writes = true
exit-codes = [3]
"#;

#[test]
fn a_command_is_trained_checked_and_counted_in_the_surroundings_it_declares() {
    let demo = demo("surroundings", SURROUNDINGS);
    demo.write("inputs/folder/inner/words.txt", b"three words here");
    let benchmark = SURROUNDINGS.replace("entries = [\"folder\"]", "entry = \"folder\"");
    let text = std::fs::read_to_string(demo.path("pgo.toml")).expect("the demo has one");
    let text = format!("{text}\n[[benchmarks]]\nname = \"b\"\ninputs = \"texts\"\n{benchmark}");
    demo.write("pgo.toml", text.as_bytes());
    demo.run(&["build", "--until", "check"]).fine();
    let record = String::from_utf8(demo.made_bytes("profile/training.json")).expect("it is JSON");
    assert!(record.contains("\"GREETING\": \"hello\"") && record.contains("\"stdin\": \"words.txt\""), "{record}");
    assert!(!demo.path("inputs/folder/inner/cache").exists(), "the original is untouched");
    if test_support::require("valgrind").is_some() {
        demo.run(&["bench"]).fine();
    }
}

#[test]
fn several_binaries_have_one_profile() {
    let demo = Demo::new("several");
    let other = "fn main() {\n    println!(\"{}\", twice(std::env::args().count()));\n}\n\n#[inline(never)]\n\
        fn twice(count: usize) -> usize {\n    count * std::hint::black_box(2)\n}\n";
    demo.write("src/bin/other.rs", other.as_bytes());
    demo.edit("pgo.toml", "binary = \"demo\"", "binary = \"demo\"\nmore-binaries = [{ binary = \"other\" }]");
    let workload = "[[training.workloads]]\nname = \"other\"\ninputs = \"texts\"\nbinary = \"other\"\n\n[limits]";
    demo.edit("pgo.toml", "[limits]", workload);
    demo.edit("pgo.toml", "[check]", "[check]\nworkloads = true");
    demo.edit("pgo.toml", "max-unmatched-functions = 2\n", "");
    demo.run(&["build", "--until", "check"]).fine();
    let text = String::from_utf8(demo.made_bytes("profile/merged.proftext")).expect("it is text");
    assert!(text.contains("5other5twice"), "the second binary is in the profile");
    assert!(demo.made("optimized/other").is_file() && demo.made("baseline/other").is_file());
    both_are_packed(&demo);
    demo.edit("pgo.toml", "binary = \"other\"\n\n", "binary = \"strange\"\n\n");
    demo.run(&["build"]).refused(&["`strange` is not built", "demo, other"]);
}

/// Nothing is built again for it.
fn both_are_packed(demo: &Demo) {
    let text = std::fs::read_to_string(demo.path("pgo.toml")).expect("the demo has one");
    let more = "\n[[benchmarks]]\nname = \"b\"\ninputs = \"texts\"\nentry = \"many.txt\"\n\
        \n[dist]\nname = \"demo\"\nplatform = \"x86_64-linux\"\n";
    demo.write("pgo.toml", (text + more).as_bytes());
    demo.run(&["build", "--variant", "pgo"]).fine();
    let packed = super::shipping::packed(&demo.path("dist/demo-0.1.0-x86_64-linux.tar.gz"));
    for name in ["demo", "other"] {
        assert!(packed[name] == demo.made_bytes(&format!("optimized/{name}")), "another {name} was packed");
    }
    let read = |name: &str| serde_json::from_slice::<serde_json::Value>(&packed[name]).expect("it is JSON");
    let hash = host::digest::of_bytes(&packed["other"]);
    assert_eq!(read("pgo-manifest.json")["more_binaries"], serde_json::json!({ "other": hash }));
    let told = &read("sbom.cdx.json")["metadata"]["component"]["components"][0];
    assert_eq!((&told["name"], &told["hashes"][0]["content"]), (&"other".into(), &hash.into()));
}

#[test]
fn features_are_built_with() {
    let demo = Demo::new("features");
    demo.edit("Cargo.toml", "[workspace]", "[features]\ndefault = [\"wrong\"]\nwrong = []\nright = []\n\n[workspace]");
    let main = "#[cfg(any(feature = \"wrong\", not(feature = \"right\")))]\ncompile_error!(\"other features\");\n\nfn main() {}\n";
    demo.write("src/main.rs", main.as_bytes());
    demo.run(&["baseline"]).refused(&["other features"]);
    let features = "profile = \"release\"\nfeatures = [\"right\"]\nno-default-features = true";
    demo.edit("pgo.toml", "profile = \"release\"", features);
    demo.run(&["baseline"]).fine();
}

#[test]
fn a_program_that_starts_itself_is_refused_under_emulation() {
    let trained = demo("starts_itself", "").run(&["train"]);
    if trained.stderr.contains("training natively") {
        return;
    }
    trained.refused(&["workload `count` on texts/many.txt", "starts its own program again", "outside of the emulator"]);
}

#[test]
fn children_and_an_empty_standard_input_are_named() {
    let trained = demo("starts_another", "").run(&["train"]).fine();
    if !trained.stderr.contains("training natively") {
        assert!(trained.stderr.contains("`count` started /bin/true"), "{}", trained.stderr);
        assert!(trained.stderr.contains("`count` read standard input, which is empty"), "{}", trained.stderr);
    }
    let trained = demo("starts_another", "stdin = \"{entry}\"").run(&["train"]).fine();
    assert!(!trained.stderr.contains("read standard input"), "{}", trained.stderr);
}

#[test]
fn threads_that_no_run_started_are_told_with_what_was_never_reached() {
    let trained = demo("parallel_only", "").run(&["train"]).fine();
    if !trained.stderr.contains("training natively") {
        for part in ["no run started one", "never reached: demo::search_parallel", "`emulator = \"machine\"`"] {
            assert!(trained.stderr.contains(part), "`{part}` is not in\n{}", trained.stderr);
        }
    }
}

#[test]
fn a_pinned_profile_of_a_racing_program_is_used_and_named() {
    let demo = Demo::new("pinned").with_program("racing_pool");
    demo.edit("pgo.toml", "min-covered-functions = 3", "min-covered-functions = 1");
    let told = demo.run(&["profile", "pin"]).fine().stdout;
    assert!(told.contains("pinned, not regenerable") && told.contains("`pinned = \"pgo-profile\"`"), "{told}");
    demo.edit("pgo.toml", "replicates = 2", "replicates = 2\npinned = \"pgo-profile\"");
    let built = demo.run(&["build", "--until", "baseline"]).fine().stdout;
    assert!(built.contains("profile pinned, not regenerable"), "{built}");
    let kept = std::fs::read(demo.path("pgo-profile/merged.profdata")).expect("it was pinned");
    assert!(kept == demo.made_bytes("profile/merged.profdata"), "the pinned profile is the one that is used");
    demo.edit("pgo.toml", "profile = \"release\"", "profile = \"dev\"");
    demo.run(&["build"]).refused(&["stale", "the cargo profile `release`"]);
}
