//! The functions in which a program spends its blocks.

use std::cmp::Reverse;

use crate::record::FunctionRecord;

/// A function and how hot it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HotFunction {
    /// Its name.
    pub name: String,
    /// The hash of its control flow graph.
    pub hash: u64,
    /// The largest of its block counts.
    pub max_count: u64,
    /// The sum of its block counts, at most 2^64 - 1.
    pub total_count: u64,
}

pub(crate) fn hottest(functions: &[FunctionRecord], limit: usize) -> Vec<HotFunction> {
    let mut hot: Vec<_> = functions.iter().filter(|function| function.is_covered()).collect();
    hot.sort_by_key(|function| (Reverse(function.max_count()), &function.name, function.hash));
    hot.into_iter().take(limit).map(describe).collect()
}

fn describe(function: &FunctionRecord) -> HotFunction {
    let total_count = function.real_counts().iter().fold(0, |sum: u64, count| sum.saturating_add(*count));
    HotFunction { name: function.name.clone(), hash: function.hash, max_count: function.max_count(), total_count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hottest_first_then_by_name_and_never_those_that_did_not_run() {
        let function = |name: &str, counts: &[u64]| FunctionRecord::new(name.to_owned(), 1, counts.to_vec());
        let functions = [function("b", &[3, 1]), function("cold", &[0]), function("a", &[3]), function("hot", &[9])];
        let names: Vec<_> = hottest(&functions, 3).into_iter().map(|hot| (hot.name, hot.total_count)).collect();
        assert_eq!(names, [("hot".to_owned(), 9), ("a".to_owned(), 3), ("b".to_owned(), 4)]);
    }
}
