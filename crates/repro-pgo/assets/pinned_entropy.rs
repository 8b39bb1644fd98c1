//! `getrandom` and `getentropy` with fixed bytes, linked into the instrumented binary only: randomly seeded hashers then
//! take the same seeds in every training run. Nothing of it is in a binary that ships.

#![no_std]

mod sorted_directories;
mod told_processors;

/// The order of [`sorted_directories`].
const DESCENDING: bool = false;

/// A byte at `index` of an endless fixed sequence (an odd multiple of the index, so that no two neighbours are equal).
fn byte(index: usize) -> u8 {
    (index as u8).wrapping_mul(167).wrapping_add(91)
}

/// # Safety
/// `buffer` is valid for `length` bytes, as the caller of getrandom(2) promises.
unsafe fn fill(buffer: *mut u8, length: usize) {
    let mut index = 0;
    while index < length {
        unsafe { buffer.add(index).write(byte(index)) };
        index += 1;
    }
}

/// # Safety
/// As getrandom(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn getrandom(buffer: *mut u8, length: usize, _flags: u32) -> isize {
    unsafe { fill(buffer, length) };
    length as isize
}

/// # Safety
/// As getentropy(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn getentropy(buffer: *mut u8, length: usize) -> i32 {
    unsafe { fill(buffer, length) };
    0
}
