//! What is left when a release dies: it is killed at every system call that writes, of its own and of every git that it starts,
//! or the disk is full from there on. Afterwards either nothing has happened, or the next run finishes that very release.
//!
//! The remote is served by a daemon of its own, because the machine that it is on doesn't die.

use std::collections::BTreeMap;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::trace::{self, Blow};
use super::*;

/// When the first run commits, and when the second would.
const FIRST: &str = "2026-01-01T00:00:00Z";
const SECOND: &str = "2026-01-02T00:00:00Z";

/// What the table in `docs/releasing.md` begins and ends with.
const DOCUMENT: &str = "docs/releasing.md";
const MARKS: (&str, &str) = ("<!-- kill table -->\n", "<!-- end of kill table -->");

/// Writes the table instead of comparing it.
const WRITE_TABLE: &str = "RELPLAN_WRITE_KILL_TABLE";

/// How a repository was found after the blow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// Nothing had happened.
    Untouched,
    /// The journal was there.
    Begun,
    /// Everything had happened but the report.
    Done,
}

type Table = BTreeMap<String, BTreeMap<State, usize>>;

#[test]
fn killed_at_any_write_it_has_changed_nothing_or_is_finished_by_the_next_run() {
    let table = strike_everywhere(Blow::Kill, 1);
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT);
    let text = fs::read_to_string(&document).expect("the document is part of the sources");
    let (head, rest) = text.split_once(MARKS.0).expect("the document has the table");
    let (written, tail) = rest.split_once(MARKS.1).expect("the table ends");
    if std::env::var_os(WRITE_TABLE).is_some() {
        let text = [head, MARKS.0, &rendered(&table), MARKS.1, tail].concat();
        fs::write(document, text).expect("writable");
        return;
    }
    // How often git writes depends on its version; that every kind of place was tried doesn't.
    let programs = |line: &str| line.split(':').next().unwrap_or_default().trim_start_matches("| ").to_owned();
    for line in written.lines().skip(2).filter(|line| line.contains(": ")) {
        assert!(
            table.keys().any(|place| *place.split(':').next().unwrap_or_default() == programs(line)),
            "{line} was not tried"
        );
    }
}

#[test]
fn on_a_full_disk_it_has_changed_nothing_or_is_finished_once_there_is_room() {
    // Sampled: a full disk is a killed run that could still clean up.
    strike_everywhere(Blow::FullDisk, 5);
}

/// Strikes at every `step`-th write, and returns what was found.
fn strike_everywhere(blow: Blow, step: usize) -> Table {
    let ground = Ground::new();
    let (next, table) = (AtomicUsize::new(0), Mutex::new(Table::new()));
    thread::scope(|scope| {
        let workers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(step, Ordering::Relaxed) + 1;
                        let Some((place, state)) = strike(&ground, number, blow) else { return };
                        let mut table = table.lock().expect("no other thread failed");
                        *table.entry(place).or_default().entry(state).or_default() += 1;
                    }
                })
            })
            .collect();
        workers.into_iter().for_each(|worker| worker.join().expect("every place is recovered from"));
    });
    let table = table.into_inner().expect("no thread failed");
    let count: usize = table.values().flat_map(BTreeMap::values).sum();
    assert!(count * step > 150, "only {count} writes were found");
    table
}

/// One run that is struck at its `number`-th write, and what comes after it; `None` if it has fewer writes.
fn strike(ground: &Ground, number: usize, blow: Blow) -> Option<(String, State)> {
    let name = format!("{blow:?}-{number}");
    let (root, remote) = ground.copy(&name);
    write(&root, "notes.txt", "not git's business");
    let before = Site::refs(&root);
    let mut command = ground.program(&root, FIRST);
    command.env("RELPLAN_JOBS", "1");
    let ended = trace::run(command, number, blow);
    let place = ended.at.clone()?;
    ground.wait_for_remote();
    let context = format!("write {number}, {place}");
    let begun = root.join(".git/relplan/release.json").exists();
    let state = if begun {
        State::Begun
    } else if Site::refs(&root) == before {
        assert_eq!(tracked_changes(&root), "", "{context}");
        assert_eq!(Site::refs(&remote), before, "{context}");
        State::Untouched
    } else {
        State::Done
    };
    if blow == Blow::FullDisk && state != State::Done {
        assert_eq!(ended.code, Some(1), "{context}: a full disk is an error");
    }
    assert_tags_have_commits(&remote, &context);
    // What nothing has happened to needs no proof that it can be released, but now and then.
    let is_plain = state == State::Untouched && !has_leftovers(&root);
    if is_plain && !number.is_multiple_of(4) {
        fs::remove_dir_all(root).expect("ours");
        fs::remove_dir_all(remote).expect("ours");
        return Some((place, state));
    }
    let again = ground.program(&root, SECOND).output().expect("the program was built");
    assert!(again.status.success(), "{context}: {}", told(&again));
    assert_released(&root, &remote, if state == State::Untouched { SECOND } else { FIRST }, &context);
    if number.is_multiple_of(8) {
        let nothing = ground.program(&root, SECOND).output().expect("the program was built");
        assert!(stdout(&nothing).contains("Nothing to release."), "{context}: {}", told(&nothing));
    }
    fs::remove_dir_all(root).expect("ours");
    fs::remove_dir_all(remote).expect("ours");
    Some((place, state))
}

/// Whether the git directory has more than objects that nothing leads to, and a lock that nobody holds.
fn has_leftovers(root: &Path) -> bool {
    let names = |folder: &str| {
        let entries = fs::read_dir(root.join(folder)).into_iter().flatten();
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    let is_lock = |name: &String| name.ends_with(".lock");
    names(".git/relplan").iter().any(|name| name != "lock") || names(".git").iter().any(is_lock)
}

fn told(output: &Output) -> String {
    stdout(output) + &stderr(output)
}

fn tracked_changes(root: &Path) -> String {
    git(root, &["status", "--porcelain", "-uno"])
}

fn assert_tags_have_commits(repository: &Path, context: &str) {
    let tags = git(repository, &["tag", "--no-merged", "main"]);
    assert_eq!(tags.trim(), "", "{context}: tags without their commit");
}

/// Everything is there, once, and was committed at `time`.
fn assert_released(root: &Path, remote: &Path, time: &str, context: &str) {
    assert_eq!(Site::refs(root), Site::refs(remote), "{context}");
    assert_tags_have_commits(root, context);
    let log = git(root, &["log", "-2", "--format=%s %cI"]);
    let subject = "chore(release): core v1.1.0, cli v1.1.0 [skip ci]";
    assert_eq!(log.lines().next(), Some(format!("{subject} {time}").as_str()), "{context}");
    assert!(log.lines().nth(1).is_some_and(|line| line.starts_with("feat(core): add parser")), "{context}: {log}");
    let tags = git(root, &["tag", "--points-at", "main"]);
    assert_eq!(
        tags.split_whitespace().collect::<Vec<_>>(),
        ["cli@v1", "cli@v1.1.0", "core@v1", "core@v1.1.0"],
        "{context}"
    );
    assert_eq!(git(root, &["status", "--porcelain", "--ignored"]).trim(), "?? notes.txt", "{context}");
    for package in ["core", "cli"] {
        let text = fs::read_to_string(root.join(package).join("version.toml")).expect("it is there");
        assert!(text.contains("version = \"1.1.0\""), "{context}: {text}");
    }
    assert!(!root.join(".git/relplan/release.json").exists(), "{context}");
    let locks = git(root, &["rev-parse", "--git-dir"]);
    assert!(!root.join(locks.trim()).join("index.lock").exists(), "{context}");
}

fn rendered(table: &Table) -> String {
    let mut text = String::from(
        "| place | points | untouched | finished by the next run | was complete |\n|---|---|---|---|---|\n",
    );
    let mut total = [0; 4];
    for (place, states) in table {
        let of = |state| states.get(&state).copied().unwrap_or(0);
        let counts = [states.values().sum(), of(State::Untouched), of(State::Begun), of(State::Done)];
        total.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
        text.push_str(&row(place, counts));
    }
    text + &row("**all**", total)
}

fn row(place: &str, [all, untouched, begun, done]: [usize; 4]) -> String {
    format!("| {place} | {all} | {untouched} | {begun} | {done} |\n")
}

/// The repository that every run starts from, and the daemon that serves the remotes.
struct Ground {
    site: Site,
    daemon: Child,
    address: String,
}

impl Ground {
    fn new() -> Self {
        let site = Site::monorepo(r#"{"floatingTags":["major"],"updateDependents":true}"#);
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let base = site.folder.path().to_string_lossy().into_owned();
        // Not by way of `git`, which would stay beside it.
        let programs = git(site.folder.path(), &["--exec-path"]);
        let daemon = Command::new(Path::new(programs.trim()).join("git-daemon"))
            .args(["--reuseaddr", "--export-all", "--enable=receive-pack", "--listen=127.0.0.1"])
            .args([format!("--port={port}"), format!("--base-path={base}"), base])
            .stderr(Stdio::null())
            .spawn()
            .expect("git has a daemon");
        let ground = Self { site, daemon, address: format!("127.0.0.1:{port}") };
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(&ground.address).is_err() {
            assert!(Instant::now() < deadline, "the daemon does not answer");
            thread::sleep(Duration::from_millis(10));
        }
        ground
    }

    /// A clone and a remote of their own.
    fn copy(&self, name: &str) -> (PathBuf, PathBuf) {
        let folder = self.site.folder.path();
        let (root, remote) = (folder.join(name), folder.join(format!("{name}.git")));
        copy_folder(&self.site.root(), &root);
        copy_folder(&self.site.remote(), &remote);
        let config = root.join(".git/config");
        let text = fs::read_to_string(&config).expect("it is there");
        let url = format!("git://{}/{name}.git", self.address);
        fs::write(config, text.replace(&*self.site.remote().to_string_lossy(), &url)).expect("writable");
        (root, remote)
    }

    fn program(&self, root: &Path, time: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relplan"));
        MISLEADING.iter().for_each(|name| {
            command.env_remove(name);
        });
        command.arg("release").current_dir(root).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_AUTHOR_DATE", time).env("GIT_COMMITTER_DATE", time);
        command
    }

    /// Until the daemon has nothing to do any more: what it was sent before the blow, it still takes.
    fn wait_for_remote(&self) {
        let daemon = self.daemon.id();
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let children = fs::read_to_string(format!("/proc/{daemon}/task/{daemon}/children")).unwrap_or_default();
            let works =
                |pid: &str| fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
            if !children.split_whitespace().any(works) {
                return;
            }
            assert!(Instant::now() < deadline, "the daemon does not come to rest");
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a writable folder");
    for entry in fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        let target = to.join(entry.file_name());
        match entry.file_type().expect("readable").is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => {
                fs::copy(entry.path(), target).expect("writable");
            }
        }
    }
}
