//! The program behind the profiles in this folder: built with
//! `rustc --edition 2024 -Cprofile-generate -Copt-level=2 -Cpanic=abort golden.rs` (rustc 1.95, LLVM 22.1.2).

trait Animal {
    fn legs(&self) -> usize;
}

struct Dog;
struct Worm(usize);

impl Animal for Dog {
    fn legs(&self) -> usize {
        4
    }
}

impl Animal for Worm {
    fn legs(&self) -> usize {
        self.0.saturating_sub(100)
    }
}

fn main() {
    let count = std::env::args().len() * 10;
    let animals: [&dyn Animal; 3] = [&Dog, &Worm(7), &Worm(200)];
    let legs: usize = (0..count).map(|index| std::hint::black_box(animals)[index * index % 3].legs()).sum();
    let source = [1_u8; 64];
    let mut target = [0_u8; 64];
    for index in 0..count {
        let length = std::hint::black_box(index % 40);
        target[..length].copy_from_slice(&source[..length]);
    }
    if legs == usize::MAX || std::hint::black_box(target)[0] > 1 {
        std::process::exit(1);
    }
}
