//! From two binaries to a tarball: checks, figures, the gate, and what is packed.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use object::{Object as _, ObjectSection as _};
use test_support::{git, require};

use super::demo::{Demo, ran};

fn declared(prefix: &str) -> Demo {
    let demo = Demo::new(prefix);
    let more = "\n[[benchmarks]]\nname = \"count_words\"\ninputs = \"texts\"\nentry = \"many.txt\"\n\
        args = [\"count\", \"{entry}\"]\n\n[gate.ship]\nminimum-win = 0.9\nbudget-seconds = 1\n\n\
        [dist]\nname = \"demo\"\nplatform = \"x86_64-linux\"\nfiles = [\"Cargo.toml\"]\n\
        generated = [{ path = \"share/count.txt\", args = [\"count\", \"/proc/self/comm\"] }]\n";
    let text = std::fs::read_to_string(demo.path("pgo.toml")).expect("the demo is complete");
    demo.write("pgo.toml", (text + more).as_bytes());
    demo
}

#[test]
fn the_whole_pipeline_decides_and_packs() {
    let demo = declared("shipping");
    let built = demo.run(&["build"]);
    // A win of 90 % can't be shown, so the baseline ships; on a machine too busy to measure nothing does.
    if built.code == 3 {
        assert!(built.stdout.starts_with("refused: gate: void"), "{}", built.stdout);
        return;
    }
    let built = built.fine();
    assert!(built.stdout.starts_with("ship: demo-0.1.0-x86_64-linux.tar.gz (LTO only, "), "{}", built.stdout);
    for name in ["demo-0.1.0-x86_64-linux.tar.gz", "demo-0.1.0-x86_64-linux.gate.md", "SHA256SUMS"] {
        assert!(demo.path("dist").join(name).is_file(), "{name}");
    }
    let again = demo.run(&["build"]).fine();
    assert!(again.stderr.contains("gate       up to date"), "{}", again.stderr);
}

/// The files of a tarball by name, without the folder they are packed in.
pub(super) fn packed(tarball: &Path) -> BTreeMap<String, Vec<u8>> {
    let file = std::fs::File::open(tarball).expect("it was packed");
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let entries = archive.entries().expect("it is an archive");
    let read = |entry: std::io::Result<tar::Entry<'_, _>>| {
        let mut entry = entry.expect("it is whole");
        let path = entry.path().expect("its names are text").components().skip(1).collect::<PathBuf>();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("it is whole");
        (path.display().to_string(), bytes)
    };
    entries.map(read).collect()
}

#[test]
fn a_certain_win_ships_by_verdict() {
    let demo = declared("winning").with_program("certain_win");
    demo.edit("pgo.toml", "rustflags =", "auditable = true\nrustflags =");
    demo.write("inputs/many.txt", "nearly all of it are letters and some spaces ".repeat(90).as_bytes());
    demo.edit("pgo.toml", "minimum-win = 0.9\nbudget-seconds = 1", "minimum-win = 0.1\nbudget-seconds = 4");
    demo.edit(
        "pgo.toml",
        "args = [\"count\", \"{entry}\"]\n\n[gate",
        "args = [\"count\", \"{entry}\", \"2000\"]\n\n[gate",
    );
    demo.edit("pgo.toml", "min-covered-functions = 3", "min-covered-functions = 1");
    // Other tests run at the same time, so that a measurement may be void; what is decided has to be this.
    let built = (0..3).map(|_| demo.run(&["build"])).find(|built| built.code != 3).expect("one of three is not void");
    let built = built.fine();
    let verdict = built.stdout.lines().last().expect("the verdict comes last");
    assert!(verdict.starts_with("ship: demo-0.1.0-x86_64-linux.tar.gz (PGO 0."), "{verdict}");
    let files = packed(&demo.path("dist/demo-0.1.0-x86_64-linux.tar.gz"));
    assert!(files["demo"] == demo.made_bytes("optimized/demo"), "another binary was packed");
    assert!(files["demo"] != demo.made_bytes("baseline/demo"));
    let list = r#"{"packages":[{"name":"demo","version":"0.1.0","source":"local","root":true}],"format":1}"#;
    assert_eq!(listed_crates(&files["demo"]).as_deref(), Some(list));
    assert_eq!(listed_crates(&demo.made_bytes("baseline/demo")).as_deref(), Some(list));
    a_binary_without_its_list_is_not_packed(&demo);
    for name in ["licenses/crates.txt", "licenses/glibc/RELINKING.md", "licenses/rust-standard-library.html"] {
        assert!(files.contains_key(name), "{name} has to go along");
    }
    let beside = std::fs::read(demo.path("dist/demo-0.1.0-x86_64-linux.sbom.cdx.json")).expect("it was written");
    assert!(beside == files["sbom.cdx.json"], "the bill beside the tarball is the one inside");
    let manifest: serde_json::Value = serde_json::from_slice(&files["pgo-manifest.json"]).expect("it is JSON");
    assert_eq!(manifest["variant"], "pgo");
    let report = std::fs::read_to_string(demo.path("dist/demo-0.1.0-x86_64-linux.gate.md")).expect("it was written");
    assert!(report.contains("ship pgo: geometric mean of 1 benchmark(s) 0."), "{report}");
    a_win_that_grows_too_much_does_not_ship(&demo);
}

/// What a scanner reads of a binary's crates.
fn listed_crates(binary: &[u8]) -> Option<String> {
    let file = object::File::parse(binary).expect("it is a program");
    let section = file.section_by_name(".dep-v0")?;
    let mut text = String::new();
    let data = section.data().expect("it is whole");
    flate2::read::ZlibDecoder::new(data).read_to_string(&mut text).expect("it is compressed text");
    Some(text)
}

/// The instrumented binary never ships, and has no list.
fn a_binary_without_its_list_is_not_packed(demo: &Demo) {
    assert_eq!(listed_crates(&demo.made_bytes("instrumented/demo")), None);
    let (other, generator) = (demo.made("instrumented/demo"), demo.made("baseline/demo"));
    let [other, generator] = [&other, &generator].map(|path| path.to_str().expect("the path is Unicode"));
    let dist = ["dist", "--binary", other, "--generator", generator, "--output", "unlisted"];
    demo.run(&dist).refused(&["has to carry the list of its crates", "has no section .dep-v0"]);
}

/// The same two binaries, the faster one with nothing but air at its end.
fn a_win_that_grows_too_much_does_not_ship(demo: &Demo) {
    demo.edit("pgo.toml", "minimum-win = 0.1", "minimum-win = 0.1\nmaximum-growth = 0.25");
    let optimized = demo.made_bytes("optimized/demo");
    let inflated = [optimized.as_slice(), &vec![0; optimized.len()]].concat();
    std::fs::copy(demo.made("optimized/demo"), demo.path("inflated")).expect("the directory is ours");
    demo.write("inflated", &inflated);
    let (baseline, inputs) = (demo.made("baseline/demo"), demo.made("inputs"));
    let [baseline, inputs] = [&baseline, &inputs].map(|path| path.to_str().expect("the path is Unicode"));
    let binaries = ["gate", "ship", "--baseline", baseline, "--candidate", "inflated"];
    let arguments = [&binaries[..], &["--inputs", inputs, "--output", "grown"]].concat();
    let told = (0..3).map(|_| demo.run(&arguments)).find(|told| told.code != 3).expect("one of three is not void");
    assert_eq!(told.code, 1, "{}\n{}", told.stdout, told.stderr);
    let parts = ["ship lto: ", "the binary grows by ", "more than maximum-growth, 25 %"];
    assert!(parts.iter().all(|part| told.stdout.contains(part)), "{}", told.stdout);
    assert!(!told.stdout.contains("is not shown"), "it is as fast as before: {}", told.stdout);
}

#[test]
fn a_profile_that_is_given_is_not_trained_and_manifest_and_verdict_say_so() {
    let trained = declared("trained");
    trained.run(&["train"]).fine();
    let optimized = trained.run(&["optimize"]).fine();
    assert!(optimized.stderr.contains("without profile data"), "{}", optimized.stderr);
    let record = String::from_utf8(trained.made_bytes("profile/training.json")).expect("it is JSON");
    let demo = declared("given");
    demo.write("kept/any.profdata", &trained.made_bytes("profile/merged.profdata"));
    let build = ["build", "--profile", "kept/any.profdata", "--variant", "pgo"];
    demo.run(&build).refused(&["any.profdata has no training.json beside it"]);
    let tarball = || packed(&demo.path("dist/demo-0.1.0-x86_64-linux.tar.gz"));
    let manifest = || -> serde_json::Value {
        serde_json::from_slice(&tarball()["pgo-manifest.json"]).expect("the manifest is JSON")
    };
    demo.write("kept/training.json", record.as_bytes());
    let built = demo.run(&build).fine().stdout;
    assert!(built.contains("profile given, not trained by this build"), "{built}");
    assert!(tarball()["demo"] == trained.made_bytes("optimized/demo"), "the same profile gives the same bytes");
    assert!(!demo.made("instrumented").exists(), "nothing is trained, so nothing has to count");
    let profile = &manifest()["profile"];
    assert_eq!((&profile["frozen"], profile["inputs"].as_object().map(serde_json::Map::len)), (&true.into(), Some(0)));
    if record.contains("\"emulator\": \"qemu-user") {
        let models = serde_json::json!([{ "name": "Nehalem", "weight": 1 }, { "name": "Haswell", "weight": 2 }]);
        assert_eq!(profile["cpu_models"], models, "as the record says, because nothing was trained here");
    }
    demo.edit("kept/training.json", "\"replicates\"", "\"pinned-racing-functions\": 3, \"replicates\"");
    let built = demo.run(&["build", "--profile", "kept/any.profdata", "--variant", "pgo"]).fine().stdout;
    assert!(built.contains("profile pinned, not regenerable: 3 functions race"), "{built}");
    assert!(manifest()["profile"]["training"].to_string().contains("pinned, not regenerable"));
    demo.edit("kept/training.json", "\"profile\": \"release\"", "\"profile\": \"fast\"");
    demo.run(&["dist", "--profile", "kept/any.profdata"]).refused(&["is stale", "the cargo profile `fast`"]);
}

#[test]
fn the_ship_gates_exit_code_is_its_verdict() {
    let demo = declared("deciding");
    demo.run(&["inputs", "--output", "sets"]).fine();
    let baseline = demo.run(&["baseline"]).fine().stdout.trim().to_owned();
    let gate = |candidate: &str| {
        let binaries = ["--baseline", &baseline, "--candidate", candidate];
        let places = ["--inputs", "sets", "--output", "judged", "--history", "kept.jsonl"];
        demo.run(&[&["gate", "ship"], binaries.as_slice(), &places].concat())
    };
    let told = gate(&baseline);
    assert!(demo.path("judged/gate.json").is_file(), "{}", told.stderr);
    // Nothing wins 90 % over itself; on a machine too busy to measure nothing is known.
    match told.code {
        1 => assert!(told.stdout.starts_with("ship lto: a win of 90 % is not shown"), "{}", told.stdout),
        code => assert!(code == 3 && told.stdout.starts_with("void, nothing is known"), "{}", told.stdout),
    }
    let kept = std::fs::read_to_string(demo.path("kept.jsonl")).expect("it was written");
    assert!(kept.starts_with("{\"gate\":\"ship\"") && kept.contains("\"machine\""), "{kept}");
    std::fs::copy("/bin/false", demo.path("false")).expect("the directory is ours");
    let failed = gate("false");
    assert_ne!(failed.code, 0, "{}", failed.stdout);
    assert!(!demo.path("judged/gate.json").exists(), "an earlier verdict is not taken for this one's");
}

#[test]
fn the_ship_gate_is_tried_on_known_differences() {
    let demo = declared("tried");
    let trial = ["gate", "trial", "--change", "1,-0.5", "--runs", "1", "--budget-seconds", "1", "--json"];
    let told = demo.run(&trial).fine();
    let runs: Vec<serde_json::Value> =
        told.stdout.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    let ratios: Vec<f64> = runs.iter().filter_map(|run| run["ratio"].as_f64()).collect();
    let [slower, faster] = ratios[..] else { panic!("{}", told.stdout) };
    // What starting a process costs the system is not the program's time.
    assert!(slower > 1.3 && faster < 0.8, "{ratios:?}");
    assert!(told.stderr.contains("| +100 % | 1 |") && told.stderr.contains("| -50 % | 1 |"), "{}", told.stderr);
    demo.run(&["gate", "trial", "--change", "-1"]).refused_usage("a change is between -0.9 and 9");
}

#[test]
fn the_tarball_is_the_same_everywhere() {
    let packed = ["one", "another place"].map(|prefix| {
        let demo = declared(prefix);
        demo.run(&["build", "--until", "check"]).fine();
        let (binary, profile) = (demo.made("optimized/demo"), demo.made("profile"));
        let inputs = demo.made("inputs");
        let paths = [&binary, &profile, &inputs].map(|path| path.to_string_lossy().into_owned());
        let [binary, profile, inputs] = &paths;
        let arguments = ["dist", "--binary", binary, "--profile", profile, "--inputs", inputs, "--output", "packed"];
        let told = demo.run(&arguments).fine().stdout;
        assert!(told.contains("  packed/demo-0.1.0-x86_64-linux.tar.gz"), "{told}");
        std::fs::read(demo.path("packed/demo-0.1.0-x86_64-linux.tar.gz")).expect("it was packed")
    });
    assert!(packed[0] == packed[1], "the tarballs differ");
}

#[test]
fn the_manifest_names_this_repositorys_commit_even_in_a_hook_of_another_one() {
    if require("git").is_none() {
        return;
    }
    let (demo, other) = (declared("hooked"), Demo::new("hooking"));
    demo.write(".gitignore", b"/target\n/dist\n");
    for directory in [demo.path(""), other.path("")] {
        git(&directory, &["init", "--quiet"]);
        git(&directory, &["add", "--all"]);
        git(&directory, &["commit", "--quiet", "--message", directory.to_str().expect("a plain name")]);
    }
    let mut command = demo.command(&["build", "--variant", "lto"]);
    command.env("GIT_DIR", other.path(".git")).env("GIT_INDEX_FILE", other.path(".git/index"));
    ran(command.env("GIT_WORK_TREE", other.path("")).output().expect("the driver starts")).fine();
    let manifest = &packed(&demo.path("dist/demo-0.1.0-x86_64-linux.tar.gz"))["pgo-manifest.json"];
    let manifest: serde_json::Value = serde_json::from_slice(manifest).expect("it is JSON");
    assert_eq!(manifest["source"]["revision"], git(&demo.path(""), &["rev-parse", "HEAD"]).trim());
    assert_eq!(manifest["source"]["dirty"], false);
}

#[test]
fn different_answers_are_refused() {
    let (demo, other) = (Demo::new("same"), Demo::new("other"));
    other.edit("src/main.rs", "different, longest", "distinct, longest");
    demo.run(&["build", "--until", "check"]).fine();
    other.run(&["baseline"]).fine();
    let [own, inputs] = [demo.made("optimized/demo"), demo.made("inputs")].map(|path| path.display().to_string());
    let foreign = other.made("baseline/demo").display().to_string();
    let arguments = ["check", "--baseline", &own, "--optimized", &foreign, "--inputs", &inputs];
    demo.run(&arguments).refused(&["`count {entry}` on texts/many.txt", "stdout differs in line 1"]);
}

#[test]
fn a_binary_that_is_not_static_is_refused_where_that_is_declared() {
    let demo = Demo::new("dynamic");
    demo.run(&["inputs", "--output", "sets"]).fine();
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2024", "-o"]).args([demo.path("dynamic"), demo.path("src/main.rs")]);
    assert!(rustc.status().expect("rustc is there").success());
    let arguments = ["check", "--baseline", "dynamic", "--optimized", "dynamic", "--inputs", "sets"];
    demo.run(&arguments).refused(&["is not standalone", "+crt-static"]);
}

#[test]
fn instructions_are_counted_or_it_is_said_why_not() {
    let demo = declared("bench");
    demo.run(&["build", "--until", "baseline"]).fine();
    let ran = demo.run(&["bench", "--output", "figures"]);
    if require("valgrind").is_some() {
        assert!(ran.fine().stdout.contains("count_words"));
        let text = std::fs::read_to_string(demo.path("figures/bench.json")).expect("it was written");
        let figures: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(figures[0]["repeatable"], true, "{text}");
        assert_eq!(figures[0]["limit"], 0.002, "the gate's own limit, where nothing else is declared: {text}");
    } else {
        assert_eq!(ran.code, 3, "{}", ran.stderr);
    }
}

#[test]
fn nothing_to_measure_is_not_a_verdict() {
    let demo = Demo::new("unmeasured");
    demo.run(&["build", "--until", "baseline"]).fine();
    let ran = demo.run(&["bench"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("add [[benchmarks]] to pgo.toml"), "{}", ran.stderr);
}

#[test]
fn a_tarball_without_a_benchmark_is_refused() {
    let demo = Demo::new("undecided");
    let text = std::fs::read_to_string(demo.path("pgo.toml")).expect("the demo is complete");
    demo.write("pgo.toml", (text + "\n[dist]\nname = \"demo\"\nplatform = \"x\"\n").as_bytes());
    demo.run(&["build"]).refused(&["nothing ships unmeasured: add a [[benchmarks]] table"]);
}
