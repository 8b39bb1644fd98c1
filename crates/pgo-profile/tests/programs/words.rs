//! A program of many functions: sorting, maps, formatting, and panics that are caught.

use std::collections::{BTreeMap, HashMap};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Word {
    Number(i64),
    Name(String),
    Pair(Box<Word>, Box<Word>),
}

fn words(seed: u64, count: usize) -> Vec<Word> {
    let mut state = seed | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..count).map(|_| word(&mut next, 3)).collect()
}

fn word(next: &mut impl FnMut() -> u64, depth: u32) -> Word {
    match next() % 5 {
        0 if depth > 0 => Word::Pair(Box::new(word(next, depth - 1)), Box::new(word(next, depth - 1))),
        1 | 2 => Word::Name(format!("name-{:03x}", next() % 97)),
        _ => Word::Number((next() % 1000) as i64 - 500),
    }
}

fn weight(word: &Word) -> i64 {
    match word {
        Word::Number(number) if *number == -500 => panic!("too light"),
        Word::Number(number) => *number,
        Word::Name(name) => name.parse::<i64>().unwrap_or(name.len() as i64),
        Word::Pair(left, right) => weight(left).wrapping_mul(weight(right)),
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse().unwrap_or(7_u64));
    let (seed, count) = (arguments.next().unwrap_or(1), arguments.next().unwrap_or(200));
    std::panic::set_hook(Box::new(|_| {}));
    let mut words = words(seed, count as usize);
    words.sort();
    let mut by_word: HashMap<Word, usize> = HashMap::new();
    for word in &words {
        *by_word.entry(word.clone()).or_default() += 1;
    }
    let mut by_count: BTreeMap<usize, Vec<&Word>> = BTreeMap::new();
    for (word, count) in &by_word {
        by_count.entry(*count).or_default().push(word);
    }
    let weights = words.iter().map(|word| std::panic::catch_unwind(|| weight(word)).unwrap_or(-1));
    let total = weights.fold(0_i64, i64::wrapping_add);
    words.sort_by_key(|word| format!("{word:?}").len());
    words.dedup();
    println!("{total} {} {:?}", words.len(), by_count.keys().collect::<Vec<_>>());
}
