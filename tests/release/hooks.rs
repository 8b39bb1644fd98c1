//! Commands of the configuration, at their moments.

use super::*;

/// One package with these hooks, in TOML.
fn site(hooks: &str) -> Site {
    Site::single(&format!("[workspace.hooks]\n{hooks}"), "")
}

#[test]
fn every_moment_comes_in_its_order_with_what_is_known() {
    let moments = [
        "pre_bump",
        "post_bump",
        "pre_commit",
        "post_commit",
        "pre_tag",
        "post_tag",
        "pre_publish",
        "post_publish",
        "on_success",
    ];
    let look = "$RELPLAN_NEW_VERSION $FERRFLOW_OLD_VERSION $RELPLAN_TAG $(git tag -l v1.1.0) $(git log -1 --format=%s | cut -c1-5) \
        $(grep -o '1[.][01][.]0' package.json) ${MY_TOKEN-none}";
    let hooks = moments.map(|moment| format!("{moment} = '''echo \"{moment} {look}\" >> ../log'''")).join("\n");
    let site = site(&hooks);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_relplan"));
    command.arg("release").current_dir(site.root()).env("MY_TOKEN", "hunter2222").env("GIT_CONFIG_GLOBAL", "/dev/null");
    MISLEADING.iter().for_each(|name| {
        command.env_remove(name);
    });
    let output = command.output().expect("the program was built");
    assert!(output.status.success(), "{}", stderr(&output));
    let log = fs::read_to_string(site.folder.path().join("log")).expect("hooks wrote it");
    let known = |moment: &str, rest: &str| format!("{moment} 1.1.0 1.0.0 v1.1.0 {rest} none");
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(
        lines,
        [
            known("pre_bump", " feat: 1.0.0"),
            known("post_bump", " feat: 1.1.0"),
            known("pre_commit", " feat: 1.1.0"),
            known("post_commit", " chore 1.1.0"),
            known("pre_tag", " chore 1.1.0"),
            known("post_tag", "v1.1.0 chore 1.1.0"),
            known("pre_publish", "v1.1.0 chore 1.1.0"),
            known("post_publish", "v1.1.0 chore 1.1.0"),
            known("on_success", "v1.1.0 chore 1.1.0"),
        ]
    );
    site.assert_settled();
}

#[test]
fn what_a_hook_makes_of_files_is_released() {
    let site = site("post_bump = 'echo $RELPLAN_NEW_VERSION > README'");
    site.release(&[]);
    assert_eq!(site.git(&["show", "HEAD:README"]), "1.1.0\n");
    site.assert_settled();
}

#[test]
fn a_failing_hook_leaves_everything_as_it_was() {
    let site = site("post_bump = 'echo worked > README; echo told; exit 3'\non_error = 'echo failed > ../error'");
    let before = (Site::refs(&site.root()), site.text("package.json"), site.text("README"));
    let message = site.refused(&[]);
    assert!(message.contains("E6001") && message.contains("post_bump") && message.contains("told"), "{message}");
    assert_eq!((Site::refs(&site.root()), site.text("package.json"), site.text("README")), before);
    assert_eq!(site.git(&["status", "--porcelain"]), "");
    assert!(site.git(&["stash", "list"]).contains("what hooks of an unfinished release changed"));
    assert_eq!(fs::read_to_string(site.folder.path().join("error")).expect("on_error ran"), "failed\n");
}

#[test]
fn a_hook_that_takes_too_long_is_killed() {
    let site = site("pre_commit = 'sleep 60'\ntimeout = 1");
    let message = site.refused(&[]);
    assert!(message.contains("still running after 1 s and was killed"), "{message}");
    assert_eq!(site.git(&["status", "--porcelain"]), "");
}

#[test]
fn what_an_interrupted_hook_left_is_told_as_the_log_format_says() {
    // The hook kills the release that it belongs to, once.
    let site = site("post_bump = 'test -e ../killed || { echo half > README; touch ../killed; kill -9 $PPID; }'");
    assert_eq!(relplan(&site.root(), &["release"]).status.code(), None);
    let output = relplan(&site.root(), &["--log-format", "json", "release", "--json"]);
    let messages = stderr(&output);
    let lines: Vec<serde_json::Value> =
        messages.lines().map(|line| serde_json::from_str(line).expect("every line is JSON")).collect();
    let told = |line: &serde_json::Value| {
        line["level"] == "WARN" && line["fields"]["message"].to_string().contains("what hooks had changed is kept")
    };
    assert!(lines.iter().any(told), "{messages}");
    assert_eq!(site.git(&["show", "stash@{0}:README"]), "half\n");
    site.assert_settled();
}

#[test]
fn output_of_hooks_is_shown_in_whole_lines_as_the_log_format_says() {
    let site = site("pre_commit = 'printf one; printf \" two\\nthree https://u:hidden-by-us@x.org/a\" >&2'");
    let output = relplan(&site.root(), &["--log-format", "json", "-v", "release", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let messages = stderr(&output);
    let mut said: Vec<String> = messages
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("every line is JSON"))
        .map(|line| line["fields"]["message"].as_str().expect("a message").to_owned())
        .collect();
    said.sort();
    assert_eq!(said, [" two", "one", "three https://***@x.org/a"]);
}

#[test]
fn a_failure_may_be_told_and_passed_over() {
    let site = site("pre_publish = 'exit 1'\non_failure = 'continue'");
    assert!(site.release(&[]).contains("! pre_publish `exit 1` failed"));
    site.assert_settled();
}

#[test]
fn a_release_that_a_hook_stopped_goes_on_where_it_was() {
    let site = site("pre_publish = 'test -e ../ready'\npost_tag = 'echo once >> ../log'");
    let message = site.refused(&[]);
    assert!(message.contains("pre_publish"), "{message}");
    let commit = site.git(&["rev-parse", "main"]);
    write(site.folder.path(), "ready", "");
    site.release(&[]);
    site.assert_settled();
    assert_eq!(site.git(&["rev-parse", "main"]), commit);
    assert_eq!(fs::read_to_string(site.folder.path().join("log")).expect("it ran"), "once\n");
}

#[test]
fn hooks_of_git_do_not_run() {
    let site = site("");
    for name in ["pre-commit", "pre-push", "reference-transaction", "post-merge"] {
        write(&site.root(), &format!(".git/hooks/{name}"), "#!/bin/sh\necho ran >> ../ran\nexit 1\n");
        make_executable(&site.root().join(format!(".git/hooks/{name}")));
    }
    site.release(&[]);
    assert!(!site.folder.path().join("ran").exists());
}

#[cfg(unix)]
pub fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("ours");
}

#[cfg(not(unix))]
pub fn make_executable(_path: &Path) {}
