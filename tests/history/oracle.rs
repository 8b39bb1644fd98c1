//! Random histories: what git itself says about ancestry and differences must give the same commits.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;
use relplan::commit::Bump;
use relplan::config::NestedPackages;
use relplan::history::{Detail, History, PackageScope, Request};

use super::repository::{Script, TestRepository};
use super::request::{history, package, request};

/// Files that random commits write; packages own some of them, nobody others.
const FILES: [&str; 12] = [
    "top",
    "p0/x",
    "p0/deep/y",
    "p0-not/x",
    "p1/x",
    "p1/in/x",
    "p1/in/y",
    "p1/in.txt",
    "shared/x",
    "shared2/x",
    "p3/a/b/c",
    "p3.txt",
];

#[derive(Debug, Clone)]
struct RandomCommit {
    parents: Vec<prop::sample::Index>,
    time: i64,
    files: Vec<(usize, u8)>,
}

fn random_commit() -> impl Strategy<Value = RandomCommit> {
    // Mostly linear, often merges, seldom a second root.
    let parents = prop_oneof![
        1 => Just(0_usize), 10 => Just(1_usize), 6 => Just(2_usize), 1 => Just(3_usize),
    ];
    let parents = parents.prop_flat_map(|count| prop::collection::vec(any::<prop::sample::Index>(), count));
    let files = prop::collection::vec((0..FILES.len(), 0..3_u8), 0..4);
    (parents, 0..1000_i64, files).prop_map(|(parents, time, files)| RandomCommit { parents, time, files })
}

fn script(commits: &[RandomCommit], tags: &[Option<prop::sample::Index>]) -> Script {
    let mut script = Script::default();
    for (index, commit) in commits.iter().enumerate() {
        // Parents are among the last few commits, so that branches stay long enough to cross.
        let recent = index.min(5);
        let mut parents: Vec<usize> =
            commit.parents.iter().filter(|_| index > 0).map(|parent| index - parent.index(recent)).collect();
        let mut seen = BTreeSet::new();
        parents.retain(|parent| seen.insert(*parent));
        // Removing a file that isn't there is no change, as is writing what it holds.
        let contents = commit.files.iter().map(|(file, content)| (FILES[*file], ["", "1", "2"][usize::from(*content)]));
        let files: BTreeMap<&str, &str> = contents.collect();
        let subject = format!("{}: {index}", ["fix", "chore", "feat", "chore"][index % 4]);
        script.commit(&parents, commit.time, &subject, &files.into_iter().collect::<Vec<_>>());
    }
    for (package, tag) in tags.iter().enumerate() {
        if let Some(tag) = tag {
            script.tag(&format!("p{package}@v1.0.0"), tag.index(commits.len()) + 1);
        }
    }
    script
}

fn scopes() -> Vec<PackageScope> {
    let paths = ["p0", "p1", "p1/in", "p3/a", ".", "nowhere"];
    let mut scopes: Vec<PackageScope> = (0..paths.len()).map(|index| package(&format!("p{index}"))).collect();
    for (scope, path) in scopes.iter_mut().zip(paths) {
        scope.path = path.to_owned();
    }
    scopes[0].shared_paths = vec!["shared".to_owned()];
    scopes[5].shared_paths = vec!["p3/a/b/".to_owned(), "p1/in".to_owned()];
    scopes
}

/// What git says of a repository.
struct Oracle {
    parents: BTreeMap<String, Vec<String>>,
    breadth_first: Vec<String>,
    files: BTreeMap<String, Vec<String>>,
    trees: BTreeMap<String, String>,
}

impl Oracle {
    fn of(repository: &TestRepository) -> Self {
        let listing = repository.git(["rev-list", "--parents", "HEAD"]);
        let ids = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let parents: BTreeMap<String, Vec<String>> =
            listing.lines().map(ids).map(|ids| (ids[0].clone(), ids[1..].to_vec())).collect();
        let breadth_first = breadth_first(&repository.id("HEAD"), &parents);
        let files = parents.iter().map(|(id, parents)| (id.clone(), changed_files(repository, id, parents))).collect();
        let trees = repository.git(["log", "--format=%H %T", "HEAD"]);
        let trees = trees.lines().filter_map(|line| line.split_once(' '));
        let trees = trees.map(|(id, tree)| (id.to_owned(), tree.to_owned())).collect();
        Self { parents, breadth_first, files, trees }
    }

    /// The commits since a release, with the rules for files told plainly.
    fn commits(
        &self,
        repository: &TestRepository,
        package: usize,
        scopes: &[PackageScope],
        rules: Rules,
    ) -> Vec<String> {
        let tag = format!("refs/tags/p{package}@v1.0.0");
        let tagged = repository.git(["for-each-ref", "--format=%(objectname)", &tag]);
        let unreleased: BTreeSet<String> = if self.parents.contains_key(tagged.trim()) {
            let since = repository.git(["rev-list", "--topo-order", "HEAD", &format!("^{tag}")]);
            since.lines().map(str::to_owned).collect()
        } else {
            self.parents.keys().cloned().collect()
        };
        let mut walk = vec!["rev-list".to_owned(), "--sparse".to_owned(), "HEAD".to_owned()];
        walk.extend(self.parents.contains_key(tagged.trim()).then(|| format!("^{tag}")));
        walk.push("--".to_owned());
        walk.extend(pathspecs(scopes, package, rules));
        let followed = repository.git(walk.iter().map(String::as_str));
        let followed: BTreeSet<&str> = followed.lines().collect();
        let owned = |id: &&String| {
            let same = self.parents[*id].iter().filter(|parent| self.trees[*parent] == self.trees[*id]).count();
            match &self.parents[*id][..] {
                [] if self.files[*id].is_empty() => true,
                [_, ..] if same == self.parents[*id].len() => true,
                _ => {
                    followed.contains(id.as_str())
                        && self.files[*id].iter().any(|file| owns(scopes, package, file, rules))
                }
            }
        };
        self.breadth_first.iter().filter(|id| unreleased.contains(*id)).filter(owned).cloned().collect()
    }
}

#[derive(Debug, Clone, Copy)]
struct Rules {
    exclusive: bool,
    by_component: bool,
}

/// A package's paths as git is told of them.
fn pathspecs(scopes: &[PackageScope], package: usize, rules: Rules) -> Vec<String> {
    let scope = &scopes[package];
    let shared = scope.shared_paths.iter().map(|path| path.trim_end_matches('/'));
    let shared = shared.map(|path| if rules.by_component { path.to_owned() } else { format!("{path}*") });
    let inner = scopes
        .iter()
        .filter(|other| rules.exclusive && other.path != scope.path && below(&scope.path, &format!("{}/", other.path)));
    let excluded = inner.map(|other| format!(":(exclude){}", other.path));
    std::iter::once(scope.path.clone()).chain(shared).chain(excluded).collect()
}

fn breadth_first(head: &str, parents: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let (mut queue, mut order) = (VecDeque::from([head.to_owned()]), Vec::new());
    let mut seen = BTreeSet::from([head.to_owned()]);
    while let Some(id) = queue.pop_front() {
        queue.extend(parents[&id].iter().filter(|parent| seen.insert((*parent).clone())).cloned());
        order.push(id);
    }
    order
}

fn changed_files(repository: &TestRepository, id: &str, parents: &[String]) -> Vec<String> {
    let empty = repository.git(["hash-object", "-t", "tree", "--stdin"]);
    let parent = parents.first().map_or(empty.trim(), String::as_str);
    let files = repository.git(["diff-tree", "-r", "--name-only", "--no-renames", parent, id]);
    files.lines().map(str::to_owned).collect()
}

fn owns(scopes: &[PackageScope], package: usize, file: &str, rules: Rules) -> bool {
    let scope = &scopes[package];
    let by_path = below(&scope.path, file)
        && !(rules.exclusive
            && scopes.iter().any(|other| {
                other.path != scope.path && below(&scope.path, &format!("{}/", other.path)) && below(&other.path, file)
            }));
    let shared = scope
        .shared_paths
        .iter()
        .map(|path| path.trim_end_matches('/'))
        .any(|path| if rules.by_component { file == path || below(path, file) } else { file.starts_with(path) });
    by_path || shared
}

fn below(path: &str, file: &str) -> bool {
    path == "." || file.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
}

fn ids(history: &History, package: usize) -> Vec<String> {
    history.commits_of(package).map(|commit| commit.id.to_string()).collect()
}

/// How far a package's commits move it; `None` without commits.
fn farthest_bump(history: &History, package: usize) -> Option<Bump> {
    history.commits_of(package).map(|commit| commit.bump).max()
}

/// Whether reading no more commits than needed tells the same of a package as all of them.
fn is_told_by_fewer_commits(every: &History, fewer: &History, any: &History, package: usize) -> bool {
    let (every, fewer, any) =
        (farthest_bump(every, package), farthest_bump(fewer, package), farthest_bump(any, package));
    let asks = |bump: Option<Bump>| bump.map(|bump| bump > Bump::None);
    every == fewer && asks(every) == asks(any)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn commits_are_what_git_says(
        commits in prop::collection::vec(random_commit(), 1..40),
        tags in prop::collection::vec(prop::option::of(any::<prop::sample::Index>()), 6),
        exclusive: bool,
        by_component: bool,
    ) {
        let repository = TestRepository::of(&script(&commits, &tags));
        let scopes = scopes();
        let rules = Rules { exclusive, by_component };
        let request = Request {
            nested: if exclusive { NestedPackages::Exclusive } else { NestedPackages::Shared },
            shared_paths_by_component: by_component,
            commits_of_untouched: true,
            ..request(&scopes)
        };
        let from_objects = history(repository.path(), &request).expect("a good repository");
        repository.git(["repack", "-adq"]);
        repository.git(["commit-graph", "write", "--reachable"]);
        let from_graph = history(repository.path(), &request).expect("a good repository");
        let with = |detail| history(repository.path(), &Request { detail, ..request }).expect("a good repository");
        let (fewer, any) = (with(Detail::FarthestBump), with(Detail::AnyBump));
        let oracle = Oracle::of(&repository);
        for package in 0..scopes.len() {
            let expected = oracle.commits(&repository, package, &scopes, rules);
            prop_assert_eq!(&ids(&from_objects, package), &expected, "package {} from objects", package);
            prop_assert_eq!(&ids(&from_graph, package), &expected, "package {} from the commit-graph", package);
            prop_assert!(is_told_by_fewer_commits(&from_graph, &fewer, &any, package), "package {}", package);
        }
    }
}
