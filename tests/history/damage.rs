//! Damaged repositories end in an error that names the damage, or in the right answer, and never in a wrong one.

use std::fs;
use std::path::{Path, PathBuf};

use relplan::history::{History, HistoryError, Request};

use super::opening::unpack;
use super::repository::{Script, TestRepository};
use super::request::{history, packages, request, subjects};

fn three_commits() -> Script {
    let mut script = Script::default();
    let first = script.commit(&[], 1, "feat: first", &[("a/x", "1"), ("b/x", "1")]);
    script.tag("a@v1.0.0", first);
    let side = script.commit(&[first], 2, "fix: side", &[("b/x", "2")]);
    let second = script.commit(&[first], 3, "fix: second", &[("a/x", "2")]);
    script.commit(&[second, side], 4, "merge: side", &[("b/x", "2")]);
    script
}

fn read(path: &Path) -> Result<History, HistoryError> {
    let packages = packages(&["a", "b"]);
    history(path, &Request { commits_of_untouched: true, ..request(&packages) })
}

fn assert_right(history: &History) {
    assert_eq!(subjects(history, 0), ["fix: second"]);
    assert_eq!(subjects(history, 1), ["merge: side", "fix: side", "feat: first"]);
}

#[test]
fn missing_objects_are_named() {
    for revision in ["HEAD", "HEAD~1", "HEAD^{tree}", "HEAD~2^{tree}"] {
        let repository = TestRepository::of(&three_commits());
        unpack(&repository);
        let id = repository.id(revision);
        fs::remove_file(repository.loose_object(&id)).expect("a loose object");
        let error = read(repository.path()).expect_err("an object is missing");
        assert!(error.to_string().contains(&id), "{error}");
        assert!(error.to_string().contains("git fsck"), "{error}");
    }
}

#[test]
fn damaged_loose_objects_are_named() {
    for revision in ["HEAD", "HEAD^{tree}"] {
        let repository = TestRepository::of(&three_commits());
        unpack(&repository);
        let id = repository.id(revision);
        let path = repository.loose_object(&id);
        fs::remove_file(&path).expect("a loose object");
        fs::write(&path, b"x\x9cgarbage").expect("a writable object");
        let error = read(repository.path()).expect_err("an object is damaged");
        assert!(error.to_string().contains(&id) && error.to_string().contains("damaged"), "{error}");
    }
}

#[test]
fn objects_of_the_wrong_kind_are_named() {
    let repository = TestRepository::of(&three_commits());
    let tree = repository.id("HEAD^{tree}");
    fs::write(repository.path().join(".git/refs/heads/main"), format!("{tree}\n")).expect("a writable ref");
    let error = read(repository.path()).expect_err("HEAD is a tree");
    assert!(error.to_string().contains("it is a tree"), "{error}");
}

#[test]
fn damage_anywhere_in_a_pack_never_changes_the_answer() {
    let repository = TestRepository::of(&three_commits());
    repository.git(["repack", "-adq"]);
    let pack = the_file(&repository.path().join(".git/objects/pack"), "pack");
    damage_everywhere(&repository, &pack);
}

#[test]
fn damage_anywhere_in_a_commit_graph_does_no_harm() {
    let repository = TestRepository::of(&three_commits());
    repository.git(["commit-graph", "write", "--reachable"]);
    damage_everywhere(&repository, &repository.path().join(".git/objects/info/commit-graph"));
}

/// Breaks one byte after the other. There may be an error, but neither a panic nor a wrong answer.
fn damage_everywhere(repository: &TestRepository, file: &Path) {
    let whole = fs::read(file).expect("a readable file");
    let mut permissions = fs::metadata(file).expect("a file").permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "a temporary file of this test")]
    permissions.set_readonly(false);
    fs::set_permissions(file, permissions).expect("our own file");
    for index in 0..whole.len() {
        let mut broken = whole.clone();
        broken[index] ^= 0x55;
        fs::write(file, &broken).expect("a writable file");
        if let Ok(history) = read(repository.path()) {
            assert_right(&history);
        }
    }
    fs::write(file, &whole).expect("a writable file");
    assert_right(&read(repository.path()).expect("mended"));
}

#[test]
fn a_broken_commit_graph_is_replaced_by_the_commits_with_a_warning() {
    let repository = TestRepository::of(&three_commits());
    repository.git(["commit-graph", "write", "--reachable"]);
    let graph = repository.path().join(".git/objects/info/commit-graph");
    let whole = fs::read(&graph).expect("a commit-graph");
    fs::remove_file(&graph).expect("a commit-graph");
    let swapped_parents = {
        // The last bytes before the checksum are the commits' records: their trees, parents and generations.
        let mut broken = whole.clone();
        let length = broken.len();
        broken[length - 200..length - 20].reverse();
        broken
    };
    for broken in [b"CGPH".to_vec(), whole[..whole.len() / 2].to_vec(), swapped_parents] {
        fs::write(&graph, broken).expect("a writable file");
        let history = read(repository.path()).expect("the commits are all there");
        assert_right(&history);
        assert!(history.warnings[0].contains("git commit-graph write --reachable"), "{:?}", history.warnings);
    }
}

#[test]
fn a_commit_graph_may_be_off_or_behind_or_in_pieces() {
    let repository = TestRepository::of(&three_commits());
    repository.git(["commit-graph", "write", "--split", "--reachable"]);
    let mut script = three_commits();
    let fifth = script.commit(&[4], 5, "fix: fifth", &[("a/x", "5")]);
    repository.import(&script);
    let late = ["fix: fifth", "fix: second"];
    assert_eq!(subjects(&read(repository.path()).expect("a graph that is behind"), 0), late);
    repository.git(["commit-graph", "write", "--split=no-merge", "--reachable"]);
    script.commit(&[fifth, 2], 6, "chore: sixth", &[("a/y", "6")]);
    repository.import(&script);
    let later = ["chore: sixth", "fix: fifth", "fix: second"];
    let chained = read(repository.path()).expect("a graph in pieces");
    assert_eq!((subjects(&chained, 0), chained.warnings.len()), (later.to_vec(), 0));
    repository.git(["config", "core.commitGraph", "false"]);
    let off = read(repository.path()).expect("a graph that is not used");
    assert_eq!(subjects(&off, 0), later);
}

fn the_file(directory: &Path, extension: &str) -> PathBuf {
    let mut paths = fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path());
    paths.find(|path| path.extension().is_some_and(|found| found == extension)).expect("the file")
}
