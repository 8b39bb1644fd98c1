//! Random text profiles: through the indexed format and back, and byte for byte as LLVM's tool has them.

use std::fmt::Write;
use std::path::Path;
use std::sync::LazyLock;

use pgo_profile::{FunctionRecord, Merger, Profile, ProfiledValue, ValueSite, Variants, Weight, name_hash};
use proptest::prelude::*;

use crate::support::{Workbench, llvm_profdata, merged_by_llvm};

fn name() -> impl Strategy<Value = String> {
    // Few names, so that functions meet again under other hashes and in other profiles. A dollar sign in front would be
    // taken for the number of bitmap bytes, by LLVM too.
    prop_oneof![3 => "[a-d]", 1 => "[a-z_.][a-zA-Z0-9_.$:]{0,40}[a-z]"]
}

fn count() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0_u64..20, 2 => 0_u64..1 << 50, 1 => (u64::MAX - 5)..=u64::MAX]
}

fn site(symbols: bool) -> impl Strategy<Value = ValueSite> {
    let value = if symbols {
        prop_oneof![Just(0), name().prop_map(|name| name_hash(&name))].boxed()
    } else {
        (0_u64..64).boxed()
    };
    let values = prop::collection::vec((value, 0_u64..9), 0..40);
    values.prop_map(move |values| {
        let mut site: Vec<_> = values.into_iter().map(|(value, count)| ProfiledValue { value, count }).collect();
        if !symbols {
            // A size occurs once at a site.
            site.sort_by_key(|value| value.value);
            site.dedup_by_key(|value| value.value);
        }
        site
    })
}

fn function() -> impl Strategy<Value = FunctionRecord> {
    let sites = |symbols| prop::collection::vec(site(symbols), 0..3);
    let hash = prop_oneof![0_u64..6, 0_u64..1 << 60];
    (name(), hash, prop::collection::vec(count(), 1..4), prop::option::weighted(0.4, (sites(true), sites(false))))
        .prop_map(|(name, hash, counts, values)| {
            let mut record = FunctionRecord::new(name, hash, counts);
            if let Some((targets, sizes)) = values {
                record.value_sites = [targets, sizes, Vec::new()];
            }
            record
        })
}

fn profile() -> impl Strategy<Value = Profile> {
    let variants = (any::<bool>(), any::<bool>()).prop_map(|(entry_first, loop_entries)| Variants {
        entry_first,
        loop_entries,
        ..Variants::default()
    });
    // Around 48 functions LLVM's hash table grows.
    let functions = prop_oneof![prop::collection::vec(function(), 0..12), prop::collection::vec(function(), 90..160)];
    (variants, functions).prop_map(|(variants, functions)| Profile::new(variants, functions, Vec::new()))
}

/// The records as they are: `write_text` would fold them first.
fn unfolded_text(profile: &Profile) -> String {
    let mut text = ":ir\n".to_owned();
    for (flag, name) in
        [(profile.variants().entry_first, "entry_first"), (profile.variants().loop_entries, "instrument_loop_entries")]
    {
        if flag {
            writeln!(text, ":{name}").expect("a string takes all text");
        }
    }
    for function in profile.functions() {
        let one = Profile::new(Variants::default(), vec![function.clone()], Vec::new()).write_text();
        text.push_str(one.split_once(":ir\n").expect("the header comes first").1);
    }
    text
}

fn merged(inputs: &[(u64, &Profile)]) -> Profile {
    let mut merger = Merger::new();
    for (weight, profile) in inputs {
        merger.add(profile, Weight::new(*weight).expect("not zero")).expect("instrumented alike");
    }
    merger.finish().profile
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_to_indexed_to_text(profile in profile()) {
        let text = profile.write_text();
        let from_text = Profile::read_text(text.as_bytes()).expect("just written");
        prop_assert_eq!(&from_text.write_text(), &text);
        // Written again, the indexed bytes may differ: records of one name change places where their hashes collide in
        // LLVM's map, as they do in LLVM's tool. The text stays the same.
        let from_indexed = Profile::read_indexed(&from_text.write_indexed()).expect("just written");
        prop_assert_eq!(from_indexed.write_text(), text);
    }

    #[test]
    fn merging_in_halves_adds_the_same_counts(first in profile(), second in profile()) {
        let counts = |profile: Profile| {
            let functions = profile.functions().iter();
            functions.map(|function| (function.name.clone(), function.hash, function.counts.clone())).collect::<Vec<_>>()
        };
        let twice = merged(&[(1, &merged(&[(1, &first), (1, &second)]))]);
        prop_assert_eq!(counts(twice), counts(merged(&[(1, &first), (1, &second)])));
    }
}

/// Looked for once, not in every case of the property.
static TOOL: LazyLock<Option<&Path>> = LazyLock::new(llvm_profdata);

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn llvm_writes_the_same_bytes(first in profile(), second in profile(), weights in (1_u64..5, 1_u64..5)) {
        let Some(tool) = *TOOL else { return Ok(()) };
        let bench = Workbench::new();
        let files = [&first, &second].map(unfolded_text);
        let [first, second] = [0, 1].map(|index: usize| {
            let path = bench.write(&format!("{index}.proftext"), &files[index]);
            (Profile::read(&path).expect("just written"), path)
        });
        let merged = merged(&[(weights.0, &first.0), (weights.1, &second.0)]);
        let (indexed, text) = merged_by_llvm(tool, &bench, &[(weights.0, &first.1), (weights.1, &second.1)]);
        prop_assert_eq!(merged.write_text(), text);
        prop_assert!(merged.write_indexed() == indexed, "indexed bytes differ");
    }
}
