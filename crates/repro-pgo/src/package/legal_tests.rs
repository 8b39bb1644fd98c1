//! A tarball has the notices of all that is in the program, or it is refused; a program with glibc inside says how to relink it.

use std::fs;

use super::*;
use crate::package::inventory::Crate;
use crate::package::manifest::Variant;
use crate::package::release::collect::tests::manifest;

/// `files`, and the least that every tarball needs.
pub(crate) fn with_legal_files(manifest: &Manifest, files: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
    let library = StaticLibrary::in_release(manifest);
    let bill = "{\"bomFormat\": \"CycloneDX\", \"components\": []}";
    let mut all = vec![(CRATES, "none\n"), (STANDARD_LIBRARY, "<p>"), (BILL, bill)];
    all.extend(library.iter().flat_map(|library| library.file_names().iter().map(|&name| (name, "text\n"))));
    all.extend(files);
    all.into_iter().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect()
}

fn static_gnu() -> Manifest {
    let mut manifest = manifest("x86_64-linux", Variant::Pgo);
    manifest.build.target = "x86_64-unknown-linux-gnu".to_owned();
    manifest.build.flags.insert("optimized".to_owned(), vec!["-Ctarget-feature=+crt-static".to_owned()]);
    manifest
}

fn inventory() -> Inventory {
    let id = |name: &str| (name.to_owned(), "1.0.0".to_owned());
    let one = |name: &str, source: Option<&str>, uses: &[&str]| Crate {
        id: id(name),
        license: Some("MIT".to_owned()),
        source: source.map(str::to_owned),
        checksum: source.map(|_| "ab".repeat(32)),
        texts: [("LICENSE".to_owned(), "do what you like".to_owned())].into(),
        dependencies: uses.iter().map(|name| id(name)).collect(),
    };
    let crates = [one("tool", None, &["bits"]), one("bits", Some("registry"), &[])];
    Inventory { root: id("tool"), crates: crates.map(|one| (one.id.clone(), one)).into() }
}

/// The files of a binary with glibc in it, from a toolchain of this folder.
fn made(manifest: &Manifest, toolchain: &Path) -> Result<BTreeMap<String, Vec<u8>>, DistError> {
    let libc = toolchain.join("libc.a");
    fs::write(&libc, "GNU C Library (here) stable release version 2.99.\n").expect("writable");
    files(&Sources {
        manifest,
        binary_sha256: "cd",
        inventory: &inventory(),
        sysroot: toolchain,
        libc: Some(&libc),
        given: BTreeSet::new(),
    })
}

fn toolchain() -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("a scratch directory");
    let notices = place.path().join(IN_TOOLCHAIN);
    fs::create_dir_all(notices.parent().expect("it has one")).expect("writable");
    fs::write(notices, "<h1>notices</h1>").expect("writable");
    place
}

fn problem_of(manifest: &Manifest, files: &BTreeMap<String, Vec<u8>>) -> Option<String> {
    problem(manifest, |name| files.get(name).map(Vec::as_slice))
}

#[test]
fn what_is_made_is_complete_and_every_part_is_needed() {
    let (manifest, toolchain) = (static_gnu(), toolchain());
    let files = made(&manifest, toolchain.path()).expect("all is there");
    assert_eq!(problem_of(&manifest, &files), None);
    assert_eq!(files.len(), 6, "{:?}", files.keys());
    for name in files.keys() {
        let mut without = files.clone();
        without.remove(name);
        let told = problem_of(&manifest, &without).unwrap_or_default();
        assert!(told.starts_with(&format!("{name} is missing")), "without {name}: {told}");
        without.insert(name.clone(), Vec::new());
        assert!(problem_of(&manifest, &without).is_some(), "an empty {name} is refused");
    }
}

#[test]
fn what_the_bill_lists_has_a_notice() {
    let (manifest, toolchain) = (static_gnu(), toolchain());
    let mut files = made(&manifest, toolchain.path()).expect("all is there");
    files.insert(CRATES.to_owned(), b"bits 1.0.00  MIT\n".to_vec());
    let told = problem_of(&manifest, &files).unwrap_or_default();
    assert_eq!(told, "licenses/crates.txt has no notice of bits 1.0.0, which sbom.cdx.json lists");
    files.insert(BILL.to_owned(), b"{}".to_vec());
    assert!(problem_of(&manifest, &files).unwrap_or_default().contains("no CycloneDX bill"));
}

#[test]
fn glibc_goes_along_with_its_licence_and_the_recipe() {
    let (manifest, toolchain) = (static_gnu(), toolchain());
    let files = made(&manifest, toolchain.path()).expect("all is there");
    let text = |name: &str| String::from_utf8_lossy(&files[name]).into_owned();
    assert!(text("licenses/glibc/COPYING.LIB").contains("GNU LESSER GENERAL PUBLIC LICENSE"));
    assert!(text("licenses/glibc/NOTICES").contains("Regents of the University of California"));
    let recipe = text("licenses/glibc/RELINKING.md");
    for part in [
        "GNU C Library (here) stable release version 2.99",
        "commit 0123456789abcdef",
        "--override-input nixpkgs",
        ".#tarball-pgo",
    ] {
        assert!(recipe.contains(part), "no {part} in {recipe}");
    }
    assert!(!recipe.contains('{'), "{recipe}");
    // Linked with the machine's own libc.so, nothing of it is in the program.
    let mut dynamic = manifest;
    dynamic.build.flags.clear();
    assert!(made(&dynamic, toolchain.path()).expect("all is there").keys().all(|name| !name.contains("glibc")));
}

#[test]
fn the_bill_lists_crates_and_libraries_with_hashes() {
    let (manifest, toolchain) = (static_gnu(), toolchain());
    let files = made(&manifest, toolchain.path()).expect("all is there");
    let bill: serde_json::Value = serde_json::from_slice(&files[BILL]).expect("it is JSON");
    let names: Vec<&str> =
        bill["components"].as_array().into_iter().flatten().filter_map(|part| part["name"].as_str()).collect();
    assert_eq!(names, ["bits", "rust-std", "glibc"]);
    assert_eq!(bill["components"][0]["purl"], "pkg:cargo/bits@1.0.0");
    assert_eq!(bill["components"][0]["hashes"][0]["content"], "ab".repeat(32));
    assert_eq!(bill["metadata"]["component"]["hashes"][0]["content"], "cd");
    assert_eq!(bill["dependencies"][0]["ref"], "pkg:cargo/tool@1.0.0");
    assert_eq!(bill["dependencies"][0]["dependsOn"][0], "pkg:cargo/bits@1.0.0");
    assert_eq!(bill["dependencies"][0]["dependsOn"][1], "rust-std@1.95.0");
    assert_eq!(made(&manifest, toolchain.path()).expect("all is there"), files, "the same every time");
}

#[test]
fn a_toolchain_without_notices_is_refused_with_the_way_out() {
    let manifest = static_gnu();
    let empty = tempfile::tempdir().expect("a scratch directory");
    let error = made(&manifest, empty.path()).expect_err("nothing is there").to_string();
    assert!(error.contains("COPYRIGHT-library.html") && error.contains(STANDARD_LIBRARY), "{error}");
}
