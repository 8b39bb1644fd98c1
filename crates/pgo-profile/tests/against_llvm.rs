//! Profiles of real programs, merged here and by LLVM's own tool: the bytes must be the same.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use pgo_profile::{Merged, Merger, Profile, ValueKind, Weight};

use crate::support::{Workbench, llvm_profdata, merged_by_llvm, run_llvm_profdata};

/// Raw profiles of several programs.
struct Profiles {
    bench: Workbench,
    shapes: [PathBuf; 3],
    words: [PathBuf; 3],
    versions: [PathBuf; 3],
}

fn profiles() -> Option<&'static Profiles> {
    static PROFILES: LazyLock<Option<Profiles>> = LazyLock::new(|| {
        let bench = Workbench::new();
        let shapes = bench.build("shapes.rs", "shapes", &["-Ccodegen-units=16"])?;
        let words = bench.build("words.rs", "words", &[])?;
        let build = |name: &str, flags: &[&str]| bench.build("versions.rs", name, flags);
        let versions =
            [build("a", &["-Cpanic=abort"])?, build("b", &["--cfg=version_b"])?, build("c", &["--cfg=version_c"])?];
        Some(Profiles {
            shapes: ["5", "60", "400"].map(|count| bench.run(&shapes, &[count], &format!("shapes-{count}.profraw"))),
            words: ["1", "2", "3"].map(|seed| bench.run(&words, &[seed, "300"], &format!("words-{seed}.profraw"))),
            versions: versions.map(|binary| bench.run(&binary, &[], &format!("{}.profraw", binary.display()))),
            bench,
        })
    });
    PROFILES.as_ref()
}

fn merge(inputs: &[(u64, &Path)]) -> Merged {
    let mut merger = Merger::new();
    for (weight, path) in inputs {
        let profile = Profile::read(path).expect("a good profile");
        merger.add(&profile, Weight::new(*weight).expect("not zero")).expect("instrumented alike");
    }
    merger.finish()
}

/// Merges both ways and compares; without an LLVM tool only that our own formats say the same.
fn assert_same(inputs: &[(u64, &Path)]) {
    let merged = merge(inputs).profile;
    let (indexed, text) = (merged.write_indexed(), merged.write_text());
    let reread = Profile::from_bytes(&indexed).expect("just written");
    assert_eq!(reread.write_text(), text);
    assert_eq!(Profile::from_bytes(text.as_bytes()).expect("just written").write_text(), text);
    if let Some(tool) = llvm_profdata() {
        let (by_llvm, text_by_llvm) = merged_by_llvm(tool, &Workbench::new(), inputs);
        assert!(text == text_by_llvm, "text differs for {inputs:?}");
        assert!(indexed == by_llvm, "indexed bytes differ for {inputs:?}");
    }
}

fn each_once<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> Vec<(u64, &'a Path)> {
    paths.into_iter().map(|path| (1, path.as_path())).collect()
}

#[test]
fn one_profile() {
    let Some(profiles) = profiles() else { return };
    for path in profiles.shapes.iter().chain(&profiles.words).chain(&profiles.versions) {
        assert_same(&[(1, path)]);
    }
}

#[test]
fn several_profiles_in_any_order() {
    let Some(profiles) = profiles() else { return };
    for paths in [&profiles.shapes, &profiles.words] {
        let [first, second, third] = paths;
        for order in [[first, second, third], [third, second, first], [second, third, first]] {
            assert_same(&each_once(order));
        }
    }
}

#[test]
fn weighted_profiles() {
    let Some(profiles) = profiles() else { return };
    let [first, second, third] = &profiles.shapes;
    assert_same(&[(3, first), (1, second), (1000, third)]);
    assert_same(&[(2, third), (7, first)]);
    assert_same(&[(1 << 62, second)]);
}

#[test]
fn merged_profiles_merge_again() {
    let Some(profiles) = profiles() else { return };
    let [first, second, third] = &profiles.words;
    let merged = merge(&[(1, first), (2, second)]).profile;
    let indexed = profiles.bench.write("again.profdata", merged.write_indexed());
    let text = profiles.bench.write("again.proftext", merged.write_text());
    assert_same(&[(1, &indexed)]);
    assert_same(&[(1, &text)]);
    assert_same(&[(1, &indexed), (4, third), (1, &text), (1, &profiles.shapes[0])]);
}

#[test]
fn one_name_with_several_hashes_keeps_several_records() {
    let Some(profiles) = profiles() else { return };
    assert_same(&each_once(&profiles.versions));
    assert_same(&each_once(profiles.versions.iter().rev()));
    let merged = merge(&each_once(&profiles.versions));
    let versions = merged.profile.functions().iter().filter(|function| function.name == "versioned").count();
    assert_eq!((versions, merged.warnings.len()), (3, 0));
}

#[test]
fn several_profiles_in_one_file() {
    let Some(profiles) = profiles() else { return };
    let read = |path| std::fs::read(path).expect("the profile was just written");
    let [first, second, third] = &profiles.shapes;
    let together = profiles.bench.write("together.profraw", [read(first), read(second), read(third)].concat());
    assert_same(&[(1, &together)]);
    assert_same(&[(5, &together), (1, second)]);
    assert_eq!(merge(&[(1, &together)]).profile.write_text(), merge(&each_once(&profiles.shapes)).profile.write_text());
}

#[test]
fn an_older_indexed_version_is_read() {
    let (Some(profiles), Some(tool)) = (profiles(), llvm_profdata()) else { return };
    let [path, older] = [profiles.shapes[1].clone(), profiles.bench.path("older.profdata")];
    let [from, to] = [&path, &older].map(|path| path.to_str().expect("an ASCII path"));
    run_llvm_profdata(tool, &["merge", "--write-prev-version", "-o", to, from]);
    assert!(std::fs::read(&older).expect("just written")[8] < 13, "the tool wrote the current version");
    assert_same(&[(1, &older)]);
    assert_same(&[(2, &older), (1, &path)]);
}

#[test]
fn the_programs_exercise_what_the_formats_hold() {
    let Some(profiles) = profiles() else { return };
    let merged = merge(&each_once(&profiles.shapes)).profile;
    let values = |kind| merged.functions().iter().flat_map(move |function| function.sites(kind)).flatten();
    let targets: Vec<_> = values(ValueKind::IndirectCallTarget).map(|target| target.value).collect();
    assert!(targets.contains(&0), "no call of an uninstrumented function");
    assert!(targets.iter().any(|target| *target != 0), "no call of an instrumented function");
    assert!(values(ValueKind::MemorySize).count() > 3, "no copies");
    let text = merged.write_text();
    assert!(text.contains("Square") && text.contains("** External Symbol **"));
}
