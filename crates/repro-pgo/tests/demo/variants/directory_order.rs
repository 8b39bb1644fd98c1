//! Lets the order in which a folder is listed steer the control flow.

fn main() {
    let path = std::env::args().nth(2).expect("a path is given");
    let folder = std::path::Path::new(&path).parent().expect("it is in a folder");
    let entries = folder.read_dir().expect("it can be listed");
    let names: Vec<_> = entries.map(|entry| entry.expect("it can be listed").file_name()).collect();
    for pair in names.windows(2) {
        if pair[0] < pair[1] { rising() } else { falling() }
    }
}

#[inline(never)]
fn rising() {
    std::hint::black_box(0);
}

#[inline(never)]
fn falling() {
    std::hint::black_box(1);
}
