//! What a merge reports, and what it leaves alone.

use pgo_profile::{MergeProblem, Merged, Merger, Profile, ValueKind, Weight};

fn merged(texts: &[&str]) -> Merged {
    let mut merger = Merger::new();
    for text in texts {
        let profile = Profile::read_text(text.as_bytes()).expect("a good profile");
        merger.add(&profile, Weight::ONE).expect("instrumented alike");
    }
    merger.finish()
}

fn problems(texts: &[&str]) -> Vec<(String, MergeProblem)> {
    merged(texts).warnings.into_iter().map(|warning| (warning.function, warning.problem)).collect()
}

#[test]
fn an_overflow_is_reported_once_for_each_function() {
    let text = ":ir\nmain\n1\n2\n18446744073709551613\n18446744073709551613\n";
    assert_eq!(problems(&[text, text]), [("main".to_owned(), MergeProblem::CounterOverflow)]);
    let warning = merged(&[text, text]).warnings[0].to_string();
    assert_eq!(warning, "main (hash 1): a counter overflowed; use smaller weights");
}

#[test]
fn mismatching_records_are_reported_and_the_first_one_stays() {
    let first = ":ir\ncounters\n1\n2\n1\n2\nsites\n1\n1\n5\n1\n1\n1\n1\n8:5\n";
    let second = ":ir\ncounters\n1\n1\n9\nsites\n1\n1\n5\n1\n1\n2\n1\n8:5\n0\n";
    let expected = [
        ("counters".to_owned(), MergeProblem::CounterNumberMismatch),
        ("sites".to_owned(), MergeProblem::ValueSiteNumberMismatch(ValueKind::MemorySize)),
    ];
    assert_eq!(problems(&[first, second]), expected);
    let profile = merged(&[first, second]).profile;
    assert_eq!(profile.functions()[0].counts, [1, 2]);
    assert_eq!((profile.functions()[1].counts[0], profile.functions()[1].sites(ValueKind::MemorySize).len()), (10, 1));
}

#[test]
fn build_ids_are_kept_once_each() {
    let id = |byte| vec![byte; 20];
    let profile = |ids| Profile::new(pgo_profile::Variants::default(), Vec::new(), ids);
    let mut merger = Merger::new();
    merger.add(&profile(vec![id(2), id(1)]), Weight::ONE).expect("instrumented alike");
    merger.add(&profile(vec![id(2)]), Weight::ONE).expect("instrumented alike");
    let indexed = merger.finish().profile.write_indexed();
    assert_eq!(Profile::read_indexed(&indexed).expect("just written").binary_ids(), [id(1), id(2)]);
}
