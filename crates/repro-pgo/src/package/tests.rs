//! Packing and verifying together: same bytes every time, and every kind of damage noticed.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::archive::{self, ArchiveFile};
use super::manifest::{Build, Builder, CpuModel, Profile, SCHEMA_VERSION, Source, Toolchain, Training, Variant};
use super::*;

fn manifest() -> Manifest {
    let map = |entries: &[(&str, &str)]| entries.iter().map(|&(key, value)| (key.into(), value.into())).collect();
    Manifest {
        schema_version: SCHEMA_VERSION,
        name: "tool".to_owned(),
        version: "1.2.3".to_owned(),
        platform: "x86_64-linux".to_owned(),
        variant: Variant::Pgo,
        built_by: Builder::Cargo,
        source: Source {
            revision: Some("0123456789abcdef".to_owned()),
            dirty: false,
            lock_files: map(&[("Cargo.lock", "aa"), ("flake.lock", "bb")]),
        },
        toolchain: Toolchain {
            rustc: "rustc 1.95.0".to_owned(),
            llvm: "22.1.2".to_owned(),
            linker: "GNU ld 2.40".to_owned(),
            libc_sha256: Some("cc".to_owned()),
            llvm_profdata: Some("22.1.2".to_owned()),
        },
        build: Build {
            target: "x86_64-unknown-linux-gnu".to_owned(),
            profile: "release".to_owned(),
            flags: BTreeMap::from([("optimize".to_owned(), vec!["-Ctarget-feature=+crt-static".to_owned()])]),
        },
        more_binaries: BTreeMap::new(),
        debuginfo: BTreeMap::new(),
        profile: Some(Profile {
            sha256: "dd".to_owned(),
            text_sha256: "ee".to_owned(),
            training: Training::Emulated {
                emulator: "qemu-x86_64".to_owned(),
                version: "7.2".to_owned(),
                machine: None,
            },
            replicates: 2,
            frozen: false,
            cpu_models: vec![CpuModel { name: "Haswell".to_owned(), weight: 1 }],
            cpu_models_left_out: Vec::new(),
            inputs: map(&[("behaviour", "ff")]),
            functions: 10_185,
            covered_functions: 754,
            unmatched_functions: 3,
            c_code: Vec::new(),
            layout: None,
        }),
    }
}

struct Release {
    directory: tempfile::TempDir,
}

impl Release {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a scratch directory");
        fs::write(directory.path().join("binary"), "#!/bin/sh\necho tool\n").expect("writable");
        fs::write(directory.path().join("LICENSE"), "do what you like").expect("writable");
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn request(&self) -> DistRequest {
        DistRequest {
            output: self.path("dist"),
            binaries: vec![("tool".to_owned(), self.path("binary"))],
            files: BTreeMap::from([("LICENSE".to_owned(), self.path("LICENSE"))]),
            generated: legal::tests::with_legal_files(&manifest(), &[("completions/tool.bash", "complete tool")]),
            manifest: manifest(),
            debuginfo: BTreeMap::new(),
            gate: None,
        }
    }

    /// Writes a tarball with these files in this folder, with a true list of hashes unless one is given.
    fn forge(&self, folder: &str, files: &[(&str, &str)], list: Option<&str>) -> PathBuf {
        let legal = legal::tests::with_legal_files(&manifest(), &[]);
        let legal = legal.iter().map(|(name, text)| (name.as_str(), std::str::from_utf8(text).expect("it is text")));
        self.forge_exactly(folder, &legal.chain(files.iter().copied()).collect::<Vec<_>>(), list)
    }

    fn forge_exactly(&self, folder: &str, files: &[(&str, &str)], list: Option<&str>) -> PathBuf {
        let hashes = files.iter().map(|&(name, text)| (name.into(), host::digest::of_bytes(text.as_bytes()))).collect();
        let list = list.map_or(checksums::to_text(&hashes), str::to_owned);
        let all = files.iter().copied().chain([(checksums::FILE_NAME, list.as_str())]);
        let all = all.map(|(name, text)| {
            (name.to_owned(), ArchiveFile { content: text.as_bytes().to_vec(), executable: false })
        });
        let bytes = archive::write(Vec::new(), folder, &all.collect()).expect("a vector takes everything");
        let path = self.path("forged.tar.gz");
        fs::write(&path, bytes).expect("writable");
        path
    }
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .expect("readable")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

const STEM: &str = "tool-1.2.3-x86_64-linux";

#[test]
fn a_packed_release_verifies_and_is_the_same_every_time() {
    let release = Release::new();
    let first = pack(&release.request()).expect("packed");
    assert_eq!(verify(&first.tarball).expect("intact"), manifest());
    assert_eq!(first.tarball, release.path(&format!("dist/{STEM}.tar.gz")));
    let other = Release::new();
    fs::write(other.path("binary"), fs::read(release.path("binary")).expect("there")).expect("writable");
    let gate = GateFiles { json: "{}".into(), markdown: "x".into(), html: "y".into() };
    let second = pack(&DistRequest { gate: Some(gate), ..other.request() }).expect("packed");
    assert_eq!(first.sha256, second.sha256, "the gate's figures are not in the tarball");
    let expected = ["gate.html", "gate.json", "gate.md", "sbom.cdx.json", "tar.gz"].map(|end| format!("{STEM}.{end}"));
    assert_eq!(names(&other.path("dist")), [vec!["SHA256SUMS".to_owned()], expected.to_vec()].concat());
}

#[test]
fn every_binary_of_a_release_is_packed_named_and_checked() {
    let release = Release::new();
    fs::write(release.path("other"), "#!/bin/sh\necho other\n").expect("writable");
    let mut request = release.request();
    request.binaries.push(("toolx".to_owned(), release.path("other")));
    let hash = host::digest::of_file(&release.path("other")).expect("there");
    request.manifest.more_binaries.insert("toolx".to_owned(), hash);
    let packed = pack(&request).expect("packed");
    assert_eq!(verify(&packed.tarball).expect("intact"), request.manifest);
    request.manifest.more_binaries.insert("toolx".to_owned(), "0".repeat(64));
    let error = verify(&pack(&request).expect("packed").tarball).expect_err("another binary").to_string();
    assert!(error.contains("toolx is not the binary that pgo-manifest.json names"), "{error}");
    fs::write(release.path("other"), "lib /nix/store/0123456789abcdfghijklmnpqrsvwxyz-glibc/ld.so").expect("writable");
    let error = pack(&request).expect_err("it needs the store").to_string();
    assert!(error.contains("other would not start anywhere else"), "{error}");
}

#[test]
fn the_ordinary_tools_agree() {
    let release = Release::new();
    pack(&release.request()).expect("packed");
    let dist = release.path("dist");
    let script = format!(
        "sha256sum --check --strict SHA256SUMS && tar -xzf {STEM}.tar.gz && cd {STEM} && sha256sum --check --strict SHA256SUMS && ./tool"
    );
    let output = Command::new("sh").args(["-c", &script]).current_dir(dist).output().expect("a shell");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.ends_with("tool\n"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn other_releases_keep_their_checksums() {
    let release = Release::new();
    pack(&release.request()).expect("packed");
    let arm = Manifest { platform: "aarch64-linux".to_owned(), ..manifest() };
    let packed = pack(&DistRequest { manifest: arm, ..release.request() }).expect("packed");
    let list = fs::read_to_string(&packed.checksums).expect("there");
    assert_eq!(list.lines().count(), 4, "two tarballs with their bills: {list}");
    fs::remove_file(release.path(&format!("dist/{STEM}.tar.gz"))).expect("there");
    let list = fs::read_to_string(
        pack(&DistRequest { manifest: packed.manifest, ..release.request() }).expect("packed").checksums,
    );
    assert_eq!(list.expect("there").lines().count(), 3, "what is gone is not listed");
}

fn unpacked(gzip: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    flate2::read::GzDecoder::new(gzip).read_to_end(&mut content)?;
    Ok(content)
}

#[test]
fn every_flipped_byte_is_noticed() {
    let release = Release::new();
    let packed = pack(&release.request()).expect("packed");
    let bytes = fs::read(&packed.tarball).expect("there");
    let damaged = release.path("damaged.tar.gz");
    let whole = unpacked(&bytes).expect("it was just packed");
    let mut noticed = 0;
    // Bytes 4 to 9 of a gzip header (time, level, system) are not covered by its checksum.
    for position in (10..bytes.len()).step_by(7) {
        let mut copy = bytes.clone();
        copy[position] ^= 0x20;
        // Among zeros, a match of another distance gives the same bytes.
        if unpacked(&copy).is_ok_and(|content| content == whole) {
            continue;
        }
        noticed += 1;
        fs::write(&damaged, copy).expect("writable");
        assert!(verify(&damaged).is_err(), "byte {position}");
    }
    assert!(noticed * 7 > bytes.len() * 9 / 10, "{noticed} of {} bytes", bytes.len());
    for length in [0, 5, 20, bytes.len() / 2, bytes.len() - 9, bytes.len() - 1] {
        fs::write(&damaged, &bytes[..length]).expect("writable");
        let error = verify(&damaged).expect_err("cut short").to_string();
        assert!(error.contains("damaged.tar.gz"), "{error}");
    }
}

#[test]
fn nothing_may_follow() {
    let release = Release::new();
    let packed = pack(&release.request()).expect("packed");
    let mut bytes = fs::read(&packed.tarball).expect("there");
    bytes.extend(b"hidden");
    fs::write(&packed.tarball, bytes).expect("writable");
    assert!(verify(&packed.tarball).expect_err("longer").to_string().contains("behind its last entry"));
}

#[test]
fn forgeries_are_refused() {
    let release = Release::new();
    let manifest = manifest().to_json();
    let refusal = |path: PathBuf| verify(&path).expect_err("forged").to_string();
    let good = [("pgo-manifest.json", manifest.as_str()), ("tool", "x")];
    verify(&release.forge(STEM, &good, None)).expect("the forger's tools work");
    assert!(refusal(release.forge("other-1.2.3-x86_64-linux", &good, None)).contains("its folder is not tool-1.2.3"));
    assert!(refusal(release.forge(STEM, &good[1..], None)).contains("pgo-manifest.json is missing"));
    assert!(refusal(release.forge(STEM, &good, Some(""))).contains("is not listed"));
    assert!(refusal(release.forge(STEM, &good, Some("nonsense"))).contains("has the line \"nonsense\""));
    let wrong =
        format!("{}  pgo-manifest.json\n{}  tool\n", host::digest::of_bytes(manifest.as_bytes()), "0".repeat(64));
    assert!(refusal(release.forge_exactly(STEM, &good, Some(&wrong))).contains("tool is not what SHA256SUMS says"));
    let future = manifest.replace("\"schema_version\": 1", "\"schema_version\": 9");
    assert!(refusal(release.forge(STEM, &[("pgo-manifest.json", &future)], None)).contains("schema version is 9"));
    assert!(refusal(release.path("no-such-file")).contains("cannot read the tarball"));
}

#[test]
fn what_cannot_be_packed_is_named_and_leaves_nothing() {
    let release = Release::new();
    let refusal = |request: DistRequest| pack(&request).expect_err("refused").to_string();
    let mut request = release.request();
    request.files.insert("lost".to_owned(), release.path("no-such-file"));
    assert!(refusal(request).contains("no-such-file for the tarball"));
    let mut request = release.request();
    request.generated.insert("../escape".to_owned(), vec![]);
    assert!(refusal(request).contains("\"../escape\" cannot be used"));
    let mut request = release.request();
    request.generated.insert("tool".to_owned(), vec![]);
    assert!(refusal(request).contains("already a file of that name"));
    let mut request = release.request();
    request.generated.insert("tool/inside".to_owned(), vec![]);
    assert!(refusal(request).contains("both a file and a folder"));
    let mut request = release.request();
    request.manifest.version = "1/2".to_owned();
    assert!(refusal(request).contains("\"1/2\""));
    assert!(!release.path("dist").exists());
    fs::write(release.path("dist"), "in the way").expect("writable");
    let error = refusal(release.request());
    assert!(error.contains(&format!("dist/{STEM}.")) && error.contains("nothing was left"), "{error}");
    assert_eq!(names(release.directory.path()), ["LICENSE", "binary", "dist"]);
}

#[test]
fn a_manifest_reads_back() {
    let text = manifest().to_json();
    assert_eq!(Manifest::from_json(&text), Ok(manifest()));
    assert!(text.contains("\"variant\": \"pgo\"") && text.contains("\"mode\": \"emulated\"") && text.ends_with("}\n"));
    let native = Training::Native { depends_on: vec!["the CPU model Example 1".to_owned()] };
    let text = serde_json::to_string(&native).expect("plain data");
    assert_eq!(text, "{\"mode\":\"native\",\"depends_on\":[\"the CPU model Example 1\"]}");
    let error = Manifest::from_json("{\n  \"nonsense\": 1\n}").expect_err("not a manifest");
    assert!(error.contains("unknown field `nonsense`") && error.contains("line 2"), "{error}");
}

#[test]
fn what_may_not_be_passed_on_is_neither_packed_nor_accepted() {
    let release = Release::new();
    let mut request = release.request();
    request.generated.remove(legal::CRATES);
    let error = pack(&request).expect_err("no notices").to_string();
    assert!(error.contains("licenses/crates.txt is missing in it"), "{error}");
    assert!(!release.path("dist").exists());
    let manifest = manifest().to_json();
    let files = [("pgo-manifest.json", manifest.as_str()), ("tool", "x")];
    let error = verify(&release.forge_exactly(STEM, &files, None)).expect_err("no notices").to_string();
    assert!(error.contains("not an intact release: licenses/crates.txt is missing in it"), "{error}");
}

#[test]
fn a_release_for_windows_is_a_zip_that_verifies() {
    let release = Release::new();
    let mut windows = manifest();
    windows.platform = "x86_64-windows".to_owned();
    windows.build.target = "x86_64-pc-windows-gnu".to_owned();
    let generated = legal::tests::with_legal_files(&windows, &[("completions/tool.bash", "complete tool")]);
    let binaries = vec![("tool.exe".to_owned(), release.path("binary"))];
    let request = DistRequest { manifest: windows.clone(), binaries, generated, ..release.request() };
    let packed = pack(&request).expect("packed");
    assert_eq!(packed.tarball, release.path("dist/tool-1.2.3-x86_64-windows.zip"));
    assert_eq!(verify(&packed.tarball).expect("intact"), windows);
    let bytes = fs::read(&packed.tarball).expect("there");
    let damaged = release.path("damaged.zip");
    for position in (0..bytes.len()).step_by(97).filter(|&position| bytes[position..].starts_with(b"PK")) {
        let mut copy = bytes.clone();
        copy[position] ^= 0x20;
        fs::write(&damaged, copy).expect("writable");
        assert!(verify(&damaged).is_err(), "byte {position}");
    }
    fs::write(&damaged, [&bytes[..], b"hidden"].concat()).expect("writable");
    assert!(verify(&damaged).is_err(), "something follows");
    fs::write(&damaged, [b"PKhidden", &bytes[..]].concat()).expect("writable");
    assert!(verify(&damaged).is_err(), "something precedes");
    fs::write(&damaged, &bytes[..bytes.len() / 2]).expect("writable");
    assert!(verify(&damaged).is_err(), "cut short");
}

#[test]
fn a_binary_that_starts_nowhere_else_is_not_packed() {
    let release = Release::new();
    fs::write(release.path("binary"), "#!/nix/store/0123456789abcdfghijklmnpqrsvwxyz-bash/bin/sh\n").expect("writable");
    let error = pack(&release.request()).expect_err("refused").to_string();
    assert!(
        error.contains(
            "would not start anywhere else: it names /nix/store/0123456789abcdfghijklmnpqrsvwxyz-bash/bin/sh,"
        ),
        "{error}"
    );
    assert!(!release.path("dist").exists());
}
