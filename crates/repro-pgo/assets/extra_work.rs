//! Makes a program take longer by a share of its own processor time: linked into binaries that a gate is tried on, never
//! into one that ships. The share is zero until it is written behind the mark in a copy of the file.

#![no_std]

use core::hint::black_box;

/// What the driver looks for, and how much longer the program takes.
#[repr(C)]
pub struct ExtraWork {
    mark: [u8; 24],
    millionths: u64,
}

/// The only one.
#[used]
#[unsafe(no_mangle)]
pub static REPRO_PGO_EXTRA_WORK: ExtraWork = ExtraWork { mark: *b"repro-pgo: extra work = ", millionths: 0 };

#[used]
#[unsafe(link_section = ".fini_array")]
static AT_EXIT: extern "C" fn() = extra_work;

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

unsafe extern "C" {
    fn clock_gettime(clock: i32, time: *mut Timespec) -> i32;
}

/// `CLOCK_PROCESS_CPUTIME_ID`.
const PROCESSOR_TIME: i32 = 2;

/// Processor time of this process, in nanoseconds.
fn spent_ns() -> u64 {
    let mut time = Timespec { seconds: 0, nanoseconds: 0 };
    unsafe { clock_gettime(PROCESSOR_TIME, &raw mut time) };
    (time.seconds as u64).wrapping_mul(1_000_000_000).wrapping_add(time.nanoseconds as u64)
}

/// The C library calls it when the program ends.
extern "C" fn extra_work() {
    let millionths = unsafe { (&raw const REPRO_PGO_EXTRA_WORK.millionths).read_volatile() };
    if millionths == 0 {
        return;
    }
    let spent = spent_ns();
    let until = spent.wrapping_add(spent.wrapping_mul(millionths) / 1_000_000);
    while spent_ns() < until {
        let mut turn = 0_u32;
        while turn < 512 {
            turn = black_box(turn).wrapping_add(1);
        }
    }
}
