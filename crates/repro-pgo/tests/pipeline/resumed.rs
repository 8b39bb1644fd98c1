//! What is up to date is not made again, and what was interrupted is made to its end.

use std::time::Duration;

use super::demo::Demo;

#[test]
fn an_unchanged_pipeline_does_nothing() {
    let demo = Demo::new("unchanged");
    demo.run(&["build", "--until", "baseline"]).fine();
    let again = demo.run(&["build", "--until", "baseline"]).fine();
    assert_eq!(again.stderr.matches("up to date").count(), 5, "{}", again.stderr);
}

#[test]
fn a_change_is_noticed_where_it_matters() {
    let demo = Demo::new("changed");
    demo.run(&["build", "--until", "baseline"]).fine();
    demo.write("README.md", b"not a source\n");
    demo.edit("src/main.rs", "//! Counts", "//! A comment only. Counts");
    let again = demo.run(&["build", "--until", "baseline"]).fine();
    let done: Vec<&str> = again.stderr.lines().filter(|line| line.contains("up to date")).collect();
    let kept = |stage: &str| done.iter().any(|line| line.contains(stage));
    assert!(!kept("instrument") && !kept("baseline"), "a changed source is compiled: {done:?}");
    assert!(kept("inputs") && kept("train"), "the same instrumented binary is not trained again: {done:?}");
    demo.edit("pgo.toml", "weight = 2", "weight = 3");
    let again = demo.run(&["build", "--until", "train"]).fine();
    assert_eq!(again.stderr.matches("up to date").count(), 2, "{}", again.stderr);
}

#[test]
fn a_replaced_result_is_made_again() {
    let demo = Demo::new("replaced");
    demo.run(&["build", "--until", "train"]).fine();
    let profile = demo.made_bytes("profile/merged.profdata");
    std::fs::write(demo.made("profile/merged.profdata"), "other").expect("the directory is ours");
    demo.run(&["build", "--until", "train"]).fine();
    assert!(demo.made_bytes("profile/merged.profdata") == profile);
}

#[test]
fn a_killed_build_goes_on() {
    let (demo, whole) = (Demo::new("killed"), Demo::new("whole"));
    for wait in [300, 900, 1500, 2500] {
        let mut child = demo.command(&["build", "--until", "baseline", "--quiet"]).spawn().expect("the driver starts");
        std::thread::sleep(Duration::from_millis(wait));
        let _ = child.kill();
        child.wait().expect("it was started");
    }
    demo.run(&["build", "--until", "baseline"]).fine();
    whole.run(&["build", "--until", "baseline"]).fine();
    for name in ["profile/merged.profdata", "optimized/demo", "baseline/demo"] {
        assert!(demo.made_bytes(name) == whole.made_bytes(name), "{name} differs");
    }
}
