//! Git itself finds nothing wrong with what we write, in any mode and storage.

use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::*;
use test_support::{git, require};

use crate::common::{assert_git_is_happy, make};

const EVERYTHING: &str = r##"{
  "meta": {"name": "everything", "default_branch": "trunk"},
  "config": {"content": {"package": [{"name": "app", "path": "."}]}},
  "packages": [
    {"name": "app", "path": ".", "initial_version": "1.0.0", "tag": "v1.0.0"},
    {"name": "core", "path": "libs/core", "initial_version": "0.1.0"}
  ],
  "files": {"README.md": "hello\n", "libs.txt": "sorts between libs and libs/\n", "libs-a/x": "x\n"},
  "hooks": [{"path": "scripts/pre.sh", "content": "#!/bin/sh\n"}],
  "commits": [
    {"message": "feat: one", "files": ["src/a.rs", "src/b.rs"]},
    {"message": "chore: same again", "files": ["src/a.rs"]},
    {"message": "fix: really again\n\nWith a body.", "files": ["src/a.rs"], "unique": true},
    {"message": "refactor: move", "rename": {"libs/core": "crates/core"}, "delete": ["src/b.rs"]},
    {"message": "feat: on the side", "files": ["side.txt"], "merge": true},
    {"message": "Merge three", "merges": ["red", "green", "blue"]},
    {"message": "chore: from the past", "date": 1000000000, "content": {"src/a.rs": "fn a() {}\n"}},
    {"message": "chore: empty"}
  ],
  "branches": [
    {"name": "red", "at_commit": 0, "commits": [{"message": "feat: red", "files": ["red.txt"]}]},
    {"name": "green", "at_commit": 1, "commits": [{"message": "feat: green", "files": ["green.txt"]}]},
    {"name": "blue", "from": "red", "commits": [{"message": "feat: blue", "files": ["blue.txt"]}]},
    {"name": "topic/late", "commits": [{"message": "fix: late", "files": ["late.txt"]}], "merge": true},
    {"name": "lost", "at_commit": -1, "commits": [{"message": "feat: lost", "files": ["lost.txt"]}]}
  ],
  "tags": [
    {"name": "v1.1.0", "at_commit": 2, "annotated": true},
    {"name": "app@v9", "at_commit": 0, "branch": "lost", "annotated": true, "message": "by hand"}
  ],
  "expect": {"packages_released": 1}
}"##;

fn with_storage(text: &str, storage: &str) -> String {
    text.replacen('{', &format!("{{\"storage\": \"{storage}\", "), 1)
}

#[test]
fn everything_at_once_is_sound_in_every_storage() {
    if require("git").is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("temporary folder");
    let mut logs = Vec::new();
    for storage in ["plain", "delta", "loose"] {
        let (_, directory) = make(folder.path(), storage, &with_storage(EVERYTHING, storage));
        assert_git_is_happy(&directory);
        logs.push(git(&directory, &["log", "--all", "--stat", "--format=%H %P %s", "--topo-order"]));
    }
    assert_eq!(logs[0], logs[1]);
    assert_eq!(logs[0], logs[2]);
}

#[test]
fn the_history_is_the_one_described() {
    if require("git").is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("temporary folder");
    let (_, directory) = make(folder.path(), "everything", EVERYTHING);
    let said = |arguments: &[&str]| git(&directory, arguments);
    assert_eq!(said(&["symbolic-ref", "HEAD"]), "refs/heads/trunk\n");
    assert_eq!(
        said(&["log", "--first-parent", "--format=%s"]),
        "Merge branch 'topic/late'\nchore: empty\nchore: from the past\nMerge three\nMerge branch: feat: on the side\n\
         refactor: move\nfix: really again\nchore: same again\nfeat: one\nchore: initial setup\n"
    );
    assert_eq!(
        said(&["log", "-1", "--format=%an <%ae> %at %ct", "trunk~9"]),
        "Test <test@test.com> 1704067200 1704067200\n"
    );
    assert_eq!(said(&["log", "-1", "--format=%ct", "trunk~2"]), "1000000000\n");
    assert_eq!(said(&["show", "-s", "--format=%P", "trunk~3"]).split(' ').count(), 4);
    assert_eq!(said(&["diff", "--name-only", "trunk~8", "trunk~7"]), "", "the same content again is an empty diff");
    assert_eq!(said(&["diff", "--name-only", "trunk~7", "trunk~6"]), "src/a.rs\n");
    assert_eq!(said(&["ls-files", "-s", "scripts/pre.sh"]).split(' ').next(), Some("100755"));
    assert_eq!(said(&["describe", "--exact-match", "trunk~6"]), "v1.1.0\n");
    assert_eq!(said(&["for-each-ref", "--format=%(contents)", "refs/tags/v1.1.0"]).trim(), "Release v1.1.0");
    assert_eq!(said(&["tag", "--merged", "HEAD"]), "v1.0.0\nv1.1.0\n");
    assert_eq!(said(&["cat-file", "-t", "app@v9"]), "tag\n");
    assert!(directory.join("crates/core/version.toml").is_file() && !directory.join("libs").exists());
    for merged in ["red.txt", "green.txt", "blue.txt", "late.txt", "side.txt", ".expect.toml"] {
        assert!(directory.join(merged).is_file(), "{merged}");
    }
    assert!(!directory.join("lost.txt").exists());
}

#[test]
fn branches_are_named_and_merged_as_ferrflows_own_definitions_say() {
    if require("git").is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("temporary folder");
    let text = r#"{"meta": {"name": "a"}, "branch": "release/2.0", "commits": [{"message": "feat: a", "files": ["a"]}],
      "branches": [{"name": "beta", "commits": [{"message": "feat: b", "files": ["b"]}]},
                   {"name": "topic", "commits": [{"message": "fix: c", "files": ["c"]}], "merge": "beta"},
                   {"name": "fix", "at_commit": -1, "commits": [{"message": "fix: d", "files": ["d"]}], "merge": "release/2.0"}],
      "tags": [{"name": "v2.0.0-beta", "at_commit": 0, "branch": "beta"}]}"#;
    let (_, directory) = make(folder.path(), "named", text);
    assert_git_is_happy(&directory);
    let said = |arguments: &[&str]| git(&directory, arguments);
    assert_eq!(said(&["symbolic-ref", "HEAD"]), "refs/heads/release/2.0\n");
    assert_eq!(said(&["log", "--first-parent", "--format=%s", "-2"]), "Merge branch 'fix'\nfeat: a\n");
    assert_eq!(said(&["log", "--first-parent", "--format=%s", "-2", "beta"]), "Merge branch 'topic'\nfeat: b\n");
    assert_eq!(said(&["ls-tree", "--name-only", "beta"]), "a\nb\nc\n");
    assert_eq!(said(&["ls-tree", "--name-only", "HEAD"]), "a\nd\n");
}

#[test]
fn another_branch_can_be_checked_out_and_head_detached() {
    if require("git").is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("temporary folder");
    let text = EVERYTHING.replacen('{', r#"{"head": "lost", "detached": true, "#, 1);
    let (_, directory) = make(folder.path(), "detached", &text);
    assert_git_is_happy(&directory);
    assert!(directory.join("lost.txt").is_file() && !directory.join("red.txt").exists());
    assert_eq!(git(&directory, &["rev-parse", "HEAD"]), git(&directory, &["rev-parse", "lost"]));
    assert_eq!(git(&directory, &["rev-parse", "--abbrev-ref", "HEAD"]), "HEAD\n");
}

#[test]
fn git_takes_a_shallow_repository_for_one() {
    if require("git").is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("temporary folder");
    let (_, directory) = make(folder.path(), "shallow", &EVERYTHING.replacen('{', r#"{"shallow": true, "#, 1));
    assert_git_is_happy(&directory);
    assert_eq!(git(&directory, &["rev-parse", "--is-shallow-repository"]), "true\n");
    assert_eq!(git(&directory, &["rev-list", "--count", "HEAD"]), "1\n");
}

#[test]
fn deltas_are_really_used_and_chains_stay_short() {
    if require("git").is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("temporary folder");
    let text = r#"{"meta": {"name": "d"}, "generate": {"packages": 40, "commits": 300, "storage": "delta"}}"#;
    let (_, directory) = make(folder.path(), "deltas", text);
    let pack = std::fs::read_dir(directory.join(".git/objects/pack")).expect("a pack folder");
    let index =
        pack.map(|entry| entry.expect("an entry").path()).find(|path| path.extension().is_some_and(|it| it == "idx"));
    let report = git(&directory, &["verify-pack", "-v", index.expect("an index").to_str().expect("UTF-8")]);
    let lengths: Vec<usize> = report
        .lines()
        .filter_map(|line| line.strip_prefix("chain length = "))
        .filter_map(|rest| rest.split(':').next()?.parse().ok())
        .collect();
    assert!(lengths.iter().max().is_some_and(|longest| (10..50).contains(longest)), "{lengths:?}");
}

fn commits() -> impl Strategy<Value = String> {
    let file = prop::sample::select(vec!["a", "b/c", "b/d/e", "b.x", "b-y/z", "pkg/one"]);
    let commit =
        (prop::collection::vec(file, 0..3), any::<bool>(), any::<bool>(), prop::option::of(0u32..2_000_000_000));
    prop::collection::vec(commit, 0..12).prop_map(|commits| {
        let commits = commits.iter().map(|(files, unique, merge, date)| {
            let date = date.map(|date| format!(", \"date\": {date}")).unwrap_or_default();
            format!(
                "{{\"message\": \"feat: x\", \"files\": {files:?}, \"unique\": {unique}, \"merge\": {merge}{date}}}"
            )
        });
        commits.collect::<Vec<_>>().join(", ")
    })
}

fn explicit_definition() -> impl Strategy<Value = String> {
    (commits(), commits(), any::<bool>(), any::<bool>()).prop_map(|(main, side, merge, annotated)| {
        let merge = merge && !side.is_empty();
        format!(
            "\"commits\": [{main}], \"branches\": [{{\"name\": \"side\", \"at_commit\": -1, \"commits\": [{side}], \
             \"merge\": {merge}}}], \"tags\": [{{\"name\": \"v1\", \"at_commit\": -1, \"annotated\": {annotated}}}]"
        )
    })
}

fn bulk_definition() -> impl Strategy<Value = String> {
    let numbers = (1u32..6, 0u32..40, 1u64.., 0u32..5, 0u32..3, 0u32..3, 0u32..4);
    (numbers, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(numbers, graph, annotated, random)| {
        let (packages, commits, seed, merges, count, depth, files) = numbers;
        let marks = if graph { "releases" } else { "tags" };
        let dates = if random { "random" } else { "monotonic" };
        format!(
            "\"generate\": {{\"packages\": {packages}, \"commits\": {commits}, \"seed\": {seed}, \"merges\": {merges}, \
             \"{marks}\": {count}, \"depth\": {depth}, \"files_per_package\": {files}, \"graph\": {graph}, \
             \"annotated\": {annotated}, \"dates\": \"{dates}\"}}"
        )
    })
}

/// Looked for once, not in every case of the property.
fn git_where_it_is() -> Option<&'static PathBuf> {
    static GIT: LazyLock<Option<PathBuf>> = LazyLock::new(|| require("git"));
    GIT.as_ref()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_small_definition_is_sound_and_repeatable(
        body in prop_oneof![explicit_definition(), bulk_definition()],
        storage in prop::sample::select(vec!["plain", "delta", "loose"]),
    ) {
        let git = git_where_it_is();
        let folder = tempfile::tempdir().expect("temporary folder");
        let text = format!("{{\"meta\": {{\"name\": \"any\"}}, \"storage\": \"{storage}\", {body}}}");
        let (first, directory) = make(folder.path(), "first", &text);
        let (second, _) = make(folder.path(), "second", &text);
        prop_assert_eq!(first.sha256, second.sha256);
        if git.is_some() {
            assert_git_is_happy(&directory);
        }
    }
}
