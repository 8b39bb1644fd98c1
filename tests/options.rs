//! Options of every command and those that decide instead of the commits: each does what it says, or is refused.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::common::{CONFIG, assert_refused, commit, git, monorepo, relplan, stderr, stdout, write};

fn planned(repository: &Path, args: &[&str]) -> serde_json::Value {
    let output = relplan(repository, &[&["check", "--json"], args].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    serde_json::from_str(&stdout(&output)).expect("one JSON document")
}

/// `name next_version bump_type` of every package planned.
fn releases(repository: &Path, args: &[&str]) -> Vec<String> {
    let document = planned(repository, args);
    let packages = document["packages"].as_array().expect("a list");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    packages
        .iter()
        .map(|package| ["name", "next_version", "bump_type"].map(|key| text(&package[key])).join(" "))
        .collect()
}

#[test]
fn a_forced_version_is_planned_whatever_the_commits_say() {
    let repository = monorepo(CONFIG);
    let root = repository.path();
    assert_eq!(releases(root, &[]), ["core 1.1.0 minor", "cli 1.1.0 minor"]);
    assert_eq!(releases(root, &["--force-version", "core@v3.0.0"]), ["core 3.0.0 forced"]);
    assert_eq!(releases(root, &["--force-version", "cli@2.0.0"]), ["core 1.1.0 minor", "cli 2.0.0 forced"]);
    assert_eq!(releases(root, &["--force-version", "core@3.0.0", "--channel", "beta"]), ["core 3.0.0 forced"]);
    let text = stdout(&relplan(root, &["check", "--force-version", "core@3.0.0"]));
    assert!(text.contains("● core  1.0.0 → 3.0.0  (forced, from tag core@v1.0.0, over core/version.toml)"), "{text}");
    let why = stdout(&relplan(root, &["check", "--json", "--force-version", "core@3.0.0"]));
    assert!(why.contains("feat(core): add parser"), "the commits are released all the same: {why}");
}

#[test]
fn a_scoped_name_can_be_forced() {
    let repository =
        monorepo(&CONFIG.replace("\"core\",\"path\"", "\"@scope/core\",\"path\"").replace("[\"core\"]", "[]"));
    assert_eq!(releases(repository.path(), &["--force-version", "@scope/core@2.0.0"]), ["@scope/core 2.0.0 forced"]);
}

#[test]
fn the_name_may_be_left_out_where_there_is_one_package() {
    let repository = monorepo(
        r#"{"package":[{"name":"core","path":".","versionedFiles":[{"path":"core/version.toml","format":"toml"}]}]}"#,
    );
    assert_eq!(releases(repository.path(), &["--force-version", "2.0.0-rc.1"]), ["core 2.0.0-rc.1 forced"]);
}

#[test]
fn forced_versions_that_make_no_sense_are_refused() {
    let repository = monorepo(CONFIG);
    for (values, words) in [
        (&["3.0.0"][..], &["NAME@VERSION", "3.0.0"][..]),
        (&["core@3.0"], &["--force-version", "\"3.0\"", "1.2.3"]),
        (&["core@"], &["--force-version", "semantic version"]),
        (&["nope@3.0.0"], &["E7002", "'nope'"]),
        (&["core@3.0.0", "core@3.1.0"], &["more than once", "core"]),
    ] {
        let args: Vec<&str> = values.iter().flat_map(|value| ["--force-version", value]).collect();
        assert_refused(repository.path(), &[&["check"], &args[..]].concat(), words);
    }
}

#[test]
fn an_excluded_package_stays_whoever_would_move_it() {
    let repository = monorepo(CONFIG);
    let root = repository.path();
    assert_eq!(releases(root, &["--exclude", "core"]), Vec::<String>::new());
    assert_eq!(releases(root, &["--exclude", "cli"]), ["core 1.1.0 minor"]);
    let text = stdout(&relplan(root, &["check", "--exclude", "core"]));
    assert!(text.contains("○ core — excluded by --exclude\n"), "{text}");
    assert_refused(root, &["check", "--exclude", "corr"], &["E7002", "'corr'", "'core'"]);
    let linked = CONFIG.replacen('{', r#"{"workspace":{"linked":[["core","cli"]]},"#, 1);
    let repository = monorepo(&linked);
    assert_eq!(releases(repository.path(), &[]), ["core 1.1.0 minor", "cli 1.1.0 linked"]);
    assert_eq!(releases(repository.path(), &["--exclude", "cli"]), ["core 1.1.0 minor"]);
}

#[test]
fn what_needs_a_forge_or_a_dialogue_is_refused() {
    let repository = monorepo(CONFIG);
    assert_refused(repository.path(), &["check", "--comment"], &["--comment is not supported", "forge"]);
    assert_refused(repository.path(), &["check", "--interactive"], &["--interactive is not supported", "--exclude"]);
    assert_refused(repository.path(), &["init", "--manifest"], &["--manifest is not supported"]);
}

#[test]
fn verbose_shows_what_changes_in_version_files() {
    let repository = monorepo(CONFIG);
    write(repository.path(), "cli/main.rs", "");
    commit(repository.path(), "core/more.rs", "feat: more");
    let verbose = relplan(repository.path(), &["check", "-v"]);
    let changes = stdout(&verbose).split_once("\n\ncore/version.toml").map(|(_, changes)| changes.to_owned());
    assert_eq!(
        changes.as_deref(),
        Some(
            "\n@@ -2,2 +2,2 @@\n   name = \"core\"\n-  version = \"1.0.0\"\n+  version = \"1.1.0\"\n\n\
         cli/version.toml\n@@ -2,2 +2,2 @@\n   name = \"cli\"\n-  version = \"1.0.0\"\n+  version = \"1.1.0\"\n\n"
        )
    );
    assert_eq!(stderr(&verbose), "");
}

#[test]
fn a_version_file_that_can_not_be_written_is_warned_about_in_every_report() {
    let two_files = CONFIG.replacen(
        r#"{"path":"core/version.toml","format":"toml"}"#,
        r#"{"path":"core/version.toml","format":"toml"},{"path":"core/package.json","format":"json"}"#,
        1,
    );
    let whole = "{\"version\": \"1.0.0\", \"private\": true}";
    // What follows the version of the first two is broken.
    for (file, content, problem) in [
        ("core/version.toml", "[package]\nname = \"core\"\nversion = \"1.0.0\"\n[dependencies\n", "TOML"),
        ("core/package.json", "{\"version\": \"1.0.0\", \"private\": yes}", "JSON"),
        ("core/package.json", "{\"private\": true}", "no version found"),
    ] {
        let repository = monorepo(&two_files);
        write(repository.path(), "core/package.json", whole);
        let healthy = relplan(repository.path(), &["check"]);
        assert_eq!(stderr(&healthy), "");
        write(repository.path(), file, content);
        let (brief, verbose) = (relplan(repository.path(), &["check"]), relplan(repository.path(), &["check", "-v"]));
        let planned = |output: &Output| stdout(output).replace(", over core/version.toml", "");
        assert_eq!(planned(&brief), planned(&healthy), "{file}: the plan stays");
        let warning = stderr(&brief);
        assert!(warning.starts_with(&format!("Warning: {file}: ")), "{warning}");
        assert!(warning.contains(problem) && warning.ends_with("a release of 'core' can't write its version there\n"));
        assert_eq!(stderr(&verbose), warning, "{file}");
        assert_eq!(stdout(&verbose).matches("@@ ").count(), 1, "the other file's change is shown");
        let json = stdout(&relplan(repository.path(), &["check", "--json"]));
        let json: serde_json::Value = serde_json::from_str(&json).expect("a JSON document");
        assert_eq!(json["warnings"][0].as_str(), Some(warning.trim_end()), "{file}");
    }
}

#[test]
fn messages_can_be_json_and_reports_stay_as_they_are() {
    let repository = monorepo(&CONFIG.replacen("\"dependsOn\"", "\"dependOn\"", 1));
    let output = relplan(repository.path(), &["--log-format", "json", "check"]);
    let lines: Vec<serde_json::Value> =
        stderr(&output).lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect();
    assert_eq!(lines[0]["level"], "WARN");
    assert_eq!(lines.len(), 1);
    assert!(stdout(&output).starts_with("relplan — Check (dry run)\n"), "{}", stdout(&output));
    let failed = relplan(repository.path(), &["--log-format", "json", "version", "nope"]);
    let line = stderr(&failed).lines().last().map(str::to_owned).expect("a line");
    let line: serde_json::Value = serde_json::from_str(&line).expect("a JSON object a line");
    assert_eq!(line["level"], "ERROR");
}

#[test]
fn timing_tells_each_step() {
    let repository = monorepo(CONFIG);
    let output = relplan(repository.path(), &["--timing", "check", "--json"]);
    for words in ["Timing breakdown:", "open repository", "load configuration", "read history", "plan", "total", " ms"]
    {
        assert!(stderr(&output).contains(words), "{words}: {}", stderr(&output));
    }
    assert_eq!(stdout(&output), stdout(&relplan(repository.path(), &["check", "--json"])));
    assert_eq!(stderr(&relplan(repository.path(), &["check", "--json"])), "");
}

#[test]
fn dry_run_is_what_check_does_anyway() {
    let repository = monorepo(CONFIG);
    let dry = relplan(repository.path(), &["--dry-run", "check", "--json"]);
    assert_eq!(stdout(&dry), stdout(&relplan(repository.path(), &["check", "--json"])));
}

fn with_variables(repository: &Path, variables: &[(&str, &str)], args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_relplan"))
        .args(args)
        .current_dir(repository)
        .env_remove("RELPLAN_CONFIG")
        .env_remove("RELPLAN_JOBS")
        .envs(variables.iter().copied())
        .output()
        .expect("the program was built")
}

#[test]
fn the_configuration_and_the_threads_come_from_either_program_s_variables() {
    let repository = monorepo(CONFIG);
    let root = repository.path();
    write(root, "one.json", r#"{"package":[{"name":"one","path":"."}]}"#);
    write(root, "two.json", r#"{"package":[{"name":"two","path":"."}]}"#);
    let tag = |variables: &[(&str, &str)], args: &[&str]| {
        stdout(&with_variables(root, variables, &[args, &["tag", "--json"]].concat()))
    };
    assert!(tag(&[("FERRFLOW_CONFIG", "one.json")], &[]).contains("\"one\""));
    assert!(tag(&[("FERRFLOW_CONFIG", "one.json"), ("RELPLAN_CONFIG", "two.json")], &[]).contains("\"two\""));
    assert!(tag(&[("FERRFLOW_CONFIG", "one.json")], &["--config", "two.json"]).contains("\"two\""));
    assert_eq!(with_variables(root, &[("FERRFLOW_JOBS", "2")], &["check"]).status.code(), Some(0));
    let refused = with_variables(root, &[("FERRFLOW_JOBS", "many")], &["check"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("FERRFLOW_JOBS"), "{}", stderr(&refused));
}

#[test]
fn a_detached_head_is_on_the_branch_that_the_ci_system_names() {
    let repository =
        monorepo(&CONFIG.replacen('{', r#"{"workspace":{"branches":[{"name":"next","channel":"beta"}]},"#, 1));
    git(repository.path(), &["checkout", "-q", "--detach"]);
    for (variable, value) in [
        ("GITHUB_REF", "refs/heads/next"),
        ("CI_COMMIT_REF_NAME", "next"),
        ("BRANCH_NAME", "next"),
        ("CIRCLE_BRANCH", "next"),
        ("BITBUCKET_BRANCH", "next"),
        ("BUILDKITE_BRANCH", "next"),
        ("TRAVIS_BRANCH", "next"),
        ("CI_COMMIT_BRANCH", "next"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_relplan"))
            .args(["check", "--json"])
            .current_dir(repository.path())
            .env_clear()
            .env(variable, value)
            .output()
            .expect("the program was built");
        assert!(stdout(&output).contains("1.1.0-beta.1"), "{variable}: {}", stdout(&output));
    }
}

/// Three packages at their first release, of which `core` gets a feature and `cli` depends on it, linked in the configuration `file`.
fn linked(file: &str) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let root = folder.path();
    git(root, &["init", "-q"]);
    let package = |name: &str, more: &str| {
        let version = if name == "docs" { "2.0.0" } else { "1.0.0" };
        write(root, &format!("{name}/package.json"), &format!("{{ \"version\": \"{version}\" }}"));
        format!(
            "[[package]]\nname = \"{name}\"\npath = \"{name}\"\n{more}\
             versioned_files = [{{ path = \"{name}/package.json\", format = \"json\" }}]\n"
        )
    };
    let packages = [package("core", ""), package("cli", "depends_on = [\"core\"]\n"), package("docs", "")].concat();
    let workspace = "[workspace]\nlinked = [[\"core\", \"cli\", \"docs\"]]\nrecover_missed_releases = true\n";
    write(root, file, &format!("{workspace}{packages}"));
    commit(root, "README", "feat: start");
    for tag in ["core@v1.0.0", "cli@v1.0.0", "docs@v2.0.0"] {
        git(root, &["tag", tag]);
    }
    commit(root, "core/new", "feat: more");
    folder
}

#[test]
fn linked_packages_share_the_version_of_those_that_move() {
    // Above what the one that stays has, as with changesets.
    assert_eq!(releases(linked("relplan.toml").path(), &[]), ["core 2.1.0 minor", "cli 2.1.0 linked"]);
    let all = releases(linked("ferrflow.toml").path(), &[]);
    assert_eq!(all, ["core 2.1.0 minor", "cli 2.1.0 linked", "docs 2.1.0 linked"]);
}
