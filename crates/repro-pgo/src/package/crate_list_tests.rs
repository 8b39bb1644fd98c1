//! The list as cargo knows it, and a binary's list held to the bill of materials.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::*;
use crate::package::manifest::Variant;
use crate::package::release::collect::tests::manifest;

fn listed(name: &str, version: &str) -> ListedCrate {
    let (name, version, source) = (name.to_owned(), version.to_owned(), "crates.io".to_owned());
    ListedCrate { name, version, source, kind: Kind::Runtime, dependencies: Vec::new(), root: false }
}

/// This driver's own crates.
fn own() -> CrateList {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut build = crate::declaration::load(&root.join("pgo.toml")).expect("it is there").build;
    build.package = env!("CARGO_PKG_NAME").to_owned();
    CrateList::read(&root, &build).expect("cargo knows this workspace")
}

#[test]
fn the_list_has_every_crate_by_its_part_in_the_build() {
    let list = own();
    let one = |name: &str| list.packages.iter().find(|one| one.name == name);
    let here = one(env!("CARGO_PKG_NAME")).expect("the program itself");
    assert!(here.root && here.source == "local" && here.kind == Kind::Runtime);
    assert_eq!(list.packages.iter().filter(|one| one.root).count(), 1);
    let object = one("object").expect("it is linked in");
    assert!(object.source == "crates.io" && object.kind == Kind::Runtime);
    let place = list.packages.iter().position(|one| one == object).expect("it is in there");
    assert!(here.dependencies.contains(&place), "{:?}", here.dependencies);
    // A procedural macro, and what only that one uses.
    for built in ["serde_derive", "syn"] {
        assert_eq!(one(built).map(|one| one.kind), Some(Kind::Build), "{built}");
    }
    // A dependency of the tests, and one of another target.
    for absent in ["insta", "windows-sys"] {
        assert_eq!(one(absent), None, "{absent} is not in the build");
    }
    assert!(list.packages.is_sorted_by_key(|one| (&one.name, &one.version)));
    assert_eq!(list.compressed(), own().compressed(), "the same every time");
}

#[test]
fn the_text_is_cargo_auditables() {
    let mut macros = listed("macros", "2.0.0");
    (macros.kind, macros.dependencies) = (Kind::Build, vec![0]);
    let packages = vec![listed("bits", "1.0.0"), macros];
    let text = serde_json::to_string(&CrateList { packages, format: FORMAT }).expect("it has a text");
    assert_eq!(
        text,
        r#"{"packages":[{"name":"bits","version":"1.0.0","source":"crates.io"},{"name":"macros","version":"2.0.0","source":"crates.io","kind":"build","dependencies":[0]}],"format":1}"#
    );
    let sources =
        [None, Some(CRATES_IO), Some("git+https://example.org/a?rev=1#1"), Some("sparse+https://example.org/")];
    assert_eq!(sources.map(source), ["local", "crates.io", "git", "registry"]);
}

/// An object with this list, which readers find as they find it in a program.
fn binary(packages: Vec<ListedCrate>, place: &Path) -> Vec<u8> {
    let list = CrateList { packages, format: FORMAT }.compressed();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let object: PathBuf =
        crate::compile::audit_object::compile(&list, "x86_64-unknown-linux-gnu", here, place).expect("rustc is there");
    std::fs::read(object).expect("it was written")
}

fn bill(crates: &[(&str, &str)]) -> Vec<u8> {
    let component = |&(name, version): &(&str, &str)| -> Value {
        json!({ "name": name, "version": version, "purl": format!("pkg:cargo/{name}@{version}") })
    };
    let (program, others) = crates.split_first().expect("the program is one of them");
    let components: Vec<Value> = others.iter().map(component).collect();
    let metadata = json!({ "component": component(program) });
    json!({ "bomFormat": "CycloneDX", "metadata": metadata, "components": components }).to_string().into_bytes()
}

#[test]
fn a_declared_list_has_to_be_there_and_to_be_the_bills() {
    let place = tempfile::tempdir().expect("a scratch directory");
    let mut manifest = manifest("x86_64-linux", Variant::Lto);
    let built = binary(vec![listed("bits", "1.0.0"), listed("tool", "0.1.0")], place.path());
    let bill_of = |bits: &str| bill(&[("tool", "0.1.0"), ("bits", bits)]);
    assert_eq!(problem(&manifest, &bill_of("2.0.0"), b"no list declared"), None);
    let flag = format!("-Clink-arg={PLACEHOLDER}");
    manifest.build.flags.insert("baseline".to_owned(), vec![flag]);
    assert_eq!(problem(&manifest, &bill_of("1.0.0"), &built), None);
    let told = |bits: &str, binary: &[u8]| problem(&manifest, &bill_of(bits), binary).unwrap_or_default();
    assert!(
        told("2.0.0", &built).contains("but bits 1.0.0 is in its list and not in the bill"),
        "{}",
        told("2.0.0", &built)
    );
    let driver = std::fs::read(std::env::current_exe().expect("this runs")).expect("it can be read");
    assert!(told("1.0.0", &driver).contains("but it has no section .dep-v0"), "{}", told("1.0.0", &driver));
    assert!(told("1.0.0", b"text").contains("it is no program"), "{}", told("1.0.0", b"text"));
}
