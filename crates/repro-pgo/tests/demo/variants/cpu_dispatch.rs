//! Takes one of two ways by what the CPU can do.

fn main() {
    if std::is_x86_feature_detected!("avx2") { wide() } else { narrow() }
}

#[inline(never)]
fn wide() {
    std::hint::black_box(0);
}

#[inline(never)]
fn narrow() {
    std::hint::black_box(1);
}
