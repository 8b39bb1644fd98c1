//! The commands of `action.yml`, run in order as a runner runs them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use yaml_serde::Value;

use super::demo::{Demo, ran};

fn action() -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("action.yml")).expect("the action is there");
    yaml_serde::from_str(&text).expect("it is YAML")
}

fn step<'a>(action: &'a Value, name: &str) -> &'a Value {
    let steps = action["runs"]["steps"].as_sequence().expect("it has steps");
    steps.iter().find(|step| step["name"].as_str() == Some(name)).expect("the step is there")
}

/// The step that builds, as a runner runs it for a demo in `folder` below its workspace.
fn build(demo: &Demo, spec: &str, until: &str) -> (Output, BTreeMap<String, String>) {
    let action = action();
    let building = step(&action, "Instrument, train, optimize, check and gate");
    demo.write("runner/script.sh", building["run"].as_str().expect("it runs commands").as_bytes());
    let [script, output] = ["runner/script.sh", "runner/output"].map(|name| demo.path(name));
    let bin = Path::new(env!("CARGO_BIN_EXE_cargo-repro-pgo")).parent().expect("it lies in a folder");
    let path = std::env::join_paths(
        std::iter::once(bin.to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").expect("there is a PATH"))),
    );
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(script).current_dir(demo.path(""));
    command.env("PATH", path.expect("no folder has a colon")).env("CI", "1").env_remove("CARGO_TARGET_DIR");
    command.env("RUNNER_TEMP", demo.path("runner")).env("GITHUB_OUTPUT", &output);
    command.env("GITHUB_STEP_SUMMARY", demo.path("runner/summary"));
    for (name, value) in building["env"].as_mapping().expect("it names its variables") {
        let value = match value.as_str() {
            Some("${{ inputs.spec }}") => spec,
            Some("${{ inputs.until }}") => until,
            Some("${{ inputs.directory }}") => ".",
            other => panic!("the test does not know {other:?}"),
        };
        command.env(name.as_str().expect("names are text"), value);
    }
    let ended = command.output().expect("bash starts");
    let told = std::fs::read_to_string(output).unwrap_or_default();
    let pairs = told.lines().filter_map(|line| line.split_once('='));
    (ended, pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

#[test]
fn the_action_builds_and_leaves_what_it_uploads() {
    let demo = Demo::new("action");
    let (ended, outputs) = build(&demo, "pgo.toml", "check");
    ran(ended).fine();
    assert!(outputs["verdict"].starts_with("built: profile sha256 "), "{outputs:?}");
    let folder = demo.path(&outputs["folder"]);
    for made in ["profile/merged.profdata", "profile/training.json", "optimized/demo"] {
        assert!(folder.join(made).is_file(), "{made} is not in {outputs:?}");
    }
    let told = action();
    let uploaded = step(&told, "Upload")["with"]["path"].as_str().expect("paths").to_owned();
    for path in ["folder }}/profile\n", "folder }}/gate\n", "folder }}/optimized/*\n"] {
        assert!(uploaded.contains(path), "{uploaded}");
    }
    let before = outputs.len();
    let (ended, outputs) = build(&demo, "other.toml", "check");
    let refused = ran(ended);
    assert_ne!(refused.code, 0, "a failed build fails the step: {}", refused.stdout);
    assert!(refused.stderr.contains("other.toml"), "{}", refused.stderr);
    assert_eq!(outputs.len(), before, "{outputs:?}");
}

#[test]
fn the_action_stops_where_it_is_told_to() {
    let demo = Demo::new("action-early");
    let (ended, outputs) = build(&demo, "pgo.toml", "inputs");
    ran(ended).fine();
    assert!(demo.path(&outputs["folder"]).join("inputs").is_dir(), "{outputs:?}");
}

/// What `gh` does for the action, from the folder of a release: one that is attested where `ATTESTED` says so.
const GH: &str = r#"#!/bin/bash
case "$1 $2 $3" in
  "release download v0.1.0") cp "$RELEASE"/* . ;;
  "attestation verify cargo-repro-pgo-0.1.0-x86_64-linux.tar.gz") [ "$4 $5 $ATTESTED" = "--repo owner/name yes" ] ;;
  *) exit 9 ;;
esac
"#;

#[test]
fn a_prebuilt_driver_is_taken_only_as_it_was_published() {
    let place = tempfile::tempdir().expect("a temporary folder can be made");
    let path = |name: &str| place.path().join(name);
    let write = |name: &str, text: &str| {
        std::fs::create_dir_all(path(name).parent().expect("it is in a folder")).expect("the folder is ours");
        std::fs::write(path(name), text).expect("the folder is ours");
    };
    let bash = |script: &str| {
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).current_dir(place.path());
        command
    };
    let folder = "cargo-repro-pgo-0.1.0-x86_64-linux";
    write(&format!("{folder}/cargo-repro-pgo"), "the driver");
    test_support::script(&path("bin/gh"), GH);
    let pack = format!(
        "mkdir -p release runner && tar -czf release/{folder}.tar.gz {folder} && cd release && sha256sum * >SHA256SUMS"
    );
    assert!(bash(&pack).status().expect("bash starts").success());

    let told = action();
    let download = step(&told, "Download the driver");
    let run = |version: &str, attested: &str| {
        let _ = std::fs::remove_file(path("github-path"));
        let mut command = bash(download["run"].as_str().expect("it runs commands"));
        let search = format!("{}:{}", path("bin").display(), std::env::var("PATH").expect("there is a PATH"));
        command.env("PATH", search).env("RUNNER_TEMP", path("runner")).env("GITHUB_PATH", path("github-path"));
        command.env("VERSION", version).env("GH_REPO", "owner/name").env("RELEASE", path("release"));
        let status = command.env("ATTESTED", attested).output().expect("bash starts").status;
        status.success().then(|| std::fs::read_to_string(path("github-path")).expect("the PATH is told"))
    };
    for version in ["0.1.0", "v0.1.0"] {
        let told = run(version, "yes").expect("it is as published");
        assert!(Path::new(told.trim()).join("cargo-repro-pgo").is_file(), "{told}");
    }
    assert_eq!(run("0.2.0", "yes"), None, "there is no such release");
    assert_eq!(run("0.1.0", "no"), None, "nobody signed for it");
    write(&format!("release/{folder}.tar.gz"), "another one");
    assert_eq!(run("0.1.0", "yes"), None, "it is not what SHA256SUMS lists");
}

#[test]
fn the_action_installs_what_it_runs() {
    let told = action();
    let install = step(&told, "Install the driver")["run"].as_str().expect("it runs a command");
    assert_eq!(install, "cargo install --locked --profile driver --path \"$ACTION/crates/repro-pgo\"");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).expect("it is there");
    assert!(manifest.contains("[profile.driver]"), "cargo would refuse the profile");
    assert!(root.join("crates/repro-pgo/src/cargo_main.rs").is_file(), "`cargo repro-pgo` is what the action runs");
    let stages = told["inputs"]["until"]["description"].as_str().expect("it is documented");
    for stage in repro_pgo::pipeline::build::Stage::ALL {
        assert!(stages.contains(stage.name()), "`until` does not name {}", stage.name());
    }
}
