//! Which functions a change in instructions comes from.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::callgrind::FunctionCost;

/// One function's own instructions in two binaries; 0 where it does not exist (inlined, or outlined elsewhere).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionChange {
    /// Demangled name.
    pub name: String,
    /// Own instructions in the first binary.
    pub before: u64,
    /// Own instructions in the second binary.
    pub after: u64,
}

impl FunctionChange {
    /// By how much it grew.
    pub fn growth(&self) -> i64 {
        i64::try_from(self.after).unwrap_or(i64::MAX) - i64::try_from(self.before).unwrap_or(i64::MAX)
    }
}

/// Every function that changed, the one that grew most first, the one that shrank most last.
pub fn changes(before: &BTreeMap<String, FunctionCost>, after: &BTreeMap<String, FunctionCost>) -> Vec<FunctionChange> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let own = |costs: &BTreeMap<String, FunctionCost>, name: &str| costs.get(name).map_or(0, |cost| cost.own);
    let mut changes: Vec<FunctionChange> = names
        .into_iter()
        .map(|name| FunctionChange { name: name.clone(), before: own(before, name), after: own(after, name) })
        .filter(|change| change.before != change.after)
        .collect();
    changes.sort_by(|left, right| right.growth().cmp(&left.growth()).then_with(|| left.name.cmp(&right.name)));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(functions: &[(&str, u64)]) -> BTreeMap<String, FunctionCost> {
        let cost = |own| FunctionCost { own, inclusive: own };
        functions.iter().map(|&(name, own)| (name.to_owned(), cost(own))).collect()
    }

    #[test]
    fn growth_comes_first_and_what_stayed_is_left_out() {
        let before = count(&[("gone", 50), ("same", 7), ("shrunk", 100), ("grown", 10)]);
        let after = count(&[("same", 7), ("shrunk", 40), ("grown", 90), ("new", 20)]);
        let found: Vec<(String, i64)> =
            changes(&before, &after).into_iter().map(|change| (change.name.clone(), change.growth())).collect();
        let expected = [("grown", 80), ("new", 20), ("gone", -50), ("shrunk", -60)];
        assert_eq!(found, expected.map(|(name, growth)| (name.to_owned(), growth)));
    }
}
