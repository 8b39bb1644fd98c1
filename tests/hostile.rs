//! Hostile repositories and configurations: an answer or a clear error, never a panic, a hang, or something left out
//! without a word. `tests/history` damages objects and packs one by one; this is the program as a whole.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use test_support::git_with_input;

use crate::common::{CONFIG, commit, fill, git, monorepo, write};

/// What no input may cost, on a machine that does much else besides.
const TOO_LONG: Duration = Duration::from_secs(120);

/// How a run ended, and everything it printed.
struct Answer {
    code: i32,
    stdout: String,
    stderr: String,
}

/// Runs the program, which must end in time, with a documented exit code and without a panic.
fn ask(directory: &Path, args: &[&str]) -> Answer {
    let mut child = Command::new(env!("CARGO_BIN_EXE_relplan"))
        .args(args)
        .current_dir(directory)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program was built");
    let mut pipes = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let stdout = thread::spawn(move || read_all(&mut pipes.0));
    let stderr = thread::spawn(move || read_all(&mut pipes.1));
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child of ours") {
            break status;
        }
        if start.elapsed() > TOO_LONG {
            child.kill().expect("a child of ours");
            panic!("{args:?} hangs in {}", directory.display());
        }
        thread::sleep(Duration::from_millis(5));
    };
    let answer = Answer {
        code: status.code().unwrap_or(-1),
        stdout: stdout.join().expect("reading ends"),
        stderr: stderr.join().expect("reading ends"),
    };
    assert!(matches!(answer.code, 0 | 1), "{args:?} ends with {status}: {}", answer.stderr);
    assert!(!answer.stderr.contains("panicked"), "{}", answer.stderr);
    answer
}

fn read_all(pipe: &mut dyn Read) -> String {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes).expect("a readable pipe");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Asks every command that reads the history, and returns what `check` said.
fn ask_everything(directory: &Path) -> Answer {
    for args in
        [&["status", "--json"][..], &["why", "core", "--json"], &["tag", "--json"], &["validate"], &["check", "-v"]]
    {
        ask(directory, args);
    }
    ask(directory, &["check", "--json"])
}

fn assert_planned(answer: &Answer) {
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert!(answer.stdout.contains("\"tag\":\"core@v1.1.0\""), "{}", answer.stdout);
}

/// The id of a revision.
fn id(directory: &Path, revision: &str) -> String {
    git(directory, &["rev-parse", revision]).trim().to_owned()
}

/// Appends one commit with any bytes as its message and path.
fn fast_import(directory: &Path, message: &[u8], path: &[u8]) {
    let mut script = b"commit refs/heads/main\ncommitter C <c@example.com> 2000000000 +0000\n".to_vec();
    script.extend_from_slice(format!("data {}\n", message.len()).as_bytes());
    script.extend_from_slice(message);
    script.extend_from_slice(b"\nfrom refs/heads/main^0\nM 100644 inline ");
    script.extend_from_slice(path);
    script.extend_from_slice(b"\ndata 1\nx\n");
    git_with_input(directory, &["fast-import", "--quiet", "--force"], &script);
}

#[test]
fn a_message_of_a_hundred_megabytes_is_read_like_any_other() {
    let repository = monorepo(CONFIG);
    let mut message = b"feat(core): large\n\n".to_vec();
    message.resize(100 << 20, b'x');
    message.extend_from_slice(b"\nBREAKING CHANGE: at the end\n");
    fast_import(repository.path(), &message, b"core/large.rs");
    git(repository.path(), &["reset", "-q", "--hard"]);
    let answer = ask(repository.path(), &["check", "--json"]);
    assert!(answer.stdout.contains("\"next_version\":\"2.0.0\""), "{}", answer.stdout);
}

#[test]
fn a_subject_of_megabytes_does_not_stop_the_plan() {
    let repository = monorepo(CONFIG);
    let message = [b"feat(core): ".as_slice(), &b"x".repeat(3 << 20)].concat();
    fast_import(repository.path(), &message, b"core/large.rs");
    git(repository.path(), &["reset", "-q", "--hard"]);
    assert_planned(&ask(repository.path(), &["check", "--json"]));
}

#[test]
fn messages_paths_and_names_need_not_be_utf_8() {
    let repository = monorepo(CONFIG);
    let root = repository.path();
    fast_import(root, b"fix: caf\xe9 \xff\xfe\0\nBREAKING\xff", b"core/\"\\377\\376.rs\"");
    fast_import(root, b"fix: path \xe9", b"\"core/\\377/\\376.rs\"");
    git(root, &["reset", "-q", "--hard"]);
    let head = id(root, "HEAD");
    let mut packed = fs::read(root.join(".git/packed-refs")).unwrap_or_default();
    for name in [&b"core@v\xff.0"[..], b"core@v9.9.9\xff", b"\xfe\xff"] {
        packed.extend_from_slice(head.as_bytes());
        packed.extend_from_slice(b" refs/tags/");
        packed.extend_from_slice(name);
        packed.push(b'\n');
    }
    fs::write(root.join(".git/packed-refs"), packed).expect("a writable folder");
    let answer = ask_everything(root);
    assert_planned(&answer);
    assert!(answer.stdout.contains("path \u{fffd}"), "{}", answer.stdout);
}

#[test]
fn absurd_tag_names_are_passed_over() {
    let repository = monorepo(CONFIG);
    let root = repository.path();
    let head = id(root, "HEAD~1");
    let long = "9".repeat(60_000);
    let names = [
        format!("core@v{long}"),
        format!("core@v{}", vec!["1"; 20_000].join(".")),
        "core@v-1.0.0".to_owned(),
        "core@v1..0".to_owned(),
        "core@v1.0.0@{0}".to_owned(),
        "core@v٣.١.٤".to_owned(),
        "core@v1.0.0-".to_owned(),
        "core@v1.0.0+".to_owned(),
        format!("core@v{}", "1".repeat(19)),
        "core@v18446744073709551616.0.0".to_owned(),
        "💥".repeat(500),
    ];
    let mut sorted: Vec<String> = names.iter().map(|name| format!("{head} refs/tags/{name}\n")).collect();
    sorted.sort();
    fs::write(root.join(".git/packed-refs"), sorted.concat()).expect("a writable folder");
    let answer = ask_everything(root);
    assert!(answer.code == 1 || answer.stdout.contains("core"), "{} {}", answer.stdout, answer.stderr);
}

#[test]
fn damaged_refs_are_an_answer_or_named() {
    let repository = monorepo(CONFIG);
    let root = repository.path();
    let long = "x".repeat(1 << 20);
    for (file, content) in [
        (".git/refs/tags/core@v9.0.0", b"".as_slice()),
        (".git/refs/tags/core@v9.0.0", b"garbage\n"),
        (".git/refs/tags/core@v9.0.0", b"ref: refs/tags/core@v9.0.0\n"),
        (".git/refs/tags/core@v9.0.0", b"ref: refs/tags/../../../../etc/passwd\n"),
        (".git/refs/tags/core@v9.0.0", b"ffffffffffffffffffffffffffffffffffffffff\n"),
        (".git/refs/tags/core@v9.0.0", long.as_bytes()),
        (".git/packed-refs", b"garbage\n"),
        (".git/packed-refs", b"# pack-refs with: peeled fully-peeled sorted\n^\n^^\n"),
        (".git/packed-refs", b"\0\0\0\0"),
        (".git/HEAD", b"ref: refs/heads/main\0\n"),
        (".git/HEAD", b"ref: refs/heads/../../x\n"),
        (".git/HEAD", b"nonsense"),
        (".git/HEAD", b""),
        (".git/config", b"[core\n"),
        (".git/config", b"[core]\n\trepositoryformatversion = 99999999999999999999\n"),
        (".git/config", b"[core]\n\tworktree = \xff\n"),
        (".git/shallow", b"nonsense\n"),
        (".git/objects/info/alternates", b"/nowhere\n../../../.git/objects\n\xff\n"),
        (".git/objects/info/commit-graph", b"CGPH"),
        (".git/objects/info/commit-graph", b""),
        (".git/commondir", b"/nowhere\n"),
    ] {
        let path = root.join(file);
        let before = fs::read(&path).ok();
        fs::write(&path, content).expect("a writable folder");
        let answer = ask_everything(root);
        let told = !answer.stderr.is_empty() || answer.stdout.contains("\"warnings\"");
        assert!(answer.code == 0 || told, "{file}: nothing is reported");
        if answer.code == 0 && file != ".git/HEAD" {
            assert_planned(&answer);
        }
        match before {
            Some(before) => fs::write(&path, before).expect("it was there"),
            None => fs::remove_file(&path).expect("it was made"),
        }
    }
}

#[test]
fn a_damaged_pack_index_is_never_a_wrong_plan() {
    let repository = monorepo(CONFIG);
    let root = repository.path();
    git(root, &["repack", "-adq"]);
    git(root, &["multi-pack-index", "write"]);
    let expected = ask(root, &["check", "--json"]).stdout;
    damage_all(root, &files_in(&root.join(".git/objects/pack")), &expected);
}

#[test]
fn a_damaged_loose_object_is_never_a_wrong_plan() {
    let repository = monorepo(CONFIG);
    let root = repository.path();
    let expected = ask(root, &["check", "--json"]).stdout;
    let object = |revision: &str| {
        let id = id(root, revision);
        root.join(".git/objects").join(&id[..2]).join(&id[2..])
    };
    damage_all(root, &["HEAD", "HEAD^{tree}", "HEAD:core", "HEAD~1", "cli@v1.0.0"].map(object), &expected);
}

#[test]
fn a_damaged_piece_of_a_commit_graph_is_never_a_wrong_plan() {
    let repository = monorepo(CONFIG);
    let root = repository.path();
    let expected = ask(root, &["check", "--json"]).stdout;
    let first = id(root, "HEAD~1");
    git_with_input(root, &["commit-graph", "write", "--split", "--stdin-commits"], &first);
    git(root, &["commit-graph", "write", "--split=no-merge", "--reachable"]);
    let files = files_in(&root.join(".git/objects/info/commit-graphs"));
    assert_eq!(files.len(), 3, "two pieces and their list");
    for file in files {
        let good = fs::read(&file).expect("a readable file");
        for damage in damages(&good) {
            replace(&file, &damage);
            let answer = ask(root, &["check", "--json"]);
            // The graph can be done without: a warning may come along, and the plan is the same.
            let plan = answer.stdout.split(",\"warnings\"").next().unwrap_or_default();
            let right = expected.starts_with(plan) && plan.len() + 2 >= expected.len();
            assert!(answer.code == 1 || right, "{}: {}", file.display(), answer.stdout);
        }
        replace(&file, &good);
    }
}

/// Damages one file after the other. There may be an error, but no other plan than the right one.
fn damage_all(root: &Path, files: &[PathBuf], expected: &str) {
    for file in files {
        let good = fs::read(file).expect("a readable file");
        for damage in damages(&good) {
            replace(file, &damage);
            let answer = ask(root, &["check", "--json"]);
            assert!(answer.code == 1 || answer.stdout == expected, "{}: {}", file.display(), answer.stdout);
        }
        replace(file, &good);
    }
}

/// Writes a file that may be read-only, as objects are.
fn replace(file: &Path, content: &[u8]) {
    fs::remove_file(file).expect("it is there");
    fs::write(file, content).expect("a writable folder");
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a readable folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    files.sort();
    files
}

/// A file cut off in several places, and with bytes changed all over it.
fn damages(good: &[u8]) -> Vec<Vec<u8>> {
    let cuts = (0..6).map(|part| good[..good.len() * part / 6].to_vec());
    let flips = (0..24).map(|part| {
        let mut bytes = good.to_vec();
        let at = (bytes.len() - 1) * part / 23;
        bytes[at] ^= 0x41;
        bytes
    });
    cuts.chain(flips).collect()
}

#[cfg(unix)]
#[test]
fn links_that_lead_in_circles_are_no_trap() {
    use std::os::unix::fs::symlink;
    let config = CONFIG.replacen('{', r#"{"include":["**/*.package.json"],"#, 1);
    let repository = monorepo(&config);
    let root = repository.path();
    write(root, "extra/one.package.json", r#"{"name":"one"}"#);
    for index in 0..12 {
        symlink("..", root.join(format!("extra/up-{index}"))).expect("a link");
        symlink(".", root.join(format!("core/here-{index}"))).expect("a link");
    }
    symlink("self", root.join("self")).expect("a link");
    symlink("../../refs", root.join(".git/refs/tags/loop")).expect("a link");
    commit(root, "core/b.rs", "feat: more");
    let answer = ask(root, &["check", "--json"]);
    assert!(answer.code == 1 || answer.stdout.contains("core@v1.1.0"), "{} {}", answer.stdout, answer.stderr);
    let link = TempDir::new().expect("a temporary folder");
    symlink("ferrflow.json", link.path().join("ferrflow.json")).expect("a link");
    git(link.path(), &["init", "-q"]);
    let answer = ask(link.path(), &["check"]);
    assert_eq!(answer.code, 1, "a configuration that is a link to itself is reported, not left out: {}", answer.stderr);
    assert!(answer.stderr.contains("ferrflow.json"), "{}", answer.stderr);
}

#[test]
fn ten_thousand_packages_are_planned() {
    let package = |index: usize| {
        format!(r#"{{"name":"p{index}","path":"packages/{}/p{index}","dependsOn":["p{}"]}}"#, index % 100, index / 2)
    };
    let packages: Vec<String> = (0..10_000)
        .map(|index| if index == 0 { r#"{"name":"p0","path":"p0"}"#.to_owned() } else { package(index) })
        .collect();
    let repository = TempDir::new().expect("a temporary folder");
    let root = repository.path();
    git(root, &["init", "-q"]);
    write(root, "ferrflow.json", &format!("{{\"package\":[{}]}}", packages.join(",")));
    commit(root, "README", "chore: start");
    git(root, &["tag", "p0@v1.0.0"]);
    commit(root, "p0/a", "feat: one");
    let answer = ask(root, &["check", "--json"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert!(answer.stdout.contains("\"tag\":\"p0@v1.1.0\""), "{}", &answer.stdout[..300.min(answer.stdout.len())]);
    ask(root, &["validate"]);
    ask(root, &["graph", "--svg"]);
}

#[test]
fn one_group_of_ten_thousand_packages_is_planned() {
    let names: Vec<String> = (0..10_000).map(|index| format!("\"p{index}\"")).collect();
    let packages: Vec<String> = names.iter().map(|name| format!(r#"{{"name":{name},"path":{name}}}"#)).collect();
    let repository = TempDir::new().expect("a temporary folder");
    let root = repository.path();
    git(root, &["init", "-q"]);
    let config =
        format!("{{\"workspace\":{{\"fixed\":[[{}]]}},\"package\":[{}]}}", names.join(","), packages.join(","));
    write(root, "ferrflow.json", &config);
    commit(root, "p7/a", "feat: one");
    let answer = ask(root, &["check", "--json"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert_eq!(answer.stdout.matches("\"next_version\":\"0.1.0\"").count(), 10_000);
}

#[test]
fn configurations_that_only_hurt_are_refused() {
    for config in [
        format!("{{\"package\":{}", "[".repeat(200_000)),
        format!("{{\"package\":[{{\"name\":\"{}\",\"path\":\"..\"}}]}}", "x".repeat(1 << 20)),
        "\u{feff}\u{feff}{}".to_owned(),
        "{\"package\":[{\"name\":\"a\",\"path\":\"a\\u0000b\"}]}".to_owned(),
        "{\"include\":[\"[\"]}".to_owned(),
        "{\"include\":[\"../../../**\"]}".to_owned(),
        "{\"workspace\":{\"branches\":[{\"name\":\"{{{{\",\"channel\":\"x\"}]}, \"package\":[{\"name\":\"a\",\"path\":\".\"}]}".to_owned(),
        format!("{{\"workspace\":{{\"commitFormats\":{{\"minor\":\"{}b\"}}}},\"package\":[{{\"name\":\"a\",\"path\":\".\"}}]}}", "*a".repeat(20_000)),
    ] {
        let repository = monorepo(&config);
        let answer = ask(repository.path(), &["check", "--json"]);
        assert!(answer.code == 0 || !answer.stderr.is_empty(), "{}", &config[..60.min(config.len())]);
    }
    let repository = monorepo(CONFIG);
    fs::write(repository.path().join("ferrflow.json"), b"{\"package\":[{\"name\":\"\xff\",\"path\":\".\"}]}")
        .expect("a writable file");
    let answer = ask(repository.path(), &["check"]);
    assert!(answer.code == 1 && answer.stderr.contains("UTF-8"), "{}", answer.stderr);
    fs::remove_file(repository.path().join("ferrflow.json")).expect("it is there");
    fs::create_dir(repository.path().join("ferrflow.json")).expect("its place is free");
    let answer = ask(repository.path(), &["check"]);
    assert!(answer.code == 1 && answer.stderr.contains("ferrflow.json"), "{}", answer.stderr);
}

#[test]
fn invalid_version_files_are_warned_about_and_do_not_stop_the_others() {
    for content in [&b"\xff\xfe"[..], b"", &[b'['; 100_000], b"[package]\nversion = 3\n"] {
        let repository = monorepo(CONFIG);
        fs::write(repository.path().join("cli/version.toml"), content).expect("a writable file");
        let answer = ask(repository.path(), &["check", "--json"]);
        assert_planned(&answer);
        assert!(answer.stdout.contains("Warning: cli/version.toml: "), "{}", answer.stdout);
    }
}

/// The objects of `lender`, as a path relative to those of `borrower`, which is in another temporary folder.
fn tree_beside(borrower: &Path, lender: &Path) -> String {
    let up = borrower.join(".git/objects").components().count() - 1;
    format!("{}{}/.git/objects\n", "../".repeat(up), lender.display().to_string().trim_start_matches('/'))
}

#[test]
fn objects_may_be_named_by_sha256() {
    let repository = TempDir::new().expect("a temporary folder");
    let root = repository.path();
    git(root, &["init", "-q", "--object-format=sha256"]);
    fill(root, CONFIG);
    assert_planned(&ask_everything(root));
    git(root, &["gc", "-q"]);
    assert_planned(&ask_everything(root));
}

#[test]
fn a_partial_clone_without_trees_is_refused_and_one_without_files_is_planned() {
    let repository = monorepo(CONFIG);
    git(repository.path(), &["config", "uploadpack.allowFilter", "true"]);
    let origin = format!("file://{}", repository.path().display());
    let clones = TempDir::new().expect("a temporary folder");
    git(clones.path(), &["clone", "-q", "--filter=blob:none", &origin, "files"]);
    assert_planned(&ask_everything(&clones.path().join("files")));
    let trees = clones.path().join("trees");
    git(clones.path(), &["clone", "-q", "--filter=tree:0", &origin, "trees"]);
    let answer = ask_everything(&trees);
    assert!(answer.code == 1 && answer.stderr.contains("git fetch --refetch --filter=blob:none"), "{}", answer.stderr);
}

#[test]
fn linked_work_trees_submodules_and_alternates_plan_like_any_other() {
    let repository = monorepo(CONFIG);
    let root = repository.path();
    let expected = ask(root, &["check", "--json"]).stdout;
    let elsewhere = TempDir::new().expect("a temporary folder");
    let tree = elsewhere.path().join("tree");
    git(root, &["worktree", "add", "-q", "--detach", tree.to_str().expect("a plain path")]);
    assert_eq!(ask(&tree, &["check", "--json"]).stdout, expected);
    let outer = elsewhere.path().join("outer");
    git(elsewhere.path(), &["init", "-q", "outer"]);
    let origin = root.to_str().expect("a plain path");
    git(&outer, &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", origin, "inner"]);
    git(&outer.join("inner"), &["fetch", "-q", "--tags"]);
    assert_eq!(ask(&outer.join("inner/core"), &["check", "--json"]).stdout, expected);
    let borrowing = elsewhere.path().join("borrowing");
    git(elsewhere.path(), &["clone", "-q", "--shared", origin, "borrowing"]);
    assert_eq!(ask(&borrowing, &["check", "--json"]).stdout, expected);
    let relative = tree_beside(&borrowing, root);
    fs::write(borrowing.join(".git/objects/info/alternates"), relative).expect("a writable file");
    assert_eq!(ask(&borrowing, &["check", "--json"]).stdout, expected);
    fs::write(borrowing.join(".git/objects/info/alternates"), "/nowhere\n").expect("a writable file");
    let answer = ask(&borrowing, &["check"]);
    assert!(answer.code == 1 && answer.stderr.contains("borrows objects from /nowhere"), "{}", answer.stderr);
}
