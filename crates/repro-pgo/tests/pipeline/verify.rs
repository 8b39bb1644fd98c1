//! The proof by variation: what is the same passes, what differs is reported with its stage and place.

use test_support::{require, require_found};

use super::demo::Demo;

#[test]
fn a_reproducible_program_is_the_same_under_all_variations() {
    let demo = Demo::new("steady");
    let text = std::fs::read_to_string(demo.path("pgo.toml")).expect("the demo is complete");
    let dist = "\n[[benchmarks]]\nname = \"count\"\ninputs = \"texts\"\nentry = \"many.txt\"\n\n[dist]\nname = \"demo\"\nplatform = \"x\"\nfiles = [\"Cargo.toml\"]\n";
    // A linker may put functions into another order only where there is an emulator to trace with.
    let traced = require("qemu-x86_64").is_some();
    let layout = if traced { "\n[layout]\norder = \"trace\"\n" } else { "" };
    demo.write("pgo.toml", (text + dist + layout).as_bytes());
    let told = demo.run(&["verify"]).fine().stdout;
    let last = told.lines().last().expect("there is a verdict");
    assert!(last.starts_with("same: ") && told.contains("varied: directory name and depth"), "{told}");
    for name in
        ["instrumented/demo", "profile/merged.profdata", "optimized/demo", "baseline/demo", "demo-0.1.0-x.tar.gz"]
    {
        assert!(told.contains(name), "{name} is not in\n{told}");
    }
    assert_eq!(told.contains("layout/order.txt"), traced, "{told}");
    for varied in ["the date", "order of directory entries", "number of processors", "host name"] {
        assert!(told.contains(varied), "{varied} is neither varied nor told: {told}");
    }
}

#[test]
fn a_compiled_in_directory_is_told_with_stage_and_section() {
    let demo = Demo::new("embedding");
    demo.edit("src/main.rs", "fn main() {", "fn main() {\n    eprintln!(\"{}\", env!(\"CARGO_MANIFEST_DIR\"));");
    let ran = demo.run(&["verify"]);
    assert_eq!(ran.code, 1, "{}\n{}", ran.stdout, ran.stderr);
    let last = ran.stdout.lines().last().expect("there is a verdict");
    assert!(
        last.starts_with("differs: first in stage instrument, instrumented/demo, section .rodata at offset"),
        "{last}"
    );
    assert!(ran.stdout.contains("likely cause: the build's directory is compiled in"), "{}", ran.stdout);
    let kept = ran.stdout.lines().find_map(|line| line.strip_prefix("both builds are kept in "));
    std::fs::remove_dir_all(kept.expect("it is reported where")).expect("the directory is ours");
}

#[test]
fn a_time_from_a_build_script_is_told_against_an_existing_build() {
    let demo = Demo::new("stamped");
    demo.write(
        "build.rs",
        b"fn main() {\n    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect(\"later\");\n    \
          println!(\"cargo::rustc-env=BUILT_AT=built at {} nanoseconds\", now.as_nanos());\n}\n",
    );
    demo.edit("src/main.rs", "fn main() {", "fn main() {\n    eprintln!(\"{}\", env!(\"BUILT_AT\"));");
    demo.run(&["build", "--until", "baseline"]).fine();
    let ran = demo.run(&["verify", "--against", ".", "--json"]);
    assert_eq!(ran.code, 1, "{}\n{}", ran.stdout, ran.stderr);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("it is JSON");
    assert_eq!(report["verdict"], "differs");
    let first = &report["results"][0];
    assert_eq!((&first["stage"], &first["same"]), (&"instrument".into(), &false.into()));
    assert!(first["places"].to_string().contains("built at"), "{first}");
    assert!(first["cause"].to_string().contains("build scripts"), "{first}");
    let kept = report["kept"].as_str().expect("it is reported where");
    std::fs::remove_dir_all(kept).expect("the directory is ours");
}

/// A demo whose build script puts a text into the binary; verified, and found to differ in it, unless it can't be varied.
#[track_caller]
fn embeds(script: &str, condition: &str) {
    let demo = Demo::new("embedded");
    demo.write("build.rs", script.as_bytes());
    demo.edit("src/main.rs", "fn main() {", "fn main() {\n    eprintln!(\"{}\", env!(\"EMBEDDED\"));");
    let ran = demo.run(&["verify"]);
    let varied = !ran.stdout.contains(&format!("not varied: {condition}"));
    if require_found(&format!("what varies {condition}"), varied.then_some(())).is_none() {
        return;
    }
    assert_eq!(ran.code, 1, "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("differs: first in stage instrument"), "{}", ran.stdout);
    assert!(ran.stdout.contains("likely cause: a text that the build embeds"), "{}", ran.stdout);
    let kept = ran.stdout.lines().find_map(|line| line.strip_prefix("both builds are kept in "));
    std::fs::remove_dir_all(kept.expect("it is reported where")).expect("the directory is ours");
}

#[test]
fn a_date_from_a_build_script_is_found_on_the_same_day() {
    let script = "fn main() {\n    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect(\"later\");\n    \
        println!(\"cargo::rustc-env=EMBEDDED=built in month {:04}\", now.as_secs() / 86400 / 31);\n}\n";
    embeds(script, "the date");
}

#[test]
fn an_order_of_entries_from_a_build_script_is_found_on_any_file_system() {
    let script = "fn main() {\n    let names = std::fs::read_dir(\"inputs\").expect(\"it is there\");\n    \
        let names: Vec<String> = names.map(|entry| entry.expect(\"readable\").file_name().into_string().expect(\"text\")).collect();\n    \
        println!(\"cargo::rustc-env=EMBEDDED=in the order {}\", names.join(\" \"));\n}\n";
    embeds(script, "order of directory entries");
}

#[test]
fn what_cannot_be_built_is_not_verified() {
    let demo = Demo::new("broken");
    demo.write("src/main.rs", b"fn main() { missing() }\n");
    let ran = demo.run(&["verify"]);
    assert_eq!(ran.code, 3, "{}", ran.stdout);
    assert!(ran.stdout.starts_with("not verified: the first build"), "{}", ran.stdout);
    assert!(ran.stderr.contains("cannot find function `missing`"), "{}", ran.stderr);
    let ran = demo.run(&["verify", "--against", "src"]);
    assert!(ran.code == 3 && ran.stderr.contains("holds no build"), "{}", ran.stderr);
}
