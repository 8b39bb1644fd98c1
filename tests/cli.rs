//! The program as a user meets it: what it answers, what it refuses, where it says so, and with which exit code.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::common::{CONFIG, assert_refused, git, monorepo, relplan, stderr, stdout, write};

#[test]
fn reports_are_the_answer_whether_text_or_json() {
    let repository = monorepo(CONFIG);
    let text = relplan(repository.path(), &["check"]);
    assert_eq!(stderr(&text), "");
    assert_eq!(
        stdout(&text),
        "relplan — Check (dry run)\n\n\
         ● core  1.0.0 → 1.1.0  (minor, from tag core@v1.0.0, over core/version.toml)\n\n\
         ● cli  1.0.0 → 1.1.0  (minor, dependency: core)\n\n\
         ○ 1 package not touched by the last commit. Set recoverMissedReleases to compare against the last tag instead.\n"
    );
    let json = relplan(repository.path(), &["check", "--json"]);
    assert_eq!(stderr(&json), "");
    let document: serde_json::Value = serde_json::from_str(&stdout(&json)).expect("one JSON document");
    assert_eq!(document["packages"][0]["next_version"], "1.1.0");
    assert_eq!(document["packages"][0]["commits"][0]["message"], "feat(core): add parser");
    assert_eq!(document["packages"][1]["tag"], "cli@v1.1.0");
}

#[test]
fn check_answers_the_same_from_below_and_from_elsewhere_and_with_any_number_of_threads() {
    let repository = monorepo(CONFIG);
    let here = relplan(repository.path(), &["check", "--json"]);
    let below = relplan(&repository.path().join("core"), &["check", "--json", "--jobs", "1"]);
    let path = repository.path().to_str().expect("a UTF-8 path");
    let elsewhere = relplan(Path::new("/"), &["-C", path, "check", "--json", "--jobs", "7"]);
    let deep = repository.path().join("cli/src/a/b/c");
    fs::create_dir_all(&deep).expect("a writable folder");
    assert_eq!(stdout(&here), stdout(&relplan(&deep, &["check", "--json"])));
    assert_eq!(stdout(&here), stdout(&below));
    assert_eq!(stdout(&here), stdout(&elsewhere));
}

#[test]
fn verbose_lists_commits_and_packages_that_stay() {
    let repository = monorepo(CONFIG);
    let report = stdout(&relplan(repository.path(), &["check", "-v"]));
    for line in
        ["Changed files in last commit:", "  core/lib.rs", "○ cli — not touched, skipping", " feat(core): add parser"]
    {
        assert!(report.contains(line), "`{line}` is missing in:\n{report}");
    }
}

#[test]
fn version_and_tag_answer_for_one_package_and_for_all() {
    let repository = monorepo(CONFIG);
    let ask = |args: &[&str]| stdout(&relplan(repository.path(), args));
    assert_eq!(ask(&["version"]), "core\t1.0.0\ncli\t1.0.0\n");
    assert_eq!(ask(&["version", "core"]), "1.0.0\n");
    assert_eq!(ask(&["version", "cli", "--json"]), "{\"name\":\"cli\",\"version\":\"1.0.0\"}\n");
    assert_eq!(ask(&["tag"]), "core\tcore@v1.0.0\ncli\tcli@v1.0.0\n");
    assert_eq!(ask(&["tag", "cli", "--json"]), "{\"name\":\"cli\",\"tag\":\"cli@v1.0.0\"}\n");
}

#[test]
fn a_version_manifest_that_says_otherwise_is_named_and_does_not_count() {
    let repository = monorepo(&CONFIG.replacen('{', r#"{"workspace":{"manifestFile":"versions.json"},"#, 1));
    let ask = || stdout(&relplan(repository.path(), &["version"]));
    let manifest =
        r#"{"version":1,"packages":{"core":"7.7.7"},"released_at":"2026-01-01T00:00:00Z","commit":"1234567"}"#;
    write(repository.path(), "versions.json", manifest);
    assert_eq!(ask(), "core\t1.0.0\ncli\t1.0.0\n");
    for command in ["version", "status"] {
        let warning = stderr(&relplan(repository.path(), &[command]));
        assert!(warning.contains("versions.json has core at 7.7.7, its tag or version file at 1.0.0"), "{warning}");
    }
    write(repository.path(), "versions.json", "{");
    assert_eq!(ask(), "core\t1.0.0\ncli\t1.0.0\n");
}

#[test]
fn without_tags_the_whole_history_counts_and_tag_says_none() {
    let repository = monorepo(CONFIG);
    git(repository.path(), &["tag", "-d", "core@v1.0.0", "cli@v1.0.0"]);
    assert_eq!(stdout(&relplan(repository.path(), &["tag", "core"])), "none\n");
    assert_eq!(stdout(&relplan(repository.path(), &["tag", "core", "--json"])), "{\"name\":\"core\",\"tag\":null}\n");
    let report = stdout(&relplan(repository.path(), &["check"]));
    assert!(report.contains("● core  1.0.0 → 1.1.0  (minor, from core/version.toml)"), "{report}");
}

#[test]
fn an_unknown_package_is_refused_with_the_nearest_name() {
    let repository = monorepo(CONFIG);
    assert_refused(repository.path(), &["version", "corr"], &["error[E7002]", "package 'corr' not found", "'core'"]);
}

#[test]
fn no_repository_is_refused() {
    let folder = TempDir::new().expect("a temporary folder");
    assert_refused(folder.path(), &["check"], &["error[E2001]", "not inside a git repository", "git init"]);
    assert_refused(Path::new("/"), &["-C", "/nowhere-at-all", "check"], &["/nowhere-at-all"]);
}

#[test]
fn a_bare_repository_is_refused() {
    let folder = TempDir::new().expect("a temporary folder");
    git(folder.path(), &["init", "-q", "--bare"]);
    assert_refused(folder.path(), &["check"], &["error[E2002]", "bare repository", "git worktree add"]);
}

#[test]
fn a_repository_without_commits_has_nothing_to_release() {
    let folder = TempDir::new().expect("a temporary folder");
    git(folder.path(), &["init", "-q"]);
    let empty = relplan(folder.path(), &["check"]);
    assert_eq!(empty.status.code(), Some(4));
    assert!(stderr(&empty).contains("No packages configured"), "{}", stderr(&empty));
    write(folder.path(), "package.json", "{\"version\":\"0.1.0\"}");
    let unborn = relplan(folder.path(), &["check"]);
    assert_eq!(unborn.status.code(), Some(0));
    assert!(stdout(&unborn).contains("Nothing to release."), "{}", stdout(&unborn));
}

#[test]
fn a_shallow_clone_is_refused_with_the_command_that_completes_it() {
    let repository = monorepo(CONFIG);
    let clones = TempDir::new().expect("a temporary folder");
    let origin = format!("file://{}", repository.path().display());
    git(clones.path(), &["clone", "-q", "--depth", "1", &origin, "shallow"]);
    let shallow = clones.path().join("shallow");
    for command in ["check", "tag"] {
        assert_refused(&shallow, &[command], &["shallow", "git fetch --unshallow --tags", "fetch-depth: 0"]);
    }
    git(&shallow, &["fetch", "-q", "--unshallow", "--tags"]);
    assert_eq!(
        stdout(&relplan(&shallow, &["check", "--json"])),
        stdout(&relplan(repository.path(), &["check", "--json"]))
    );
}

#[test]
fn a_clone_without_tags_is_refused_with_the_command_that_gets_them() {
    let repository = monorepo(CONFIG);
    let clones = TempDir::new().expect("a temporary folder");
    let origin = format!("file://{}", repository.path().display());
    git(clones.path(), &["clone", "-q", "--no-tags", &origin, "untagged"]);
    let untagged = clones.path().join("untagged");
    for command in ["check", "status", "tag"] {
        assert_refused(&untagged, &[command], &["error[E2025]", "remote.origin.tagOpt", "git fetch --tags origin"]);
    }
    git(&untagged, &["fetch", "-q", "--tags", "origin"]);
    assert_eq!(
        stdout(&relplan(&untagged, &["check", "--json"])),
        stdout(&relplan(repository.path(), &["check", "--json"]))
    );
}

#[test]
fn a_broken_configuration_is_refused_with_file_line_and_column() {
    let repository = monorepo("{\"package\": [\n  {\"name\": \"core\",, }\n]}");
    assert_refused(repository.path(), &["check"], &["error[E1002]", "ferrflow.json:2:19"]);
    let toml = repository.path().join("relplan.toml");
    fs::remove_file(repository.path().join("ferrflow.json")).expect("it is there");
    fs::write(&toml, "[workspace]\nremote = 3\n").expect("a writable file");
    assert_refused(repository.path(), &["check"], &["relplan.toml:2:10", "workspace.remote", "string"]);
    assert_refused(repository.path(), &["--config", "missing.json", "check"], &["error[E1001]", "missing.json"]);
}

#[test]
fn an_unknown_key_is_told_and_does_not_stop_the_plan() {
    let repository = monorepo(&CONFIG.replacen("\"dependsOn\"", "\"dependOn\"", 1));
    let output = relplan(repository.path(), &["check"]);
    assert_eq!(output.status.code(), Some(0));
    let report = stderr(&output);
    let warning = "Warning: unknown key `package[1].dependOn` in ferrflow.json, ignored. Did you mean `dependsOn`?";
    assert!(report.starts_with(warning), "{report}");
    let json = relplan(repository.path(), &["check", "--json"]);
    assert_eq!(stderr(&json), "");
    assert!(stdout(&json).contains("\"warnings\":[\"Warning: unknown key"), "{}", stdout(&json));
}

#[test]
fn a_missing_versioned_file_of_a_package_that_moves_is_refused() {
    let repository = monorepo(&CONFIG.replacen("core/version.toml", "version.toml", 1));
    assert_refused(repository.path(), &["check"], &["error[E1024]", "'core'", "did you mean core/version.toml?"]);
}

#[test]
fn a_dependency_cycle_is_refused() {
    let cyclic = CONFIG.replacen("\"path\":\"core\",", "\"path\":\"core\",\"dependsOn\":[\"cli\"],", 1);
    let repository = monorepo(&cyclic);
    assert_refused(repository.path(), &["check"], &["error[E8003]", "cycle detected: core → cli → core"]);
}

#[test]
fn a_channel_name_that_no_version_can_hold_is_refused() {
    let repository = monorepo(CONFIG);
    assert_refused(repository.path(), &["check", "--channel", "a/b"], &["error[E5002]", "a/b"]);
    let planned = stdout(&relplan(repository.path(), &["check", "--json", "--channel", "beta"]));
    assert!(planned.contains("\"next_version\":\"1.1.0-beta.1\""), "{planned}");
}

#[test]
fn wrong_usage_has_its_own_exit_code() {
    let folder = TempDir::new().expect("a temporary folder");
    for args in [&["chekc"][..], &["check", "--jobs", "0"], &["check", "--nope"]] {
        assert_eq!(relplan(folder.path(), args).status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn help_man_page_and_completions_need_no_repository() {
    let folder = TempDir::new().expect("a temporary folder");
    let ask = |args: &[&str]| stdout(&relplan(folder.path(), args));
    assert!(ask(&["--help"]).contains("relplan check --json"));
    assert!(ask(&["check", "--help"]).contains("--channel"));
    assert!(ask(&["man"]).contains(".SH \"COMMAND CHECK\""));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(ask(&["completions", shell]).contains("relplan"), "{shell}");
    }
}

#[test]
fn nobody_listening_is_no_failure() {
    let repository = monorepo(CONFIG);
    let mut child = Command::new(env!("CARGO_BIN_EXE_relplan"))
        .args(["check", "--json"])
        .current_dir(repository.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program was built");
    drop(child.stdout.take());
    assert!(child.wait().expect("it ends").success());
}
