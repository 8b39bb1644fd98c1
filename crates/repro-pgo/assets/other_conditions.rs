//! Loaded into the programs of a build that is verified (`LD_PRELOAD`). In the varied build (`cfg(varied)`) the date is 13
//! months ahead, and folders are listed by name, the last one first; in the other one the first one first, so that the two
//! differ on every file system. Compilers, linkers, build scripts and procedural macros see it.
//!
//! NB: cargo itself keeps its clock, because it writes times into caches that belong to the user.

#![no_std]

mod sorted_directories;

use core::ffi::{c_char, c_int, c_long, c_void};
use core::ptr::null_mut;

/// The order of [`sorted_directories`].
const DESCENDING: bool = cfg!(varied);

/// In seconds; every part of the date but the time of day differs.
const AHEAD: i64 = if cfg!(varied) { (366 + 40) * 86400 } else { 0 };

const CLOCK_REALTIME: c_int = 0;
const CLOCK_REALTIME_COARSE: c_int = 5;
const CLOCK_TAI: c_int = 11;

#[cfg(target_arch = "x86_64")]
const CLOCK_GETTIME: c_long = 228;
#[cfg(target_arch = "aarch64")]
const CLOCK_GETTIME: c_long = 113;

/// Seconds, and nanoseconds or microseconds.
#[repr(C)]
struct Time {
    seconds: i64,
    fraction: i64,
}

unsafe extern "C" {
    static program_invocation_short_name: *const c_char;
    fn syscall(number: c_long, ...) -> c_long;
    fn strcmp(first: *const c_char, second: *const c_char) -> c_int;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
}

/// `RTLD_NEXT`: the function that this one hides.
unsafe fn hidden(name: *const c_char) -> *mut c_void {
    unsafe { dlsym(usize::MAX as *mut c_void, name) }
}

unsafe fn is_cargo() -> bool {
    unsafe { strcmp(program_invocation_short_name, c"cargo".as_ptr()) == 0 }
}

/// # Safety
/// As clock_gettime(2).
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut Time) -> c_int {
    unsafe {
        let result = syscall(CLOCK_GETTIME, clock, time) as c_int;
        let tells_the_date = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
        if result == 0 && tells_the_date && !is_cargo() {
            (*time).seconds += AHEAD;
        }
        result
    }
}

/// # Safety
/// As gettimeofday(2).
#[unsafe(no_mangle)]
unsafe extern "C" fn gettimeofday(time: *mut Time, _zone: *mut c_void) -> c_int {
    unsafe {
        let result = clock_gettime(CLOCK_REALTIME, time);
        (*time).fraction /= 1000;
        result
    }
}

/// # Safety
/// As time(2).
#[unsafe(no_mangle)]
unsafe extern "C" fn time(out: *mut i64) -> i64 {
    unsafe {
        let mut now = Time { seconds: 0, fraction: 0 };
        clock_gettime(CLOCK_REALTIME, &raw mut now);
        if !out.is_null() {
            out.write(now.seconds);
        }
        now.seconds
    }
}

type Folder = c_void;

/// # Safety
/// As readdir(3).
#[unsafe(no_mangle)]
unsafe extern "C" fn readdir64(folder: *mut Folder) -> *mut sorted_directories::Entry {
    unsafe { sorted_directories::__wrap_readdir64(folder) }
}

/// # Safety
/// As readdir(3).
#[unsafe(no_mangle)]
unsafe extern "C" fn readdir(folder: *mut Folder) -> *mut sorted_directories::Entry {
    unsafe { sorted_directories::__wrap_readdir64(folder) }
}

/// # Safety
/// As closedir(3).
#[unsafe(no_mangle)]
unsafe extern "C" fn closedir(folder: *mut Folder) -> c_int {
    unsafe { sorted_directories::__wrap_closedir(folder) }
}

/// # Safety
/// As rewinddir(3).
#[unsafe(no_mangle)]
unsafe extern "C" fn rewinddir(folder: *mut Folder) {
    unsafe { sorted_directories::__wrap_rewinddir(folder) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __real_readdir64(folder: *mut Folder) -> *mut sorted_directories::Entry {
    type Function = unsafe extern "C" fn(*mut Folder) -> *mut sorted_directories::Entry;
    unsafe {
        let function = hidden(c"readdir64".as_ptr());
        if function.is_null() { null_mut() } else { core::mem::transmute::<*mut c_void, Function>(function)(folder) }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __real_closedir(folder: *mut Folder) -> c_int {
    type Function = unsafe extern "C" fn(*mut Folder) -> c_int;
    unsafe {
        let function = hidden(c"closedir".as_ptr());
        if function.is_null() { 0 } else { core::mem::transmute::<*mut c_void, Function>(function)(folder) }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __real_rewinddir(folder: *mut Folder) {
    type Function = unsafe extern "C" fn(*mut Folder);
    unsafe {
        let function = hidden(c"rewinddir".as_ptr());
        if !function.is_null() {
            core::mem::transmute::<*mut c_void, Function>(function)(folder);
        }
    }
}

/// Nothing here panics; the language wants an answer all the same.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
