//! What training asks of a profile: how much of the program ran, and where two profiles differ.

use std::collections::BTreeSet;

use pgo_profile::Profile;

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

/// How often all blocks of all functions ran, summed up.
pub fn total(profile: &Profile) -> u128 {
    profile.functions().iter().flat_map(|function| &function.counts).map(|count| u128::from(*count)).sum()
}

/// Whether the program has code that starts threads.
pub fn starts_threads(profile: &Profile) -> bool {
    profile.functions().iter().any(|function| {
        let readable = format!("{:#}", rustc_demangle::demangle(symbol(&function.name)));
        readable.contains("std::thread::") && readable.contains("spawn")
    })
}

/// The functions that never ran and have to do with several threads, each once: first those that start one, as the closure
/// tells that they hand to the standard library, then those whose name speaks of it. What a compiler derives, such as
/// formatting and dropping, is not among them.
pub fn unreached_parallel(profile: &Profile) -> Vec<String> {
    let unreached = profile.functions().iter().filter(|function| function.counts.iter().all(|count| *count == 0));
    let readable: BTreeSet<String> =
        unreached.map(|function| format!("{:#}", rustc_demangle::demangle(symbol(&function.name)))).collect();
    let starting: BTreeSet<String> = readable.iter().filter_map(|name| starts_thread(name)).collect();
    let named = readable.into_iter().filter(|name| speaks_of_threads(name) && !starting.contains(name));
    starting.iter().cloned().chain(named).collect()
}

/// The function whose closure the instance `name` of a spawning function of the standard library was made for.
fn starts_thread(name: &str) -> Option<String> {
    let (spawns, arguments) = name.split_once("::<")?;
    let is_spawn = spawns.starts_with("std::thread::") && spawns.contains("spawn");
    let closure = arguments.split(", ").next().unwrap_or(arguments).trim_end_matches('>');
    let (function, _) = closure.split_once("::{closure").filter(|_| is_spawn)?;
    is_own(function).then(|| function.to_owned())
}

fn speaks_of_threads(name: &str) -> bool {
    // `<Pool as core::fmt::Debug>::fmt`
    let is_derived =
        name.starts_with('<') && [" as core::", " as std::", " as alloc::"].iter().any(|of| name.contains(of));
    let path = name.split("::<").next().unwrap_or(name).to_lowercase();
    is_own(name) && !is_derived && ["parallel", "thread", "worker", "spawn"].iter().any(|word| path.contains(word))
}

/// Whether the path does not begin in the standard library.
fn is_own(name: &str) -> bool {
    let path = name.trim_start_matches(['<', '&', '(']);
    !["std::", "core::", "alloc::"].iter().any(|library| path.starts_with(library))
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
    fn what_starts_threads_is_named_first_and_what_is_derived_never() {
        let zero: &[u64] = &[0];
        let names = [
            "std::thread::Builder::spawn_unchecked_::<tool::walk::visit::{closure#0}, ()>",
            "std::thread::Builder::spawn_unchecked_::<std::sync::x::{closure#0}, ()>",
            "<tool::WalkParallel as core::fmt::Debug>::fmt",
            "<tool::WalkParallel as core::clone::Clone>::clone",
            "core::ptr::drop_in_place::<tool::WalkParallel>",
            "<tool::WalkParallel>::visit",
            "<tool::Workers as tool::Work>::go",
            "tool::plain::<tool::Thread>",
        ];
        let functions: Vec<(&str, &[u64])> = names.iter().map(|name| (*name, zero)).collect();
        let mut functions = functions;
        functions.push(("tool::search_parallel", &[1]));
        let expected = ["tool::walk::visit", "<tool::WalkParallel>::visit", "<tool::Workers as tool::Work>::go"];
        assert_eq!(unreached_parallel(&profile(&functions)), expected);
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
