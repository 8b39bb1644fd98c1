//! Repositories as they are found in the wild, made with git where a fixture can't say what they are like.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;
use test_support::git_command;

use crate::common::{MISLEADING, assert_refused, commit, git, relplan, stderr, stdout, write};

const TWO_PACKAGES: &str = r#"
[[package]]
name = "a"
path = "a"
versioned_files = [{ path = "a/package.json", format = "json" }]

[[package]]
name = "b"
path = "b"
versioned_files = [{ path = "b/package.json", format = "json" }]
"#;

fn empty(options: &[&str]) -> TempDir {
    let repository = TempDir::new().expect("a temporary folder");
    git(repository.path(), &[&["init", "-q", "-b", "main"], options].concat());
    repository
}

/// One package without configuration at 1.0.0, tagged, with a fix since.
fn single(options: &[&str]) -> TempDir {
    let repository = empty(options);
    fill_single(repository.path());
    repository
}

fn fill_single(root: &Path) {
    write(root, "package.json", r#"{ "version": "1.0.0" }"#);
    commit(root, "first", "feat: start");
    git(root, &["tag", "v1.0.0"]);
    commit(root, "second", "fix: parse tabs");
}

/// Packages `a` and `b` at 1.0.0, tagged.
fn two_packages() -> TempDir {
    let repository = empty(&[]);
    let root = repository.path();
    write(root, "relplan.toml", TWO_PACKAGES);
    for package in ["a", "b"] {
        write(root, &format!("{package}/package.json"), r#"{ "version": "1.0.0" }"#);
    }
    commit(root, "README", "chore: start");
    git(root, &["tag", "a@v1.0.0"]);
    git(root, &["tag", "b@v1.0.0"]);
    repository
}

/// Name, next version and number of commits of every package that moves.
fn planned(root: &Path, variables: &[(&str, &OsStr)]) -> Vec<(String, String, usize)> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relplan"));
    MISLEADING.iter().for_each(|name| {
        command.env_remove(name);
    });
    let output = command.args(["check", "--json"]).envs(variables.iter().copied()).current_dir(root).output();
    let output = output.expect("the program was built");
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let packages = plan["packages"].as_array().expect("a list").iter();
    let count = |package: &Value| package["commits"].as_array().map_or(0, Vec::len);
    packages.map(|package| (text(&package["name"]), text(&package["next_version"]), count(package))).collect()
}

fn next_versions(root: &Path) -> Vec<(String, String)> {
    planned(root, &[]).into_iter().map(|(name, version, _)| (name, version)).collect()
}

fn next_version(root: &Path) -> String {
    let planned = next_versions(root);
    assert_eq!(planned.len(), 1, "{planned:?}");
    planned[0].1.clone()
}

fn named(name: &str, version: &str) -> (String, String) {
    (name.to_owned(), version.to_owned())
}

fn messages(root: &Path) -> String {
    stderr(&relplan(root, &["check"]))
}

#[test]
fn what_a_merge_throws_away_releases_nothing() {
    let repository = two_packages();
    let root = repository.path();
    git(root, &["checkout", "-q", "-b", "old"]);
    commit(root, "a/x", "feat!: abandoned");
    git(root, &["checkout", "-q", "main"]);
    commit(root, "b/x", "fix: kept");
    git(root, &["merge", "-q", "-s", "ours", "-m", "Merge branch 'old' (obsolete)", "old"]);
    assert_eq!(next_versions(root), [named("b", "1.0.1")]);
    commit(root, "a/y", "fix: a, too");
    assert_eq!(next_versions(root), [named("a", "1.0.1"), named("b", "1.0.1")]);
}

/// A revert takes back for the packages whose history it is part of.
#[test]
fn a_revert_that_a_merge_keeps_for_one_package_takes_back_for_that_one() {
    for with_id in [true, false] {
        let repository = two_packages();
        let root = repository.path();
        write(root, "b/x", "1");
        commit(root, "a/x", "feat: both grow");
        git(root, &["checkout", "-q", "-b", "side"]);
        revert(root, "HEAD", with_id);
        git(root, &["checkout", "-q", "main"]);
        commit(root, "README", "docs: meanwhile");
        git(root, &["merge", "-q", "--no-ff", "--no-commit", "-s", "ours", "side"]);
        git(root, &["rm", "-q", "b/x"]);
        git(root, &["commit", "-q", "-m", "Merge branch 'side' (b only)"]);
        assert_eq!(next_versions(root), [named("a", "1.1.0")], "{with_id}");
        revert(root, "HEAD~2", with_id);
        assert_eq!(next_versions(root), [], "{with_id}");
    }
}

/// Takes `commit` back as git does it, or by its title alone.
fn revert(root: &Path, commit: &str, with_id: bool) {
    let title = git(root, &["log", "-1", "--format=Revert \"%s\"", commit]);
    git(root, &["revert", "-n", commit]);
    let id = git(root, &["rev-parse", commit]);
    let body = format!("This reverts commit {}.", id.trim());
    let body = if with_id { body.as_str() } else { "It was wrong." };
    git(root, &["commit", "-q", "-m", title.trim(), "-m", body]);
}

#[test]
fn a_revert_that_is_thrown_away_with_its_branch_takes_nothing_back() {
    let repository = single(&[]);
    let root = repository.path();
    commit(root, "third", "feat: stays");
    git(root, &["checkout", "-q", "-b", "side"]);
    revert(root, "HEAD", true);
    git(root, &["checkout", "-q", "main"]);
    commit(root, "README", "docs: meanwhile");
    git(root, &["merge", "-q", "-s", "ours", "-m", "Merge branch 'side' (obsolete)", "side"]);
    assert_eq!(next_version(root), "1.1.0");
}

#[test]
fn what_a_branch_undid_itself_releases_nothing() {
    let repository = two_packages();
    let root = repository.path();
    git(root, &["checkout", "-q", "-b", "side"]);
    commit(root, "a/x", "feat!: on trial");
    git(root, &["rm", "-q", "a/x"]);
    git(root, &["commit", "-q", "-m", "chore: take it back"]);
    commit(root, "b/y", "feat: b grows");
    git(root, &["checkout", "-q", "main"]);
    commit(root, "b/x", "fix: kept");
    git(root, &["merge", "-q", "--no-ff", "-m", "Merge branch 'side'", "side"]);
    assert_eq!(next_versions(root), [named("b", "1.1.0")]);
}

/// `git log -- a` follows the side that the package comes from, and a released side doesn't hide the other one.
#[test]
fn a_side_that_a_merge_takes_over_counts() {
    let repository = two_packages();
    let root = repository.path();
    git(root, &["checkout", "-q", "-b", "side"]);
    commit(root, "a/x", "feat: taken over");
    git(root, &["checkout", "-q", "main"]);
    commit(root, "a/x2", "fix!: replaced");
    git(root, &["merge", "-q", "-s", "ours", "-m", "Merge branch 'side'", "side"]);
    git(root, &["rm", "-q", "a/x2"]);
    write(root, "a/x", "feat: taken over");
    git(root, &["add", "-A"]);
    git(root, &["commit", "-q", "--amend", "--no-edit"]);
    assert_eq!(next_versions(root), [named("a", "1.1.0")]);
    git(root, &["tag", "a@v1.1.0", "side"]);
    assert_eq!(planned(root, &[]), []);
}

#[test]
fn joined_histories_are_not_those_of_packages_with_the_same_paths() {
    let other = empty(&[]);
    commit(other.path(), "a/main.c", "feat!: another a");
    commit(other.path(), "b/main.c", "feat!: another b");
    let repository = two_packages();
    let root = repository.path();
    git(root, &["fetch", "-q", &other.path().display().to_string(), "main"]);
    git(root, &["merge", "-q", "-s", "ours", "--no-commit", "--allow-unrelated-histories", "FETCH_HEAD"]);
    git(root, &["read-tree", "--prefix=vendored/", "-u", "FETCH_HEAD"]);
    git(root, &["commit", "-q", "-m", "feat: bring another project in"]);
    assert_eq!(planned(root, &[]), []);
}

#[test]
fn a_commit_without_changes_counts_on_any_side() {
    let repository = single(&[]);
    let root = repository.path();
    git(root, &["checkout", "-q", "-b", "side"]);
    git(root, &["commit", "-q", "--allow-empty", "-m", "feat: please release"]);
    git(root, &["checkout", "-q", "main"]);
    git(root, &["merge", "-q", "--no-ff", "-m", "Merge branch 'side'", "side"]);
    assert_eq!(next_version(root), "1.1.0");
}

#[test]
fn replaced_parents_are_followed_as_git_follows_them() {
    let repository = single(&[]);
    let root = repository.path();
    git(root, &["checkout", "-q", "--orphan", "fresh"]);
    commit(root, "third", "chore: import");
    git(root, &["tag", "import"]);
    commit(root, "fourth", "fix: after the import");
    git(root, &["commit-graph", "write", "--reachable"]);
    git(root, &["replace", "--graft", "import", "v1.0.0"]);
    assert_eq!(planned(root, &[]), [(name_of(root), "1.0.1".to_owned(), 2)]);
    let ignored = planned(root, &[("GIT_NO_REPLACE_OBJECTS", OsStr::new("1"))]);
    assert_eq!(ignored[0].2, 2, "the import and the fix: nothing before is reached");
    git(root, &["replace", "-d", "import"]);
    let id = |name: &str| git(root, &["rev-parse", name]).trim().to_owned();
    write(root, ".git/info/grafts", &format!("# joined\n{} {}\n", id("import"), id("v1.0.0")));
    let joined = relplan(root, &["tag"]);
    assert_eq!(stdout(&joined), "v1.0.0\n");
}

fn name_of(root: &Path) -> String {
    root.file_name().expect("a folder's name").to_string_lossy().into_owned()
}

#[test]
fn a_file_a_link_and_a_submodule_can_be_packages() {
    let engine = single(&[]);
    let repository = empty(&[]);
    let root = repository.path();
    git(
        root,
        &["-c", "protocol.file.allow=always", "submodule", "add", "-q", &engine.path().display().to_string(), "engine"],
    );
    git(&root.join("engine"), &["checkout", "-q", "HEAD~1"]);
    let package = |name: &str, path: &str, shared: &str| {
        format!("[[package]]\nname = \"{name}\"\npath = \"{path}\"\nshared_paths = [{shared}]\n")
    };
    let packages = [
        package("file", "deploy.sh", ""),
        package("submodule", "engine/", ""),
        package("link", "./packages/linked", ""),
        package("sharing", "other", r#""./deploy.sh/", "engine/""#),
        package("untouched", "nothing", ""),
    ];
    write(root, "relplan.toml", &packages.concat());
    write(root, "deploy.sh", "1");
    write(root, "libs/linked/x", "1");
    write(root, "packages/README", "1");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../libs/linked", root.join("packages/linked")).expect("links can be made");
    commit(root, "README", "feat: start");
    for name in ["file", "submodule", "link", "sharing", "untouched"] {
        git(root, &["tag", &format!("{name}@v1.0.0")]);
    }
    git(&root.join("engine"), &["checkout", "-q", "main"]);
    write(root, "libs/linked/x", "2");
    commit(root, "deploy.sh", "feat: all move");
    let moved: Vec<String> = next_versions(root).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        moved,
        if cfg!(unix) { vec!["file", "submodule", "link", "sharing"] } else { vec!["file", "submodule", "sharing"] }
    );
}

#[test]
fn a_sparse_checkout_is_planned_from_the_commit() {
    let repository = two_packages();
    let root = repository.path();
    write(root, "b/package.json", r#"{ "version": "1.2.0" }"#);
    commit(root, "a/x", "feat: both");
    let whole = planned(root, &[]);
    git(root, &["sparse-checkout", "set", "a"]);
    assert!(!root.join("b").exists());
    assert_eq!(planned(root, &[]), whole);
    assert_eq!(whole[1].1, "1.3.0");
    assert_eq!(stdout(&relplan(root, &["version"])), "a\t1.0.0\nb\t1.2.0\n");
    let verbose = relplan(root, &["check", "-v"]);
    assert!(stdout(&verbose).contains("b/package.json"), "{}", stdout(&verbose));
    let validation = relplan(root, &["validate"]);
    assert_eq!(validation.status.code(), Some(0), "{}", stdout(&validation));
    assert!(stdout(&validation).contains("not in this sparse checkout"));
    fs::remove_file(root.join("a/package.json")).expect("it is there");
    assert_eq!(planned(root, &[]), whole);
}

#[test]
fn git_s_variables_mean_what_they_mean_to_git() {
    let repository = single(&[]);
    let elsewhere = TempDir::new().expect("a temporary folder");
    let root = repository.path();
    let git_dir = root.join(".git");
    let set = |name, value: &Path| (name, value.as_os_str().to_owned());
    let run = |directory: &Path, variables: &[(&str, std::ffi::OsString)]| {
        let variables: Vec<(&str, &OsStr)> = variables.iter().map(|(name, value)| (*name, value.as_os_str())).collect();
        planned(directory, &variables).into_iter().map(|(_, version, _)| version).collect::<Vec<_>>()
    };
    let (dir, tree) = (set("GIT_DIR", &git_dir), set("GIT_WORK_TREE", root));
    assert_eq!(run(elsewhere.path(), &[dir.clone(), tree.clone()]), ["1.0.1"]);
    assert_eq!(run(root, std::slice::from_ref(&dir)), ["1.0.1"]);
    let other = single(&[]);
    commit(other.path(), "third", "feat!: another repository");
    assert_eq!(run(other.path(), &[dir, tree]), ["1.0.1"], "not the repository around");
    // Objects that lie elsewhere altogether, and objects that are added.
    let store = elsewhere.path().join("store");
    fs::rename(git_dir.join("objects"), &store).expect("on one file system");
    assert_eq!(run(root, &[set("GIT_OBJECT_DIRECTORY", &store)]), ["1.0.1"]);
    fs::create_dir_all(git_dir.join("objects")).expect("a writable folder");
    assert_eq!(run(root, &[set("GIT_ALTERNATE_OBJECT_DIRECTORIES", &store)]), ["1.0.1"]);
}

#[test]
fn a_search_stops_below_a_ceiling() {
    let repository = single(&[]);
    let root = repository.path();
    fs::create_dir_all(root.join("deep/er")).expect("a writable folder");
    let run = |ceiling: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relplan"));
        let command = command.arg("tag").env_remove("GIT_DIR").env("GIT_CEILING_DIRECTORIES", ceiling);
        command.current_dir(root.join("deep/er")).output().expect("the program was built").status.code()
    };
    assert_eq!(run(root), Some(1));
    assert_eq!(run(&root.join("deep")), Some(1));
    assert_eq!(run(root.parent().expect("temporary folders lie in one")), Some(0));
}

#[test]
fn a_named_repository_that_is_none_is_told() {
    let repository = single(&[]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_relplan"));
    let output = command.arg("check").env("GIT_DIR", "nowhere").current_dir(repository.path()).output();
    let output = output.expect("the program was built");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("GIT_DIR says nowhere"), "{}", stderr(&output));
}

#[test]
fn the_configured_work_tree_is_the_one_that_is_read() {
    let repository = single(&[]);
    let (root, elsewhere) = (repository.path(), TempDir::new().expect("a temporary folder"));
    git(root, &["config", "core.worktree", &elsewhere.path().display().to_string()]);
    write(elsewhere.path(), "package.json", r#"{ "version": "1.5.0" }"#);
    assert_eq!(next_version(root), "1.5.1");
    git(root, &["config", "core.worktree", "/nowhere/at/all"]);
    assert_refused(root, &["check"], &["E2002", "core.worktree"]);
}

#[cfg(unix)]
#[test]
fn a_branch_need_not_be_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    let repository = single(&[]);
    let root = repository.path();
    let branch = OsStr::from_bytes(b"correcci\xf3n");
    let status = git_command(root).args(["checkout", "-q", "-b"]).arg(branch).status();
    // Some file systems take UTF-8 names only.
    if status.is_ok_and(|status| status.success()) {
        assert_eq!(next_version(root), "1.0.1");
        assert_eq!(stdout(&relplan(root, &["tag"])), "v1.0.0\n");
    }
}

#[test]
fn a_branch_without_commits_is_told() {
    let repository = single(&[]);
    git(repository.path(), &["checkout", "-q", "--orphan", "fresh"]);
    let output = relplan(repository.path(), &["check"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("the branch `fresh` has no commit yet"), "{}", stderr(&output));
}

#[test]
fn a_repository_without_any_commit_is_told() {
    let repository = empty(&[]);
    for command in ["check", "why", "status", "version"] {
        let output = relplan(repository.path(), &[command]);
        assert_eq!(output.status.code(), Some(4), "{command}");
        let told = stderr(&output);
        assert_eq!(told.matches("the branch `main` has no commit yet").count(), 1, "{command}: {told}");
    }
}

#[test]
fn a_broken_ref_is_passed_over_as_git_does() {
    let repository = single(&[]);
    write(repository.path(), ".git/refs/tags/v1.9.0", "");
    assert_eq!(next_version(repository.path()), "1.0.1");
    assert!(messages(repository.path()).contains("refs/tags/v1.9.0"));
}

#[test]
fn tags_that_can_t_be_used_are_named() {
    let repository = single(&[]);
    let root = repository.path();
    git(root, &["tag", "v9.0.0", "HEAD:package.json"]);
    git(root, &["tag", "v20240115"]);
    assert_eq!(next_version(root), "1.0.1");
    let told = messages(root);
    assert!(told.contains("point to no commit and were passed over: v9.0.0"), "{told}");
    assert!(told.contains("one number") && told.contains("v20240115"), "{told}");
    git(root, &["tag", "v100.0.0", "v1.0.0"]);
    assert_eq!(next_version(root), "100.0.1");
    assert!(messages(root).contains("tag v100.0.0 is far above every other one (the next is v1.0.0)"));
}

#[test]
fn a_planned_tag_that_exists_elsewhere_is_marked() {
    let repository = single(&[]);
    let root = repository.path();
    git(root, &["checkout", "-q", "-b", "hotfix", "v1.0.0"]);
    commit(root, "hot", "fix: elsewhere");
    git(root, &["tag", "v1.0.1"]);
    git(root, &["checkout", "-q", "main"]);
    let plan: Value = serde_json::from_slice(&relplan(root, &["check", "--json"]).stdout).expect("JSON");
    assert_eq!(plan["packages"][0]["tag_exists"], true);
    let report = stdout(&relplan(root, &["check"]));
    assert!(report.contains("! tag v1.0.1 exists already"), "{report}");
    git(root, &["tag", "-d", "v1.0.1"]);
    let plan: Value = serde_json::from_slice(&relplan(root, &["check", "--json"]).stdout).expect("JSON");
    assert_eq!(plan["packages"][0].get("tag_exists"), None);
}

#[test]
fn ci_systems_name_the_branch() {
    let repository = single(&[]);
    let root = repository.path();
    let rules =
        "[[workspace.branches]]\nname = \"beta\"\nchannel = \"beta\"\n[[package]]\nname = \"x\"\npath = \".\"\n";
    write(root, "relplan.toml", rules);
    commit(root, "third", "feat: new");
    git(root, &["checkout", "-q", "--detach"]);
    let version = |variables: &[(&str, &str)]| {
        let variables: Vec<(&str, &OsStr)> =
            variables.iter().map(|(name, value)| (*name, OsStr::new(*value))).collect();
        planned(root, &variables)[0].1.clone()
    };
    assert_eq!(version(&[("DRONE_BRANCH", "beta")]), "1.1.0-beta.1");
    assert_eq!(version(&[("GITHUB_REF", "refs/pull/12/merge"), ("GITHUB_BASE_REF", "beta")]), "1.1.0-beta.1");
    assert_eq!(version(&[("GIT_BRANCH", "origin/beta")]), "1.1.0-beta.1");
    assert_eq!(version(&[]), "1.1.0");
    assert!(messages(root).contains("HEAD is on no branch"));
    git(root, &["update-ref", "refs/remotes/origin/beta", "HEAD"]);
    assert_eq!(version(&[]), "1.1.0-beta.1", "the remote's branch is where HEAD is");
}

/// Whether this git can make what the test is about.
fn git_can(args: &[&str]) -> bool {
    let folder = TempDir::new().expect("a temporary folder");
    let output = git_command(folder.path()).arg("init").args(args).output();
    output.is_ok_and(|output| output.status.success())
}

#[test]
fn reftables_are_read_like_files() {
    for format in ["sha1", "sha256"] {
        let options = ["--ref-format=reftable", &format!("--object-format={format}")];
        if !git_can(&options) {
            continue;
        }
        let repository = single(&options);
        let root = repository.path();
        git(root, &["tag", "-a", "-m", "Release v1.1.0", "v1.1.0"]);
        for number in 0..300 {
            git(root, &["update-ref", &format!("refs/tags/other-tag-with-a-long-name-{number}"), "HEAD"]);
        }
        commit(root, "third", "feat: after many tags");
        assert_eq!(next_version(root), "1.2.0");
        assert_eq!(stdout(&relplan(root, &["tag"])), "v1.1.0\n");
        git(root, &["tag", "-d", "v1.1.0"]);
        assert_eq!(stdout(&relplan(root, &["tag"])), "v1.0.0\n");
        git(root, &["pack-refs"]);
        assert_eq!(stdout(&relplan(root, &["tag"])), "v1.0.0\n");
        let tree = repository.path().with_extension("linked");
        git(root, &["worktree", "add", "-q", &tree.display().to_string(), "-b", "other", "v1.0.0"]);
        commit(&tree, "elsewhere", "fix: in the linked work tree");
        assert_eq!(next_version(&tree), "1.0.1");
        fs::remove_dir_all(&tree).expect("it was just made");
        let list = fs::read_to_string(root.join(".git/reftable/tables.list")).expect("a list of tables");
        let table = root.join(".git/reftable").join(list.lines().next().expect("a table"));
        let mut bytes = fs::read(&table).expect("a table");
        bytes.truncate(bytes.len() / 2);
        fs::remove_file(&table).expect("tables may be read-only");
        fs::write(&table, bytes).expect("a writable folder");
        assert_refused(root, &["check"], &["E2022", "is damaged", "git refs verify"]);
    }
}

/// Configurations as editors leave them: the same plan, or the place that is wrong.
#[test]
fn a_configuration_may_be_dressed_in_many_ways() {
    let json = "{\r\n  // why\r\n  \"package\": [{ \"name\": \"a\", \"path\": \".\" }, /* all */]\r\n}\r\n";
    let toml = "[[package]]\r\nname = \"a\"\r\npath = \".\" # root\r\n";
    for (name, text) in [
        ("relplan.toml", format!("\u{feff}{toml}")),
        ("ferrflow.toml", format!("\u{feff}{toml}")),
        ("relplan.json", format!("\u{feff}{json}")),
        ("relplan.jsonc", json.to_owned()),
        ("relplan.json5", format!("\u{feff}{json}")),
        ("ferrflow.json5", json.to_owned()),
        (".ferrflow", "\u{feff}{\"package\": [{ \"name\": \"a\", \"path\": \".\" }]}".to_owned()),
    ] {
        let repository = single(&[]);
        write(repository.path(), name, &text);
        assert_eq!(next_versions(repository.path()), [named("a", "1.0.1")], "{name}");
    }
    for (name, text, words) in [
        ("ferrflow.json", json, ["ferrflow.json:2:3", ".json5"]),
        (
            "relplan.json",
            "{\r\n  \"package\": [{ \"name\": \"a\" \"path\": \".\" }]\r\n}",
            ["relplan.json:2:29", "JSON"],
        ),
        ("relplan.json", "{\"workspace\": {}, \"workspace\": {}}", ["relplan.json", "duplicate field"]),
        ("relplan.toml", "[workspace]\n[workspace]\n", ["relplan.toml:2:", "TOML"]),
    ] {
        let repository = single(&[]);
        write(repository.path(), name, text);
        assert_refused(repository.path(), &["check"], &words);
    }
    let repository = single(&[]);
    fs::write(
        repository.path().join("relplan.toml"),
        "\u{feff}x".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
    )
    .expect("a writable folder");
    assert_refused(repository.path(), &["check"], &["relplan.toml", "not UTF-8"]);
}
