//! Counts the words of text files. A placeholder: put your own program here, and its workloads into pgo.toml.

use std::collections::BTreeMap;
use std::process::ExitCode;

/// How often each word occurs, without regard to case.
fn count(text: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *counts.entry(word.to_lowercase()).or_insert(0) += 1;
    }
    counts
}

/// The most frequent words first, equally frequent ones by the alphabet.
fn ranking(counts: BTreeMap<String, usize>) -> Vec<(String, usize)> {
    let mut ranking: Vec<_> = counts.into_iter().collect();
    ranking.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    ranking
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [shown, path] = arguments.as_slice() else {
        eprintln!("usage: word-count NUMBER FILE");
        return ExitCode::from(2);
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("cannot read {path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    for (word, occurrences) in ranking(count(&text)).into_iter().take(shown.parse().unwrap_or(10)) {
        println!("{occurrences:6} {word}");
    }
    ExitCode::SUCCESS
}
