//! Needs a file on standard input, a variable, a working directory and a file made beforehand, and writes beside them.

fn main() {
    let words = std::io::read_to_string(std::io::stdin()).expect("it is text").split_whitespace().count();
    assert!(words > 0, "standard input is empty");
    let greeting = std::env::var("GREETING").expect("it is set");
    let made = std::fs::read_to_string("made").expect("it was made before");
    std::fs::OpenOptions::new().write(true).create_new(true).open("cache").expect("each run finds it as it was");
    println!("{greeting} {made} {words}");
    std::process::exit(3);
}
