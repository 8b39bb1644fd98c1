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
