//! A release that is complete is collected; every way in which it is not one is refused and told.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::package::archive::ArchiveFile;
use crate::package::manifest::{Build, Builder, SCHEMA_VERSION, Source, Toolchain};
use crate::package::release::Hash;
use crate::package::{DistRequest, GateFiles, pack};

const REVISION: &str = "0123456789abcdef";

pub(crate) fn manifest(platform: &str, variant: Variant) -> Manifest {
    Manifest {
        schema_version: SCHEMA_VERSION,
        name: "tool".to_owned(),
        version: "1.2.3".to_owned(),
        platform: platform.to_owned(),
        variant,
        built_by: Builder::Nix,
        source: Source { revision: Some(REVISION.to_owned()), dirty: false, lock_files: BTreeMap::new() },
        toolchain: Toolchain {
            rustc: "rustc 1.95.0".to_owned(),
            llvm: "22.1.2".to_owned(),
            linker: "GNU ld 2.40".to_owned(),
            libc_sha256: None,
            llvm_profdata: None,
        },
        build: Build { target: platform.to_owned(), profile: "release".to_owned(), flags: BTreeMap::new() },
        more_binaries: BTreeMap::new(),
        debuginfo: BTreeMap::new(),
        profile: None,
    }
}

/// Packs a tarball of `manifest` with this binary in `output`.
pub(crate) fn packed(manifest: Manifest, binary: &str, output: &Path, gate: Option<GateFiles>) -> PathBuf {
    let place = tempfile::tempdir().expect("a temporary folder can be made");
    fs::write(place.path().join("binary"), binary).expect("the folder is ours");
    let request = DistRequest {
        output: output.to_owned(),
        binaries: vec![("tool".to_owned(), place.path().join("binary"))],
        files: BTreeMap::new(),
        generated: crate::package::legal::tests::with_legal_files(&manifest, &[]),
        manifest,
        debuginfo: BTreeMap::new(),
        gate,
    };
    pack(&request).expect("all of it is there").tarball
}

struct Built {
    place: tempfile::TempDir,
    platforms: Vec<String>,
    along: Vec<String>,
}

impl Built {
    fn new() -> Self {
        let built = Self {
            place: tempfile::tempdir().expect("a temporary folder can be made"),
            platforms: ["x86_64-linux", "aarch64-linux"].map(str::to_owned).to_vec(),
            along: Vec::new(),
        };
        built.measured("ship", Variant::Pgo);
        packed(manifest("aarch64-linux", Variant::Lto), "plain", &built.path("built/two"), None);
        built
    }

    /// The tarball that may have a profile, with the gate's answer beside it.
    fn measured(&self, outcome: &str, variant: Variant) {
        let json = format!("{{\"outcome\": \"{outcome}\"}}");
        let gate = GateFiles { json, markdown: "won".to_owned(), html: "<p>".to_owned() };
        packed(manifest("x86_64-linux", variant), "fast", &self.path("built/one"), Some(gate));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn add(&self, change: impl FnOnce(&mut Manifest)) {
        let mut manifest = manifest("aarch64-linux", Variant::Lto);
        change(&mut manifest);
        packed(manifest, "plain", &self.path("built/two"), None);
    }

    fn collect(&self, repeated: Option<&Hashes>) -> Result<Collected, ReleaseError> {
        collect(&CollectRequest {
            from: &self.path("built"),
            output: &self.path("assets"),
            platforms: &self.platforms,
            along: &self.along,
            with_profile: "x86_64-linux",
            revision: Some(REVISION),
            repeated,
        })
    }

    fn refused(&self, repeated: Option<&Hashes>) -> String {
        let refusal = self.collect(repeated).expect_err("it is no release").to_string();
        assert!(!self.path("assets").exists(), "nothing may be left of a refused release");
        refusal
    }
}

#[test]
fn a_complete_release_is_collected_under_one_list() {
    let built = Built::new();
    let collected = built.collect(None).expect("it is complete");
    assert_eq!(collected.title, "tool 1.2.3");
    assert_eq!(collected.variants["x86_64-linux"], Variant::Pgo);
    assert_eq!(collected.variants["aarch64-linux"], Variant::Lto);
    let list =
        checksums::from_text(&fs::read_to_string(collected.checksums).expect("it is there")).expect("it is a list");
    let names: Vec<&String> = list.keys().collect();
    let gate = |extension: &str| format!("tool-1.2.3-x86_64-linux.gate.{extension}");
    assert_eq!(
        names,
        [
            "tool-1.2.3-aarch64-linux.sbom.cdx.json",
            "tool-1.2.3-aarch64-linux.tar.gz",
            &gate("html"),
            &gate("json"),
            &gate("md"),
            "tool-1.2.3-x86_64-linux.sbom.cdx.json",
            "tool-1.2.3-x86_64-linux.tar.gz"
        ]
    );
    for (name, hash) in list {
        assert_eq!(digest::of_file(&built.path("assets").join(name)).expect("it is there"), hash);
    }
}

#[test]
fn a_missing_platform_is_named() {
    let mut built = Built::new();
    built.platforms.push("x86_64-windows".to_owned());
    assert!(built.refused(None).contains("x86_64-windows is there 0 times"));
}

#[test]
fn a_platform_that_nobody_asked_for_is_named() {
    let mut built = Built::new();
    built.platforms.pop();
    assert!(built.refused(None).contains("nobody asked for aarch64-linux"));
}

#[test]
fn a_second_tarball_of_a_platform_is_refused() {
    let built = Built::new();
    packed(manifest("aarch64-linux", Variant::Lto), "other", &built.path("built/three"), None);
    assert!(built.refused(None).contains("aarch64-linux is there 2 times"));
}

#[test]
fn a_profile_belongs_into_one_platform_alone() {
    let built = Built::new();
    built.add(|manifest| manifest.variant = Variant::Pgo);
    assert!(built.refused(None).contains("it has a profile, which only x86_64-linux may have"));
}

#[test]
fn another_or_a_changed_source_is_refused() {
    let built = Built::new();
    built.add(|manifest| manifest.source.revision = Some("fedcba".to_owned()));
    assert!(built.refused(None).contains("it was built from fedcba"));
    built.add(|manifest| manifest.source.dirty = true);
    assert!(built.refused(None).contains("it was built from 0123456789abcdef with changes"));
}

#[test]
fn another_version_is_refused() {
    let built = Built::new();
    fs::remove_dir_all(built.path("built/two")).expect("the folder is ours");
    built.add(|manifest| manifest.version = "1.2.4".to_owned());
    assert!(built.refused(None).contains("are not of one version"));
}

#[test]
fn a_program_that_goes_along_is_there_once_and_without_a_profile() {
    let mut built = Built::new();
    let along = |variant| Manifest { name: "driver".to_owned(), ..manifest("x86_64-linux", variant) };
    built.along.push("driver".to_owned());
    assert!(built.refused(None).contains("driver is there 0 times"));
    packed(along(Variant::Pgo), "driver", &built.path("built/along"), None);
    assert!(built.refused(None).contains("it has a profile, which no program has that goes along"));
    let tarball = packed(along(Variant::Lto), "driver", &built.path("built/along"), None);
    let hash = |file: &Path| Hash { name: "tarball".to_owned(), sha256: digest::of_file(file).expect("it is there") };
    built.along.clear();
    assert!(built.refused(None).contains("x86_64-linux is there 2 times"));
    built.along.push("driver".to_owned());
    let main = hash(&built.path("built/one/tool-1.2.3-x86_64-linux.tar.gz"));
    assert!(built.refused(Some(&vec![main.clone()])).contains("driver-1.2.3-x86_64-linux.tar.gz: its hash"));
    let collected = built.collect(Some(&vec![main, hash(&tarball)])).expect("it is complete");
    assert_eq!((collected.title.as_str(), collected.variants["x86_64-linux"]), ("tool 1.2.3", Variant::Pgo));
    let list = fs::read_to_string(collected.checksums).expect("it is there");
    assert!(list.contains("  driver-1.2.3-x86_64-linux.tar.gz\n"), "{list}");
}

#[test]
fn a_renamed_tarball_is_refused() {
    let built = Built::new();
    let folder = built.path("built/two");
    fs::rename(folder.join("tool-1.2.3-aarch64-linux.tar.gz"), folder.join("tool-1.2.4-aarch64-linux.tar.gz"))
        .expect("the folder is ours");
    assert!(built.refused(None).contains("by its manifest it is tool-1.2.3-aarch64-linux.tar.gz"));
}

#[test]
fn a_tarball_that_was_not_made_twice_is_refused() {
    let built = Built::new();
    let list = |sha256: String| vec![Hash { name: "tarball".to_owned(), sha256 }];
    assert!(built.refused(Some(&list("0".repeat(64)))).contains("is not among those that were made twice"));
    let tarball = built.path("built/one/tool-1.2.3-x86_64-linux.tar.gz");
    built.collect(Some(&list(digest::of_file(&tarball).expect("it is there")))).expect("it was made twice");
}

#[test]
fn a_damaged_tarball_is_refused() {
    let built = Built::new();
    let tarball = built.path("built/two/tool-1.2.3-aarch64-linux.tar.gz");
    let bytes = fs::read(&tarball).expect("it is there");
    fs::write(&tarball, &bytes[..bytes.len() / 2]).expect("the folder is ours");
    assert!(built.refused(None).contains("cannot read the tarball"));
}

#[test]
fn what_the_gate_did_not_decide_for_is_refused() {
    let built = Built::new();
    built.measured("dont-ship", Variant::Pgo);
    assert!(built.refused(None).contains("it has a profile that the ship gate decided against"));
    built.measured("void", Variant::Lto);
    assert!(built.refused(None).contains("nothing is known, nothing ships"));
    fs::remove_file(built.path("built/one/tool-1.2.3-x86_64-linux.gate.json")).expect("it is there");
    assert!(built.refused(None).contains("no report of the ship gate lies beside it"));
    built.measured("dont-ship", Variant::Lto);
    let collected = built.collect(None).expect("the baseline ships under the same name");
    assert_eq!(collected.variants["x86_64-linux"], Variant::Lto);
}

#[test]
fn a_tarball_without_its_bill_of_materials_is_refused() {
    let built = Built::new();
    fs::remove_file(built.path("built/two/tool-1.2.3-aarch64-linux.sbom.cdx.json")).expect("it is there");
    assert!(built.refused(None).contains("its bill of materials doesn't lie beside it"));
}

#[test]
fn a_program_with_glibc_needs_its_source_beside_it() {
    let built = Built::new();
    built.add(|manifest| {
        manifest.build.target = "aarch64-unknown-linux-gnu".to_owned();
        manifest.build.flags.insert("baseline".to_owned(), vec!["-Ctarget-feature=+crt-static".to_owned()]);
    });
    assert!(built.refused(None).contains("the source of the GNU C Library is not there"));
    fs::write(built.path("built/glibc-source-2.99.tar.gz"), "source").expect("the folder is ours");
    let collected = built.collect(None).expect("now it is");
    let list = fs::read_to_string(collected.checksums).expect("it is there");
    assert!(list.contains("  glibc-source-2.99.tar.gz\n"), "{list}");
}

#[test]
fn debug_information_goes_along_with_its_own_tarball_alone() {
    let built = Built::new();
    let place = tempfile::tempdir().expect("a temporary folder can be made");
    let [binary, debug] = crate::compile::debuginfo::tests::program(place.path(), "hello");
    let manifest = manifest("aarch64-linux", Variant::Lto);
    let request = DistRequest {
        output: built.path("built/two"),
        binaries: vec![("tool".to_owned(), binary)],
        files: BTreeMap::new(),
        generated: crate::package::legal::tests::with_legal_files(&manifest, &[]),
        manifest,
        debuginfo: BTreeMap::from([("tool.debug".to_owned(), debug.clone())]),
        gate: None,
    };
    let packed = pack(&request).expect("all of it is there");
    assert_eq!(packed.manifest.debuginfo["tool.debug"].sha256, digest::of_file(&debug).expect("it is there"));
    let archive = built.path("built/two/tool-1.2.3-aarch64-linux-debuginfo.tar.gz");
    let list = fs::read_to_string(built.collect(None).expect("it is complete").checksums).expect("it is there");
    assert!(list.contains("  tool-1.2.3-aarch64-linux-debuginfo.tar.gz\n"), "{list}");
    fs::remove_dir_all(built.path("assets")).expect("the folder is ours");

    let whole = fs::read(&archive).expect("it is there");
    fs::remove_file(&archive).expect("the folder is ours");
    assert!(built.refused(None).contains("-debuginfo.tar.gz, doesn't lie beside it"));
    let other = BTreeMap::from([("tool.debug".to_owned(), ArchiveFile { content: b"x".to_vec(), executable: false })]);
    let bytes = Format::Tarball.packed("tool-1.2.3-aarch64-linux-debuginfo", &other).expect("memory is there");
    fs::write(&archive, bytes).expect("the folder is ours");
    assert!(built.refused(None).contains("is not the debug information that its manifest names"));
    fs::write(&archive, &whole).expect("the folder is ours");
    fs::write(built.path("built/one/stray-debuginfo.tar.gz"), &whole).expect("the folder is ours");
    assert!(built.refused(None).contains("stray-debuginfo.tar.gz: no tarball beside it has such debug information"));

    let elsewhere = tempfile::tempdir().expect("a temporary folder can be made");
    let [_, of_other] = crate::compile::debuginfo::tests::program(elsewhere.path(), "another");
    let request = DistRequest { debuginfo: BTreeMap::from([("tool.debug".to_owned(), of_other)]), ..request };
    assert!(pack(&request).expect_err("it is of another program").to_string().contains("their build ids differ"));
}
