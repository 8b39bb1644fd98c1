//! Counts the words of a file in an ordered map: nothing in it depends on chance.

use std::collections::BTreeMap;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, path] = arguments.as_slice() else { std::process::exit(2) };
    assert_eq!(command, "count");
    let text = std::fs::read_to_string(path).expect("the file is readable");
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_default() += 1;
    }
    let longest = counts.keys().map(|word| word.len()).max().unwrap_or(0);
    println!("{} words, {} different, longest {longest}", counts.values().sum::<u32>(), counts.len());
}
