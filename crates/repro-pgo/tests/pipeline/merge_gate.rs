//! `gate merge` on the demo program in a repository of its own: real builds, real counts.

use serde_json::Value;
use test_support::{git, require};

use super::demo::{Demo, Ran, ran};

/// What every run of these tests gates.
const DECLARED: &str = "\n[[benchmarks]]\nname = \"many_full_check_flow\"\ninputs = \"texts\"\n\
    entry = \"many.txt\"\nargs = [\"count\", \"{entry}\"]\n";

/// The demo as a repository with one commit.
struct Repository(Demo);

impl Repository {
    fn new(prefix: &str) -> Self {
        let demo = Demo::new(prefix);
        let text = std::fs::read_to_string(demo.path("pgo.toml")).expect("the demo is complete");
        demo.write("pgo.toml", (text + DECLARED).as_bytes());
        demo.write("inputs/many.txt", "all these words are counted many times over\n".repeat(400).as_bytes());
        demo.write(".gitignore", b"/target\n");
        let repository = Self(demo);
        git(&repository.0.path(""), &["init", "--quiet"]);
        repository.commit();
        repository
    }

    fn commit(&self) {
        git(&self.0.path(""), &["add", "--all"]);
        git(&self.0.path(""), &["commit", "--quiet", "--message", "change"]);
    }

    /// Gives the program this much to do besides.
    fn burden(&self, turns: u64) {
        let source = std::fs::read_to_string(self.0.path("src/main.rs")).expect("the demo is complete");
        let work = format!("    let _: u64 = (0..{turns}_u64).map(extra_work).sum();\n    let text");
        let function = "\n#[inline(never)]\nfn extra_work(turn: u64) -> u64 {\n    std::hint::black_box(turn)\n}\n";
        self.0.write("src/main.rs", (source.replacen("    let text", &work, 1) + function).as_bytes());
    }

    fn gate(&self, more: &[&str]) -> Ran {
        self.0.run(&[&["gate", "merge", "--base", "HEAD"], more].concat())
    }

    /// The gate's verdict, which must end in `code`.
    #[track_caller]
    fn verdict(&self, code: i32, more: &[&str]) -> Value {
        let told = self.gate(&[&["--json"], more].concat());
        assert_eq!(told.code, code, "{}\n{}", told.stdout, told.stderr);
        let verdict: Value = serde_json::from_str(&told.stdout).expect("it is JSON");
        let sentence = verdict["sentence"].as_str().expect("it has a sentence");
        assert_eq!(told.stderr.lines().last(), Some(sentence), "the verdict is the last line");
        verdict
    }
}

fn change(verdict: &Value) -> f64 {
    verdict["benchmarks"][0]["change"].as_f64().expect("both sides were counted")
}

#[test]
fn extra_work_is_refused_by_name_and_its_revert_passes() {
    if require("valgrind").is_none() {
        return;
    }
    let repository = Repository::new("burdened");
    let original = std::fs::read(repository.0.path("src/main.rs")).expect("it is there");
    let restore = || repository.0.write("src/main.rs", &original);
    // How much one turn costs, in shares of the whole.
    let calibration = 100_000;
    repository.burden(calibration);
    let share = change(&repository.verdict(1, &[])) / calibration as f64;
    for (wanted, code) in [(0.001, 0), (0.003, 1), (0.01, 1), (0.03, 1)] {
        restore();
        repository.burden((wanted / share).round() as u64);
        let verdict = repository.verdict(code, &[]);
        let found = change(&verdict);
        assert!((found - wanted).abs() < 0.0003, "{wanted} of extra work was counted as {found}");
        if code == 1 {
            assert_eq!(verdict["rebuilt"], true);
            let function = verdict["benchmarks"][0]["functions"][0]["name"].as_str().expect("a function grew");
            assert!(function.contains("extra_work") || function.contains("main"), "{function}");
        }
    }
    repository.commit();
    restore();
    let reverted = repository.gate(&[]).fine();
    assert!(reverted.stdout.lines().last().expect("a verdict").starts_with("pass: 1 gated"), "{}", reverted.stdout);
    assert!(repository.0.made("merge/comment.md").is_file() && repository.0.made("merge/merge.json").is_file());
}

#[test]
fn twenty_counts_of_one_binary_are_one_number() {
    if require("valgrind").is_none() {
        return;
    }
    // Seeded at random, but for the pinned entropy.
    let repository = Repository::new("repeated");
    repository.0.set_program("random_hasher");
    let text = std::fs::read_to_string(repository.0.path("pgo.toml")).expect("it is there");
    repository.0.write("pgo.toml", (text + "\n[gate.merge]\nrepeats = 20\n").as_bytes());
    repository.commit();
    let verdict = repository.verdict(0, &["--always-count"]);
    let counts = |side: &str| verdict["benchmarks"][0][side].as_array().expect("it was counted").clone();
    let all = [counts("base"), counts("head")].concat();
    assert_eq!(all.len(), 40);
    assert!(all.iter().all(|count| *count == all[0]), "{all:?}");
    assert_eq!(change(&verdict), 0.0);
}

#[test]
fn a_change_that_leaves_the_binary_alone_is_not_counted() {
    if require("valgrind").is_none() {
        return;
    }
    let repository = Repository::new("documented");
    repository.0.write("README.md", b"a word\n");
    let verdict = repository.verdict(0, &[]);
    assert_eq!(verdict["benchmarks"][0]["finding"], "identical");
    assert_eq!(verdict["base"]["binary"], verdict["head"]["binary"]);
    assert!(verdict["sentence"].as_str().is_some_and(|sentence| sentence.contains("the same binary")));
}

#[test]
fn benchmarks_that_come_and_go_are_told_apart() {
    if require("valgrind").is_none() {
        return;
    }
    let repository = Repository::new("renamed");
    repository.0.edit("pgo.toml", "many_full_check_flow", "more_full_check_flow");
    repository.0.edit("src/main.rs", "different, longest", "distinct, longest");
    let verdict = repository.verdict(1, &[]);
    let finding = |index: usize| verdict["benchmarks"][index]["finding"].clone();
    assert_eq!((finding(0), finding(1)), ("new".into(), "removed".into()));
    let sentence = verdict["sentence"].as_str().expect("it has one");
    assert!(sentence.contains("many_full_check_flow was removed"), "{sentence}");
}

#[test]
fn a_base_that_can_not_be_compared_with_is_never_green() {
    if require("valgrind").is_none() {
        return;
    }
    let repository = Repository::new("broken");
    let program = std::fs::read(repository.0.path("src/main.rs")).expect("it is there");
    let restore = || repository.0.write("src/main.rs", &program);
    repository.0.write("src/main.rs", b"fn main() { missing() }\n");
    repository.commit();
    restore();
    let verdict = repository.verdict(3, &[]);
    let sentence = verdict["sentence"].as_str().expect("it has one");
    assert!(sentence.starts_with("not measured: base HEAD (") && sentence.contains("does not build"), "{sentence}");
    assert!(verdict["notes"].to_string().contains("cannot find function `missing`"), "{verdict}");
    repository.0.write("src/main.rs", b"fn main() { std::process::exit(7) }\n");
    repository.commit();
    restore();
    let sentence = repository.verdict(3, &[])["sentence"].to_string();
    assert!(sentence.contains("can't answer many_full_check_flow"), "{sentence}");
    restore();
    repository.commit();
    repository.0.write("src/main.rs", b"fn main() { std::process::exit(7) }\n");
    let sentence = repository.verdict(1, &[])["sentence"].to_string();
    assert!(sentence.contains("many_full_check_flow fails on head: it ended with exit code 7"), "{sentence}");
    repository.0.write("src/main.rs", b"fn main() { missing() }\n");
    let refused =
        repository.gate(&["--output", "told"]).refused(&["the head build failed", "cannot find function `missing`"]);
    assert!(refused.stdout.starts_with("refused: the head build failed"), "{}", refused.stdout);
    let comment = std::fs::read_to_string(repository.0.path("told/comment.md")).expect("it was written");
    assert!(comment.contains("**refused: the head build failed") && comment.contains("missing"), "{comment}");
}

#[test]
fn what_is_missing_is_no_verdict() {
    let repository = Repository::new("unmeasurable");
    let path = std::env::var("PATH").expect("tests have a PATH");
    let without: Vec<_> = std::env::split_paths(&path).filter(|folder| !folder.join("valgrind").exists()).collect();
    // Git and cargo often live beside valgrind; the check for valgrind comes before they are needed.
    let mut command = repository.0.command(&["gate", "merge", "--base", "HEAD"]);
    let told = ran(command.env("PATH", std::env::join_paths(without).expect("plain")).output().expect("it starts"));
    assert_eq!(told.code, 3, "{}", told.stderr);
    assert!(told.stderr.contains("apt-get install valgrind"), "{}", told.stderr);
    assert!(told.stdout.starts_with("not measured: "), "{}", told.stdout);
    if require("valgrind").is_none() {
        return;
    }
    let unknown = repository.0.run(&["gate", "merge", "--base", "no-such-branch"]);
    assert_eq!(unknown.code, 3, "{}", unknown.stderr);
    assert!(unknown.stdout.contains("`no-such-branch` is no commit here"), "{}", unknown.stdout);
    let alone = Demo::new("alone").run(&["gate", "merge", "--base", "HEAD"]);
    assert_eq!(alone.code, 3, "{}", alone.stderr);
    assert!(alone.stderr.contains("is in no git repository"), "{}", alone.stderr);
}

#[test]
fn only_this_machines_history_is_used() {
    if require("valgrind").is_none() {
        return;
    }
    let repository = Repository::new("remembering");
    let file = repository.0.path("kept/history.jsonl");
    let history = file.to_string_lossy().into_owned();
    repository.burden(10);
    let gate = |code| repository.verdict(code, &["--always-count", "--history", &history]);
    let first = gate(0);
    assert_eq!(first["benchmarks"][0]["spread-counts"], 3);
    let line = std::fs::read_to_string(&file).expect("it was appended");
    assert_eq!(line.lines().count(), 1);
    // The same figures from elsewhere, scattering wildly, and a line that was cut.
    let elsewhere =
        line.replace("\"valgrind\":\"", "\"valgrind\":\"another ").replace("\"totals\":[", "\"totals\":[1,");
    std::fs::write(&file, format!("{line}{elsewhere}{}", &line[..line.len() / 2])).expect("ours");
    let second = gate(0);
    // Base's three counts now and then, and head's three of then.
    assert_eq!(second["benchmarks"][0]["spread-counts"], 9);
    assert_eq!(second["benchmarks"][0]["limit"], 0.002);
    let notes = second["notes"].to_string();
    assert!(notes.contains("1 of 2 records") && notes.contains("1 line(s)"), "{notes}");
    assert_eq!(std::fs::read_to_string(&file).expect("there").lines().count(), 4);
}

/// A bench target that answers as the gate asks; `PREPARED` is what no count may contain.
const PARTS: &str = r#"
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["list"] => println!("adding"),
        ["count", "adding", times] => {
            (0..PREPARED).for_each(|turn| { std::hint::black_box(turn); });
            for _ in 0..times.parse().expect("a number") {
                (0..TURNS).for_each(|turn| { std::hint::black_box(turn); });
            }
        }
        _ => {}
    }
}
const PREPARED: u64 = 1_000_000;
const TURNS: u64 = 10_000;
"#;

#[test]
fn micro_benchmarks_are_reported_and_refuse_nothing() {
    if require("valgrind").is_none() {
        return;
    }
    let repository = Repository::new("parts");
    repository.0.edit("Cargo.toml", "[workspace]", "[[bench]]\nname = \"parts\"\nharness = false\n\n[workspace]");
    repository.0.write("benches/parts.rs", PARTS.as_bytes());
    let text = std::fs::read_to_string(repository.0.path("pgo.toml")).expect("it is there");
    let declared = format!("{text}\n[gate.merge]\nmicro-benchmarks = \"parts\"\n");
    repository.0.write("pgo.toml", declared.as_bytes());
    repository.commit();
    repository.burden(10);
    repository.0.edit("benches/parts.rs", "TURNS: u64 = 10_000", "TURNS: u64 = 20_000");
    let verdict = repository.verdict(0, &[]);
    let micro = &verdict["micro-benchmarks"][0];
    let [base, head] = ["base", "head"].map(|side| micro[side].as_u64().expect("it was counted"));
    assert_eq!(micro["name"], "adding");
    assert!(base < 100_000 && (1.95..2.05).contains(&(head as f64 / base as f64)), "{micro}");
    let comment = std::fs::read_to_string(repository.0.made("merge/comment.md")).expect("it was written");
    assert!(comment.contains("| adding |"), "{comment}");

    // One that doesn't compile is a note, and the gate still comes to its verdict.
    repository.0.edit("benches/parts.rs", "fn main()", "fn niam()");
    let verdict = repository.verdict(0, &[]);
    assert!(
        verdict["notes"].to_string().contains("the micro-benchmarks of head can't be counted"),
        "{}",
        verdict["notes"]
    );
}
