//! What a release refuses, with nothing changed.

use super::*;

fn assert_untouched(site: &Site, args: &[&str], words: &[&str]) {
    let state = || (Site::refs(&site.root()), site.git(&["status", "--porcelain", "-uall"]), site.text("package.json"));
    let before = state();
    let message = site.refused(args);
    for word in words {
        assert!(message.contains(word), "`{word}` is missing in:\n{message}");
    }
    assert_eq!(state(), before);
    assert!(!site.root().join(".git/relplan/release.json").exists());
}

#[test]
fn changes_that_are_not_committed_are_named() {
    let site = Site::single("", "");
    write(&site.root(), "lib.js", "changed");
    write(&site.root(), "grün/neu.txt", "new");
    site.git(&["add", "grün"]);
    assert_untouched(
        &site,
        &[],
        &["changes that are not committed", " M lib.js", "A  grün/neu.txt", "commit or stash"],
    );
    site.git(&["reset", "-q", "--hard"]);
    write(&site.root(), "untracked.txt", "stays");
    site.release(&[]);
    assert_eq!(site.text("untracked.txt"), "stays");
    assert_eq!(site.git(&["status", "--porcelain"]), "?? untracked.txt\n");
}

#[test]
fn an_unfinished_merge_is_named() {
    let site = Site::single("", "");
    let head = site.git(&["rev-parse", "HEAD"]);
    write(&site.root(), ".git/MERGE_HEAD", &head);
    assert_untouched(&site, &[], &["a merge is going on", "finish or abort"]);
}

#[test]
fn a_shallow_clone_is_refused_as_check_does() {
    let site = Site::single("", "");
    let shallow = site.folder.path().join("shallow");
    let url = format!("file://{}", site.remote().display());
    git(site.folder.path(), &["clone", "-q", "--depth", "1", &url, &shallow.to_string_lossy()]);
    crate::common::assert_refused(&shallow, &["release"], &["shallow", "git fetch --unshallow"]);
}

#[cfg(unix)]
#[test]
fn files_outside_of_the_repository_are_refused_links_included() {
    use std::os::unix::fs::symlink;
    let site = Site::single("", "changelog = \"docs/CHANGELOG.md\"");
    let outside = site.folder.path().join("outside");
    fs::create_dir(&outside).expect("a writable folder");
    symlink(&outside, site.root().join("docs")).expect("links can be made");
    site.git(&["add", "docs"]);
    site.git(&["commit", "-qm", "chore: link"]);
    assert_untouched(&site, &[], &["E1018", "docs/CHANGELOG.md lies outside of the repository"]);
    assert_eq!(fs::read_dir(&outside).expect("readable").count(), 0);
    fs::remove_file(site.root().join("docs")).expect("a link");
    symlink(".git", site.root().join("docs")).expect("links can be made");
    site.git(&["add", "docs"]);
    site.git(&["commit", "-qm", "chore: link"]);
    assert_untouched(&site, &[], &["docs/CHANGELOG.md lies in the git directory"]);
    fs::remove_file(site.root().join("docs")).expect("a link");
    fs::create_dir(site.root().join("handbook")).expect("a writable folder");
    write(&site.root(), "handbook/index.md", "x");
    symlink("handbook", site.root().join("docs")).expect("links can be made");
    site.git(&["add", "-A"]);
    site.git(&["commit", "-qm", "chore: link"]);
    site.release(&[]);
    assert!(site.text("handbook/CHANGELOG.md").contains("## [1.1.0]"));
    site.assert_settled();
}

#[test]
fn a_file_that_git_does_not_know_is_not_written_over() {
    let site = Site::single("", "changelog = \"CHANGELOG.md\"");
    write(&site.root(), "CHANGELOG.md", "precious");
    assert_untouched(&site, &[], &["CHANGELOG.md is not tracked by git", "commit it first"]);
}

#[test]
fn a_tag_that_is_there_is_refused() {
    let site = Site::single("", "");
    site.git(&["checkout", "-q", "-b", "other", "HEAD^"]);
    site.commit("z", "chore: other");
    site.git(&["tag", "v1.1.0"]);
    site.git(&["checkout", "-q", "main"]);
    assert_untouched(&site, &[], &["E2003", "tag v1.1.0 exists already", "--exclude app"]);
}

#[test]
fn a_second_run_at_once_is_refused() {
    let site = Site::single("", "");
    write(&site.root(), ".git/relplan/lock", "");
    let held = fs::File::open(site.root().join(".git/relplan/lock")).expect("it is there");
    held.lock().expect("nobody else has it");
    assert_untouched(&site, &[], &["E2011", "another release is running"]);
    drop(held);
    site.release(&[]);
}

#[test]
fn nobody_who_releases_is_a_refusal() {
    let site = Site::single("", "");
    site.git(&["config", "user.name", ""]);
    site.git(&["config", "user.useConfigOnly", "true"]);
    assert_untouched(&site, &[], &["user.name"]);
}

#[test]
fn secrets_stay_out_of_messages() {
    let site = Site::single("", "");
    site.git(&["remote", "set-url", "origin", "https://user:hunter22@127.0.0.1:1/a.git"]);
    let message = site.refused(&[]);
    assert!(message.contains("origin did not take the push") && message.contains("release` again"), "{message}");
    assert!(!message.contains("hunter22"), "{message}");
    let journal = site.text(".git/relplan/release.json");
    assert!(!journal.contains("hunter22"), "{journal}");
    // The network is back.
    site.git(&["remote", "set-url", "origin", &site.remote().to_string_lossy()]);
    let report = site.release(&[]);
    assert!(report.contains("→ 1.1.0") && report.contains("✓ Pushed tags"), "{report}");
    site.assert_settled();
}

#[test]
fn what_could_not_be_pushed_can_be_taken_back() {
    let site = Site::single("", "changelog = \"CHANGELOG.md\"");
    let before = (Site::refs(&site.root()), site.text("package.json"));
    site.git(&["remote", "set-url", "origin", "/nowhere"]);
    site.refused(&[]);
    assert_ne!(Site::refs(&site.root()), before.0);
    assert!(site.refused(&["--abort"]).contains("--abort --force takes it back without asking"));
    assert!(site.release(&["--abort", "--force"]).contains("release of v1.1.0 was taken back"));
    assert_eq!((Site::refs(&site.root()), site.text("package.json")), before);
    assert_eq!(site.git(&["status", "--porcelain"]), "");
    assert!(site.release(&["--abort"]).contains("There is no unfinished release"));
}

#[test]
fn a_token_in_the_address_of_the_remote_is_nowhere() {
    let settings = "changelog = { include_compare_link = true, include_commit_links = true }\n\
        [workspace.hooks]\npost_commit = 'env > ../environment; echo $RELPLAN_CHANGELOG'";
    let site = Site::single(settings, "changelog = \"CHANGELOG.md\"");
    let secret = "glpat-hidden-from-all";
    // Nobody listens there.
    site.git(&["remote", "set-url", "origin", &format!("https://releaser:{secret}@localhost:1/o/r.git")]);
    let said = ["--no-push", "--json"].map(|more| site_output(&site, &["release", "-v", "--dry-run", more]));
    let failed = relplan(&site.root(), &["release", "-v"]);
    assert_eq!(failed.status.code(), Some(1));
    let message = stderr(&failed);
    assert!(message.contains("localhost"), "{message}");
    let journal = fs::read_to_string(site.root().join(".git/relplan/release.json")).expect("it is unfinished");
    let environment = fs::read_to_string(site.folder.path().join("environment")).expect("the hook wrote it");
    let aborted = site_output(&site, &["release", "--abort"]);
    let places =
        [&said[0], &said[1], &message, &stdout(&failed), &journal, &environment, &aborted, &site.text("CHANGELOG.md")];
    for (index, place) in places.iter().enumerate() {
        assert!(!place.contains(secret), "{index}: {place}");
    }
    assert!(said[0].contains("https://localhost"), "links lead to the pages all the same: {}", said[0]);
}

fn site_output(site: &Site, args: &[&str]) -> String {
    let output = relplan(&site.root(), args);
    stdout(&output) + &stderr(&output)
}
