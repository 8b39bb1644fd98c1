//! The commands that explain and check: what they answer, and what they refuse.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::git_command;

use crate::common::{CONFIG, assert_refused, commit, git, monorepo, relplan, stderr, stdout, write};

/// The JSON that `args` answer with; nothing may be told beside it.
fn answer(directory: &Path, args: &[&str]) -> Value {
    let output = relplan(directory, args);
    assert_eq!(stderr(&output), "", "{args:?}");
    serde_json::from_str(&stdout(&output)).expect("one JSON document")
}

#[test]
fn status_says_who_has_changes_of_its_own() {
    let repository = monorepo(CONFIG);
    let text = relplan(repository.path(), &["status"]);
    assert_eq!(stderr(&text), "");
    assert_eq!(
        stdout(&text),
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
    assert!(stdout(&relplan(repository.path(), &["status"])).starts_with("● core                 v1.0.0   (no tag)\n"));
    let empty = monorepo("{}");
    assert!(stderr(&relplan(empty.path(), &["status"])).contains("No packages configured"));
    let listed = relplan(empty.path(), &["status", "--json"]);
    assert_eq!((listed.status.code(), stdout(&listed).as_str()), (Some(4), "[]\n"));
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
         \x20   app                  1.0.0 → 2.0.0      major bump, depends on lib, core\n\
         \x20   lib                  1.0.0 → 2.0.0      major bump, depends on core\n\n\
         \x20 4 packages in total\n"
    );
    let document = answer(repository.path(), &["graph", "--impact", "core", "--json"]);
    assert_eq!((&document["seed"], &document["seed_bump"]), (&json!("core"), &json!("minor")));
    assert_eq!(
        document["packages"][2],
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

#[test]
fn validate_lists_what_is_in_order_and_what_could_be() {
    let repository = monorepo(CONFIG);
    let text = relplan(repository.path(), &["validate"]);
    assert_eq!((text.status.code(), stderr(&text).as_str()), (Some(0), ""));
    assert_eq!(
        stdout(&text),
        "\nrelplan validate\n\n\
         \x20 ✓ config parsed (ferrflow.json)\n\
         \x20 ✓ 2 packages found\n\
         \x20 ◆ workspace.tagTemplate: not set, using default \"{name}@v{version}\"\n\n\
         \x20 1 suggestion\n\n"
    );
    assert_eq!(
        answer(repository.path(), &["validate", "--json"]),
        json!({"valid": true, "config_file": "ferrflow.json", "package_count": 2, "errors": [], "warnings": [],
        "suggestions": [
            {"path": "workspace.tagTemplate", "message": "not set, using default \"{name}@v{version}\""}
        ]})
    );
    let templated = CONFIG.replacen('{', "{\"workspace\":{\"tagTemplate\":\"{name}-{version}\"},", 1);
    let clean = stdout(&relplan(monorepo(&templated).path(), &["validate"]));
    assert!(clean.ends_with("  ✓ no issues found\n\n  all checks passed\n\n"), "{clean}");
}

const FLAWED: &str = r#"{
  "workspace": {"tagTemplate": "x{version}", "linked": [["core"], ["core", "nobody"]], "versioning": "semver",
    "branches": [{"name": "next", "channel": "a/b"}, {"name": "[", "channel": "beta"}],
    "commitSkipMarkers": [""], "hooks": {"preBump": " "}},
  "package": [
    {"name": "core", "path": "core", "sharedPaths": ["docs"], "changelog": "CHANGES.md", "dependsOn": ["cli", "nobody"],
     "versionedFiles": [{"path": "core/version.toml", "format": "toml"}, {"path": "core/other.txt", "format": "txt"}]},
    {"name": "cli", "path": "cli", "dependsOn": ["core"], "tagTemplate": "fixed", "latestTag": "latest-{version}",
     "versionedFiles": [{"path": "cli/version.toml", "format": "json"}, {"path": "cli/gone.toml", "format": "toml"}]},
    {"name": "gone", "path": "gone", "versionTemplate": "{nothing}"},
    {"name": "twin", "path": "cli", "versionedFiles": [{"path": "core/words.txt", "format": "txt"}], "unknown": 1}
  ]
}"#;

#[test]
fn validate_finds_every_flaw_at_once() {
    let repository = monorepo(FLAWED);
    write(repository.path(), "core/other.txt", "2.0.0");
    write(repository.path(), "core/words.txt", "one point two");
    let output = relplan(repository.path(), &["validate"]);
    assert_eq!(output.status.code(), Some(1));
    let report = stdout(&output);
    for line in [
        "✗ (config): duplicate package path \"cli\" (packages: \"cli\", \"twin\")",
        "✗ cli.tagTemplate: tag template \"fixed\" must contain {version}",
        "✗ cli.latestTag: latest tag template \"latest-{version}\" contains {version}",
        "✗ gone.versionTemplate: ",
        "✗ (config): linked group [\"core\"] must list at least two packages",
        "✗ (config): package 'core' appears in more than one linked/fixed group",
        "✗ (config): linked group names unknown package 'nobody'",
        "✗ (config): cycle detected: core → cli → core",
        "✗ workspace.commitSkipMarkers: ",
        "✗ workspace.branches[0]: Invalid channel name 'a/b'",
        "✗ workspace.branches[1]: ",
        "✗ gone: package path \"gone\" does not exist",
        "✗ core: version mismatch: \"core/version.toml\" has \"1.0.0\", \"core/other.txt\" has \"2.0.0\"",
        "✗ cli/version.toml: cannot read version from \"cli/version.toml\": not valid JSON",
        "✗ cli/gone.toml: versioned file \"cli/gone.toml\" does not exist",
        "✗ core/words.txt: Invalid semver 'one point two'",
        "⚠ (config): unknown key `package[3].unknown` in ferrflow.json, ignored.",
        "⚠ workspace.tagTemplate: tag template \"x{version}\" does not contain {name}",
        "⚠ cli.latestTag: latest tag template \"latest-{version}\" does not contain {name}",
        "⚠ core.dependsOn: \"nobody\" is no package of this configuration",
        "⚠ workspace.hooks.preBump: is blank",
        "⚠ CHANGES.md: changelog \"CHANGES.md\" does not exist yet",
        "⚠ docs: shared path \"docs\" does not exist",
        "◆ gone: no versionedFiles declared",
        "16 errors, 7 warnings, 1 suggestion",
    ] {
        assert!(report.contains(&format!("  {line}")), "`{line}` is missing in:\n{report}");
    }
    let json = relplan(repository.path(), &["validate", "--json"]);
    assert_eq!((json.status.code(), stderr(&json).as_str()), (Some(1), ""));
    let document: Value = serde_json::from_str(&stdout(&json)).expect("one JSON document");
    assert_eq!((&document["valid"], document["errors"].as_array().map(Vec::len)), (&json!(false), Some(16)));
}

#[test]
fn validate_tells_of_a_configuration_that_cannot_be_read() {
    let repository = monorepo("{\"package\": [,]}");
    let output = relplan(repository.path(), &["validate"]);
    assert_eq!(output.status.code(), Some(1));
    let report = stdout(&output);
    assert!(report.contains("  ✗ (config): [E1002] ferrflow.json:1:14: "), "{report}");
    assert!(report.ends_with("\n  1 error\n\n"), "{report}");
    let empty = TempDir::new().expect("a temporary folder");
    assert_refused(empty.path(), &["validate"], &["error[E2001]"]);
    git(empty.path(), &["init", "-q"]);
    let nothing = relplan(empty.path(), &["validate"]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(
        stdout(&nothing).contains("no configuration, no version file and no version tag found"),
        "{}",
        stdout(&nothing)
    );
    write(empty.path(), "VERSION", "1.0.0");
    assert_eq!(relplan(empty.path(), &["validate"]).status.code(), Some(0));
}

#[test]
fn validate_needs_no_history() {
    let repository = monorepo(CONFIG);
    let clones = TempDir::new().expect("a temporary folder");
    let origin = format!("file://{}", repository.path().display());
    git(clones.path(), &["clone", "-q", "--depth", "1", &origin, "shallow"]);
    assert_eq!(relplan(&clones.path().join("shallow"), &["validate"]).status.code(), Some(0));
}

#[test]
fn schema_needs_no_repository_and_has_every_key_in_both_spellings() {
    let folder = TempDir::new().expect("a temporary folder");
    let schema = answer(folder.path(), &["schema"]);
    assert_eq!(schema, answer(folder.path(), &["schema", "--pretty"]));
    let workspace = &schema["properties"]["workspace"]["properties"];
    assert_eq!(workspace["recoverMissedReleases"], json!({"type": "boolean"}));
    assert_eq!(workspace["recover_missed_releases"], json!({"type": "boolean"}));
    assert_eq!(workspace["versionSource"]["enum"], json!(["highest", "tag", "file"]));
    assert_eq!(schema["properties"]["package"]["items"]["additionalProperties"], false);
    let package = answer(folder.path(), &["schema", "--package"]);
    assert_eq!(package["properties"]["dependsOn"], schema["properties"]["package"]["items"]["properties"]["dependsOn"]);
    assert_eq!(stdout(&relplan(folder.path(), &["schema"])).lines().count(), 1);
}

#[test]
fn every_command_has_an_example_and_a_place_in_the_manual() {
    let folder = TempDir::new().expect("a temporary folder");
    let manual = stdout(&relplan(folder.path(), &["man"]));
    for command in ["status", "graph", "why", "validate", "schema"] {
        let help = stdout(&relplan(folder.path(), &[command, "--help"]));
        assert!(help.contains(&format!("\n  relplan {command}")), "{help}");
        assert!(manual.contains(&format!(".SH \"COMMAND {}\"", command.to_uppercase())), "{command}");
    }
}

fn short_head(directory: &Path, digits: usize) -> String {
    git(directory, &["rev-parse", "HEAD"])[..digits].to_owned()
}

#[test]
fn why_explains_a_package_with_commits_of_its_own() {
    let repository = monorepo(CONFIG);
    git(repository.path(), &["tag", "-d", "core@v1.0.0"]);
    let text = relplan(repository.path(), &["why", "core"]);
    assert_eq!(stderr(&text), "");
    let report = stdout(&text);
    let head = short_head(repository.path(), 8);
    assert!(
        report.starts_with(
            "Package: core\n\
             \x20 Path:          core\n\
             \x20 Strategy:      semver\n\
             \x20 Version:       1.0.0 (from core/version.toml)\n\n\
             Last tag: none — this package was never released in the history of HEAD\n\n\
             Touch check (changed files at HEAD):\n\
             \x20 ✓ core/lib.rs                                    matches core/\n\
             → touched\n\n\
             Commits considered (2):\n"
        ),
        "{report}"
    );
    let commit = format!("  {head}  feat(core): add parser                               minor\n");
    assert!(report.contains(&commit), "{report}");
    assert!(report.contains("  chore: initial                                       —\n"), "{report}");
    let decision = "Decision: minor bump from its own commits — 1.0.0 → 1.1.0, tag core@v1.1.0\n";
    assert!(report.ends_with(decision), "{report}");
}

#[test]
fn why_explains_a_package_that_follows_its_dependency() {
    let repository = monorepo(CONFIG);
    let report = stdout(&relplan(repository.path(), &["why", "cli"]));
    for line in [
        "  ✗ core/lib.rs                                    no match\n→ not touched\n",
        "  core                     bumping (minor)      propagate: same → minor\n",
        "Decision: minor bump from the dependency cascade — 1.0.0 → 1.1.0, tag cli@v1.1.0\n",
    ] {
        assert!(report.contains(line), "`{line}` is missing in:\n{report}");
    }
    let document = answer(repository.path(), &["why", "cli", "--json"]);
    assert_eq!(document["touch"], json!({"touched": false, "recovered": false, "files": [{"path": "core/lib.rs"}]}));
    assert_eq!(document["last_tag"]["name"], "cli@v1.0.0");
    assert_eq!(document["commits"], json!([]));
    assert_eq!(
        document["dependencies"],
        json!([{"name": "core", "propagate": "same", "upstream_bump": "minor", "resulting_bump": "minor"}])
    );
    assert_eq!(
        document["decision"],
        json!({"outcome": "bump", "bump": "minor", "from": "1.0.0", "to": "1.1.0", "tag": "cli@v1.1.0",
            "prerelease": false, "triggered_by": "dependency", "through": ["core"]})
    );
}

#[test]
fn why_gives_the_day_of_the_last_release_and_never_its_age() {
    let repository = monorepo(CONFIG);
    let root = repository.path();
    commit(root, "core/lib.rs", "fix(core): see");
    let dated = git_command(root)
        .args(["commit", "-q", "--allow-empty", "-m", "chore: tag me"])
        .env("GIT_COMMITTER_DATE", "2024-02-29T23:30:00 -0200")
        .status()
        .expect("git runs");
    assert!(dated.success());
    git(root, &["tag", "-d", "core@v1.0.0"]);
    git(root, &["tag", "core@v2.0.0"]);
    let line = format!("Last tag: core@v2.0.0 ({}, 2024-03-01, reachable from HEAD)\n", short_head(root, 7));
    let report = stdout(&relplan(root, &["why", "core"]));
    assert!(report.contains(&line), "`{line}` is missing in:\n{report}");
}

#[test]
fn why_shows_commits_that_the_last_one_hides() {
    let repository = monorepo(CONFIG);
    commit(repository.path(), "cli/main.rs", "fix(cli): see");
    let report = stdout(&relplan(repository.path(), &["why", "core"]));
    for line in ["Commits not considered (1):\n", "Set recoverMissedReleases", "Decision: no release — not touched\n"]
    {
        assert!(report.contains(line), "`{line}` is missing in:\n{report}");
    }
    let document = answer(repository.path(), &["why", "core", "--json"]);
    assert_eq!(document["decision"], json!({"outcome": "skipped", "reason": "not touched"}));
    assert_eq!(document["waiting_commits"][0]["subject"], "feat(core): add parser");

    let recovering = CONFIG.replacen('{', "{\"workspace\":{\"recoverMissedReleases\":true},", 1);
    write(repository.path(), "ferrflow.json", &recovering);
    let report = stdout(&relplan(repository.path(), &["why", "core"]));
    for line in [
        "Touch check (changed files since the last tag):\n",
        "  ✗ cli/main.rs                                    no match\n",
        "→ touched (recovered by recoverMissedReleases)\n",
        "Commits considered (1):\n",
    ] {
        assert!(report.contains(line), "`{line}` is missing in:\n{report}");
    }
}

#[test]
fn why_tells_apart_what_raises_and_what_takes_along() {
    let repository = graph_repository();
    let root = repository.path();
    write(root, "core/too.rs", "");
    commit(root, "lib/fix.rs", "fix(lib): see");
    let raised = stdout(&relplan(root, &["why", "lib"]));
    assert!(raised.contains("Decision: minor bump from its own commits, raised by core — 1.0.0 → 1.1.0"), "{raised}");
    let aligned = stdout(&relplan(root, &["why", "docs"]));
    let decision = "Decision: patch bump from its own commits, at the version of its release group — 1.0.0 → 1.1.0";
    assert!(aligned.contains(decision), "{aligned}");
    commit(root, "core/lib.rs", "fix(core): see");
    let grouped = stdout(&relplan(root, &["why", "docs"]));
    assert!(grouped.contains("Decision: fixed bump with its release group — 1.0.0 → 1.1.0"), "{grouped}");
    let on_channel = stdout(&relplan(root, &["why", "docs", "--channel", "beta"]));
    for line in ["  Channel:       beta\n", " — 1.0.0 → 1.1.0-beta.1, tag docs@v1.1.0-beta.1\n"] {
        assert!(on_channel.contains(line), "`{line}` is missing in:\n{on_channel}");
    }
}

#[test]
fn why_names_the_rule_whenever_a_package_is_touched() {
    for nested in ["shared", "exclusive"] {
        let repository = monorepo(&format!(
            r#"{{"workspace":{{"nestedPackages":"{nested}"}},"package":[
                {{"name":"outer","path":"a"}}, {{"name":"inner","path":"a/b"}},
                {{"name":"sharing","path":"c","sharedPaths":["a/b/x","docs/"]}}, {{"name":"other","path":"ab"}}
            ]}}"#
        ));
        for file in ["a/b/x/1", "a/b/2", "a/3", "docs/4", "docs2/5", "c", "ab/6", "7"] {
            commit(repository.path(), file, "fix: see");
            for package in ["outer", "inner", "sharing", "other"] {
                let touch = &answer(repository.path(), &["why", package, "--json"])["touch"];
                let matched = !touch["files"][0]["matched"].is_null();
                assert_eq!(touch["touched"], matched, "{nested} {file} {package}: {touch}");
            }
        }
    }
}

#[test]
fn why_refuses_what_it_cannot_explain() {
    let repository = monorepo(CONFIG);
    assert_refused(repository.path(), &["why", "clj"], &["error[E7002]", "'clj'", "did you mean 'cli'?"]);
    assert_refused(repository.path(), &["why"], &["there are 2 packages, and none is named", "core, cli"]);
    assert_refused(repository.path(), &["why", "core", "--channel", "a/b"], &["error[E5002]"]);
    assert_refused(cyclic().path(), &["why", "core"], &["error[E8003]"]);
    assert_eq!(relplan(monorepo("{}").path(), &["why"]).status.code(), Some(4));
    let single = monorepo(r#"{"package":[{"name":"core","path":"core"}]}"#);
    assert_eq!(answer(single.path(), &["why", "--json"])["touch"]["files"][0]["matched"], "the only package");
}
