//! The releases that are killed, and what each is like when it is whole.

use std::fs;
use std::path::Path;

use crate::common::{git, write};
use crate::release::{Site, sign_with_ssh};

/// A release that is struck.
pub struct Fixture {
    /// What the table calls it.
    pub name: &'static str,
    /// The repository before it.
    pub site: fn() -> Site,
    /// Whose writes are struck; everybody's where that is empty.
    pub programs: &'static [&'static str],
    /// Whether only what comes after the last write of a hook is struck.
    pub behind_hooks: bool,
    /// Asserts that the release is whole, here and at the remote, and was committed at a time.
    pub assert_released: fn(&Path, &Path, &str, &str),
    /// Whether there is nothing left to release then.
    pub settles: bool,
}

/// Without what the first one has in the same way: objects that nothing leads to yet, and questions.
pub const FIXTURES: [Fixture; 5] = [
    Fixture {
        name: "plain",
        site: || Site::monorepo(r#"{"floatingTags":["major"],"updateDependents":true}"#),
        programs: &[],
        behind_hooks: false,
        assert_released: plain,
        settles: true,
    },
    Fixture {
        name: "hooks, signatures, lock file",
        site: hooks_signatures_lock_file,
        programs: &["relplan", "sh", "ssh-keygen", "git commit-tree", "git tag", "git update-ref"],
        behind_hooks: false,
        assert_released: hooked,
        settles: true,
    },
    Fixture {
        name: "pull request",
        site: pull_request,
        programs: &["relplan", "sh", "git push", "git update-ref"],
        behind_hooks: false,
        assert_released: requested,
        settles: false,
    },
    Fixture {
        name: "reftable",
        site: || {
            let site = Site::single("", "");
            // Which git of 2.47 doesn't take along.
            fs::remove_dir_all(site.root().join(".git/logs")).expect("ours");
            site.git(&["refs", "migrate", "--ref-format=reftable"]);
            site
        },
        programs: &["git update-ref"],
        behind_hooks: false,
        assert_released: in_reftable,
        settles: true,
    },
    Fixture {
        name: "failed hook, taken back",
        site: failed_hook,
        programs: &[],
        behind_hooks: true,
        assert_released: after_failure,
        settles: true,
    },
];

fn plain(root: &Path, _remote: &Path, time: &str, context: &str) {
    let log = git(root, &["log", "-2", "--format=%s %cI"]);
    let subject = "chore(release): core v1.1.0, cli v1.1.0 [skip ci]";
    assert_eq!(log.lines().next(), Some(format!("{subject} {time}").as_str()), "{context}");
    assert!(log.lines().nth(1).is_some_and(|line| line.starts_with("feat(core): add parser")), "{context}: {log}");
    assert_tags(root, &["cli@v1", "cli@v1.1.0", "core@v1", "core@v1.1.0"], context);
    for package in ["core", "cli"] {
        let text = fs::read_to_string(root.join(package).join("version.toml")).expect("it is there");
        assert!(text.contains("version = \"1.1.0\""), "{context}: {text}");
    }
}

const MOMENTS: [&str; 6] = ["pre_bump", "post_commit", "pre_tag", "post_tag", "pre_publish", "post_publish"];

fn hooks_signatures_lock_file() -> Site {
    let hooks = MOMENTS.map(|moment| format!("{moment} = 'echo {moment} >> .git/ran'\n")).concat();
    let settings = format!(
        "update_lockfiles = true\n[workspace.hooks]\npost_bump = 'echo $RELPLAN_NEW_VERSION > README'\n{hooks}"
    );
    let site = Site::single(&settings, "");
    let lock =
        "{\n  \"version\": \"1.0.0\",\n  \"packages\": {\n    \"\": {\n      \"version\": \"1.0.0\"\n    }\n  }\n}\n";
    write(&site.root(), "package-lock.json", lock);
    site.commit("lib.js", "fix: lock what it needs");
    site.git(&["push", "-q", "origin", "main"]);
    sign_with_ssh(&site);
    site
}

fn hooked(root: &Path, _remote: &Path, time: &str, context: &str) {
    assert_eq!(git(root, &["log", "-1", "--format=%s %cI"]).trim(), format!("{SUBJECT} [skip ci] {time}"), "{context}");
    assert_tags(root, &["v1.1.0"], context);
    assert!(git(root, &["cat-file", "commit", "main"]).contains("gpgsig "), "{context}: the commit is not signed");
    git(root, &["verify-tag", "v1.1.0"]);
    assert_eq!(git(root, &["show", "main:README"]), "1.1.0\n", "{context}");
    assert_eq!(git(root, &["show", "main:package-lock.json"]).matches("1.1.0").count(), 2, "{context}");
    let ran = fs::read_to_string(root.join(".git/ran")).expect("hooks wrote it");
    for moment in MOMENTS {
        assert!(ran.lines().any(|line| line == moment), "{context}: {moment} did not run: {ran}");
    }
}

fn pull_request() -> Site {
    let hook = "post_bump = 'echo $RELPLAN_NEW_VERSION > README'";
    Site::single(&format!("release_commit_mode = \"pr\"\n[workspace.hooks]\n{hook}"), "")
}

fn requested(root: &Path, _remote: &Path, time: &str, context: &str) {
    let branch = "relplan/release-main";
    assert_eq!(git(root, &["log", "-1", "--format=%s %cI", branch]).trim(), format!("{SUBJECT} {time}"), "{context}");
    assert_eq!(git(root, &["rev-parse", &format!("{branch}^")]), git(root, &["rev-parse", "main"]), "{context}");
    assert_eq!(git(root, &["show", &format!("{branch}:README")]), "1.1.0\n", "{context}");
    assert_tags(root, &[], context);
}

fn in_reftable(root: &Path, _remote: &Path, time: &str, context: &str) {
    assert_eq!(git(root, &["log", "-1", "--format=%s %cI"]).trim(), format!("{SUBJECT} [skip ci] {time}"), "{context}");
    assert_tags(root, &["v1.1.0"], context);
    assert_eq!(git(root, &["rev-parse", "--show-ref-format"]).trim(), "reftable", "{context}");
}

fn failed_hook() -> Site {
    let hooks = "post_bump = 'echo $RELPLAN_NEW_VERSION > README'\npre_commit = 'echo >> .git/ran; test -e .git/ready'";
    Site::single(&format!("[workspace.hooks]\n{hooks}"), "")
}

fn after_failure(root: &Path, _remote: &Path, time: &str, context: &str) {
    assert_eq!(git(root, &["log", "-1", "--format=%s %cI"]).trim(), format!("{SUBJECT} [skip ci] {time}"), "{context}");
    assert_tags(root, &["v1.1.0"], context);
    // Killed while git cleans up behind a stash, there is a second one, of what was half clean.
    let kept = git(root, &["stash", "list", "--patch", "--format=%gd"]);
    assert!(kept.contains("\n+1.1.0\n"), "{context}: what the hook had made is lost: {kept}");
}

const SUBJECT: &str = "chore(release): app v1.1.0";

fn assert_tags(root: &Path, tags: &[&str], context: &str) {
    let found = git(root, &["tag", "--points-at", "main"]);
    assert_eq!(found.split_whitespace().collect::<Vec<_>>(), tags, "{context}");
}
