//! The text form of a profile, as far as training needs it: which functions ran, and where two profiles differ.

use std::collections::BTreeMap;

/// How much of the program ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// Functions in the profile.
    pub functions: usize,
    /// Functions with a count above zero.
    pub covered: usize,
}

/// The records of a profile by function name and control-flow hash; header lines are left out.
fn records(text: &str) -> BTreeMap<(&str, &str), &str> {
    let blocks = text.split("\n\n").map(|block| {
        let mut rest = block.trim_start_matches('\n');
        while rest.starts_with(['#', ':']) {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
        rest
    });
    let named = blocks.filter_map(|block| {
        let mut lines = block.lines();
        let name = lines.next().filter(|name| !name.is_empty())?;
        Some(((name, lines.nth(1).unwrap_or_default()), block))
    });
    named.collect()
}

fn counters(record: &str) -> impl Iterator<Item = &str> {
    let after = record.split_once("# Counter Values:\n").map_or("", |(_, values)| values);
    after.lines().take_while(|line| !line.starts_with('#') && !line.is_empty())
}

/// The coverage of a profile.
pub fn coverage(text: &str) -> Coverage {
    let records = records(text);
    let covered = records.values().filter(|record| counters(record).any(|count| count != "0")).count();
    Coverage { functions: records.len(), covered }
}

/// The names of all functions.
pub fn functions(text: &str) -> Vec<&str> {
    records(text).into_keys().map(|(name, _)| name).collect()
}

/// The names of the functions whose records differ, or that only one of the two has.
pub fn differing<'a>(left: &'a str, right: &'a str) -> Vec<&'a str> {
    let (left, right) = (records(left), records(right));
    let changed = left.iter().filter(|(key, record)| right.get(*key) != Some(*record)).map(|(key, _)| *key);
    let added = right.keys().filter(|key| !left.contains_key(*key)).copied();
    let mut names: Vec<&str> = changed.chain(added).map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# IR level Instrumentation Flag\n:ir\nfirst\n# Func Hash:\n1\n# Num Counters:\n2\n\
        # Counter Values:\n0\n0\n\nsecond\n# Func Hash:\n2\n# Num Counters:\n1\n# Counter Values:\n7\n\
        # Num Value Kinds:\n1\n# ValueKind = IPVK_MemOPSize:\n1\n# NumValueSites:\n1\n0\n\n";

    #[test]
    fn functions_with_a_count_are_covered() {
        assert_eq!(coverage(TEXT), Coverage { functions: 2, covered: 1 });
        assert_eq!(functions(TEXT), ["first", "second"]);
    }

    #[test]
    fn value_data_is_not_a_count() {
        assert_eq!(coverage(&TEXT.replace("\n7\n", "\n0\n")).covered, 0);
    }

    #[test]
    fn changed_and_missing_functions_differ() {
        assert!(differing(TEXT, TEXT).is_empty());
        assert_eq!(differing(TEXT, &TEXT.replace("\n7\n", "\n8\n")), ["second"]);
        assert_eq!(differing(TEXT, &TEXT.replace("first", "third")), ["first", "third"]);
    }

    #[test]
    fn an_empty_profile_has_nothing() {
        assert_eq!(coverage("# IR level Instrumentation Flag\n:ir\n"), Coverage { functions: 0, covered: 0 });
    }
}
