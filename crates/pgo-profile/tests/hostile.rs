//! Damaged files never cause a panic nor an allocation out of proportion to their size.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use pgo_profile::Profile;
use proptest::prelude::*;

const RAW: &[u8] = include_bytes!("golden/three.profraw");
const INDEXED: &[u8] = include_bytes!("golden/many.profdata");
const TEXT: &[u8] = include_bytes!("golden/wide-a.proftext");

/// Names may unpack to 1040 times their size, so a few megabytes are in proportion; a wild length is not.
const LARGEST_ALLOCATION: usize = 16 << 20;

/// Remembers the largest request of each thread: other tests run at the same time, and may ask for more.
struct Watched;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every request goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.set(LARGEST.get().max(layout.size()));
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps `dealloc`'s contract, and all memory came from the system's allocator.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

/// Reads the bytes by every reader; what can be read can also be written, and read again.
fn survives(bytes: &[u8]) {
    for read in [Profile::from_bytes, Profile::read_raw, Profile::read_indexed, Profile::read_text] {
        if let Ok(profile) = read(bytes) {
            let text = profile.write_text();
            assert!(profile.hottest(3).len() as u64 <= profile.summary().functions);
            let again = Profile::read_indexed(&profile.write_indexed()).expect("just written");
            assert_eq!(again.write_text(), text);
        }
    }
    let largest = LARGEST.get();
    assert!(largest < LARGEST_ALLOCATION, "{largest} bytes were asked for at once");
}

fn damaged(bytes: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let byte = (0..bytes.len(), prop_oneof![any::<u8>(), Just(0), Just(0xff), Just(b'0'), Just(b'\n')]);
    let word =
        (0..bytes.len() / 8, prop_oneof![any::<u64>(), Just(u64::MAX), Just(1 << 63), Just(1 << 32), 0_u64..300]);
    let changes = (prop::collection::vec(byte, 0..6), prop::collection::vec(word, 0..3), 0..=bytes.len());
    changes.prop_map(move |(flips, words, end)| {
        let mut damaged = bytes.to_vec();
        for (offset, byte) in flips {
            damaged[offset] = byte;
        }
        for (index, word) in words {
            damaged[index * 8..index * 8 + 8].copy_from_slice(&word.to_le_bytes());
        }
        // Half of the cases keep their length.
        damaged.truncate(if end % 2 == 0 { bytes.len() } else { end });
        damaged
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_raw_profiles(bytes in damaged(RAW)) {
        survives(&bytes);
    }

    #[test]
    fn damaged_indexed_profiles(bytes in damaged(INDEXED)) {
        survives(&bytes);
    }

    #[test]
    fn damaged_text_profiles(bytes in damaged(TEXT)) {
        survives(&bytes);
    }

    #[test]
    fn anything_behind_a_signature(bytes in prop::collection::vec(any::<u8>(), 0..300), kind in 0..3) {
        let signature: &[u8] = match kind {
            0 => &RAW[..16],
            1 => &INDEXED[..16],
            _ => b":ir\n",
        };
        survives(&[signature, &bytes].concat());
    }
}

#[test]
fn every_single_byte_set_to_extremes() {
    for (index, byte) in (0..RAW.len()).flat_map(|index| [0_u8, 0x7f, 0x80, 0xff].map(|byte| (index, byte))) {
        let mut bytes = RAW.to_vec();
        bytes[index] = byte;
        survives(&bytes);
    }
}
