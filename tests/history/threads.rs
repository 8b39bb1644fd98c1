//! The number of threads changes nothing.

use relplan::history::Request;

use super::repository::{Script, TestRepository};
use super::request::{history, packages, request, subjects};

#[test]
fn four_threads_find_what_one_finds() {
    let mut script = Script::default();
    let mut main = script.commit(&[], 1, "feat: root", &[("a/x", "0"), ("b/x", "0"), ("c/x", "0")]);
    script.tag("b@v1.0.0", main);
    for index in 1..500 {
        let directory = ["a", "b", "c"][index % 3];
        let (path, content) = (format!("{directory}/{}", index % 7), index.to_string());
        let files = [(path.as_str(), content.as_str())];
        let branch = script.commit(&[main], 1, &format!("fix: {directory} {index}"), &files);
        main = script.commit(&[main, branch], 1, &format!("merge: {index}"), &files);
        if index == 200 {
            script.tag("c@v1.0.0", branch);
        }
    }
    let repository = TestRepository::of(&script);
    let packages = packages(&["a", "b", "c"]);
    let one = history(repository.path(), &request(&packages)).expect("a good repository");
    assert_eq!(one.commits.len(), 999);
    for jobs in [2, 3, 4, 1000] {
        let many = history(repository.path(), &Request { jobs, ..request(&packages) }).expect("a good repository");
        assert_eq!(many.packages, one.packages);
        for package in 0..packages.len() {
            assert_eq!(subjects(&many, package), subjects(&one, package));
        }
        let facts = |history: &relplan::history::History| {
            history.commits.iter().map(|commit| (commit.id, commit.bump)).collect::<Vec<_>>()
        };
        assert_eq!(facts(&many), facts(&one));
    }
}
