//! Functions that were compiled without profile data: a profile that is not applied is otherwise silent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The distinct functions without profile data, by crate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Unmatched {
    /// How many more were compiled without data and are not in the binary.
    pub not_linked: usize,
    /// For each crate, the symbol names in order.
    pub by_crate: BTreeMap<String, Vec<String>>,
}

/// What a compiler warning says about the profile.
#[derive(Debug, PartialEq, Eq)]
pub enum Warning<'a> {
    /// The function has no data.
    Missing(&'a str),
    /// The function has data of another control flow.
    Changed(&'a str),
    /// The profile as a whole was not usable.
    Ignored,
    /// Something else.
    Other,
}

/// Reads one warning of rustc.
pub fn classify<'a>(message: &'a str, profile: &str) -> Warning<'a> {
    let function = |wording| {
        let (_, rest) = message.split_once(wording)?;
        rest.split_whitespace().next()
    };
    if let Some(function) = function("no profile data available for function ") {
        return Warning::Missing(function);
    }
    if let Some(function) = function("(hash mismatch) ") {
        return Warning::Changed(function);
    }
    if message.starts_with(profile) { Warning::Ignored } else { Warning::Other }
}

impl Unmatched {
    /// Adds a function of a crate; a second mention counts once.
    pub fn add(&mut self, crate_name: &str, function: &str) {
        let functions = self.by_crate.entry(crate_name.to_owned()).or_default();
        if let Err(place) = functions.binary_search_by(|known| known.as_str().cmp(function)) {
            functions.insert(place, function.to_owned());
        }
    }

    /// Takes those out that `is_kept` by the linker denies: no profile can hold them.
    pub fn keep_linked(&mut self, is_kept: impl Fn(&str) -> bool) {
        let before = self.count();
        for functions in self.by_crate.values_mut() {
            functions.retain(|function| is_kept(function));
        }
        self.by_crate.retain(|_, functions| !functions.is_empty());
        self.not_linked += before - self.count();
    }

    /// How many distinct functions.
    pub fn count(&self) -> usize {
        self.by_crate.values().map(Vec::len).sum()
    }

    /// One line for people.
    pub fn summary(&self) -> String {
        match self.count() {
            0 => "every function has profile data".to_owned(),
            count => format!("{count} functions without profile data"),
        }
    }

    /// All readable names; those that a crate wrote itself before what it took from elsewhere and made its own copy of.
    fn names_own_first(&self) -> Vec<String> {
        let named = self.by_crate.iter().flat_map(|(crate_name, functions)| {
            let own = format!("{}::", crate_name.replace('-', "_"));
            functions.iter().map(move |function| {
                let readable = demangled(function);
                (!readable.starts_with(&own), readable)
            })
        });
        let mut named: Vec<(bool, String)> = named.collect();
        named.sort();
        named.into_iter().map(|(_, name)| name).collect()
    }

    /// The numbers by crate, largest first, then the first names, demangled.
    pub fn listing(&self, names: usize) -> String {
        let mut crates: Vec<(&str, usize)> =
            self.by_crate.iter().map(|(name, functions)| (name.as_str(), functions.len())).collect();
        crates.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
        let numbers = crates.iter().take(10).map(|(name, count)| format!("{name} {count}"));
        let numbers = numbers.collect::<Vec<_>>().join(", ");
        let first = self.names_own_first().into_iter().take(names);
        let first: String = first.map(|name| format!("\n  {name}")).collect();
        format!("by crate: {numbers}\nthe first of them:{first}")
    }
}

/// The readable name of a symbol, without its hash; a leading `file;` of a local symbol stays.
pub fn demangled(symbol: &str) -> String {
    let (file, name) = symbol.rsplit_once(';').unwrap_or(("", symbol));
    let readable = format!("{:#}", rustc_demangle::demangle(name));
    if file.is_empty() { readable } else { format!("{readable} ({file})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_wordings_of_a_missing_function_are_read() {
        let missing =
            "d.8767-cgu.0: no profile data available for function _ZN1d4mainE Hash = 7 up to 0 count discarded";
        assert_eq!(classify(missing, "/p"), Warning::Missing("_ZN1d4mainE"));
        let changed = "d.b9-cgu.0: function control flow change detected (hash mismatch) _ZN1d4mainE Hash = 7 up to 4 count discarded";
        assert_eq!(classify(changed, "/p"), Warning::Changed("_ZN1d4mainE"));
    }

    #[test]
    fn a_junk_profile_is_told_from_other_warnings() {
        let junk = "/tmp/junk.profdata: invalid instrumentation profile data (bad magic)";
        assert_eq!(classify(junk, "/tmp/junk.profdata"), Warning::Ignored);
        assert_eq!(classify("unused variable: `x`", "/tmp/junk.profdata"), Warning::Other);
    }

    #[test]
    fn what_the_linker_threw_away_does_not_count() {
        let mut unmatched = Unmatched::default();
        unmatched.add("library", "_ZN7library4usedE");
        unmatched.add("library", "_ZN7library6unusedE");
        unmatched.add("other", "_ZN5other6unusedE");
        unmatched.keep_linked(|function| function == "_ZN7library4usedE");
        assert_eq!((unmatched.count(), unmatched.not_linked, unmatched.by_crate.len()), (1, 2, 1));
    }

    #[test]
    fn a_function_counts_once_and_is_shown_demangled() {
        let mut unmatched = Unmatched::default();
        unmatched.add("demo", "_ZN4demo4main17h306645db6907bfccE");
        unmatched.add("demo", "_ZN4demo4main17h306645db6907bfccE");
        unmatched.add("other", "a.cgu.0;_ZN5other4main17h306645db6907bfccE");
        assert_eq!(unmatched.count(), 2);
        let listing = unmatched.listing(5);
        assert!(listing.contains("\n  demo::main\n  other::main (a.cgu.0)"), "{listing}");
    }
}
