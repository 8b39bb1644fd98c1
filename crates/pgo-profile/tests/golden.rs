//! Files made by LLVM 22's own tool, kept beside this test: the bytes must be the same on every machine.

use std::path::{Path, PathBuf};

use pgo_profile::{Merger, Profile, ValueKind, WeightedInput};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(golden(name)).expect("a committed file")
}

fn merged(inputs: &[&str]) -> Profile {
    let mut merger = Merger::new();
    for input in inputs {
        let input: WeightedInput = input.parse().expect("a weight and a file");
        let profile = Profile::read(&golden(input.path.to_str().expect("an ASCII name"))).expect("a good profile");
        merger.add(&profile, input.weight).expect("instrumented alike");
    }
    merger.finish().profile
}

#[test]
fn raw_profiles_of_a_program_merge_to_llvms_bytes() {
    let merged = merged(&["2,one.profraw", "5,three.profraw"]);
    assert_eq!(merged.write_text().into_bytes(), read("merged.proftext"));
    assert_eq!(merged.write_indexed(), read("merged.profdata"));
}

#[test]
fn text_and_indexed_profiles_merge_to_llvms_bytes() {
    assert_eq!(merged(&["1,many.proftext", "3,many.proftext"]).write_indexed(), read("many.profdata"));
    assert_eq!(merged(&["1,wide-a.proftext", "3,wide-b.proftext"]).write_indexed(), read("wide.profdata"));
}

#[test]
fn what_llvm_wrote_is_written_again() {
    for name in ["merged.profdata", "many.profdata", "wide.profdata"] {
        assert_eq!(Profile::read_indexed(&read(name)).expect("made by LLVM").write_indexed(), read(name), "{name}");
    }
}

#[test]
fn a_raw_profile_says_what_the_program_did() {
    let profile = Profile::read(&golden("one.profraw")).expect("a good profile");
    let main = profile.functions().iter().find(|function| function.name.contains("golden4main"));
    let main = main.expect("main is instrumented");
    let calls: u64 = main.sites(ValueKind::IndirectCallTarget)[0].iter().map(|target| target.count).sum();
    assert_eq!(calls, 10, "ten animals are asked for their legs");
    assert_eq!(profile.binary_ids().len(), 1);
    assert_eq!(profile.hottest(1)[0].max_count, 10);
}
