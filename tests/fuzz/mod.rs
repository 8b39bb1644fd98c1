//! The fuzz targets on a stable compiler: the seeds of `fuzz/corpus`, then mutations of them from a fixed seed, so that
//! the same inputs run everywhere. `RELPLAN_FUZZ_RUNS` says how many mutations each target gets, `RELPLAN_FUZZ_SEED`
//! chooses others. With `-- --nocapture` each target says how many inputs it got.

mod mutation;
mod targets;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use self::mutation::Mutator;

/// Mutations of a target that reads one text, unless the environment says otherwise.
const TEXTS: u64 = 2_000;

/// The same for targets that make a repository for every input.
const REPOSITORIES: u64 = 300;

/// No input of a few kilobytes may take longer, however busy the machine.
const TOO_LONG: Duration = Duration::from_secs(20);

#[test]
fn configuration() {
    run("configuration", TEXTS, targets::configuration);
}

#[test]
fn version_files() {
    run("version_files", TEXTS, targets::version_files);
}

#[test]
fn commit_messages() {
    run("commit_messages", TEXTS, targets::commit_messages);
}

#[test]
fn tag_index() {
    run("tag_index", REPOSITORIES, targets::tag_index);
}

#[test]
fn reftable() {
    run("reftable", REPOSITORIES, targets::reftable);
}

#[test]
fn plan() {
    run("plan", REPOSITORIES, targets::plan);
}

fn run(name: &str, mutations: u64, target: fn(&[u8])) {
    let corpus = seeds(name);
    assert!(!corpus.is_empty(), "fuzz/corpus/{name} holds no seeds");
    for seed in &corpus {
        run_one(name, target, seed);
    }
    let mut mutator = Mutator::new(number("RELPLAN_FUZZ_SEED", 1), &corpus);
    let mutations = number("RELPLAN_FUZZ_RUNS", mutations);
    for _ in 0..mutations {
        run_one(name, target, &mutator.next_input());
    }
    println!("{name}: {} seeds and {mutations} mutations of them", corpus.len());
}

/// Runs one input; one that fails is kept for the next fuzzer.
fn run_one(name: &str, target: fn(&[u8]), input: &[u8]) {
    let start = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| target(input)));
    let took = start.elapsed();
    if result.is_err() || took > TOO_LONG {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{name}"));
        fs::write(&path, input).expect("a writable folder");
        let what = if result.is_err() { "panics".to_owned() } else { format!("takes {took:?}") };
        panic!("{name} {what}; the input is in {}:\n{}", path.display(), String::from_utf8_lossy(input));
    }
}

/// The seeds of a target, in the order of their names.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let entries = fs::read_dir(folder).expect("the corpus is part of the sources");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).expect("a readable file")).collect()
}

fn number(variable: &str, default: u64) -> u64 {
    let value = std::env::var(variable).ok();
    value.map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{variable}={value} is no number")))
}
