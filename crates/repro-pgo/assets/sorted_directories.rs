//! `readdir` in the order of the names, or in its reverse, as the crate around it says: file systems list folders in orders
//! of their own, ext4 in one that differs from disk to disk, and a program may work through them in that order.
//!
//! In the instrumented binary the linker sends calls of `readdir` here (`--wrap`). The first one on a folder reads all of it
//! and sorts, later ones give out what was read. Nothing here panics or allocates by Rust's means: it is linked beside any program.

use core::ffi::{c_char, c_int, c_void};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, Ordering};

/// An open folder of the C library.
type Folder = c_void;

/// An entry as the C library gives it; the name behind it ends with a zero byte, the whole has `size` bytes.
#[repr(C)]
pub struct Entry {
    inode: u64,
    offset: i64,
    size: u16,
    kind: u8,
    name: [c_char; 1],
}

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn realloc(memory: *mut c_void, size: usize) -> *mut c_void;
    fn free(memory: *mut c_void);
    fn memcpy(to: *mut c_void, from: *const c_void, size: usize) -> *mut c_void;
    fn strcmp(first: *const c_char, second: *const c_char) -> c_int;
    fn qsort(items: *mut c_void, count: usize, size: usize, compare: unsafe extern "C" fn(*const c_void, *const c_void) -> c_int);
    fn __errno_location() -> *mut c_int;
    // musl has one function and one kind of entry, under the plain name.
    #[cfg_attr(target_env = "musl", link_name = "__real_readdir")]
    fn __real_readdir64(folder: *mut Folder) -> *mut Entry;
    fn __real_closedir(folder: *mut Folder) -> c_int;
    fn __real_rewinddir(folder: *mut Folder);
}

/// What has been read of one open folder.
struct Listing {
    folder: *mut Folder,
    entries: *mut *mut Entry,
    count: usize,
    next: usize,
    /// The error that ended the reading, or 0.
    error: c_int,
    following: *mut Listing,
}

static LOCKED: AtomicBool = AtomicBool::new(false);
static mut FIRST: *mut Listing = null_mut();

/// Runs `work` while no other thread is here.
fn alone<T>(work: impl FnOnce() -> T) -> T {
    while LOCKED.swap(true, Ordering::Acquire) {}
    let result = work();
    LOCKED.store(false, Ordering::Release);
    result
}

/// The listing of `folder`, or null.
unsafe fn find(folder: *mut Folder) -> *mut Listing {
    unsafe {
        let mut listing = FIRST;
        while !listing.is_null() && (*listing).folder != folder {
            listing = (*listing).following;
        }
        listing
    }
}

/// Reads all of `folder`; null where memory is short.
unsafe fn read(folder: *mut Folder) -> *mut Listing {
    unsafe {
        let listing = malloc(size_of::<Listing>()).cast::<Listing>();
        if listing.is_null() {
            return listing;
        }
        listing.write(Listing { folder, entries: null_mut(), count: 0, next: 0, error: 0, following: FIRST });
        FIRST = listing;
        __errno_location().write(0);
        loop {
            let entry = __real_readdir64(folder);
            if entry.is_null() || !add(listing, entry) {
                break;
            }
        }
        (*listing).error = *__errno_location();
        qsort((*listing).entries.cast(), (*listing).count, size_of::<*mut Entry>(), by_name);
        listing
    }
}

/// Adds a copy of `entry`; whether there was memory for it. The room doubles whenever the number reaches a power of two.
unsafe fn add(listing: *mut Listing, entry: *const Entry) -> bool {
    unsafe {
        let Listing { entries, count, .. } = &mut *listing;
        if *count & count.wrapping_sub(1) == 0 {
            let room = if *count == 0 { 1 } else { *count * 2 };
            let grown = realloc((*entries).cast(), room * size_of::<*mut Entry>());
            if grown.is_null() {
                return false;
            }
            *entries = grown.cast();
        }
        let size = usize::from((*entry).size);
        let copy = malloc(size);
        if copy.is_null() {
            return false;
        }
        memcpy(copy, entry.cast(), size);
        *entries.add(*count) = copy.cast();
        *count += 1;
        true
    }
}

unsafe extern "C" fn by_name(first: *const c_void, second: *const c_void) -> c_int {
    let order = unsafe { strcmp(name(*first.cast::<*const Entry>()), name(*second.cast::<*const Entry>())) };
    if super::DESCENDING { -order } else { order }
}

unsafe fn name(entry: *const Entry) -> *const c_char {
    unsafe { (&raw const (*entry).name).cast() }
}

/// Gives back what was read of `folder`.
unsafe fn forget(folder: *mut Folder) {
    unsafe {
        let mut link = &raw mut FIRST;
        while !(*link).is_null() && (**link).folder != folder {
            link = &raw mut (**link).following;
        }
        let listing = *link;
        if listing.is_null() {
            return;
        }
        *link = (*listing).following;
        for index in 0..(*listing).count {
            free((*(*listing).entries.add(index)).cast());
        }
        free((*listing).entries.cast());
        free(listing.cast());
    }
}

unsafe fn next(folder: *mut Folder) -> *mut Entry {
    unsafe {
        let known = find(folder);
        let listing = if known.is_null() { read(folder) } else { known };
        if listing.is_null() {
            return null_mut();
        }
        let Listing { entries, count, next, error, .. } = &mut *listing;
        if *next >= *count {
            if *error != 0 {
                __errno_location().write(*error);
            }
            return null_mut();
        }
        *next += 1;
        *entries.add(*next - 1)
    }
}

/// # Safety
/// As readdir(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __wrap_readdir64(folder: *mut Folder) -> *mut Entry {
    alone(|| unsafe { next(folder) })
}

/// On 64-bit targets the same function under its older name.
///
/// # Safety
/// As readdir(3).
#[cfg(target_pointer_width = "64")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __wrap_readdir(folder: *mut Folder) -> *mut Entry {
    alone(|| unsafe { next(folder) })
}

/// # Safety
/// As closedir(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __wrap_closedir(folder: *mut Folder) -> c_int {
    alone(|| unsafe { forget(folder) });
    unsafe { __real_closedir(folder) }
}

/// # Safety
/// As rewinddir(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __wrap_rewinddir(folder: *mut Folder) {
    alone(|| unsafe { forget(folder) });
    unsafe { __real_rewinddir(folder) };
}
