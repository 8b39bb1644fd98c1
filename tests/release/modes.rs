//! The modes besides `commit`.

use super::*;

#[test]
fn uncommitted_files_are_written_and_head_is_tagged() {
    let site = Site::single("release_commit_mode = \"none\"", "");
    let head = site.git(&["rev-parse", "HEAD"]);
    let report = site.release(&[]);
    assert!(report.contains("✓ Pushed tags") && !report.contains("Committed"), "{report}");
    assert_eq!(site.git(&["rev-parse", "HEAD"]), head);
    assert_eq!(site.git(&["rev-parse", "v1.1.0^{}"]), head);
    assert_eq!(site.git(&["status", "--porcelain"]), " M package.json\n");
    assert_eq!(Site::refs(&site.root()), Site::refs(&site.remote()));
    assert!(site.release(&[]).contains("Nothing to release."));
}

#[test]
fn a_pull_request_gets_a_branch_and_the_work_tree_stays() {
    let site = Site::single("release_commit_mode = \"pr\"", "");
    let head = site.git(&["rev-parse", "main"]);
    let report = site.release(&[]);
    assert!(report.contains("relplan/release-main; open a pull request of it"), "{report}");
    assert_eq!(site.git(&["rev-parse", "main"]), head);
    assert_eq!(site.git(&["status", "--porcelain"]), "");
    assert!(!site.git(&["tag"]).contains("v1.1.0"));
    assert!(git(&site.remote(), &["show", "relplan/release-main:package.json"]).contains("1.1.0"));
    assert_eq!(
        git(&site.remote(), &["log", "-1", "--format=%s", "relplan/release-main"]).trim(),
        "chore(release): app v1.1.0"
    );
    assert_eq!(Site::refs(&site.root()), Site::refs(&site.remote()));
    // Asked again for the same, it stays as it is.
    let asked = site.git(&["rev-parse", "relplan/release-main"]);
    site.release(&[]);
    assert_eq!(site.git(&["rev-parse", "relplan/release-main"]), asked);
    // It is made anew from where main is.
    site.commit("lib.js", "feat!: break it");
    site.release(&[]);
    assert!(git(&site.remote(), &["show", "relplan/release-main:package.json"]).contains("2.0.0"));
    assert_eq!(site.git(&["rev-parse", "relplan/release-main^"]), site.git(&["rev-parse", "main"]));
    // Merged, with a merge commit and more behind it, the next run tags what was merged.
    let merged = Site::single("release_commit_mode = \"pr\"", "");
    merged.release(&[]);
    merged.git(&["merge", "-q", "--no-ff", "-m", "Merge pull request #1", "relplan/release-main"]);
    merged.commit("lib.js", "fix: later");
    merged.git(&["push", "-q", "origin", "main"]);
    let report = merged.release(&[]);
    assert!(report.contains("● app  1.0.0 → 1.1.0  (merged)"), "{report}");
    assert_eq!(merged.git(&["rev-parse", "v1.1.0^{}"]), merged.git(&["rev-parse", "main^"]));
    assert!(git(&merged.remote(), &["tag"]).contains("v1.1.0"));
    assert!(merged.release(&[]).contains("→ 1.1.1"));
    // Nobody else's work on it is thrown away.
    site.git(&["checkout", "-q", "relplan/release-main"]);
    site.commit("by-hand", "docs: say it better");
    site.git(&["push", "-q", "origin", "relplan/release-main"]);
    site.git(&["checkout", "-q", "main"]);
    assert!(site.refused(&[]).contains("has commits that relplan didn't make"));
}

/// Merges the pull request with a merge commit, and more behind it that changes the version's file again.
fn merge(site: &Site) {
    site.git(&["merge", "-q", "--no-ff", "-m", "Merge pull request #1", "relplan/release-main"]);
    write(&site.root(), "package.json", &site.text("package.json").replace("\n}", ",\n  \"license\": \"MIT\"\n}"));
    site.commit("lib.js", "fix: later");
    site.git(&["push", "-q", "origin", "main"]);
}

#[test]
fn a_merged_release_moves_floating_tags_and_tells_its_commits() {
    let site = Site::single("release_commit_mode = \"pr\"\nfloating_tags = [\"major\"]\nlatest_tag = \"latest\"", "");
    site.release(&[]);
    assert!(site.release(&["--dry-run"]).contains("relplan/release-main"));
    merge(&site);
    let released = site.git(&["rev-parse", "main^"]).trim().to_owned();
    let preview = site.release(&["--dry-run"]);
    assert!(
        preview.contains("(merged)") && preview.contains(&format!("tag v1.1.0 at {}", &released[..7])),
        "{preview}"
    );
    assert!(!site.git(&["tag"]).contains("v1.1.0"));
    let report: serde_json::Value = serde_json::from_str(&site.release(&["--json"])).expect("JSON");
    assert_eq!(report["git"]["tags_pushed"], serde_json::json!(["v1.1.0", "v1", "latest"]));
    assert_eq!(report["released"][0]["notes"], "### Features\n\n- feat: add parser\n");
    assert_eq!(report["released"][0]["commit_count"], 1);
    for tag in ["v1.1.0", "v1", "latest"] {
        assert_eq!(site.git(&["rev-parse", &format!("{tag}^{{}}")]).trim(), released, "{tag}");
        assert_eq!(git(&site.remote(), &["rev-parse", &format!("{tag}^{{}}")]).trim(), released, "{tag}");
    }
}

#[test]
fn the_notes_of_a_merged_release_are_what_its_changelog_says() {
    let site = Site::single("release_commit_mode = \"pr\"", "changelog = \"CHANGELOG.md\"");
    site.release(&[]);
    // As a reviewer would, in the pull request.
    site.git(&["checkout", "-q", "relplan/release-main"]);
    write(&site.root(), "CHANGELOG.md", &site.text("CHANGELOG.md").replace("- feat: add parser", "- Parses."));
    site.commit("review", "docs: say it better");
    site.git(&["checkout", "-q", "main"]);
    merge(&site);
    let report: serde_json::Value = serde_json::from_str(&site.release(&["--json"])).expect("JSON");
    assert_eq!(report["released"][0]["notes"], "### Features\n\n- Parses.\n");
}

#[test]
fn hooks_of_tags_and_publishing_wait_for_the_merge() {
    let moments = ["pre_commit", "post_commit", "pre_tag", "post_tag", "pre_publish", "post_publish", "on_success"];
    let hooks = moments.map(|moment| format!("{moment} = 'echo {moment} $RELPLAN_NEW_VERSION >> ../log'")).join("\n");
    let site = Site::single(&format!("release_commit_mode = \"pr\"\n[workspace.hooks]\n{hooks}"), "");
    let log = || {
        let path = site.folder.path().join("log");
        let text = fs::read_to_string(&path).expect("hooks wrote it");
        fs::remove_file(path).expect("ours");
        text
    };
    site.release(&[]);
    assert_eq!(log(), "pre_commit 1.1.0\npost_commit 1.1.0\non_success 1.1.0\n");
    merge(&site);
    site.release(&[]);
    assert_eq!(log(), "pre_tag 1.1.0\npost_tag 1.1.0\npre_publish 1.1.0\npost_publish 1.1.0\non_success 1.1.0\n");
}

/// Two modules of Go, whose versions are their tags alone, and a package with a file if there is `more`.
fn modules(more: &str) -> Site {
    let packages = "[[package]]\nname = \"api\"\npath = \"api\"\ntag_template = \"api/v{version}\"\n\n\
        [[package]]\nname = \"sdk\"\npath = \"sdk\"\ntag_template = \"sdk/v{version}\"\n";
    let site = Site::single("release_commit_mode = \"pr\"", "");
    write(&site.root(), "api/go.mod", "module example.org/api\n");
    write(&site.root(), "sdk/go.mod", "module example.org/sdk\n");
    let config =
        format!("[workspace]\nrelease_commit_mode = \"pr\"\nrecover_missed_releases = true\n\n{packages}\n{more}");
    write(&site.root(), "relplan.toml", &config);
    site.commit("api/api.go", "feat: answer");
    for tag in ["api/v1.0.0", "sdk/v1.0.0"] {
        site.git(&["tag", "-a", "-m", tag, tag]);
    }
    site.git(&["push", "-q", "origin", "main", "--tags"]);
    site.commit("api/api.go", "fix: answer sooner");
    site.git(&["push", "-q", "origin", "main"]);
    site
}

#[test]
fn what_changes_no_file_is_tagged_where_the_branch_is() {
    for options in [&["--mode", "commit"] as &[_], &["--mode", "branch"]] {
        let site = modules("");
        let head = site.git(&["rev-parse", "HEAD"]);
        let preview = site.release(&[options, &["--dry-run"]].concat());
        assert!(preview.contains("tag api/v1.0.1") && !preview.contains("commit \"chore"), "{preview}");
        let report = site.release(options);
        assert!(!report.contains("Committed") && !report.contains("pull request"), "{report}");
        assert_eq!(site.git(&["rev-parse", "HEAD"]), head, "{options:?}");
        assert_eq!(git(&site.remote(), &["rev-parse", "api/v1.0.1^{}"]), head, "{options:?}");
        assert!(site.release(options).contains("Nothing to release."), "{options:?}");
    }
}

#[test]
fn a_merged_request_tags_packages_without_files_too() {
    let file = "versioned_files = [{ path = \"package.json\", format = \"json\" }]\n";
    let site =
        modules(&format!("[[package]]\nname = \"app\"\npath = \"app\"\ntag_template = \"v{{version}}\"\n{file}"));
    site.commit("app/app.js", "feat: show it");
    site.git(&["push", "-q", "origin", "main"]);
    site.release(&[]);
    assert!(!site.git(&["tag"]).contains("api/v1.0.1"));
    merge(&site);
    let report = site.release(&[]);
    assert!(report.contains("● api  1.0.0 → 1.0.1  (merged)") && report.contains("● app  "), "{report}");
    let merged = site.git(&["rev-parse", "main^"]);
    assert_eq!(site.git(&["rev-parse", "api/v1.0.1^{}"]), merged);
    assert!(!git(&site.remote(), &["tag"]).contains("sdk/v1.0.1"));
}
