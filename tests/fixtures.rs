//! The behaviour suite: every repository of `tests/fixtures/definitions` is planned, and the answer compared with what
//! its definition expects and, where there is one, with the recorded answer in `tests/fixtures/expected`.
//!
//! The recorded answers are what FerrFlow 7.35.3's `check --json` says in each repository, hashes included: the
//! repositories are the same everywhere, so a definition that changes needs its answer recorded again. Names say what
//! else is special: `refused-` fixtures fail, `today-` ones depend on the date, `own-` ones use relplan's own
//! configuration, and a description that starts with `Departure` says how relplan answers otherwise than FerrFlow.
//!
//! To see where another planner differs, name its binary in `RELPLAN_FIXTURES_PLANNER`.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use git_fixtures::expectation::{Answer, complaints, json_differences};
use serde_json::Value;

use git_fixtures::{LoadedDefinition, Options, generate, hash_directory, load_definitions};

const PLANNER_VARIABLE: &str = "RELPLAN_FIXTURES_PLANNER";

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder)
}

#[test]
fn every_fixture_is_answered_as_expected() {
    answers_hold("definitions");
}

/// Situations from real repositories, apart from the definitions that the release is trained on.
#[test]
fn every_situation_is_answered_as_expected() {
    answers_hold("situations");
}

/// Makes the repositories of a folder of definitions and runs the planner in each.
fn answers_hold(folder: &str) {
    let repositories = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures").join(folder);
    let generated = generate(&fixtures(folder), &repositories, &Options { reuse: true, ..Options::default() })
        .unwrap_or_else(|error| panic!("{error}"));
    let definitions = load_definitions(&fixtures(folder)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(generated.len(), definitions.len());
    let failures = in_parallel(&definitions, |definition| {
        let complaints = judge(definition, &repositories.join(&definition.name));
        (!complaints.is_empty()).then(|| format!("{}\n    {}", definition.name, complaints.join("\n    ")))
    });
    assert!(failures.is_empty(), "{} of {} fixtures fail:\n{}", failures.len(), definitions.len(), failures.join("\n"));
}

#[test]
fn every_fixture_expects_something_and_every_answer_has_its_fixture() {
    let definitions = load_definitions(&fixtures("definitions")).unwrap_or_else(|error| panic!("{error}"));
    for situation in load_definitions(&fixtures("situations")).unwrap_or_else(|error| panic!("{error}")) {
        assert!(!situation.definition.expect.is_empty(), "{} expects nothing", situation.name);
    }
    let mut unrecorded = Vec::new();
    for definition in &definitions {
        assert!(!definition.definition.expect.is_empty(), "{} expects nothing", definition.name);
        let special = ["refused-", "today-", "own-"].iter().any(|prefix| definition.name.starts_with(prefix))
            || definition.definition.meta.description.starts_with("Departure");
        if special == expected_answer(&definition.name).is_some() {
            unrecorded.push(definition.name.as_str());
        }
    }
    assert!(unrecorded.is_empty(), "neither recorded nor special, or both: {unrecorded:?}");
    let names: BTreeSet<&str> = definitions.iter().map(|definition| definition.name.as_str()).collect();
    for entry in fs::read_dir(fixtures("expected")).expect("the folder is part of the sources") {
        let path = entry.expect("a readable folder").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a UTF-8 name");
        assert!(names.contains(stem), "{} has no definition", path.display());
    }
}

fn expected_answer(name: &str) -> Option<String> {
    fs::read_to_string(fixtures("expected").join(format!("{name}.json"))).ok()
}

/// Runs the planner twice, for its report and for JSON, and lists what is wrong with the answers.
fn judge(loaded: &LoadedDefinition, repository: &Path) -> Vec<String> {
    let hash = || hash_directory(repository).expect("the repository was just made");
    let before = hash();
    let (check, check_json) = (plan(repository, &["check"]), plan(repository, &["check", "--json"]));
    let report = [&check.stdout[..], &check.stderr[..]].concat();
    let report = String::from_utf8_lossy(&report);
    let json = String::from_utf8_lossy(&check_json.stdout);
    let exit_code = check.status.code().unwrap_or(-1);
    let answer = Answer { report: &report, exit_code, json: &json };
    let mut found = complaints(&loaded.definition.expect, answer);
    if let Some(expected) = expected_answer(&loaded.name) {
        found.extend(
            json_differences(&expected, &without_additions(&json))
                .iter()
                .map(|difference| format!("JSON {difference}")),
        );
    }
    if check_json.status.code() != Some(exit_code) {
        found.push(format!("`check --json` ends with {}, `check` with {exit_code}", check_json.status));
    }
    if std::env::var_os(PLANNER_VARIABLE).is_none() && hash() != before {
        found.push("`check` changed the repository".to_owned());
    }
    if !found.is_empty() {
        found.push(format!("the report was:\n{}", indented(&report)));
    }
    found
}

/// FerrFlow tells neither how many commits have no type that is known, which the situations expect, nor which commit was
/// planned at, which `release --plan` needs.
fn without_additions(json: &str) -> String {
    let Ok(mut answer) = serde_json::from_str::<Value>(json) else { return json.to_owned() };
    let warnings = answer["warnings"].as_array().cloned().unwrap_or_default();
    let is_other = |warning: &Value| !warning.as_str().is_some_and(|warning| warning.contains("no type relplan knows"));
    let others: Vec<Value> = warnings.into_iter().filter(is_other).collect();
    if let Some(answer) = answer.as_object_mut() {
        answer.remove("warnings");
        answer.remove("head");
        if !others.is_empty() {
            answer.insert("warnings".to_owned(), others.into());
        }
    }
    answer.to_string()
}

/// Runs the planner in an environment that tells it nothing of the machine it runs on.
fn plan(repository: &Path, arguments: &[&str]) -> Output {
    let planner = std::env::var_os(PLANNER_VARIABLE).unwrap_or_else(|| OsString::from(env!("CARGO_BIN_EXE_relplan")));
    Command::new(&planner)
        .args(arguments)
        .current_dir(repository)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", repository)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("NO_COLOR", "1")
        .output()
        .unwrap_or_else(|error| panic!("cannot run {}: {error}", planner.display()))
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("      | {line}")).collect::<Vec<_>>().join("\n")
}

/// What `work` returns for each definition, in their order.
fn in_parallel(
    definitions: &[LoadedDefinition],
    work: impl Fn(&LoadedDefinition) -> Option<String> + Sync,
) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(vec![None; definitions.len()]);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(definition) = definitions.get(index) else { return };
                    let result = work(definition);
                    results.lock().expect("no thread panics while it holds the lock")[index] = result;
                }
            });
        }
    });
    results.into_inner().expect("no thread panicked while it held the lock").into_iter().flatten().collect()
}
