//! What is left when a release dies: it is killed at every system call that writes, of its own and of every git that it starts,
//! or the disk is full from there on. Afterwards either nothing has happened, or the next run finishes that very release.
//!
//! The remote is served by a daemon of its own, because the machine that it is on doesn't die.

mod fixtures;
mod ground;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use self::fixtures::{FIXTURES, Fixture};
use self::ground::Ground;
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
    /// Hooks were working on files, and there was no commit yet.
    Hooks,
    /// The journal of a release was there.
    Begun,
    /// Everything had happened but the report.
    Done,
}

/// By place, and by fixture in asterisks.
type Table = BTreeMap<String, BTreeMap<State, usize>>;

#[test]
fn killed_at_any_write_it_has_changed_nothing_or_is_finished_by_the_next_run() {
    let mut table = Table::new();
    let writes_table = std::env::var_os(WRITE_TABLE).is_some();
    for (index, fixture) in FIXTURES.iter().enumerate() {
        // The plain release always everywhere; of the others every second call and each program's first, to save time, unless the
        // table is made.
        let step = if writes_table || index == 0 { 1 } else { 2 };
        strike_everywhere(fixture, Blow::Kill, step, &mut table);
    }
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT);
    let text = fs::read_to_string(&document).expect("the document is part of the sources");
    let (head, rest) = text.split_once(MARKS.0).expect("the document has the table");
    let (written, tail) = rest.split_once(MARKS.1).expect("the table ends");
    if writes_table {
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
    strike_everywhere(&FIXTURES[0], Blow::FullDisk, 5, &mut Table::new());
}

/// Strikes at every `step`-th write of the fixture's and at the first of each program, and adds what was found to `table`.
fn strike_everywhere(fixture: &Fixture, blow: Blow, step: usize, table: &mut Table) {
    let ground = Ground::new((fixture.site)());
    // On a thread of its own, which has not started the daemon: all that a thread has started is traced.
    let numbers =
        thread::scope(|scope| scope.spawn(|| numbers(fixture, &ground, step)).join().expect("it can be traced"));
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        let strike_on = || {
            while let Some(&number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Some(struck) = strike(fixture, &ground, number, blow) {
                    found.lock().expect("no other thread failed").push(struck);
                }
            }
        };
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(strike_on)).collect();
        workers.into_iter().for_each(|worker| worker.join().expect("every place is recovered from"));
    });
    let found = found.into_inner().expect("no thread failed");
    // Which writes there are differs a little from run to run.
    assert!(found.len() + 3 > numbers.len(), "{}: only {} writes were struck", fixture.name, found.len());
    for (place, state) in found {
        for row in [place, format!("*{}*", fixture.name)] {
            *table.entry(row).or_default().entry(state).or_default() += 1;
        }
    }
}

/// Which writes of the fixture's are struck.
fn numbers(fixture: &Fixture, ground: &Ground, step: usize) -> Vec<usize> {
    let (root, remote) = ground.copy("places");
    let mut command = ground.program(&root, FIRST);
    command.env("RELPLAN_JOBS", "1");
    let places = trace::places(command);
    ground.wait_for_remote();
    fs::remove_dir_all(root).expect("ours");
    fs::remove_dir_all(remote).expect("ours");
    let program = |place: &String| place.split(':').next().unwrap_or_default().to_owned();
    let hooks_end = places.iter().rposition(|place| program(place) == "sh").filter(|_| fixture.behind_hooks);
    let is_struck = |(index, place): &(usize, &String)| {
        let is_of_program = fixture.programs.is_empty() || fixture.programs.contains(&program(place).as_str());
        is_of_program && hooks_end.is_none_or(|end| *index > end)
    };
    for program in fixture.programs {
        assert!(places.iter().any(|place| place.starts_with(program)), "{}: {program} does not write", fixture.name);
    }
    let mut met = BTreeSet::new();
    let struck = places.iter().enumerate().filter(is_struck).enumerate();
    let sampled = struck.filter(|(nth, (_, place))| met.insert(program(place)) || nth % step == 0);
    sampled.map(|(_, (index, _))| index + 1).collect()
}

/// One run that is struck at its `number`-th write, and what comes after it; `None` if it has fewer writes.
fn strike(fixture: &Fixture, ground: &Ground, number: usize, blow: Blow) -> Option<(String, State)> {
    let name = format!("{blow:?}-{number}");
    let (root, remote) = ground.copy(&name);
    write(&root, "notes.txt", "not git's business");
    let before = Site::refs(&root);
    let mut command = ground.program(&root, FIRST);
    command.env("RELPLAN_JOBS", "1");
    let ended = trace::run(command, number, blow);
    let place = ended.at.clone()?;
    ground.wait_for_remote();
    let context = format!("{}, write {number}, {place}", fixture.name);
    let journal = fs::read_to_string(root.join(".git/relplan/release.json"));
    let state = if let Ok(journal) = journal {
        if journal.contains(r#""stage": "hooks""#) { State::Hooks } else { State::Begun }
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
    write(&root, ".git/ready", "");
    let again = ground.program(&root, SECOND).output().expect("the program was built");
    assert!(again.status.success(), "{context}: {}", told(&again));
    let time = if matches!(state, State::Untouched | State::Hooks) { SECOND } else { FIRST };
    assert_whole(&root, &remote, &context);
    (fixture.assert_released)(&root, &remote, time, &context);
    if fixture.settles && number.is_multiple_of(8) {
        let nothing = ground.program(&root, SECOND).output().expect("the program was built");
        assert!(stdout(&nothing).contains("Nothing to release."), "{context}: {}", told(&nothing));
    }
    fs::remove_dir_all(root).expect("ours");
    fs::remove_dir_all(remote).expect("ours");
    Some((place, state))
}

/// Whether the git directory has more than objects that nothing leads to, a lock that nobody holds, and what signing needs.
fn has_leftovers(root: &Path) -> bool {
    let names = |folder: &str| {
        let entries = fs::read_dir(root.join(folder)).into_iter().flatten();
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    let is_lock = |name: &String| name.ends_with(".lock");
    names(".git/relplan").iter().any(|name| name != "lock" && name != "scratch") || names(".git").iter().any(is_lock)
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

/// Nothing is half done.
fn assert_whole(root: &Path, remote: &Path, context: &str) {
    assert_eq!(Site::refs(root), Site::refs(remote), "{context}");
    assert_tags_have_commits(root, context);
    assert_eq!(git(root, &["status", "--porcelain", "--ignored"]).trim(), "?? notes.txt", "{context}");
    assert!(!root.join(".git/relplan/release.json").exists(), "{context}");
    assert!(!root.join(".git/index.lock").exists(), "{context}");
}

fn rendered(table: &Table) -> String {
    let mut text = String::from(
        "| place | points | untouched | files taken back, then released | finished by the next run | was complete |\n\
         |---|---|---|---|---|---|\n",
    );
    let mut total = [0; 5];
    // Places first, fixtures last.
    let (fixtures, places): (Vec<_>, Vec<_>) = table.iter().partition(|(row, _)| row.starts_with('*'));
    for (row, states) in places.into_iter().chain(fixtures) {
        let of = |state| states.get(&state).copied().unwrap_or(0);
        let all = states.values().sum();
        let counts = [all, of(State::Untouched), of(State::Hooks), of(State::Begun), of(State::Done)];
        if row.starts_with('*') {
            total.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
        }
        text.push_str(&self::row(row, counts));
    }
    text + &row("**all**", total)
}

fn row(place: &str, [all, untouched, hooks, begun, done]: [usize; 5]) -> String {
    format!("| {place} | {all} | {untouched} | {hooks} | {begun} | {done} |\n")
}
