//! Takes one of two ways by its process id.

fn main() {
    if std::process::id() % 2 == 0 { even() } else { odd() }
}

#[inline(never)]
fn even() {
    std::hint::black_box(0);
}

#[inline(never)]
fn odd() {
    std::hint::black_box(1);
}
