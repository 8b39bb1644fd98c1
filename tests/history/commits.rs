//! Which commits are a package's.

use relplan::commit::Bump;
use relplan::config::NestedPackages;
use relplan::history::{PackageScope, Request, Touched};

use super::repository::{Script, TestRepository};
use super::request::{history, package, packages, request, subjects};

#[test]
fn commits_belong_to_the_packages_whose_files_they_change() {
    let mut script = Script::default();
    let first = script.commit(&[], 1, "feat: first", &[("a/x", "1"), ("b/x", "1"), ("README", "1")]);
    script.tag("a@v1.0.0", first);
    script.tag("b@v1.0.0", first);
    let two = script.commit(&[first], 2, "fix: a", &[("a/deep/y", "2")]);
    let three = script.commit(&[two], 3, "feat: both\n\nbody", &[("a/x", "3"), ("b/x", "3")]);
    let four = script.commit(&[three], 4, "docs: neither", &[("README", "4")]);
    let five = script.commit(&[four], 5, "chore: nothing at all", &[]);
    script.commit(&[five], 6, "feat: a [skip]", &[("a/x", "6")]);
    let repository = TestRepository::of(&script);

    let packages = packages(&["a", "b"]);
    let history = history(repository.path(), &request(&packages)).expect("a good repository");

    assert_eq!(subjects(&history, 0), ["chore: nothing at all", "feat: both", "fix: a"]);
    assert_eq!(subjects(&history, 1), ["chore: nothing at all", "feat: both"]);
    let bumps: Vec<Bump> = history.commits_of(0).map(|commit| commit.bump).collect();
    assert_eq!(bumps, [Bump::None, Bump::Minor, Bump::Patch]);
    assert_eq!(history.commits_of(1).nth(1).map(|commit| commit.id.to_string()), Some(repository.id("HEAD~3")));
    assert_eq!(history.packages[0].touched, Touched::ByHead);
    assert_eq!(history.packages[1].touched, Touched::SinceRelease);
    assert!(history.warnings.is_empty());
}

#[test]
fn without_a_release_the_whole_history_counts_root_included() {
    let mut script = Script::default();
    let first = script.commit(&[], 1, "feat: first", &[("a/x", "1")]);
    script.commit(&[first], 2, "fix: second", &[("a/x", "2"), ("b/x", "2")]);
    let repository = TestRepository::of(&script);

    let packages = packages(&["a", "b", "c"]);
    let history = history(repository.path(), &request(&packages)).expect("a good repository");

    assert_eq!(subjects(&history, 0), ["fix: second", "feat: first"]);
    assert_eq!(subjects(&history, 1), ["fix: second"]);
    assert_eq!((subjects(&history, 2).len(), history.packages[2].touched), (0, Touched::No));
}

#[test]
fn a_single_package_owns_everything() {
    let mut script = Script::default();
    let first = script.commit(&[], 1, "feat: first", &[("a/x", "1")]);
    script.tag("v1.0.0", first);
    script.commit(&[first], 2, "fix: elsewhere", &[("b/x", "1")]);
    let repository = TestRepository::of(&script);

    let packages = [PackageScope { tag_prefix: b"v".to_vec(), path: "a".to_owned(), ..PackageScope::default() }];
    let history =
        history(repository.path(), &Request { monorepo: false, ..request(&packages) }).expect("a good repository");

    assert_eq!(subjects(&history, 0), ["fix: elsewhere"]);
    assert_eq!(history.packages[0].touched, Touched::Always);
}

#[test]
fn branches_released_elsewhere_are_left_out_whatever_the_dates_say() {
    // Criss-cross: both sides merge each other, and parents are younger than their children.
    let mut script = Script::default();
    let root = script.commit(&[], 900, "feat: root", &[("a/x", "1")]);
    let left = script.commit(&[root], 800, "feat: left", &[("a/l", "1")]);
    let right = script.commit(&[root], 100, "feat: right", &[("a/r", "1")]);
    let left_merge = script.commit(&[left, right], 50, "merge: right into left", &[("a/r", "1")]);
    let right_merge = script.commit(&[right, left], 40, "merge: left into right", &[("a/l", "1")]);
    script.tag("a@v1.0.0", left_merge);
    let late = script.commit(&[right_merge], 2000, "fix: late", &[("a/x", "2")]);
    script.commit(&[late, left_merge], 10, "merge: the end", &[("a/x", "2")]);
    let repository = TestRepository::of(&script);

    for graph in [false, true] {
        if graph {
            repository.git(["commit-graph", "write", "--reachable"]);
        }
        let packages = packages(&["a", "b"]);
        let history = history(repository.path(), &request(&packages)).expect("a good repository");
        // The last merge leaves everything as its first parent had it, so it is nobody's.
        assert_eq!(subjects(&history, 0), ["fix: late", "merge: left into right"]);
    }
}

#[test]
fn an_octopus_merge_counts_against_its_first_parent_and_its_branches_in_order() {
    let mut script = Script::default();
    let root = script.commit(&[], 1, "feat: root", &[("a/x", "1"), ("b/x", "1")]);
    script.tag("a@v1.0.0", root);
    let branches: Vec<usize> = (0..4)
        .map(|index| script.commit(&[root], 10 - index, &format!("fix: {index}"), &[(&format!("a/{index}"), "1")]))
        .collect();
    let merged = [("a/1", "1"), ("a/2", "1"), ("a/3", "1")];
    script.commit(&branches, 20, "merge: octopus", &merged);
    let repository = TestRepository::of(&script);
    repository.git(["commit-graph", "write", "--reachable"]);

    let packages = packages(&["a", "b"]);
    let history = history(repository.path(), &request(&packages)).expect("a good repository");
    assert_eq!(subjects(&history, 0), ["merge: octopus", "fix: 0", "fix: 1", "fix: 2", "fix: 3"]);
    assert_eq!(history.packages[0].touched, Touched::ByHead);
}

#[test]
fn a_merge_at_head_counts_what_either_side_brought_or_nothing_as_ferrflow_has_it() {
    let mut script = Script::default();
    let root = script.commit(&[], 1, "feat: root", &[("a/x", "1"), ("b/x", "1"), ("c/x", "1")]);
    for package in ["a", "b", "c"] {
        script.tag(&format!("{package}@v1.0.0"), root);
    }
    let main = script.commit(&[root], 2, "fix: a", &[("a/x", "2")]);
    let branch = script.commit(&[root], 3, "fix: b", &[("b/x", "2")]);
    script.commit(&[main, branch], 4, "merge: branch", &[("b/x", "2")]);
    let repository = TestRepository::of(&script);
    let packages = packages(&["a", "b", "c"]);
    let by_head = Request { recover: false, ..request(&packages) };

    let both = history(repository.path(), &by_head).expect("a good repository");
    let touched: Vec<Touched> = both.packages.iter().map(|package| package.touched).collect();
    assert_eq!(touched, [Touched::ByHead, Touched::ByHead, Touched::No]);
    assert_eq!(subjects(&both, 1), ["merge: branch", "fix: b"]);

    let neither = Request { merge_head_counts_both_sides: false, ..by_head };
    let neither = history(repository.path(), &neither).expect("a good repository");
    assert!(neither.packages.iter().all(|package| package.touched == Touched::No && package.commits.is_empty()));
}

#[test]
fn untouched_packages_have_no_commits_unless_they_are_asked_for() {
    let mut script = Script::default();
    let root = script.commit(&[], 1, "feat: root", &[("a/x", "1"), ("b/x", "1")]);
    script.tag("a@v1.0.0", root);
    script.tag("b@v1.0.0", root);
    let second = script.commit(&[root], 2, "fix: b", &[("b/x", "2")]);
    script.commit(&[second], 3, "fix: a", &[("a/x", "2")]);
    let repository = TestRepository::of(&script);
    let mut packages = packages(&["a", "b"]);
    let by_head = Request { recover: false, ..request(&packages) };

    let silent = history(repository.path(), &by_head).expect("a good repository");
    assert_eq!((subjects(&silent, 1).len(), silent.packages[1].touched), (0, Touched::No));
    let asked = history(repository.path(), &Request { commits_of_untouched: true, ..by_head }).expect("a good one");
    assert_eq!((subjects(&asked, 1), asked.packages[1].touched), (vec!["fix: b"], Touched::No));
    packages[1].always_planned = true;
    let forced = history(repository.path(), &Request { recover: false, ..request(&packages) }).expect("a good one");
    assert_eq!((subjects(&forced, 0), subjects(&forced, 1)), (vec!["fix: a"], vec!["fix: b"]));
}

#[test]
fn a_change_that_was_taken_back_is_no_missed_release() {
    let mut script = Script::default();
    let root = script.commit(&[], 1, "feat: root", &[("a/x", "1"), ("b/x", "1")]);
    script.tag("b@v1.0.0", root);
    let second = script.commit(&[root], 2, "fix: b", &[("b/x", "2")]);
    let third = script.commit(&[second], 3, "revert: b", &[("b/x", "1")]);
    script.commit(&[third], 4, "fix: a", &[("a/x", "2")]);
    let repository = TestRepository::of(&script);
    let packages = packages(&["a", "b"]);
    let history = history(repository.path(), &request(&packages)).expect("a good repository");
    assert_eq!(history.packages[1].touched, Touched::No);
}

#[test]
fn moving_a_package_is_a_change_of_the_old_and_the_new_place() {
    let mut script = Script::default();
    let root = script.commit(&[], 1, "feat: root", &[("old/x", "1"), ("b/x", "1")]);
    script.tag("old@v1.0.0", root);
    script.tag("new@v1.0.0", root);
    let moved = script.commit(&[root], 2, "refactor: move", &[("old/x", ""), ("new/x", "1")]);
    // A directory that becomes a file, beside one whose name sorts between.
    script.commit(&[moved], 3, "fix: file", &[("b/x", ""), ("b", "1"), ("b.txt", "1")]);
    let repository = TestRepository::of(&script);
    let packages = packages(&["old", "new", "b"]);
    let history = history(repository.path(), &request(&packages)).expect("a good repository");
    assert_eq!(subjects(&history, 0), ["refactor: move"]);
    assert_eq!(subjects(&history, 1), ["refactor: move"]);
    assert_eq!(subjects(&history, 2), ["fix: file", "feat: root"]);
}

#[test]
fn nested_packages_share_files_or_keep_them_for_themselves() {
    let mut script = Script::default();
    let root = script.commit(&[], 1, "feat: root", &[("a/x", "1"), ("a/in/x", "1"), ("top", "1")]);
    let tags = ["root@v1.0.0", "a@v1.0.0", "a/in@v1.0.0"];
    for tag in tags {
        script.tag(tag, root);
    }
    let second = script.commit(&[root], 2, "fix: inner", &[("a/in/x", "2")]);
    let third = script.commit(&[second], 3, "fix: outer", &[("a/x", "2")]);
    script.commit(&[third], 4, "fix: top", &[("top", "2")]);
    let repository = TestRepository::of(&script);
    let mut packages = packages(&["root", "a", "a/in"]);
    packages[0].path = ".".to_owned();

    let shared = history(repository.path(), &request(&packages)).expect("a good repository");
    assert_eq!(subjects(&shared, 0), ["fix: top", "fix: outer", "fix: inner"]);
    assert_eq!(subjects(&shared, 1), ["fix: outer", "fix: inner"]);
    assert_eq!(subjects(&shared, 2), ["fix: inner"]);
    assert_eq!(shared.packages[0].touched, Touched::Always);

    let exclusive = Request { nested: NestedPackages::Exclusive, ..request(&packages) };
    let exclusive = history(repository.path(), &exclusive).expect("a good repository");
    assert_eq!(subjects(&exclusive, 0), ["fix: top"]);
    assert_eq!(subjects(&exclusive, 1), ["fix: outer"]);
    assert_eq!(subjects(&exclusive, 2), ["fix: inner"]);
    assert_eq!(exclusive.packages[0].touched, Touched::ByHead);
}

#[test]
fn shared_paths_match_by_component_or_by_letters_as_ferrflow_has_it() {
    let mut script = Script::default();
    let root = script.commit(&[], 1, "feat: root", &[("a/x", "1"), ("b/x", "1")]);
    script.tag("a@v1.0.0", root);
    let second = script.commit(&[root], 2, "docs: guide", &[("docs/guide.md", "1")]);
    let third = script.commit(&[second], 3, "docs: other", &[("docs-old/x/y", "1")]);
    let fourth = script.commit(&[third], 4, "ci: deep", &[("ci/build/run", "1")]);
    script.commit(&[fourth], 5, "ci: file", &[("ci/builder", "1")]);
    let repository = TestRepository::of(&script);
    let mut packages = vec![package("a"), package("b")];
    packages[0].shared_paths = vec!["docs/".to_owned(), "ci/build".to_owned()];

    let by_component = history(repository.path(), &request(&packages)).expect("a good repository");
    assert_eq!(subjects(&by_component, 0), ["ci: deep", "docs: guide"]);
    let by_letters = Request { shared_paths_by_component: false, ..request(&packages) };
    let by_letters = history(repository.path(), &by_letters).expect("a good repository");
    assert_eq!(subjects(&by_letters, 0), ["ci: file", "ci: deep", "docs: other", "docs: guide"]);
}
