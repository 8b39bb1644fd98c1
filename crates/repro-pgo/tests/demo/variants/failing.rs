//! Fails, and says why.

fn main() {
    eprintln!("demo: the file is not to my liking");
    std::process::exit(7);
}
