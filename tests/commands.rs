//! The commands that explain and check: what they answer, and what they refuse.

mod common;

use serde_json::{Value, json};

use common::{CONFIG, commit, git, monorepo, relplan, stderr, stdout};

/// The JSON that `args` answer with; nothing may be told beside it.
fn answer(directory: &std::path::Path, args: &[&str]) -> Value {
    let output = relplan(directory, args);
    assert_eq!(stderr(&output), "", "{args:?}");
    serde_json::from_str(&stdout(&output)).expect("one JSON document")
}

#[test]
fn status_says_who_has_changes_of_its_own() {
    let repository = monorepo(CONFIG);
    let text = relplan(repository.path(), &["status"]);
    assert_eq!(stdout(&text), "");
    assert_eq!(
        stderr(&text),
        "● core                 v1.0.0   (tag: core@v1.0.0)\n○ cli                  v1.0.0   (tag: cli@v1.0.0)\n"
    );
    let expected = json!([
        {"name": "core", "version": "1.0.0", "last_tag": "core@v1.0.0", "has_changes": true},
        {"name": "cli", "version": "1.0.0", "last_tag": "cli@v1.0.0", "has_changes": false},
    ]);
    assert_eq!(answer(repository.path(), &["status", "--output", "json"]), expected);
    assert_eq!(answer(repository.path(), &["status", "--json"]), expected);
}

#[test]
fn status_counts_commits_that_the_last_one_hides_but_not_those_without_a_release() {
    let repository = monorepo(CONFIG);
    commit(repository.path(), "cli/notes", "docs(cli): say more");
    let status = answer(repository.path(), &["status", "--json"]);
    assert_eq!(status[0]["has_changes"], true, "core's feature waits although the last commit is cli's");
    assert_eq!(status[1]["has_changes"], false, "documentation releases nothing");
}

#[test]
fn status_of_a_package_counted_by_days_has_changes_with_any_commit() {
    let calendar = CONFIG.replacen("\"name\":\"cli\",", "\"name\":\"cli\",\"versioning\":\"calver\",", 1);
    let repository = monorepo(&calendar);
    commit(repository.path(), "cli/notes", "docs(cli): say more");
    assert_eq!(answer(repository.path(), &["status", "--json"])[1]["has_changes"], true);
}

#[test]
fn status_without_tags_or_packages() {
    let repository = monorepo(CONFIG);
    git(repository.path(), &["tag", "-d", "core@v1.0.0"]);
    assert!(stderr(&relplan(repository.path(), &["status"])).starts_with("● core                 v1.0.0   (no tag)\n"));
    let empty = monorepo("{}");
    assert!(stderr(&relplan(empty.path(), &["status"])).contains("No packages configured."));
    assert_eq!(answer(empty.path(), &["status", "--json"]), json!([]));
}
