//! What a release writes, commits, tags and pushes.

use serde_json::Value;

use super::*;

const EVERYTHING: &str = r#"{"floatingTags":["major"],"updateDependents":true}"#;

#[test]
fn a_monorepo_is_released_and_then_there_is_nothing_to_release() {
    let site = Site::monorepo(EVERYTHING);
    let report = site.release(&[]);
    for line in [
        "relplan — Release\n",
        "● core  1.0.0 → 1.1.0  (minor, from tag core@v1.0.0, over core/version.toml)\n  ✓ Updated core/version.toml\n",
        "● cli  1.0.0 → 1.1.0  (minor, dependency: core)\n  ✓ Updated cli/version.toml\n",
        "  ✓ Created tag cli@v1.1.0\n  ✓ Moved tag cli@v1\n",
        "✓ Committed release changes\n✓ Pushed and verified on origin/main\n✓ Pushed tags\n",
    ] {
        assert!(report.contains(line), "{line} is missing in\n{report}");
    }
    site.assert_settled();
    assert_eq!(
        site.git(&["log", "-1", "--format=%s|%an|%b"]).trim(),
        "chore(release): core v1.1.0, cli v1.1.0 [skip ci]|Releaser|"
    );
    let changed = site.git(&["diff", "--name-only", "HEAD^", "HEAD"]);
    assert_eq!(
        changed.lines().collect::<Vec<_>>(),
        ["cli/CHANGELOG.md", "cli/version.toml", "core/CHANGELOG.md", "core/version.toml"]
    );
    assert_eq!(
        site.text("cli/version.toml"),
        "[package]\nname = \"cli\"\nversion = \"1.1.0\" # cli's\n[dependencies]\ncore = \"^1.1.0\"\n"
    );
    assert!(site.text("core/CHANGELOG.md").ends_with("### Features\n\n- feat(core): add parser\n"));
    assert!(site.text("cli/CHANGELOG.md").ends_with("### Dependencies\n\n- core 1.1.0\n"));
    for tag in ["core@v1.1.0", "cli@v1.1.0", "core@v1", "cli@v1"] {
        assert_eq!(site.git(&["rev-parse", &format!("{tag}^{{commit}}")]), site.git(&["rev-parse", "main"]), "{tag}");
        assert_eq!(site.git(&["cat-file", "-t", tag]).trim(), "tag");
    }
    let message = |tag| site.git(&["tag", "-l", "--format=%(contents)", tag]);
    assert_eq!(message("core@v1.1.0").trim(), "Release core@v1.1.0");
    assert_eq!(message("cli@v1.1.0").trim(), "Release cli@v1.1.0\n\nDependency update: core");
    assert_eq!(message("core@v1").trim(), "Release 1.1.0");
    assert!(site.release(&[]).ends_with("\nNothing to release.\n"));
    assert!(stdout(&relplan(&site.root(), &["check"])).contains("Nothing to release."));
}

#[test]
fn a_moving_tag_follows_and_does_not_go_back() {
    let site = Site::monorepo(EVERYTHING);
    site.release(&[]);
    site.commit("core/lib.rs", "fix(core): parse more");
    site.release(&["--exclude", "cli"]);
    site.assert_settled();
    assert_eq!(site.git(&["rev-parse", "core@v1^{}"]), site.git(&["rev-parse", "core@v1.1.1^{}"]));
    assert_eq!(site.git(&["rev-parse", "cli@v1^{}"]), site.git(&["rev-parse", "cli@v1.1.0^{}"]));
    site.commit("core/lib.rs", "fix(core): parse even more");
    let message = site.refused(&["--force-version", "core@1.0.5", "--allow-downgrade", "--exclude", "cli"]);
    assert!(message.contains("tag core@v1 is at 1.1.1, above 1.0.5") && message.contains("--force"), "{message}");
}

#[test]
fn packages_get_commits_of_their_own_where_that_is_configured() {
    let site = Site::monorepo(r#"{"releaseCommitScope":"per-package","releaseCommitBody":"full","skipCi":false}"#);
    site.release(&[]);
    site.assert_settled();
    let log = site.git(&["log", "-2", "--format=%s|%b"]);
    assert!(log.starts_with("chore(release): cli v1.1.0|cli 1.1.0\n\n### Dependencies\n\n- core 1.1.0\n"), "{log}");
    assert!(
        log.contains("chore(release): core v1.1.0|core 1.1.0\n\n### Features\n\n- feat(core): add parser\n"),
        "{log}"
    );
    assert_eq!(site.git(&["rev-parse", "core@v1.1.0^{}"]), site.git(&["rev-parse", "HEAD^"]));
    assert_eq!(site.git(&["diff", "--name-only", "HEAD^", "HEAD"]).lines().count(), 2);
    assert!(site.release(&[]).contains("Nothing to release."));
}

#[test]
fn the_document_has_what_ferrflow_says_and_the_notes() {
    let site = Site::monorepo("{}");
    let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let dry = read(&site.release(&["--json", "--dry-run"]));
    assert_eq!(dry["dry_run"], true);
    assert!(dry["changes"][0].as_str().is_some_and(|diff| diff.contains("+  ## [1.1.0]")), "{dry}");
    let document = read(&site.release(&["--json"]));
    assert_eq!(document["released"][0]["notes"], "### Features\n\n- feat(core): add parser\n");
    assert_eq!(document["released"][1]["previous_version"], "1.0.0");
    assert_eq!(document["released"][1]["new_version"], "1.1.0");
    assert_eq!(document["git"]["tags_pushed"], serde_json::json!(["core@v1.1.0", "cli@v1.1.0"]));
    assert_eq!(document["git"]["branch"], "main");
    assert_eq!(document["git"]["commit"].as_str(), Some(&site.git(&["rev-parse", "HEAD"])[..7]));
    assert_eq!(read(&site.release(&["--json"]))["released"], serde_json::json!([]));
}

#[test]
fn a_dry_run_shows_everything_and_changes_nothing() {
    let site = Site::monorepo(EVERYTHING);
    let before = Site::refs(&site.root());
    let report = site.release(&["--dry-run"]);
    for line in [
        "relplan — Release (dry run)\n",
        "→ commit \"chore(release): core v1.1.0, cli v1.1.0 [skip ci]\" on main\n",
        "→ tag core@v1.1.0, cli@v1.1.0\n→ push to origin\n",
        "-  version = \"1.0.0\"\n+  version = \"1.1.0\"\n",
        "+  - feat(core): add parser\n",
    ] {
        assert!(report.contains(line), "{line} is missing in\n{report}");
    }
    assert_eq!(Site::refs(&site.root()), before);
    assert!(!site.root().join(".git/relplan").exists());
    assert_eq!(site.git(&["status", "--porcelain"]), "");
}

#[test]
fn lock_files_follow_where_that_is_asked() {
    let site = Site::single("update_lockfiles = true", "");
    let lock = "{\n  \"name\": \"app\",\n  \"version\": \"1.0.0\",\n  \"packages\": {\n    \"\": { \"version\": \"1.0.0\" },\n    \"node_modules/x\": { \"version\": \"1.0.0\" }\n  }\n}\n";
    write(&site.root(), "package-lock.json", lock);
    site.commit("x", "chore: lock");
    site.release(&[]);
    site.assert_settled();
    assert_eq!(site.text("package-lock.json"), lock.replacen("1.0.0", "1.1.0", 2));
}

#[test]
fn channels_are_released_as_prereleases() {
    let site = Site::single("floating_tags = [\"major\"]", "");
    let report = site.release(&["--channel", "beta"]);
    assert!(report.contains("1.0.0 → 1.1.0-beta.1"), "{report}");
    site.assert_settled();
    assert!(!site.git(&["tag"]).lines().any(|tag| tag == "v1"));
    site.commit("lib.js", "fix: parse more");
    assert!(site.release(&["--channel", "beta"]).contains("1.1.0-beta.2"));
    assert!(site.release(&[]).contains("→ 1.1.0  ("));
    site.assert_settled();
}

#[test]
fn the_plan_that_was_reviewed_is_released_or_nothing() {
    let site = Site::monorepo(r#"{"recoverMissedReleases":true}"#);
    let plan = site.folder.path().join("plan.json");
    let plan = plan.to_string_lossy().into_owned();
    fs::write(&plan, relplan(&site.root(), &["check", "--json"]).stdout).expect("writable");
    site.commit("docs.md", "docs: nothing to do with it");
    let message = site.refused(&["--plan", &plan]);
    assert!(message.contains("HEAD was ") && message.contains("no longer what"), "{message}");
    fs::write(&plan, relplan(&site.root(), &["check", "--json"]).stdout).expect("writable");
    let message = site.refused(&["--plan", &plan, "--exclude", "cli"]);
    assert!(message.contains("cli 1.0.0 → 1.1.0 is no longer planned"), "{message}");
    fs::write(&plan, "{}").expect("writable");
    assert!(site.refused(&["--plan", &plan]).contains("holds no plan"));
    fs::write(&plan, relplan(&site.root(), &["check", "--json"]).stdout).expect("writable");
    site.release(&["--plan", &plan]);
    site.assert_settled();
}

#[test]
fn line_ends_are_what_the_repository_says() {
    let site = Site::single("", "changelog = \"CHANGELOG.md\"");
    write(&site.root(), ".gitattributes", "* text=auto eol=crlf\n");
    site.commit("x", "chore: line ends");
    site.git(&["rm", "-q", "--cached", "-r", "."]);
    site.git(&["reset", "-q", "--hard"]);
    assert!(site.text("package.json").contains("\r\n"));
    site.release(&[]);
    site.assert_settled();
    assert_eq!(site.text("package.json"), "{\r\n  \"name\": \"app\",\r\n  \"version\": \"1.1.0\"\r\n}\r\n");
    assert_eq!(site.git(&["show", "HEAD:package.json"]), "{\n  \"name\": \"app\",\n  \"version\": \"1.1.0\"\n}\n");
}

#[test]
fn without_a_remote_everything_happens_here() {
    let site = Site::single("", "");
    site.git(&["remote", "remove", "origin"]);
    assert!(site.release(&[]).contains("○ Nothing was pushed\n"));
    assert_eq!(site.git(&["rev-parse", "v1.1.0^{}"]), site.git(&["rev-parse", "main"]));
    let other = Site::single("", "");
    other.release(&["--no-push"]);
    assert!(!Site::refs(&other.remote()).contains("v1.1.0"));
}

#[test]
fn a_branch_that_is_checked_out_detached_is_released_to_where_it_is_told() {
    let site = Site::single("branch = \"main\"", "");
    site.git(&["checkout", "-q", "--detach"]);
    site.release(&[]);
    assert_eq!(site.git(&["rev-parse", "HEAD"]), git(&site.remote(), &["rev-parse", "main"]));
    assert_eq!(site.git(&["status", "--porcelain"]), "");
    let other = Site::single("", "");
    other.commit("more", "fix: more");
    other.git(&["checkout", "-q", "--detach"]);
    assert!(other.refused(&[]).contains("HEAD is on no branch"));
}

#[test]
fn a_linked_work_tree_is_released_from() {
    let site = Site::single("", "");
    site.git(&["worktree", "add", "-q", "../linked", "-b", "other"]);
    let linked = site.folder.path().join("linked");
    let output = relplan(&linked, &["release", "--no-push"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(git(&linked, &["rev-parse", "v1.1.0^{}"]), git(&linked, &["rev-parse", "other"]));
    assert_eq!(git(&linked, &["status", "--porcelain"]), "");
}

#[test]
fn moving_tags_take_no_notice_of_pre_releases_in_any_spelling() {
    let site = Site::single("floating_tags = [\"major\"]", "");
    site.git(&["tag", "v1.2.0rc1", "HEAD^"]);
    site.release(&["--force-version", "1.1.0"]);
    assert_eq!(site.git(&["rev-parse", "v1^{}"]), site.git(&["rev-parse", "HEAD"]));
}
