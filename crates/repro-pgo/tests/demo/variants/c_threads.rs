//! Threads of the C library itself, as C code in a program starts them, that take turns by a mutex of its.

use std::ffi::{c_int, c_ulong, c_void};
use std::ptr::{null, null_mut};

/// `pthread_mutex_t` of Linux is smaller, and zeros are an open one.
#[repr(C, align(16))]
struct Mutex([u8; 64]);

unsafe extern "C" {
    fn pthread_create(
        thread: *mut c_ulong,
        attributes: *const c_void,
        start: extern "C" fn(*mut c_void) -> *mut c_void,
        argument: *mut c_void,
    ) -> c_int;
    fn pthread_join(thread: c_ulong, value: *mut *mut c_void) -> c_int;
    fn pthread_mutex_lock(mutex: *mut Mutex) -> c_int;
    fn pthread_mutex_unlock(mutex: *mut Mutex) -> c_int;
    fn sched_yield() -> c_int;
}

static mut MUTEX: Mutex = Mutex([0; 64]);
static mut LAST: usize = 0;

extern "C" fn work(number: *mut c_void) -> *mut c_void {
    for round in 0..1000 {
        // SAFETY: the mutex is never moved, and what it guards is touched under it alone.
        unsafe {
            pthread_mutex_lock(&raw mut MUTEX);
            if LAST != number as usize {
                turn();
            }
            LAST = number as usize;
            pthread_mutex_unlock(&raw mut MUTEX);
            if round % 7 == 0 {
                sched_yield();
            }
        }
        for step in 0..round % 50 {
            std::hint::black_box(step);
        }
    }
    null_mut()
}

fn main() {
    let mut threads = [0; 4];
    for (index, thread) in threads.iter_mut().enumerate() {
        // SAFETY: the function takes a number where a pointer is passed.
        assert_eq!(unsafe { pthread_create(thread, null(), work, (index + 1) as *mut c_void) }, 0);
    }
    for thread in threads {
        // SAFETY: the thread was started above and is joined once.
        assert_eq!(unsafe { pthread_join(thread, null_mut()) }, 0);
    }
}

#[inline(never)]
fn turn() {
    std::hint::black_box(0);
}
