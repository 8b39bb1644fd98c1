//! What cannot be read is refused with the file, the place, and what is not supported.

use std::path::Path;

use pgo_profile::{MergeError, Merger, Position, Profile, Reason, Variants, Weight};

const RAW: &[u8] = include_bytes!("golden/one.profraw");
const INDEXED: &[u8] = include_bytes!("golden/merged.profdata");

fn refusal(bytes: &[u8]) -> String {
    Profile::from_bytes(bytes).expect_err("must be refused").to_string()
}

fn with(bytes: &[u8], offset: usize, new: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[offset..offset + new.len()].copy_from_slice(new);
    bytes
}

#[test]
fn other_raw_versions_are_named() {
    for version in [9_u8, 11, 0] {
        let message = refusal(&with(RAW, 8, &[version]));
        assert!(message.contains("at byte 8"), "{message}");
        assert!(message.contains(&format!("raw profile format version {version} is not supported")), "{message}");
    }
}

#[test]
fn a_newer_indexed_version_is_named() {
    let message = refusal(&with(INDEXED, 8, &[14]));
    assert!(message.contains("at byte 8: indexed profile format version 14 is not supported (supported: 4 to 13)"));
    assert!(refusal(&with(INDEXED, 8, &[3])).contains("version 3 is not supported"));
}

#[test]
fn other_machines_are_named() {
    let reversed: Vec<u8> = RAW[..8].iter().rev().copied().collect();
    assert!(refusal(&with(RAW, 0, &reversed)).contains("big-endian"));
    assert!(refusal(&with(RAW, 1, b"R")).contains("32-bit"));
}

#[test]
fn other_kinds_of_profile_are_named() {
    let variant = |bits: u8| refusal(&with(RAW, 15, &[bits]));
    assert!(variant(0x11).contains("single-byte coverage"));
    assert!(variant(0x81).contains("temporal"));
    assert!(variant(0x41).contains("memory profiles"));
    assert!(variant(0x09).contains("debug info"));
    assert!(variant(0x00).contains("front-end"));
    assert!(refusal(&with(RAW, 14, &[1])).contains("unknown variant bits 0x1000000000000"));
    assert!(refusal(b":fe\nmain\n1\n1\n1\n").contains("front-end"));
    assert!(refusal(b"main\n1\n1\n1\n").contains("without a line `:ir`"));
}

#[test]
fn empty_and_foreign_files_are_told_apart() {
    assert!(refusal(b"").contains("is empty"));
    assert!(refusal(b"\x7fELF\x02\x01\x01\0").contains("is no LLVM instrumentation profile"));
    assert!(refusal(b"just some text\n").contains("front-end"), "text is taken for a text profile");
}

#[test]
fn every_truncation_is_refused() {
    for end in 1..RAW.len() {
        assert!(Profile::read_raw(&RAW[..end]).is_err(), "{end} bytes of a raw profile");
    }
    for end in 1..INDEXED.len() - 8 {
        // The names of virtual tables at the end are not read.
        assert!(Profile::read_indexed(&INDEXED[..end]).is_err(), "{end} bytes of an indexed profile");
    }
}

#[test]
fn a_truncation_says_where_and_how_much_is_missing() {
    let error = Profile::read_raw(&RAW[..100]).expect_err("a header has 128 bytes");
    assert!(matches!(error.position, Some(Position::Byte(96))), "{error}");
    assert!(matches!(error.reason, Reason::Truncated { needed: 8, available: 4, .. }), "{error}");
}

#[test]
fn trailing_bytes_are_no_profile() {
    let message = refusal(&[RAW, &[0; 8], b"garbage!"].concat());
    assert!(message.contains(&format!("at byte {}", RAW.len() + 8)) && message.contains("no raw profile"), "{message}");
    assert!(Profile::read_raw(&[RAW, &[0; 16]].concat()).is_ok(), "zeros are padding");
}

#[test]
fn the_file_is_named() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let path = directory.path().join("broken.profraw");
    std::fs::write(&path, &RAW[..50]).expect("the temporary directory is writable");
    let message = Profile::read(&path).expect_err("50 bytes are no profile").to_string();
    assert!(message.starts_with(&format!("{}: at byte 48: truncated", path.display())), "{message}");
    let missing = Profile::read(Path::new("no-such.profraw")).expect_err("it does not exist").to_string();
    assert!(missing.starts_with("no-such.profraw: cannot be read: "), "{missing}");
}

#[test]
fn damaged_counters_and_names_are_refused() {
    let counters = 128 + 32 + 64 * usize::from(RAW[24]);
    assert!(refusal(&with(RAW, counters + 7, &[0xff])).contains("the counters are damaged"));
    let function = 128 + 32;
    assert!(refusal(&with(RAW, function, &[1, 2, 3])).contains("no name has the function's name hash"));
    assert!(refusal(&with(RAW, function + 16, &[0xff; 8])).contains("counters lie outside"));
}

#[test]
fn text_errors_name_the_line() {
    let message = |text: &str| refusal(text.as_bytes());
    assert_eq!(message(":ir\nmain\n# Func Hash:\nx\n"), "profile: line 4: malformed: `x` instead of the function hash");
    assert!(message(":ir\nmain\n1\n2\n7\n").contains("line 6: malformed: the text ends before a count"));
    assert!(message(":ir\nmain\n1\n0\n").contains("no counters"));
    assert!(message(":ir\nmain\n1\n1\n1\n4\n").contains("line 6"));
    assert!(message(":ir\nmain\n1\n1\n1\n1\n1\n1\n1\nfive:1\n").contains("line 10: malformed: no `value:count`"));
    assert!(message(":sideways\n").contains("line 1: malformed: unknown header :sideways"));
    assert!(message(":ir\nmain\n18446744073709551615\n1\n1\n").contains("line 3"), "LLVM reserves that hash");
}

#[test]
fn entry_counts_do_not_merge_with_block_counts() {
    let profile = |variants| Profile::new(variants, Vec::new(), Vec::new());
    let entries = profile(Variants { function_entry_only: true, ..Variants::default() });
    let blocks = profile(Variants { entry_first: true, ..Variants::default() });
    let mut merger = Merger::new();
    merger.add(&entries, Weight::ONE).expect("the first profile");
    assert_eq!(merger.add(&blocks, Weight::ONE), Err(MergeError::EntriesWithBlocks));
    assert_eq!(Weight::new(0), None);
}

#[test]
fn a_record_length_beyond_all_bounds_is_refused() {
    let entry = 0x208 + 2 + 16;
    let message = refusal(&with(INDEXED, entry, &[0xff; 8]));
    assert!(message.contains("truncated"), "{message}");
}
