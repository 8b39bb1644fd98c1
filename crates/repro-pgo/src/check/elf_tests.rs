//! Real binaries of this toolchain, and files that are none.

use std::process::Command;

use super::*;

struct Built {
    _directory: tempfile::TempDir,
    path: PathBuf,
}

/// A tiny program, compiled without the standard library so that a test takes no time.
fn build(flags: &[&str]) -> Built {
    let directory = tempfile::tempdir().expect("a scratch directory");
    let source = directory.path().join("main.rs");
    fs::write(&source, "fn main() { println!(\"/secret/workspace/src/lib.rs and more\"); }").expect("writable");
    let path = directory.path().join("program");
    let compiled = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--edition=2024", "-Cstrip=symbols", "--target=x86_64-unknown-linux-gnu"])
        .args(flags)
        .arg(&source)
        .arg("-o")
        .arg(&path)
        .output()
        .expect("rustc runs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    Built { _directory: directory, path }
}

fn file(content: &[u8]) -> Built {
    let directory = tempfile::tempdir().expect("a scratch directory");
    let path = directory.path().join("program");
    fs::write(&path, content).expect("writable");
    Built { _directory: directory, path }
}

#[test]
fn a_static_binary_is_standalone_until_a_text_is_forbidden() {
    let built = build(&["-Ctarget-feature=+crt-static", "-Clink-arg=-Wl,--build-id=sha1"]);
    let facts = require_standalone(&built.path, &[Forbidden::text("nothing", "")]).expect("standalone");
    assert!(facts.is_static_pie() && facts.machine == "x86_64");
    assert_eq!((facts.interpreter, facts.needed, facts.run_paths), (None, vec![], vec![]));
    assert_eq!(facts.build_id.map(|id| id.len()), Some(40));
    assert!(!facts.has_symbols);
    assert!(facts.sections.iter().any(|section| section.name == ".text" && section.size > 1000));

    let forbidden = [Forbidden::text("a ghost", "/never/there"), Forbidden::text("the workspace", "/secret/workspace")];
    let error = require_standalone(&built.path, &forbidden).expect_err("contains it").to_string();
    for part in ["the workspace", "\"/secret/workspace\"", "at offset 0x", ".rodata", "/src/lib.rs and more"] {
        assert!(error.contains(part), "{part} is missing in: {error}");
    }
}

#[test]
fn a_binary_for_new_machines_only_is_refused() {
    let built = build(&["-Ctarget-feature=+crt-static"]);
    let facts = require_standalone(&built.path, &[]).expect("the C library still supports old kernels");
    assert!(facts.demands.kernel.is_some(), "glibc leaves a note");

    let mut data = fs::read(&built.path).expect("just built");
    let note = [4_u32.to_le_bytes(), 16_u32.to_le_bytes(), 1_u32.to_le_bytes(), *b"GNU\0"].concat();
    let offset = data.windows(note.len()).position(|window| window == note).expect("the note is in the file");
    data[offset + 20..offset + 24].copy_from_slice(&6_u32.to_le_bytes());
    let error = require_standalone(&file(&data).path, &[]).expect_err("too new").to_string();
    assert!(error.contains("does not run on older machines: it needs Linux 6."), "{error}");
}

#[test]
fn a_binary_for_new_processors_only_is_refused() {
    let built = build(&["-Ctarget-feature=+crt-static", "-Clinker-features=-lld", "-Clink-arg=-Wl,-z,x86-64-v3"]);
    let error = require_standalone(&built.path, &[]).expect_err("marked for x86-64-v3").to_string();
    assert!(error.contains("it needs a CPU of x86-64-v3 (remove `-z x86-64-v3`"), "{error}");
}

#[test]
fn a_dynamic_binary_is_refused_for_its_interpreter() {
    let built = build(&["-Clink-arg=-Wl,-rpath,/somewhere/lib"]);
    let facts = inspect(&built.path).expect("an executable");
    assert!(!facts.is_static_pie());
    assert!(facts.needed.iter().any(|name| name.starts_with("libc.so")), "{:?}", facts.needed);
    assert_eq!(facts.run_paths, ["/somewhere/lib"]);
    let error = require_standalone(&built.path, &[]).expect_err("not standalone").to_string();
    assert!(error.contains("asks for the interpreter /lib64/ld-linux"), "{error}");
}

#[test]
fn a_shared_library_is_refused_for_what_it_needs() {
    let built = build(&["--crate-type=cdylib"]);
    assert_eq!(inspect(&built.path).expect("a library").kind, BinaryKind::SharedLibrary);
    let error = require_standalone(&built.path, &[]).expect_err("not standalone").to_string();
    assert!(error.contains("needs libgcc_s.so") || error.contains("needs libc.so"), "{error}");
}

#[test]
fn every_truncation_is_an_error_or_harmless() {
    let built = build(&["-Ctarget-feature=+crt-static"]);
    let whole = fs::read(&built.path).expect("just built");
    for length in [0, 3, 4, 17, 63, 64, 200, 1000, whole.len() / 2, whole.len() - 1] {
        let cut = file(&whole[..length]);
        let error = inspect(&cut.path).expect_err("cut short").to_string();
        assert!(error.contains("not an ELF executable") || error.contains("damaged ELF file"), "{length}: {error}");
    }
}

#[test]
fn foreign_files_are_named() {
    for (content, expected) in [
        (&b"#!/bin/sh\nexit 0\n"[..], "it begins with \"#!/bin/sh"),
        (b"", "it is empty"),
        (b"!<arch>\n                                                           ", "of the kind Archive"),
    ] {
        let error = inspect(&file(content).path).expect_err("foreign").to_string();
        assert!(error.contains(expected), "{error}");
    }
    let error = inspect(Path::new("/no/such/file")).expect_err("missing").to_string();
    assert!(error.contains("cannot read /no/such/file"), "{error}");
}

#[test]
fn an_object_file_is_foreign() {
    let built = build(&["--emit=obj"]);
    assert!(inspect(&built.path).expect_err("an object").to_string().contains("object file"));
}

#[test]
fn a_dynamic_segment_without_sections_is_not_waved_through() {
    let built = build(&[]);
    let mut data = fs::read(&built.path).expect("just built");
    data[0x28..0x30].fill(0); // e_shoff
    data[0x3c..0x40].fill(0); // e_shnum, e_shstrndx
    let error = inspect(&file(&data).path).expect_err("hides its libraries").to_string();
    assert!(error.contains("dynamic segment"), "{error}");
}
