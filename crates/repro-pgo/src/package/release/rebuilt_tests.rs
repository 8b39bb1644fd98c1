//! The same tarball is the same; for another one it is reported what differs, and under which circumstances.

use super::*;
use crate::package::manifest::Variant;
use crate::package::release::collect::tests::{manifest, packed};

#[test]
fn the_same_source_gives_the_same_tarball() {
    let place = tempfile::tempdir().expect("a temporary folder can be made");
    let made = |folder| packed(manifest("x86_64-linux", Variant::Lto), "binary", &place.path().join(folder), None);
    let rebuilt = compare(&made("one"), &made("two")).expect("both are intact");
    assert!(rebuilt.is_same());
    assert_eq!(rebuilt.text(), format!("same: sha256 {}\n", rebuilt.published));
}

#[test]
fn another_binary_is_told_with_the_fact_that_differs() {
    let place = tempfile::tempdir().expect("a temporary folder can be made");
    let mut other = manifest("x86_64-linux", Variant::Lto);
    other.toolchain.libc_sha256 = Some("cc".to_owned());
    let first = packed(manifest("x86_64-linux", Variant::Lto), "binary", &place.path().join("one"), None);
    let rebuilt = compare(&first, &packed(other, "other", &place.path().join("two"), None)).expect("both are intact");
    let text = rebuilt.text();
    assert!(text.contains("manifest toolchain.libc_sha256\n  published  absent\n  made here  cc\n"), "{text}");
    let last = text.lines().last().expect("there is a verdict");
    assert_eq!(last, "differs: pgo-manifest.json, tool under another toolchain.libc_sha256");
}

#[test]
fn another_binary_of_the_same_circumstances_is_told_as_that() {
    let place = tempfile::tempdir().expect("a temporary folder can be made");
    let made =
        |binary, folder| packed(manifest("x86_64-linux", Variant::Lto), binary, &place.path().join(folder), None);
    let rebuilt = compare(&made("one", "one"), &made("two", "two")).expect("both are intact");
    let text = rebuilt.text();
    assert!(text.ends_with("differs: tool, although all that the manifest names is the same\n"), "{text}");
}
