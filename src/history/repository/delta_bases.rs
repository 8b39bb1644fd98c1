//! Objects that others are stored as differences from, kept for the next one that needs them.
//!
//! Every pack offset has one place to be in, so that looking takes no search and what is kept depends on nothing but what
//! was read.

use gix_object::Kind;
use gix_pack::cache::DecodeEntry;

/// This many objects are kept.
const PLACES: usize = 256;
/// Larger objects are not kept, so that all of them together stay below 16 MiB.
const LARGEST: usize = 64 * 1024;

/// The objects read last.
pub(super) struct DeltaBases {
    places: Vec<Base>,
}

/// An object and where it stands.
#[derive(Default, Clone)]
struct Base {
    pack: u32,
    offset: u64,
    kind: Option<Kind>,
    compressed_size: usize,
    data: Vec<u8>,
}

impl Default for DeltaBases {
    fn default() -> Self {
        Self { places: vec![Base::default(); PLACES] }
    }
}

impl DecodeEntry for DeltaBases {
    fn put(&mut self, pack: u32, offset: u64, data: &[u8], kind: Kind, compressed_size: usize) {
        if data.len() > LARGEST {
            return;
        }
        let base = &mut self.places[place(pack, offset)];
        base.data.clear();
        base.data.extend_from_slice(data);
        (base.pack, base.offset, base.kind, base.compressed_size) = (pack, offset, Some(kind), compressed_size);
    }

    fn get(&mut self, pack: u32, offset: u64, out: &mut Vec<u8>) -> Option<(Kind, usize)> {
        let base = &self.places[place(pack, offset)];
        let kind = base.kind.filter(|_| (base.pack, base.offset) == (pack, offset))?;
        out.clear();
        out.extend_from_slice(&base.data);
        Some((kind, base.compressed_size))
    }
}

/// Spreads offsets evenly (Knuth's multiplicative hashing, The Art of Computer Programming 6.4).
fn place(pack: u32, offset: u64) -> usize {
    let spread = (offset ^ u64::from(pack)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    usize::try_from(spread >> 56).expect("eight bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_found_until_something_takes_its_place() {
        let mut bases = DeltaBases::default();
        let mut out = Vec::new();
        assert_eq!(bases.get(0, 0, &mut out), None);
        bases.put(1, 500, b"tree", Kind::Tree, 7);
        assert_eq!(bases.get(1, 500, &mut out), Some((Kind::Tree, 7)));
        assert_eq!(out, b"tree");
        assert_eq!(bases.get(2, 500, &mut out), None);
        for offset in 501..5000 {
            bases.put(1, offset, b"other", Kind::Blob, 1);
        }
        assert_eq!(bases.get(1, 500, &mut out), None);
        bases.put(1, 500, &vec![0; LARGEST + 1], Kind::Tree, 7);
        assert_eq!(bases.get(1, 500, &mut out), None, "too large to be kept");
    }
}
