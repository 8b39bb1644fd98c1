//! Summaries and overlaps, against what `llvm-profdata show` and `overlap` print.

use std::path::{Path, PathBuf};

use pgo_profile::Profile;

use crate::support::{llvm_profdata, run_llvm_profdata};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn printed(arguments: &[&str]) -> Option<String> {
    let output = run_llvm_profdata(llvm_profdata()?, arguments);
    Some(String::from_utf8(output.stdout).expect("ASCII text"))
}

#[test]
fn totals_and_cutoffs_are_those_of_show() {
    for name in ["merged.profdata", "many.profdata", "wide.profdata"] {
        let path = golden(name);
        let summary = Profile::read(&path).expect("made by LLVM").summary();
        let arguments = ["show", "--detailed-summary", path.to_str().expect("an ASCII path")];
        let Some(printed) = printed(&arguments) else { return };
        for (label, value) in [
            ("Total functions: ", summary.functions),
            ("Maximum function count: ", summary.max_function_count),
            ("Maximum internal block count: ", summary.max_internal_count),
            ("Total number of blocks: ", summary.blocks),
            ("Total count: ", summary.total_count),
        ] {
            assert!(printed.contains(&format!("{label}{value}\n")), "{name}: {label}{value}\n{printed}");
        }
        let ninety = summary.cutoff(900_000).expect("one of the cutoffs");
        let expected = format!("{} blocks ", ninety.blocks);
        let line = printed.lines().find(|line| line.contains("account for 90%")).expect("a line for 90 %");
        assert!(line.starts_with(&expected) && line.contains(&format!("count >= {} ", ninety.min_count)), "{line}");
    }
}

#[test]
fn the_hottest_functions_are_those_of_show() {
    let path = golden("many.profdata");
    let profile = Profile::read(&path).expect("made by LLVM");
    let arguments = ["show", "--topn=5", path.to_str().expect("an ASCII path")];
    let Some(printed) = printed(&arguments) else { return };
    for hot in profile.hottest(5) {
        assert!(printed.contains(&format!("{}, max count = {}\n", hot.name, hot.max_count)), "{hot:?}\n{printed}");
    }
}

#[test]
fn the_overlap_is_that_of_overlap() {
    let paths = ["one.profraw", "three.profraw"].map(golden);
    let [one, three] = paths.each_ref().map(|path| Profile::read(path).expect("a good profile"));
    let overlap = one.overlap(&three);
    assert!(overlap.score > 0.5 && overlap.score < 1.0, "{overlap:?}");
    assert_eq!((overlap.mismatched_functions, overlap.only_in_first, overlap.only_in_second), (0, 0, 0));
    assert!((one.overlap(&one).score - 1.0).abs() < 1e-9);
    let arguments = ["overlap", paths[0].to_str().expect("ASCII"), paths[1].to_str().expect("ASCII")];
    let Some(printed) = printed(&arguments) else { return };
    let expected = format!("{:.3}%", overlap.score * 100.0);
    assert!(printed.contains(&expected), "{expected}\n{printed}");
}
