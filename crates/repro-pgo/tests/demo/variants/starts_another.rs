//! Asks another program, and standard input.

fn main() {
    let status = std::process::Command::new("/bin/true").status().expect("it can be started");
    assert!(status.success());
    let read = std::io::read_to_string(std::io::stdin()).expect("it is text");
    println!("{}", read.len());
}
