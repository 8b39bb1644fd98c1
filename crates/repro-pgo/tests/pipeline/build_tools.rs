//! Tools that run cargo themselves, as docs/build-tools.md has them: they get the flags, and their builds are judged.

use std::path::{Path, PathBuf};
use std::process::Command;

use test_support::{on_path, require_found};

use super::demo::Demo;

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Where `.ci/tools` puts them, else on PATH.
#[track_caller]
fn tool(name: &str) -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/build-tools/bin").join(name);
    require_found(name, installed.is_file().then_some(installed).or_else(|| on_path(name)))
}

/// Runs `tool` with the flags of `stage`; what it says is in `build.log`.
#[track_caller]
fn build(demo: &Demo, tool: &Path, arguments: &[&str], stage: &[&str]) {
    let flags = demo.run(&[&["flags", "--stage"], stage].concat()).fine().stdout;
    let mut command = Command::new(tool);
    command.args(arguments).current_dir(demo.path("")).env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS");
    command.env("CARGO_ENCODED_RUSTFLAGS", flags.trim_end()).env("CARGO_TERM_COLOR", "always");
    let loud = demo.path("cargo-vv");
    command.env("CARGO", if loud.is_file() { loud } else { PathBuf::from("cargo") }).env("DO_NOT_USE_BREWFILE", "1");
    let output = command.output().expect("the tool starts");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
    demo.write("build.log", &said);
}

/// Trains `binary` into `profile/`, and holds the profile to be that of the driver's own build.
#[track_caller]
fn train(demo: &Demo, binary: &str) -> String {
    demo.run(&["inputs", "--output", "sets"]).fine();
    demo.run(&["train", "--binary", binary, "--inputs", "sets", "--output", "profile"]).fine();
    demo.run(&["train"]).fine();
    let profile = demo.path("profile/merged.profdata");
    assert!(std::fs::read(&profile).expect("it was trained") == demo.made_bytes("profile/merged.profdata"));
    profile.display().to_string()
}

#[test]
fn maturin_builds_a_wheel_with_the_profile() {
    let Some(maturin) = tool("maturin") else { return };
    let demo = Demo::new("wheel");
    let project = "[build-system]\nrequires = [\"maturin>=1,<2\"]\nbuild-backend = \"maturin\"\n[project]\nname = \"demo\"\nversion = \"0.1.0\"\n\
                   [tool.maturin]\nbindings = \"bin\"\n";
    demo.write("pyproject.toml", project.as_bytes());
    let wheel = ["build", "--release", "--locked", "--target", TARGET, "--out", "wheels", "--target-dir"];
    let work = demo.path("work").display().to_string();
    build(&demo, &maturin, &[&wheel[..], &["counting"]].concat(), &["instrumented", "--work", &work]);
    let profile = train(&demo, "counting/x86_64-unknown-linux-gnu/release/demo");
    let optimized = ["optimized", "--profile", &profile, "--work", &work];
    build(&demo, &maturin, &[&wheel[..], &["using", "-vv"]].concat(), &optimized);
    let judge = ["applied", "--profile", &profile, "--log", "build.log", "--link-map", "work/link.map"];
    let told = demo.run(&judge).fine();
    assert_eq!(told.stdout, "applied: 0 functions without profile data (limit 2)\n");
    assert!(!told.stderr.contains("on trust"), "{}", told.stderr);
    build(&demo, &maturin, &[&wheel[..], &["without", "-vv"]].concat(), &["baseline"]);
    demo.run(&judge).refused(&["build.log has `-Cprofile-use`", "CARGO_ENCODED_RUSTFLAGS"]);
}

#[test]
fn cargo_dist_packs_a_program_with_the_profile() {
    let Some(dist) = tool("dist") else { return };
    let demo = Demo::new("dist");
    demo.edit("Cargo.toml", "publish = false", "repository = \"https://example.org/demo\"");
    demo.edit("Cargo.toml", "[profile.release]", "[profile.dist]\ninherits = \"release\"\n\n[profile.release]");
    demo.edit("pgo.toml", "profile = \"release\"", "profile = \"dist\"");
    let version = Command::new(&dist).arg("--version").output().expect("the tool starts").stdout;
    let version = String::from_utf8(version).expect("it prints text");
    let version = version.split_whitespace().last().expect("it has a version");
    let workspace = format!(
        "[workspace]\nmembers = [\"cargo:.\"]\n\n[dist]\ncargo-dist-version = \"{version}\"\ntargets = [\"{TARGET}\"]\ninstallers = []\n"
    );
    demo.write("dist-workspace.toml", workspace.as_bytes());
    // As docs/build-tools.md has it.
    let script = "#!/bin/sh\ncase $1 in build | zigbuild | auditable) set -- \"$@\" -vv ;; esac\nexec cargo \"$@\"\n";
    test_support::script(&demo.path("cargo-vv"), script);
    let work = demo.path("work").display().to_string();
    build(&demo, &dist, &["build", "--artifacts", "local"], &["instrumented", "--work", &work]);
    let profile = train(&demo, "target/x86_64-unknown-linux-gnu/dist/demo");
    let optimized = ["optimized", "--profile", &profile, "--work", &work];
    build(&demo, &dist, &["build", "--artifacts", "local"], &optimized);
    let judge = ["applied", "--profile", &profile, "--log", "build.log", "--link-map", "work/link.map"];
    assert_eq!(demo.run(&judge).fine().stdout, "applied: 0 functions without profile data (limit 2)\n");
    assert!(demo.path("target/distrib/demo-x86_64-unknown-linux-gnu.tar.xz").is_file());
}
