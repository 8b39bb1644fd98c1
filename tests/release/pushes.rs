//! Remotes that somebody else pushes to, and remotes that refuse.

use super::hooks::make_executable;
use super::*;

/// Somebody else's clone, with one more commit pushed.
fn somebody_pushes(site: &Site, file: &str, message: &str) {
    let other = site.folder.path().join("other");
    git(site.folder.path(), &["clone", "-q", &site.remote().to_string_lossy(), &other.to_string_lossy()]);
    crate::common::commit(&other, file, message);
    git(&other, &["push", "-q", "origin", "HEAD"]);
}

#[test]
fn what_was_pushed_meanwhile_is_released_too() {
    let site = Site::single("", "changelog = \"CHANGELOG.md\"");
    somebody_pushes(&site, "theirs", "feat!: somebody else's");
    // Following the remote is no merge of the user's: their hooks and their configuration have no say.
    for (name, value) in [("branch.main.mergeOptions", "--squash"), ("merge.autoStash", "true")] {
        site.git(&["config", name, value]);
    }
    for hook in ["post-merge", "post-checkout", "post-index-change", "reference-transaction"] {
        write(&site.root(), &format!(".git/hooks/{hook}"), "#!/bin/sh\necho ran >> ../ran\nexit 1\n");
        make_executable(&site.root().join(format!(".git/hooks/{hook}")));
    }
    let report = site.release(&[]);
    assert!(report.contains("1.0.0 → 2.0.0"), "{report}");
    site.assert_settled();
    assert!(!site.git(&["tag"]).contains("v1.1.0"));
    assert!(site.text("CHANGELOG.md").contains("- feat!: somebody else's"));
    assert!(!site.folder.path().join("ran").exists());
}

#[test]
fn an_untracked_file_that_the_remote_has_is_not_lost_in_following_it() {
    let site = Site::single("", "");
    somebody_pushes(&site, "theirs", "fix: theirs");
    write(&site.root(), "theirs", "mine");
    let message = site.refused(&[]);
    assert!(message.contains("theirs") && message.contains("overwritten"), "{message}");
    assert_eq!(site.text("theirs"), "mine");
    assert!(!site.git(&["tag"]).contains("v1.1.0"));
    fs::remove_file(site.root().join("theirs")).expect("ours");
    site.release(&[]);
    site.assert_settled();
}

#[test]
fn branches_that_have_parted_are_left_to_the_user() {
    let site = Site::single("", "");
    somebody_pushes(&site, "theirs", "fix: theirs");
    site.commit("ours", "fix: ours");
    let before = Site::refs(&site.root());
    let message = site.refused(&[]);
    assert!(message.contains("have parted; nothing was released"), "{message}");
    assert_eq!(Site::refs(&site.root()), before);
    assert_eq!(site.git(&["status", "--porcelain"]), "");
    assert!(!site.root().join(".git/relplan/release.json").exists());
}

#[cfg(unix)]
#[test]
fn a_remote_that_refuses_says_why_and_has_nothing_of_it() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::single("", "");
    let hook = site.remote().join("hooks/pre-receive");
    fs::create_dir_all(site.remote().join("hooks")).expect("a writable folder");
    fs::write(&hook, "#!/bin/sh\necho main is protected >&2\nexit 1\n").expect("writable");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("ours");
    let there = Site::refs(&site.remote());
    let message = site.refused(&[]);
    assert!(message.contains("main is protected") && message.contains("--abort"), "{message}");
    assert_eq!(Site::refs(&site.remote()), there);
    site.release(&["--abort"]);
    assert_eq!(Site::refs(&site.root()), there);
}
