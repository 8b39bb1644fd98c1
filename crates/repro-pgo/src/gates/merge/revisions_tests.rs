//! Checkouts of a small repository, by the git that is installed.

use std::process::Stdio;

use super::*;

struct Fixture {
    directory: tempfile::TempDir,
}

impl Fixture {
    /// A repository with one commit.
    fn new() -> Self {
        let fixture = Self { directory: tempfile::tempdir().expect("a scratch directory") };
        fixture.git(&["init", "--quiet"]);
        fixture.write("a.txt", "one");
        fixture.write("folder/b.txt", "two");
        fixture.write(".gitignore", "ignored\n");
        fixture.commit();
        fixture
    }

    fn root(&self) -> PathBuf {
        self.directory.path().join("repository")
    }

    fn git(&self, arguments: &[&str]) {
        std::fs::create_dir_all(self.root()).expect("ours");
        let identity = ["-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false"];
        let status = git::command(&self.root()).args(identity).args(arguments).status().expect("git is there");
        assert!(status.success(), "{arguments:?}");
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.root().join(name);
        std::fs::create_dir_all(path.parent().expect("inside")).expect("ours");
        std::fs::write(path, text).expect("ours");
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "change"]);
    }

    fn open(&self) -> Repository {
        Repository::open(&self.root().join("folder"), &self.directory.path().join("scratch")).expect("a repository")
    }

    fn files(&self, source: &Path) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![source.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir().expect("listable").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.strip_prefix(source).expect("inside").to_string_lossy().into_owned());
                }
            }
        }
        found.sort();
        found
    }
}

#[test]
fn a_change_in_the_second_of_the_commit_is_seen() {
    let fixture = Fixture::new();
    fixture.write("a.txt", "two");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let repository = fixture.open();
    let head = repository.revision("HEAD").expect("it is there");
    let changed = repository.working_tree(Path::new("/nowhere")).expect("git works");
    assert_ne!(changed.tree, head.tree);
}

#[test]
fn a_checkout_holds_exactly_the_tree_and_rewrites_only_what_differs() {
    let fixture = Fixture::new();
    fixture.write("a.txt", "changed");
    fixture.git(&["rm", "--quiet", "folder/b.txt"]);
    fixture.write("folder/c.txt", "three");
    fixture.commit();
    let repository = fixture.open();
    let (source, index) = (fixture.directory.path().join("source"), fixture.directory.path().join("index"));
    let [old, new] = ["HEAD~1", "HEAD"].map(|name| repository.revision(name).expect("it is a commit"));
    repository.check_out(&old, &source, &index).expect("git works");
    assert_eq!(fixture.files(&source), [".gitignore", "a.txt", "folder/b.txt"]);
    let untouched = source.join(".gitignore").metadata().expect("there").modified().expect("known");
    std::fs::write(source.join("stray"), "left over").expect("ours");
    std::fs::write(source.join("folder/b.txt"), "tampered with").expect("ours");
    repository.check_out(&new, &source, &index).expect("git works");
    assert_eq!(fixture.files(&source), [".gitignore", "a.txt", "folder/c.txt"]);
    assert_eq!(std::fs::read_to_string(source.join("a.txt")).expect("there"), "changed");
    assert_eq!(source.join(".gitignore").metadata().expect("there").modified().expect("known"), untouched);
    std::fs::write(source.join("a.txt"), "tampered with").expect("ours");
    repository.check_out(&new, &source, &index).expect("git works");
    assert_eq!(std::fs::read_to_string(source.join("a.txt")).expect("there"), "changed");
}

#[test]
fn the_working_tree_is_taken_as_it_is_and_left_as_it_was() {
    let fixture = Fixture::new();
    let repository = fixture.open();
    let clean = repository.working_tree(&fixture.root().join("target")).expect("git works");
    let head = repository.revision("HEAD").expect("it is a commit");
    assert_eq!((&clean.tree, &clean.commit), (&head.tree, &head.commit));
    fixture.write("a.txt", "edited");
    fixture.write("new file", "not added");
    fixture.write("ignored", "no");
    fixture.write("target/built", "no");
    let dirty = repository.working_tree(&fixture.root().join("target")).expect("git works");
    assert_eq!((dirty.name.as_str(), &dirty.commit), (WORKING_TREE, &None));
    let (source, index) = (fixture.directory.path().join("source"), fixture.directory.path().join("index"));
    repository.check_out(&dirty, &source, &index).expect("git works");
    assert_eq!(fixture.files(&source), [".gitignore", "a.txt", "folder/b.txt", "new file"]);
    let known = git::command(&fixture.root()).args(["cat-file", "-e", &dirty.tree]).stderr(Stdio::null()).status();
    assert!(!known.expect("git is there").success(), "the user's repository got objects");
    let staged = git::command(&fixture.root()).args(["diff", "--cached", "--quiet"]).status();
    assert!(staged.expect("git is there").success(), "the user's index was changed");
}

#[test]
fn an_unknown_revision_and_a_missing_repository_are_named() {
    let fixture = Fixture::new();
    let error = fixture.open().revision("no-such-branch").expect_err("it does not exist").to_string();
    assert!(error.contains("`no-such-branch` is no commit here") && error.contains("git fetch origin"), "{error}");
    let empty = tempfile::tempdir().expect("a scratch directory");
    let error = Repository::open(empty.path(), empty.path()).expect_err("no repository").to_string();
    assert!(error.contains("is in no git repository"), "{error}");
}
