//! Every kind of repository is found and read, or refused with a way out.

use std::fs;
use std::path::Path;

use relplan::history::{HistoryError, OpenError, Repository, head_files};

use super::repository::{Script, TestRepository, run};
use super::request::{history, packages, request, subjects};

fn two_commits() -> Script {
    let mut script = Script::default();
    let first = script.commit(&[], 1, "feat: first", &[("a/x", "1"), ("b/x", "1")]);
    script.tag("a@v1.0.0", first);
    script.commit(&[first], 2, "fix: second", &[("a/x", "2"), ("a/deep/y", "2")]);
    script
}

fn assert_reads(path: &Path) {
    let packages = packages(&["a", "b"]);
    let history = history(path, &request(&packages)).expect("a good repository");
    assert_eq!(subjects(&history, 0), ["fix: second"]);
    assert_eq!(subjects(&history, 1), ["feat: first"]);
}

fn open_error(path: &Path) -> OpenError {
    match Repository::discover(path) {
        Ok(_) => panic!("{} should be refused", path.display()),
        Err(error) => error,
    }
}

#[test]
fn a_repository_is_found_from_below_and_knows_its_branch() {
    let repository = TestRepository::of(&two_commits());
    let opened = Repository::discover(&repository.path().join("a/deep")).expect("inside a repository");
    assert_eq!(opened.root(), repository.path().canonicalize().expect("a directory"));
    assert_eq!(opened.head_branch(), Some("main"));
    assert_eq!(opened.head_id().map(|id| id.to_string()), Some(repository.id("HEAD")));
    assert_eq!(opened.commit_message(&opened.head_id().expect("a commit")).expect("a good commit"), b"fix: second");
    assert_reads(&repository.path().join("a/deep"));
    // Inside `.git` the work tree around it counts.
    assert_reads(&repository.path().join(".git/objects"));
}

#[test]
fn a_detached_head_has_no_branch() {
    let repository = TestRepository::of(&two_commits());
    repository.git(["checkout", "--quiet", "--detach"]);
    let opened = Repository::discover(repository.path()).expect("a good repository");
    assert_eq!((opened.head_branch(), opened.head_id().is_some()), (None, true));
}

#[test]
fn before_the_first_commit_the_history_is_empty() {
    let repository = TestRepository::new();
    let packages = packages(&["a"]);
    let history = history(repository.path(), &request(&packages)).expect("a good repository");
    assert_eq!((history.commits.len(), history.packages.len()), (0, 1));
    let opened = Repository::discover(repository.path()).expect("a good repository");
    assert_eq!((opened.head_branch(), opened.head_id()), (Some("main"), None));
    assert!(head_files(&opened, true).expect("nothing to read").is_empty());
}

#[test]
fn no_repository_and_bare_ones_are_refused() {
    let outside = tempfile::tempdir().expect("a temporary directory");
    let error = open_error(outside.path());
    assert_eq!(error.code(), "E2001", "{error}");

    let repository = TestRepository::of(&two_commits());
    let bare = repository.beside("bare.git");
    repository.git(["clone", "--quiet", "--bare", ".", bare.to_str().expect("UTF-8")]);
    for directory in [bare.clone(), bare.join("refs")] {
        let error = open_error(&directory);
        assert_eq!(error.code(), "E2002", "{error}");
    }
    let tree = repository.beside("tree");
    run(&bare, &["worktree", "add", "--quiet", tree.to_str().expect("UTF-8"), "main"], "");
    assert_reads(&tree);
}

#[test]
fn a_shallow_clone_is_refused_with_the_command_that_completes_it() {
    let repository = TestRepository::of(&two_commits());
    let shallow = repository.beside("shallow");
    let source = format!("file://{}", repository.path().display());
    repository.git(["clone", "--quiet", "--depth=1", &source, shallow.to_str().expect("UTF-8")]);
    let error = open_error(&shallow);
    assert_eq!(error.code(), "E2020");
    assert!(error.to_string().contains("git fetch --unshallow --tags"), "{error}");
    assert!(error.to_string().contains("fetch-depth: 0"), "{error}");
    run(&shallow, &["fetch", "--quiet", "--unshallow", "--tags"], "");
    assert_reads(&shallow);
}

#[test]
fn linked_work_trees_and_submodules_are_read() {
    let repository = TestRepository::of(&two_commits());
    let tree = repository.beside("tree");
    repository.git(["worktree", "add", "--quiet", "-b", "other", tree.to_str().expect("UTF-8")]);
    assert_reads(&tree);
    assert_eq!(Repository::discover(&tree).expect("a good repository").head_branch(), Some("other"));

    let outer = TestRepository::new();
    let source = repository.path().to_str().expect("UTF-8");
    outer.git(["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", source, "inner"]);
    assert_reads(&outer.path().join("inner"));
    fs::remove_dir_all(outer.path().join(".git/modules")).expect("the submodule's repository");
    let error = open_error(&outer.path().join("inner"));
    assert!(matches!(error, OpenError::DanglingGitFile { .. }), "{error}");
}

#[test]
fn objects_of_alternates_are_read() {
    let repository = TestRepository::of(&two_commits());
    let clone = repository.beside("clone");
    repository.git(["clone", "--quiet", "--shared", ".", clone.to_str().expect("UTF-8")]);
    assert_reads(&clone);
    repository.git(["clone", "--quiet", "--reference", clone.to_str().expect("UTF-8"), "--shared", ".", "../second"]);
    assert_reads(&repository.beside("second"));
}

#[test]
fn objects_may_be_named_by_sha256() {
    let repository = TestRepository::with_format("sha256");
    repository.import(&two_commits());
    assert_reads(repository.path());
    repository.git(["repack", "-adq"]);
    repository.git(["commit-graph", "write", "--reachable"]);
    assert_reads(repository.path());
}

#[test]
fn loose_packed_and_multi_packed_objects_are_read() {
    let repository = TestRepository::of(&two_commits());
    repository.git(["config", "pack.writeReverseIndex", "false"]);
    assert_reads(repository.path());
    repository.git(["repack", "-adq"]);
    assert_reads(repository.path());
    repository.git(["multi-pack-index", "write"]);
    assert_reads(repository.path());
    unpack(&repository);
    assert_reads(repository.path());
}

/// Turns all packs into loose objects.
pub fn unpack(repository: &TestRepository) {
    let packs = repository.path().join(".git/objects/pack");
    let aside = repository.beside("packs");
    fs::rename(&packs, &aside).expect("a directory of packs");
    fs::create_dir(&packs).expect("a new directory");
    for pack in fs::read_dir(&aside).expect("a directory").map(|entry| entry.expect("an entry").path()) {
        if pack.extension().is_some_and(|extension| extension == "pack") {
            let script = format!("git unpack-objects -q < '{}'", pack.display());
            let alias = format!("alias.unpack=!{script}");
            repository.git(["-c", &alias, "unpack"]);
        }
    }
}

#[test]
fn unknown_formats_are_refused_by_name() {
    for (key, value, named) in [
        ("extensions.refStorage", "files-and-more", "git refs migrate"),
        ("extensions.fancy", "true", "`fancy`"),
        ("core.repositoryFormatVersion", "2", "repositoryFormatVersion is 2"),
        ("extensions.objectFormat", "md5", "md5"),
    ] {
        let repository = TestRepository::of(&two_commits());
        repository.git(["config", "core.repositoryFormatVersion", "1"]);
        repository.git(["config", key, value]);
        let error = open_error(repository.path());
        assert_eq!(error.code(), "E2021", "{error}");
        assert!(error.to_string().contains(named), "{error}");
    }
}

#[test]
fn replacement_refs_are_followed_unless_they_are_switched_off() {
    let repository = TestRepository::of(&two_commits());
    // One root with the content of the second commit instead of two commits.
    repository.git(["replace", "--graft", "HEAD"]);
    let (packages, path) = (packages(&["a", "b"]), repository.path());
    let followed = history(path, &request(&packages)).expect("a good repository");
    assert_eq!(subjects(&followed, 1), ["fix: second"]);
    repository.git(["config", "core.useReplaceRefs", "false"]);
    assert_reads(repository.path());
}

#[test]
fn files_of_head_are_listed() {
    let mut script = two_commits();
    let branch = script.commit(&[1], 3, "fix: branch", &[("b/y", "1"), ("top", "1")]);
    script.commit(&[2, branch], 4, "merge", &[("b/y", "1"), ("top", "1")]);
    let repository = TestRepository::of(&script);
    let files = |both| {
        let opened = Repository::discover(repository.path()).expect("a good repository");
        head_files(&opened, both).expect("good objects")
    };
    assert_eq!(files(true), ["a/deep/y", "a/x", "b/y", "top"]);
    assert!(files(false).is_empty());
    repository.git(["checkout", "--quiet", "HEAD~1"]);
    assert_eq!(files(false), ["a/deep/y", "a/x"]);
    repository.git(["checkout", "--quiet", "HEAD~1"]);
    assert_eq!(files(true), ["a/x", "b/x"]);
}

#[test]
fn a_partial_clone_without_trees_is_refused_with_a_way_out() {
    let repository = TestRepository::of(&two_commits());
    repository.git(["config", "uploadpack.allowFilter", "true"]);
    let source = format!("file://{}", repository.path().display());
    let clone = |name: &str, filter: &str| {
        let clone = repository.beside(name);
        let path = clone.to_str().expect("UTF-8").to_owned();
        repository.git(["clone", "--quiet", "--no-checkout", "--filter", filter, &source, &path]);
        clone
    };
    assert_reads(&clone("without-files", "blob:none"));
    let without_trees = clone("without-trees", "tree:0");
    let packages = packages(&["a", "b"]);
    let error = history(&without_trees, &request(&packages)).expect_err("trees are missing");
    assert!(matches!(error, HistoryError::Object(_)), "{error}");
    assert!(error.to_string().contains("git fetch --refetch --filter=blob:none"), "{error}");
    run(&without_trees, &["fetch", "--quiet", "--refetch", "--filter=blob:none"], "");
    assert_reads(&without_trees);
}
