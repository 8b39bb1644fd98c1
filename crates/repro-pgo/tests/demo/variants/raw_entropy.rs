//! Asks the kernel itself for random bytes, past any symbol that could be pinned, and lets them steer the control flow.

use std::arch::asm;

const GETRANDOM: usize = 318;

fn main() {
    let mut bytes = [0_u8; 64];
    let mut result = GETRANDOM;
    // SAFETY: getrandom(2) writes at most the given number of bytes into the buffer.
    unsafe {
        asm!("syscall", inout("rax") result, in("rdi") bytes.as_mut_ptr(), in("rsi") bytes.len(), in("rdx") 0,
             out("rcx") _, out("r11") _);
    }
    assert_eq!(result, bytes.len());
    report(bytes.iter().filter(|byte| **byte % 2 == 1).count());
}

#[inline(never)]
fn report(times: usize) {
    for number in 0..times {
        std::hint::black_box(number);
    }
}
