//! Which tags are a package's releases, and which of them count.

use relplan::config::OrphanedTagStrategy;
use relplan::history::{PackageScope, Repository, Request, read_tags};

use super::repository::{Script, TestRepository};
use super::request::{history, name, packages, request, subjects};

fn linear(script: &mut Script, times: &[i64]) {
    for (index, time) in times.iter().enumerate() {
        let content = index.to_string();
        let parents = if index == 0 { vec![] } else { vec![index] };
        script.commit(&parents, *time, &format!("fix: {}", index + 1), &[("a/x", &content)]);
    }
}

#[test]
fn last_goes_by_time_and_highest_by_version() {
    let mut script = Script::default();
    linear(&mut script, &[10, 40, 20, 30]);
    script.tag("a@v2.0.0", 1);
    script.tag("a@v1.9.9", 2);
    script.tag("a@v2.1.0-rc.1", 3);
    script.tag("a@v1.10.0", 4);
    let repository = TestRepository::of(&script);
    let packages = packages(&["a"]);
    let history = history(repository.path(), &request(&packages)).expect("a good repository");
    let tags = &history.packages[0].tags;
    assert_eq!(name(tags.last.as_ref()), Some("a@v1.9.9"));
    assert_eq!(name(tags.last_stable.as_ref()), Some("a@v1.9.9"));
    assert_eq!(name(tags.highest.as_ref()), Some("a@v2.0.0"));
    assert_eq!(tags.highest.as_ref().map(|tag| tag.version.as_str()), Some("2.0.0"));
    assert_eq!(tags.versions.iter().collect::<Vec<_>>(), ["1.10.0", "1.9.9", "2.0.0", "2.1.0-rc.1"]);
    assert_eq!(subjects(&history, 0), ["fix: 4", "fix: 3"]);
}

#[test]
fn channels_count_from_the_last_tag_of_any_kind() {
    let mut script = Script::default();
    linear(&mut script, &[1, 2, 3, 4]);
    script.tag("a@v1.0.0", 1);
    script.tag("a@v1.1.0-beta.1", 3);
    let repository = TestRepository::of(&script);
    let packages = packages(&["a"]);
    let stable = history(repository.path(), &request(&packages)).expect("a good repository");
    assert_eq!(subjects(&stable, 0), ["fix: 4", "fix: 3", "fix: 2"]);
    let channel = Request { since_any_tag: true, ..request(&packages) };
    let channel = history(repository.path(), &channel).expect("a good repository");
    assert_eq!(subjects(&channel, 0), ["fix: 4"]);
    let tags = &channel.packages[0].tags;
    assert_eq!(
        (name(tags.last.as_ref()), name(tags.last_stable.as_ref())),
        (Some("a@v1.1.0-beta.1"), Some("a@v1.0.0"))
    );
}

#[test]
fn of_tags_of_the_same_time_the_last_by_name_counts() {
    let mut script = Script::default();
    linear(&mut script, &[5, 5, 5]);
    script.tag("a@v1.0.1", 2);
    script.tag("a@v1.0.0", 3);
    let repository = TestRepository::of(&script);
    let packages = packages(&["a"]);
    let history = history(repository.path(), &request(&packages)).expect("a good repository");
    assert_eq!(name(history.packages[0].tags.last.as_ref()), Some("a@v1.0.1"));
}

#[test]
fn annotations_are_followed_and_tags_of_other_things_ignored() {
    let mut script = Script::default();
    linear(&mut script, &[1, 2, 3]);
    let repository = TestRepository::of(&script);
    let (second, tree) = (repository.id("HEAD~1"), repository.id("HEAD^{tree}"));
    repository.git(["tag", "-a", "-m", "inner", "inner", &second]);
    repository.git(["tag", "-a", "-m", "outer", "a@v1.0.0", "inner"]);
    repository.git(["tag", "a@v9.0.0", &tree]);
    repository.git(["tag", "a@v9.0.1", "HEAD:a/x"]);
    repository.git(["tag", "-a", "-m", "of a tree", "a@v9.0.2", &tree]);
    repository.git(["symbolic-ref", "refs/tags/a@v9.0.3", "refs/heads/gone"]);
    let packages = packages(&["a"]);
    for packed in [false, true] {
        if packed {
            repository.git(["pack-refs", "--all"]);
        }
        let history = history(repository.path(), &request(&packages)).expect("a good repository");
        let tags = &history.packages[0].tags;
        assert_eq!((name(tags.last.as_ref()), name(tags.highest.as_ref())), (Some("a@v1.0.0"), Some("a@v1.0.0")));
        assert_eq!(tags.last.as_ref().map(|tag| tag.commit.to_string()), Some(second.clone()));
        assert_eq!(subjects(&history, 0), ["fix: 3"]);
    }
}

#[test]
fn symbolic_tags_are_followed_and_loose_tags_hide_packed_ones() {
    let mut script = Script::default();
    linear(&mut script, &[1, 2, 3]);
    script.tag("a@v1.0.0", 1);
    let repository = TestRepository::of(&script);
    repository.git(["pack-refs", "--all"]);
    repository.git(["tag", "--force", "a@v1.0.0", "HEAD~1"]);
    repository.git(["symbolic-ref", "refs/tags/b@v1.0.0", "refs/tags/a@v1.0.0"]);
    let packages = packages(&["a", "b"]);
    let history = history(repository.path(), &request(&packages)).expect("a good repository");
    for package in 0..2 {
        let commit = history.packages[package].tags.last.as_ref().map(|tag| tag.commit.to_string());
        assert_eq!(commit, Some(repository.id("HEAD~1")));
    }
}

#[test]
fn unreachable_tags_are_passed_over_with_a_warning_that_names_at_most_five() {
    let mut script = Script::default();
    linear(&mut script, &[1, 2]);
    script.tag("a@v1.0.0", 1);
    let side = script.commit(&[1], 50, "fix: side", &[("a/side", "1")]);
    for patch in 1..=7 {
        script.tag(&format!("a@v1.0.{patch}"), side);
    }
    script.main_at(2);
    let repository = TestRepository::of(&script);
    let packages = packages(&["a"]);
    for graph in [false, true] {
        if graph {
            repository.git(["commit-graph", "write", "--reachable"]);
        }
        let history = history(repository.path(), &request(&packages)).expect("a good repository");
        assert_eq!(name(history.packages[0].tags.last.as_ref()), Some("a@v1.0.0"));
        assert_eq!(subjects(&history, 0), ["fix: 2"]);
        let warning = history.warnings.join("\n");
        assert!(warning.contains("a@v1.0.1, a@v1.0.2, a@v1.0.3, a@v1.0.4, a@v1.0.5 and 2 more"), "{warning}");
    }
}

#[test]
fn cut_off_tags_are_adopted_by_tree_or_by_message() {
    let mut script = Script::default();
    linear(&mut script, &[1, 2, 3]);
    // The released commit was rewritten: another message on the same tree, and the same message on another tree.
    let by_tree = script.commit(&[1], 50, "fix: was two", &[("a/x", "1")]);
    let by_message = script.commit(&[1], 60, "fix: 2", &[("a/x", "rewritten")]);
    script.tag("a@v1.0.0", by_tree);
    script.tag("b@v1.0.0", by_message);
    script.main_at(3);
    let repository = TestRepository::of(&script);
    let mut packages = packages(&["a", "b"]);
    packages[1].path = "a".to_owned();
    for graph in [false, true] {
        if graph {
            repository.git(["commit-graph", "write", "--reachable"]);
        }
        let read =
            |orphans| history(repository.path(), &Request { orphans, ..request(&packages) }).expect("a good one");
        let by_tree = read(OrphanedTagStrategy::TreeHash);
        assert_eq!(subjects(&by_tree, 0), ["fix: 3"]);
        assert_eq!(
            by_tree.packages[0].tags.last.as_ref().map(|tag| tag.commit.to_string()),
            Some(repository.id("HEAD~1"))
        );
        assert_eq!(subjects(&by_tree, 1).len(), 3, "no commit has the tree of the other tag");
        let by_message = read(OrphanedTagStrategy::Message);
        assert_eq!((subjects(&by_message, 0).len(), subjects(&by_message, 1)), (3, vec!["fix: 3"]));
    }
}

#[test]
fn a_tag_of_a_missing_commit_is_an_error_and_not_a_wrong_plan() {
    let mut script = Script::default();
    linear(&mut script, &[1, 2]);
    let repository = TestRepository::of(&script);
    let gone = "1234567890123456789012345678901234567890";
    std::fs::write(repository.path().join(".git/refs/tags/a@v1.0.0"), format!("{gone}\n")).expect("a writable ref");
    let packages = packages(&["a"]);
    let error = history(repository.path(), &request(&packages)).expect_err("the tag leads nowhere");
    assert!(error.to_string().contains(gone), "{error}");
    assert_eq!(error.code(), "E2023");
}

#[test]
fn ten_thousand_tags_and_a_thousand_packages_on_one_prefix_are_quick() {
    let mut script = Script::default();
    linear(&mut script, &[1, 2]);
    let repository = TestRepository::of(&script);
    let id = repository.id("HEAD~1");
    let refs: String = (0..10_000).map(|patch| format!("create refs/tags/v1.0.{patch} {id}\n")).collect();
    repository.git_with_input(["update-ref", "--stdin"], &refs);
    repository.git(["pack-refs", "--all"]);
    let scope = PackageScope { tag_prefix: b"v".to_vec(), path: "a".to_owned(), ..PackageScope::default() };
    let packages = vec![scope; 1000];
    let opened = Repository::discover(repository.path()).expect("a good repository");
    let tags = read_tags(&opened, &packages, OrphanedTagStrategy::Warn).expect("good tags");
    assert_eq!((tags.packages.len(), tags.packages[999].versions.len()), (1000, 10_000));
    assert_eq!(name(tags.packages[0].highest.as_ref()), Some("v1.0.9999"));
}
