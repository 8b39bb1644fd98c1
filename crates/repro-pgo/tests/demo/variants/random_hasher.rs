//! Counts the words in a randomly seeded map and lets its order steer the control flow.

use std::collections::HashMap;

fn main() {
    let path = std::env::args().nth(2).expect("a path is given");
    let text = std::fs::read_to_string(path).expect("the file is readable");
    let mut counts: HashMap<&str, u64> = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_default() += 1;
    }
    let mut sum = 0;
    for (word, count) in &counts {
        if sum % 3 == 0 {
            sum += word.len() as u64 * count;
        } else {
            sum ^= 5;
        }
    }
    println!("{sum}");
}
