//! Starts threads only where there is more than one processor.

use std::num::NonZero;

fn main() {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    if processors > 1 { search_parallel(processors) } else { println!("{}", search(0)) }
}

#[inline(never)]
fn search_parallel(processors: usize) {
    let threads: Vec<_> = (0..processors).map(|index| std::thread::spawn(move || search(index))).collect();
    println!("{}", threads.into_iter().map(|thread| thread.join().expect("it does not panic")).sum::<usize>());
}

#[inline(never)]
fn search(index: usize) -> usize {
    std::hint::black_box(index)
}
