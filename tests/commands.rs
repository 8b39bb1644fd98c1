//! The commands that explain and check: what they answer, and what they refuse.

mod common;

use serde_json::{Value, json};
use tempfile::TempDir;

use common::{CONFIG, assert_refused, commit, git, monorepo, relplan, stderr, stdout, write};

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

/// `app` depends on `lib` and, for patches only, on `core`; `lib` depends on `core`; `docs` is fixed to `core`.
fn graph_repository() -> TempDir {
    let file = |name: &str| format!(r#""versionedFiles":[{{"path":"{name}/version.toml","format":"toml"}}]"#);
    let repository = monorepo(&format!(
        r#"{{"workspace":{{"fixed":[["core","docs"]]}},"package":[
            {{"name":"app","path":"app",{},"dependsOn":["lib",{{"name":"core","propagate":"patch"}},"elsewhere"]}},
            {{"name":"core","path":"core",{}}},
            {{"name":"lib","path":"lib",{},"dependsOn":["core"]}},
            {{"name":"docs","path":"docs",{}}}
        ]}}"#,
        file("app"),
        file("core"),
        file("lib"),
        file("docs")
    ));
    for package in ["app", "lib", "docs"] {
        write(repository.path(), &format!("{package}/version.toml"), "[package]\nversion = \"1.0.0\"\n");
    }
    repository
}

fn cyclic() -> TempDir {
    monorepo(&CONFIG.replacen("\"path\":\"core\",", "\"path\":\"core\",\"dependsOn\":[\"cli\"],", 1))
}

#[test]
fn graph_shows_both_directions_and_the_release_order() {
    let repository = graph_repository();
    let text = relplan(repository.path(), &["graph"]);
    assert_eq!(stderr(&text), "");
    assert_eq!(
        stdout(&text),
        "relplan — Dependency graph\n\n\
         \x20 app\n    depends on  lib, core\n    required by —\n\
         \x20 core\n    depends on  —\n    required by app, lib\n\
         \x20 lib\n    depends on  core\n    required by app\n\
         \x20 docs\n    depends on  —\n    required by —\n\n\
         \x20 release order core → lib → app → docs\n"
    );
    let document = answer(repository.path(), &["graph", "--json"]);
    assert_eq!(document["packages"][1], json!({"name": "core", "depends_on": [], "dependents": ["app", "lib"]}));
    assert_eq!(document["release_order"], json!(["core", "lib", "app", "docs"]));
    assert_eq!(document["cycle"], Value::Null);
}

#[test]
fn graph_draws_for_graphviz() {
    let repository = graph_repository();
    let drawing = stdout(&relplan(repository.path(), &["graph", "--dot"]));
    assert!(drawing.starts_with("digraph packages {\n"), "{drawing}");
    assert!(drawing.contains("  \"app\" -> \"lib\";\n  \"app\" -> \"core\" [label=\"patch\"];\n"), "{drawing}");
    let moved = stdout(&relplan(repository.path(), &["graph", "--format", "dot", "--impact", "lib"]));
    assert!(moved.contains("\"lib\" [label=\"lib\\n1.0.0 → 1.1.0\""), "{moved}");
    assert!(moved.contains("  \"core\";\n"), "{moved}");
}

#[test]
fn graph_prints_a_cycle_and_refuses_it() {
    let repository = cyclic();
    for (args, words) in [
        (&["graph"][..], "  ✗ cycle detected: core → cli → core\n  no release order exists"),
        (
            &["graph", "--json"],
            "\"release_order\": [],\n  \"cycle\": [\n    \"core\",\n    \"cli\",\n    \"core\"\n  ]",
        ),
        (&["graph", "--dot"], "\"core\" -> \"cli\" [color=\"red\"];"),
    ] {
        let output = relplan(repository.path(), args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(stdout(&output).contains(words), "{}", stdout(&output));
        assert!(stderr(&output).contains("error[E8003]: cycle detected: core → cli → core"), "{}", stderr(&output));
    }
    assert_refused(repository.path(), &["graph", "--impact", "core"], &["error[E8003]"]);
}

#[test]
fn impact_lists_what_a_release_takes_along() {
    let repository = graph_repository();
    let text = relplan(repository.path(), &["graph", "--impact", "core", "--bump", "major"]);
    assert_eq!(
        stdout(&text),
        "relplan — Release impact\n\n\
         \x20 core 1.0.0 → 2.0.0 (major, assumed)\n\n\
         \x20 would also release\n\
         \x20   docs                 1.0.0 → 2.0.0      same release group\n\
         \x20   lib                  1.0.0 → 2.0.0      major bump, depends on core\n\
         \x20   app                  1.0.0 → 2.0.0      major bump, depends on lib, core\n\n\
         \x20 4 packages in total\n"
    );
    let document = answer(repository.path(), &["graph", "--impact", "core", "--json"]);
    assert_eq!((&document["seed"], &document["seed_bump"]), (&json!("core"), &json!("minor")));
    assert_eq!(
        document["packages"][3],
        json!({"name": "app", "bump": "minor", "current_version": "1.0.0", "next_version": "1.1.0",
            "joined": "dependency", "depth": 1, "through": ["lib", "core"]})
    );
    let alone = stdout(&relplan(repository.path(), &["graph", "--impact", "app"]));
    assert!(alone.contains("  nothing else would be released\n"), "{alone}");
}

#[test]
fn graph_refuses_what_is_not_there() {
    let repository = graph_repository();
    assert_refused(
        repository.path(),
        &["graph", "--impact", "cor"],
        &["error[E7002]", "'cor'", "did you mean 'core'?"],
    );
    for args in [&["graph", "--impact", "core", "--bump", "huge"][..], &["graph", "--bump", "major"]] {
        assert_eq!(relplan(repository.path(), args).status.code(), Some(2), "{args:?}");
    }
}
