//! Holds the tables of docs/gates.md to what the simulations give.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

/// What the rows of the merge gate's table are called.
pub const MERGE: [&str; 6] = [
    "exact counts",
    "hash seeds, 0.02 %",
    "one outlier of 5 % in 20",
    "drift of 2 % over the job",
    "two modes 0.4 % apart",
    "a neighbour, +0.1 % in stretches",
];
/// What the rows of the ship gate's table are called.
pub const SHIP: [&str; 5] = [
    "as measured: 13 % a run, drift of 30 %, outliers",
    "one outlier in 8",
    "drift to double the time",
    "two modes 30 % apart",
    "a neighbour, +50 % a third of the time",
];

/// Asserts that the documentation has this row, the `index`th of `table`. With `UPDATE_TABLE=1` in the environment it is
/// written instead.
#[track_caller]
pub fn row(table: &[&str], index: usize, cells: &[String]) {
    let head = format!("| {} |", table[index]);
    let row = format!("{head} {} |", cells.join(" | "));
    let mut file = open();
    let text = read(&mut file);
    let documented = text.lines().find(|line| line.starts_with(&head)).expect("the row is documented");
    if std::env::var_os("UPDATE_TABLE").is_some() {
        rewrite(&mut file, &text.replacen(documented, &row, 1));
    } else {
        assert_eq!(documented, row, "UPDATE_TABLE=1 writes the table");
    }
}

/// The file, held against the other tests, which may want to write it too. Reading it has to be enough for a comparison.
fn open() -> File {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/gates.md");
    let write = std::env::var_os("UPDATE_TABLE").is_some();
    let file = OpenOptions::new().read(true).write(write).open(path).expect("docs/gates.md is there");
    flock(&file, FlockOperation::LockExclusive).expect("a file can be locked");
    file
}

fn read(file: &mut File) -> String {
    let mut text = String::new();
    file.read_to_string(&mut text).expect("docs/gates.md is text");
    text
}

fn rewrite(file: &mut File, text: &str) {
    file.rewind().expect("a file can be rewound");
    file.set_len(0).expect("it is ours");
    file.write_all(text.as_bytes()).expect("it is ours");
}

#[test]
fn every_documented_row_is_simulated() {
    let text = read(&mut open());
    for (heading, names) in [("| merge gate |", MERGE.as_slice()), ("| ship gate |", &SHIP)] {
        let table = text.lines().skip_while(|line| !line.starts_with(heading)).skip(2);
        let documented: Vec<&str> = table
            .take_while(|line| line.starts_with('|'))
            .filter_map(|line| line.trim_start_matches("| ").split(" |").next())
            .collect();
        assert_eq!(documented, names);
    }
}
