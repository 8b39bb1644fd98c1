//! How many processors the instrumented binary is told of in a machine that has one: programs that ask start so many
//! threads, as they do where they are used. The driver names the number in a variable; without it the true answer is given.
//!
//! The linker sends the calls here (`--wrap`), as for folders.

use core::ffi::{c_char, c_int, c_long};

/// `_SC_NPROCESSORS_CONF` and `_SC_NPROCESSORS_ONLN`.
const PROCESSORS: [c_int; 2] = [83, 84];

unsafe extern "C" {
    fn getenv(name: *const c_char) -> *const c_char;
    fn __real_sched_getaffinity(process: c_int, size: usize, set: *mut u8) -> c_int;
    fn __real_sysconf(name: c_int) -> c_long;
}

/// The number that the driver names, or 0.
fn told() -> usize {
    let mut number = 0_usize;
    unsafe {
        let mut digit = getenv(c"REPRO_PGO_PROCESSORS".as_ptr());
        while !digit.is_null() && *digit != 0 {
            number = number.wrapping_mul(10).wrapping_add((*digit as u8).wrapping_sub(b'0') as usize);
            digit = digit.add(1);
        }
    }
    number
}

/// # Safety
/// As sched_getaffinity(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __wrap_sched_getaffinity(process: c_int, size: usize, set: *mut u8) -> c_int {
    let told = told();
    if told == 0 {
        return unsafe { __real_sched_getaffinity(process, size, set) };
    }
    let mut byte = 0;
    while byte < size {
        let bits = told.saturating_sub(byte.saturating_mul(8));
        let value = if bits >= 8 { 0xff } else { (1_u8 << bits).wrapping_sub(1) };
        unsafe { set.add(byte).write(value) };
        byte += 1;
    }
    0
}

/// # Safety
/// As sysconf(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __wrap_sysconf(name: c_int) -> c_long {
    let told = told();
    if told != 0 && (name == PROCESSORS[0] || name == PROCESSORS[1]) {
        return told as c_long;
    }
    unsafe { __real_sysconf(name) }
}
