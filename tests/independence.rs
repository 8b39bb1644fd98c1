//! The plan is the same whatever the number of threads, however objects are stored, and with or without a commit-graph:
//! random histories, stored in every way that this project's writer and git itself can store them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use git_fixtures::{generate_one, load_definition};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{git, relplan, stderr, stdout};

const PACKAGES: [&str; 3] = ["a", "b", "c"];

const MESSAGES: [&str; 6] = ["feat: x", "fix: y", "chore: z", "fix!: w", "docs: v [skip ci]", "random words"];

/// Histories to try unless `RELPLAN_PROPERTY_CASES` says otherwise. Each is stored in about a dozen ways.
const CASES: u32 = 3;

/// One commit: what it says, which package's file it changes, whether it comes by a merge, what it releases.
#[derive(Debug, Clone)]
struct Step {
    message: usize,
    package: usize,
    merge: bool,
    release: Option<usize>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (
        0..MESSAGES.len(),
        0..PACKAGES.len(),
        prop::bool::weighted(0.2),
        prop::option::weighted(0.2, 0..PACKAGES.len()),
    )
        .prop_map(|(message, package, merge, release)| Step { message, package, merge, release });
    prop::collection::vec(step, 1..30)
}

/// The definition of a repository with these commits.
fn definition(steps: &[Step], storage: &str) -> Value {
    let package = |name: &str| json!({"name": name, "path": name, "versionedFiles": [{"path": format!("{name}/version.toml"), "format": "toml"}]});
    let mut packages: Vec<Value> = PACKAGES.into_iter().map(package).collect();
    packages[2]["dependsOn"] = json!(["a"]);
    let files = |package: &'static str| (0..40).map(move |index| format!("{package}/src/deep/{index}.rs"));
    let first: BTreeMap<String, String> =
        PACKAGES.into_iter().flat_map(files).map(|file| (file.clone(), format!("{file}\n").repeat(20))).collect();
    let commit = |(index, step): (usize, &Step)| {
        let file = format!("{}/src/deep/new-{index}.rs", PACKAGES[step.package]);
        json!({"message": MESSAGES[step.message], "files": [file], "merge": step.merge})
    };
    let tag = |(index, step): (usize, &Step)| {
        let package = PACKAGES[step.release?];
        Some(json!({"name": format!("{package}@v1.{}.0", index + 1), "at_commit": index}))
    };
    json!({
        "meta": {"name": "random"},
        "storage": storage,
        "config": {"content": {"workspace": {"recoverMissedReleases": true}, "package": packages}},
        "files": first,
        "packages": PACKAGES.map(|name| json!({"name": name, "path": name, "initial_version": "1.0.0", "tag": format!("{name}@v1.0.0")})),
        "commits": steps.iter().enumerate().map(commit).collect::<Vec<_>>(),
        "tags": steps.iter().enumerate().filter_map(tag).collect::<Vec<_>>(),
    })
}

/// Makes the repository with one of the writer's own ways to store objects.
fn repository(folder: &Path, steps: &[Step], storage: &str) -> PathBuf {
    let file = folder.join(format!("{storage}.json"));
    fs::write(&file, definition(steps, storage).to_string()).expect("a writable folder");
    let loaded = load_definition(&file).unwrap_or_else(|error| panic!("{error}"));
    let path = folder.join(storage);
    generate_one(&loaded, &path, false).unwrap_or_else(|error| panic!("{error}"));
    path
}

/// What the program answers with a number of threads: the plan, and the state of every package.
fn answer(repository: &Path, jobs: &str) -> String {
    ["check", "status"]
        .into_iter()
        .map(|command| {
            let output = relplan(repository, &["--jobs", jobs, command, "--json"]);
            assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
            assert_eq!(stderr(&output), "");
            stdout(&output)
        })
        .collect()
}

/// Ways to store what is there already, each a list of git commands; they build on each other.
const REWRITES: [(&str, &[&[&str]]); 7] = [
    (
        "commit-graph in pieces",
        &[
            &[
                "-c",
                "alias.first=!git rev-list --max-parents=0 HEAD | git commit-graph write --split --stdin-commits",
                "first",
            ],
            &["commit-graph", "write", "--split=no-merge", "--reachable"],
        ],
    ),
    ("repacked with deltas", &[&["repack", "-adfq", "--depth=50", "--window=50"]]),
    ("commit-graph with changed paths", &[&["commit-graph", "write", "--reachable", "--changed-paths"]]),
    ("refs packed", &[&["pack-refs", "--all"]]),
    ("many packs and an index over them", &[&["repack", "-q", "--geometric=2", "-d"], &["multi-pack-index", "write"]]),
    ("bitmaps", &[&["repack", "-adbq"]]),
    ("collected", &[&["gc", "--aggressive", "--prune=now", "-q"]]),
];

fn check(steps: &[Step]) {
    let folder = TempDir::new().expect("a temporary folder");
    let plain = repository(folder.path(), steps, "plain");
    let expected = answer(&plain, "1");
    for jobs in ["2", "7"] {
        assert_eq!(answer(&plain, jobs), expected, "{jobs} threads: {steps:?}");
    }
    for storage in ["delta", "loose"] {
        let path = repository(folder.path(), steps, storage);
        assert_eq!(answer(&path, "3"), expected, "{storage}: {steps:?}");
    }
    remove_commit_graph(&plain);
    assert_eq!(answer(&plain, "2"), expected, "no commit-graph: {steps:?}");
    for (name, commands) in REWRITES {
        for command in commands {
            git(&plain, command);
        }
        assert_eq!(answer(&plain, "2"), expected, "{name}: {steps:?}");
    }
    unpack(&plain);
    assert_eq!(answer(&plain, "2"), expected, "unpacked: {steps:?}");
}

fn remove_commit_graph(repository: &Path) {
    fs::remove_file(repository.join(".git/objects/info/commit-graph")).expect("the writer made one");
}

/// Turns every pack into loose objects, and removes what was made for packs.
fn unpack(repository: &Path) {
    let packs = repository.join(".git/objects/pack");
    let aside = repository.join(".git/aside");
    fs::rename(&packs, &aside).expect("a folder of packs");
    fs::create_dir(&packs).expect("its place is free");
    for entry in fs::read_dir(&aside).expect("a readable folder") {
        let path = entry.expect("a readable folder").path();
        if path.extension().is_some_and(|extension| extension == "pack") {
            let pack = path.to_str().expect("git writes plain names");
            git(repository, &["-c", &format!("alias.unpack=!git unpack-objects -q < '{pack}'"), "unpack"]);
        }
    }
    fs::remove_dir_all(aside).expect("a folder of ours");
}

#[test]
fn the_plan_depends_on_neither_threads_nor_storage_nor_commit_graph() {
    let cases = std::env::var("RELPLAN_PROPERTY_CASES").map_or(CASES, |cases| cases.parse().expect("a number"));
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 20, ..Config::default() };
    // The same histories everywhere; a failure names the one that fails.
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let result = runner.run(&steps(), |steps| {
        check(&steps);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}
