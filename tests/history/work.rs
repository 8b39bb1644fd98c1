//! How much is read grows with the commits, not with commits times packages.

use relplan::history::{Detail, Request, Work};

use super::repository::{Script, TestRepository};
use super::request::{history, packages, request};

const COMMITS: u64 = 300;

/// A history that changes one of forty packages at a time, all of them tagged at the first commit.
fn repository(tagged_again_at: u64) -> TestRepository {
    let mut script = Script::default();
    let names: Vec<String> = (0..40).map(|package| format!("packages/p{package:02}/file")).collect();
    let all: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "0")).collect();
    let mut tip = script.commit(&[], 1, "feat: root", &all);
    for index in 1..COMMITS {
        let content = index.to_string();
        let file = (names[index as usize * 7 % names.len()].as_str(), content.as_str());
        tip = script.commit(&[tip], 1, "fix: something", &[file]);
        if index == tagged_again_at {
            for package in 0..names.len() {
                script.tag(&format!("packages/p{package:02}@v1.0.0"), tip);
            }
        }
    }
    TestRepository::of(&script)
}

fn work(repository: &TestRepository, count: usize) -> Work {
    work_for(repository, count, Detail::EveryCommit)
}

fn work_for(repository: &TestRepository, count: usize, detail: Detail) -> Work {
    let names: Vec<String> = (0..count).map(|package| format!("packages/p{package:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let packages = packages(&names);
    let request = Request { detail, jobs: 1, commits_of_untouched: true, ..request(&packages) };
    history(repository.path(), &request).expect("a good repository").work
}

#[test]
fn every_commit_and_every_tree_on_the_way_is_read_once() {
    let repository = repository(0);
    let work = work(&repository, 40);
    // Without a commit-graph the commits are read for their parents, and their messages are kept. Of each commit the root
    // and the directory `packages` are opened; HEAD's and its parent's once more, to tell what HEAD touches.
    assert_eq!(work, Work { commits: COMMITS, trees: 2 * COMMITS + 4 });
}

#[test]
fn twice_the_packages_are_no_more_work() {
    let repository = repository(0);
    let (few, many) = (work(&repository, 20), work(&repository, 40));
    assert_eq!(few, many);
}

#[test]
fn trees_are_left_alone_once_no_package_can_move_farther() {
    let repository = repository(0);
    repository.git(["repack", "-adq"]);
    repository.git(["commit-graph", "write", "--reachable"]);
    // The last forty commits touch all packages with patches, but a minor or major change might still come before them.
    let farthest = work_for(&repository, 40, Detail::FarthestBump);
    assert_eq!(farthest.commits, COMMITS, "what they say is read of all commits");
    assert!(farthest.trees <= 2 * 42 + 6, "the root has a greater bump: {farthest:?}");
    let any = work_for(&repository, 40, Detail::AnyBump);
    assert!(any.commits <= 41 && any.trees <= 2 * 42 + 4, "{any:?}");
}

#[test]
fn released_commits_are_not_compared() {
    let (all, recent) = (work(&repository(0), 40), work(&repository(COMMITS - 11), 40));
    assert_eq!(all.commits, recent.commits, "without a commit-graph all commits are read for their parents");
    assert!(recent.trees <= 2 * 12 + 4, "{recent:?}");
}
