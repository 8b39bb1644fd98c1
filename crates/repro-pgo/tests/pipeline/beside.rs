//! The baseline is built beside the stages in front of it; what fails stops the other.

use super::demo::Demo;

/// A demo whose build script ends with 1 in one of the two builds, once the other has begun where that `waits`; then the other one
/// takes a minute and leaves a file at its end.
fn failing(counted_fails: bool, waits: bool) -> Demo {
    let demo = Demo::new("beside");
    let script = format!(
        r#"use std::{{env, fs, path::Path, thread::sleep, time::Duration}};
fn main() {{
    let counted = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap().contains("-Cprofile");
    let place = env::var("CARGO_MANIFEST_DIR").unwrap();
    let (begun, ended) = (Path::new(&place).join("begun"), Path::new(&place).join("ended"));
    if counted == {counted_fails} {{
        while {waits} && !begun.exists() {{ sleep(Duration::from_millis(10)) }}
        std::process::exit(1);
    }}
    fs::write(begun, "").unwrap();
    if {waits} {{ sleep(Duration::from_secs(60)) }}
    fs::write(ended, "").unwrap();
}}
"#
    );
    demo.write("build.rs", script.as_bytes());
    demo
}

#[test]
fn a_stage_that_fails_leaves_no_build_running() {
    let demo = failing(true, true);
    demo.run(&["build", "--until", "baseline"]).refused(&["instrument: "]);
    assert!(demo.path("begun").exists(), "the baseline's build was not begun");
    assert!(!demo.path("ended").exists(), "the baseline's build went on to its end");
}

#[test]
fn a_baseline_that_fails_is_told_before_the_training() {
    let demo = failing(false, false);
    demo.run(&["build", "--until", "baseline"]).refused(&["baseline: "]);
    assert!(demo.path("ended").exists(), "the instrumented build was not made");
    assert!(!demo.made("profile/training.json").exists(), "it was trained all the same");
}
