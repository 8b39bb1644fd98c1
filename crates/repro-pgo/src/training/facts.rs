//! What training asks of a profile: how much of the program ran, and where two profiles differ.

use std::collections::BTreeMap;

use pgo_profile::{FunctionRecord, Profile};

/// How much of the program ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// Functions in the profile.
    pub functions: u64,
    /// Functions with a count above zero.
    pub covered: u64,
}

/// The coverage of a profile.
pub fn coverage(profile: &Profile) -> Coverage {
    let summary = profile.summary();
    Coverage { functions: summary.functions, covered: summary.covered_functions }
}

/// The names of the functions whose records differ, or that only one of the two has.
pub fn differing(first: &Profile, other: &Profile) -> Vec<String> {
    let (first, other) = (records(first), records(other));
    let changed = first.iter().filter(|(key, record)| other.get(*key) != Some(*record)).map(|(key, _)| key.0);
    let added = other.keys().filter(|key| !first.contains_key(*key)).map(|key| key.0);
    let mut names: Vec<String> = changed.chain(added).map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn records(profile: &Profile) -> BTreeMap<(&str, u64), &FunctionRecord> {
    profile.functions().iter().map(|record| ((record.name.as_str(), record.hash), record)).collect()
}

/// Whether a function of one of `crates` is in the profile.
pub fn mentions_any(profile: &Profile, crates: &[String]) -> bool {
    profile.functions().iter().any(|function| {
        let readable = format!("{:#}", rustc_demangle::demangle(symbol(&function.name)));
        crates.iter().any(|name| mentions(&readable, name))
    })
}

/// A symbol without the file that stands before local ones.
fn symbol(name: &str) -> &str {
    name.rsplit_once(';').map_or(name, |(_, symbol)| symbol)
}

/// Whether a path in the readable name starts with the crate `name`.
fn mentions(readable: &str, name: &str) -> bool {
    let starts = readable.match_indices(name).filter(|(start, _)| readable[start + name.len()..].starts_with("::"));
    let mut before = starts.map(|(start, _)| readable[..start].chars().next_back());
    before.any(|character| character.is_none_or(|character| !(character.is_alphanumeric() || "_:".contains(character))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(functions: &[(&str, &[u64])]) -> Profile {
        let text: String = functions
            .iter()
            .map(|(name, counts)| {
                let lines: String = counts.iter().map(|count| format!("{count}\n")).collect();
                format!("{name}\n# Func Hash:\n1\n# Num Counters:\n{}\n# Counter Values:\n{lines}\n", counts.len())
            })
            .collect();
        Profile::read_text(format!("# IR level Instrumentation Flag\n:ir\n{text}").as_bytes()).expect("it is a profile")
    }

    #[test]
    fn functions_with_a_count_are_covered() {
        let profile = profile(&[("first", &[0, 0]), ("second", &[0, 7])]);
        assert_eq!(coverage(&profile), Coverage { functions: 2, covered: 1 });
    }

    #[test]
    fn changed_and_missing_functions_differ() {
        let first = profile(&[("a", &[1]), ("b", &[2])]);
        assert!(differing(&first, &first).is_empty());
        assert_eq!(differing(&first, &profile(&[("a", &[1]), ("b", &[3])])), ["b"]);
        assert_eq!(differing(&first, &profile(&[("a", &[1]), ("c", &[2])])), ["b", "c"]);
    }

    #[test]
    fn a_crate_is_found_in_symbols_and_not_in_parts_of_words() {
        let own = profile(&[("a.cgu.0;_ZN4demo4main17h306645db6907bfccE", &[1])]);
        assert!(mentions_any(&own, &["demo".to_owned()]));
        assert!(!mentions_any(&own, &["emo".to_owned(), "main".to_owned()]));
        assert!(mentions("<demo::Thing as core::fmt::Debug>::fmt", "demo"));
        assert!(!mentions("std::demo::main", "demo"));
    }
}
