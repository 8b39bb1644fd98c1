//! Real profiles, as text and as pages; and everything that is refused.

use std::path::{Path, PathBuf};

use host::digest;

use super::*;
use crate::training::TrainingRecord;
use crate::training::parts::{PartKind, PartRecord};
use crate::training::session::{PROFILE, RECORD};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../pgo-profile/tests/golden").join(name)
}

fn copied(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let path = directory.path().join(name);
    std::fs::write(&path, bytes).expect("the directory is ours");
    (directory, path)
}

fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(golden(name)).expect("the golden profile is there")
}

fn refusal(name: &str, bytes: &[u8]) -> String {
    let (_directory, path) = copied(name, bytes);
    load::show(&path, 5).expect_err("it is no good profile").to_string()
}

#[test]
fn raw_indexed_and_text_are_shown() {
    for name in ["one.profraw", "merged.profdata", "merged.proftext", "many.profdata", "wide.profdata"] {
        let shown = load::show(&golden(name), 5).expect("the golden profile is good");
        let text = text::profile(&shown);
        assert_eq!(text.lines().last(), Some(shown.overview.sentence().as_str()), "{name}");
        assert!(text.contains("\nHottest functions\n"), "{text}");
    }
    let [indexed, text] = ["merged.profdata", "merged.proftext"].map(|name| load::show(&golden(name), 5));
    assert_eq!(indexed.expect("it is good").overview, text.expect("it is good").overview);
}

#[test]
fn a_missing_profile_says_how_to_make_one() {
    let error = load::show(Path::new("no/such/merged.profdata"), 5).expect_err("it is not there").to_string();
    assert_eq!(error, "no/such/merged.profdata: no such profile; make one with `cargo repro-pgo train`");
}

#[test]
fn damaged_foreign_and_newer_files_are_refused_by_name() {
    let good = bytes_of("merged.profdata");
    let half = refusal("half.profdata", &good[..good.len() / 2]);
    assert!(half.contains("half.profdata: at byte") && half.contains("lies outside of the file"), "{half}");
    let start = refusal("start.profdata", &good[..20]);
    assert!(start.contains("start.profdata: at byte") && start.contains("truncated"), "{start}");
    let foreign = refusal("photo.profdata", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    assert!(foreign.contains("photo.profdata: is no LLVM instrumentation profile"), "{foreign}");
    assert!(refusal("none.profdata", b"").contains("none.profdata: is empty"));
    let mut newer = good;
    newer[8] = 99;
    let newer = refusal("newer.profdata", &newer);
    assert!(newer.contains("indexed profile format version 99 is not supported (supported: "), "{newer}");
}

#[test]
fn a_profile_agrees_with_itself_and_not_with_another() {
    let read = |name: &str| load::read(&golden(name)).expect("the golden profile is good");
    let (one, three) = (read("one.profraw"), read("three.profraw"));
    assert!(Comparison::between(&one, &one).same_counts);
    let compared = Comparison::between(&one, &three);
    // llvm-profdata-22 overlap: "Edge profile overlap: 90.527%".
    assert!((compared.agreement - 0.905_27).abs() < 1e-5, "{}", compared.agreement);
    assert!(!compared.moved.is_empty() && compared.only_in_first.is_empty());
    let foreign = Comparison::between(&one, &read("many.profdata"));
    assert_eq!(foreign.sentence(None), "the profiles agree to 0 %");
}

/// A training's folder: the golden merge and its two inputs as CPU models.
fn training() -> tempfile::TempDir {
    let (directory, path) = copied(PROFILE, &bytes_of("merged.profdata"));
    let parts = [("Nehalem", "one.profraw"), ("Haswell", "three.profraw")].map(|(name, file)| {
        std::fs::write(directory.path().join(file), bytes_of(file)).expect("the directory is ours");
        let sha256 = digest::of_bytes(&bytes_of(file));
        PartRecord { kind: PartKind::CpuModel, name: name.to_owned(), file: file.to_owned(), sha256 }
    });
    let record = TrainingRecord {
        pinned_racing_functions: None,
        profile_sha256: digest::of_file(&path).expect("it was just written"),
        text_sha256: String::new(),
        instrumented_sha256: String::new(),
        functions: 1,
        covered_functions: 1,
        replicates: 2,
        emulator: "native".to_owned(),
        machine: None,
        network: None,
        left_out_cpu_models: Vec::new(),
        build: None,
        c_code: Vec::new(),
        profile_tool: "built-in".to_owned(),
        programs: std::collections::BTreeMap::new(),
        runs: Vec::new(),
        parts: parts.to_vec(),
    };
    let json = serde_json::to_vec(&record).expect("it is plain data");
    std::fs::write(directory.path().join(RECORD), json).expect("the directory is ours");
    directory
}

#[test]
fn parts_are_found_beside_the_profile() {
    let directory = training();
    let shown = load::show(&load::profile_file(directory.path()), 5).expect("it is good");
    assert_eq!((shown.workloads.len(), shown.notes.len()), (0, 0));
    let models: Vec<&str> = shown.cpu_models.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(models, ["Nehalem", "Haswell"]);
    let shares: f64 = shown.cpu_models.iter().map(|part| part.share).sum();
    assert!((shares - 1.0).abs() < 1e-12);
    assert!(text::profile(&shown).contains("\nBy CPU model\n  CPU model  share of counts"));
}

#[test]
fn a_changed_part_or_another_profiles_record_is_not_shown() {
    let directory = training();
    std::fs::write(directory.path().join("one.profraw"), bytes_of("three.profraw")).expect("the directory is ours");
    let path = load::profile_file(directory.path());
    let shown = load::show(&path, 5).expect("the profile itself is good");
    assert!(shown.cpu_models.is_empty() && shown.notes[0].contains("one.profraw is not what training made"));
    std::fs::write(&path, bytes_of("wide.profdata")).expect("the directory is ours");
    let shown = load::show(&path, 5).expect("the profile itself is good");
    assert!(shown.cpu_models.is_empty() && shown.notes[0].contains("is about another profile"), "{:?}", shown.notes);
}

fn pages() -> [String; 2] {
    let directory = training();
    let shown = load::show(&load::profile_file(directory.path()), 20).expect("it is good");
    let read = |name: &str| load::read(&golden(name)).expect("the golden profile is good");
    let compared = Comparison::between(&read("one.profraw"), &read("three.profraw"));
    [html::profile(&shown), html::comparison(["<one>", "three"], &compared, 20, Some(0.99))]
}

#[test]
fn pages_are_self_contained_and_balanced() {
    for page in pages() {
        for foreign in ["http:", "https:", "<script", "@import", "url(", "NaN", "<one>"] {
            assert!(!page.contains(foreign), "{foreign}");
        }
        for tag in ["html", "body", "svg", "g", "figure", "table", "tr", "td", "th", "text", "title", "ul", "li", "h2"]
        {
            let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
        }
        assert!(page.contains("<rect class=\"bar\""), "there are bars");
    }
}

#[test]
fn names_are_never_markup() {
    let text = b"# IR level Instrumentation Flag\n:ir\n<img src=x>&\n# Func Hash:\n1\n# Num Counters:\n1\n# Counter Values:\n5\n";
    let (_directory, path) = copied("hostile.proftext", text);
    let page = html::profile(&load::show(&path, 5).expect("it is a profile"));
    assert!(!page.contains("<img") && page.contains("&lt;img src=x&gt;&amp;"));
}
