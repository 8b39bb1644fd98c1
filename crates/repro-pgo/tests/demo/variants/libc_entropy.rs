//! Asks the C library for random bytes and lets them steer the control flow.

unsafe extern "C" {
    fn getrandom(buffer: *mut u8, length: usize, flags: u32) -> isize;
}

fn main() {
    let mut bytes = [0_u8; 64];
    // SAFETY: getrandom(2) writes at most the given number of bytes into the buffer.
    let written = unsafe { getrandom(bytes.as_mut_ptr(), bytes.len(), 0) };
    assert_eq!(written, 64);
    for byte in bytes {
        if byte % 2 == 1 { odd() } else { even() }
    }
}

#[inline(never)]
fn even() {
    std::hint::black_box(0);
}

#[inline(never)]
fn odd() {
    std::hint::black_box(1);
}
