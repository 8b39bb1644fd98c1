//! Appends to its own input.

use std::io::Write;

fn main() {
    let path = std::env::args().nth(2).expect("a path is given");
    let mut file = std::fs::OpenOptions::new().append(true).open(path).expect("the file is writable");
    file.write_all(b"more\n").expect("the file is writable");
}
