//! Calls through trait objects and function pointers, copies of varying size, generic and local functions.

use std::fmt::Display;

trait Shape {
    fn area(&self) -> u64;
}

struct Square(u64);
struct Rectangle(u64, u64);
struct Nothing;

impl Shape for Square {
    #[inline(never)]
    fn area(&self) -> u64 {
        self.0 * self.0
    }
}

impl Shape for Rectangle {
    #[inline(never)]
    fn area(&self) -> u64 {
        if self.1 == 0 { 0 } else { self.0 * self.1 }
    }
}

impl Shape for Nothing {
    fn area(&self) -> u64 {
        0
    }
}

fn shapes(count: u64) -> Vec<Box<dyn Shape>> {
    let shape = |index| -> Box<dyn Shape> {
        match index % 5 {
            0 => Box::new(Square(index)),
            1 => Box::new(Nothing),
            _ => Box::new(Rectangle(index, index % 3)),
        }
    };
    (0..count).map(shape).collect()
}

mod left {
    #[inline(never)]
    pub fn local(count: u64) -> u64 {
        (0..count).filter(|index| index % 2 == 0).count() as u64
    }
}

mod right {
    #[inline(never)]
    pub fn local(count: u64) -> u64 {
        (0..count).filter(|index| index % 3 == 0).map(|index| index ^ 1).sum()
    }
}

#[inline(never)]
fn copies(count: usize) -> usize {
    let source = vec![1_u8; count + 1];
    let mut target = vec![0_u8; count + 1];
    (0..count)
        .map(|index| {
            let length = index % 70;
            target[..length.min(count)].copy_from_slice(&source[..length.min(count)]);
            target[0] as usize
        })
        .sum()
}

/// None of these functions is instrumented: they come with the standard library.
#[inline(never)]
fn external_targets(count: u64) -> usize {
    let values: [&dyn Display; 7] = [&1_u8, &300_u16, &70_000_u32, &-5_i64, &"text", &'c', &true];
    (0..count).map(|index| values[(index * index % 7) as usize].to_string().len()).sum()
}

fn largest<T: Ord + Copy>(items: &[T]) -> Option<T> {
    items.iter().copied().max()
}

fn main() {
    let count = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10);
    let area: u64 = shapes(count).iter().map(|shape| shape.area()).sum();
    let locals = [left::local as fn(u64) -> u64, right::local];
    let called: u64 = (0..count).map(|index| locals[(index % 4 / 3) as usize](index)).sum();
    let bytes: Vec<u8> = (0..count).map(|index| index as u8).collect();
    let words: Vec<u64> = (0..count).rev().collect();
    println!("{area} {called} {} {}", copies(count as usize), external_targets(count));
    println!("{:?} {:?}", largest(&bytes), largest(&words));
}
