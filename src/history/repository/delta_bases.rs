//! Objects that others are stored as differences from, kept for the next one that needs them.
//!
//! Every pack offset has one place to be in, so that looking takes no search and what is kept depends on nothing but what
//! was read.

use gix_object::Kind;

/// This many objects are kept.
const PLACES: usize = 256;
/// All of them together have no more bytes than this. Larger objects are not kept at all.
const BYTES: usize = 2 * 1024 * 1024;

/// The objects read last.
pub(super) struct DeltaBases {
    places: Vec<Base>,
    bytes: usize,
}

/// An object and where it stands.
#[derive(Default, Clone)]
struct Base {
    pack: u32,
    offset: u64,
    kind: Option<Kind>,
    data: Vec<u8>,
}

impl Default for DeltaBases {
    fn default() -> Self {
        Self { places: vec![Base::default(); PLACES], bytes: 0 }
    }
}

impl DeltaBases {
    /// Keeps the object at an offset of a pack. When there are too many bytes, all other objects go.
    pub(super) fn put(&mut self, pack: u32, offset: u64, data: &[u8], kind: Kind) {
        if data.len() > BYTES {
            return;
        }
        let index = place(pack, offset);
        self.bytes -= self.places[index].data.len();
        if self.bytes + data.len() > BYTES {
            self.places.fill(Base::default());
            self.bytes = 0;
        }
        self.bytes += data.len();
        let base = &mut self.places[index];
        base.data.clear();
        base.data.extend_from_slice(data);
        (base.pack, base.offset, base.kind) = (pack, offset, Some(kind));
    }

    /// The object at an offset of a pack and its kind, if it is still there.
    pub(super) fn get(&self, pack: u32, offset: u64) -> Option<(Kind, &[u8])> {
        let base = &self.places[place(pack, offset)];
        let kind = base.kind.filter(|_| (base.pack, base.offset) == (pack, offset))?;
        Some((kind, &base.data))
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
        assert_eq!(bases.get(0, 0), None);
        bases.put(1, 500, b"tree", Kind::Tree);
        assert_eq!(bases.get(1, 500), Some((Kind::Tree, b"tree".as_slice())));
        assert_eq!(bases.get(2, 500), None);
        for offset in 501..5000 {
            bases.put(1, offset, b"other", Kind::Blob);
        }
        assert_eq!(bases.get(1, 500), None);
        bases.put(1, 500, &vec![0; BYTES + 1], Kind::Tree);
        assert_eq!(bases.get(1, 500), None, "too large to be kept");
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut bases = DeltaBases::default();
        for offset in 0..100 {
            bases.put(1, offset, &vec![0; BYTES / 10], Kind::Tree);
            assert!(bases.get(1, offset).is_some());
            assert!(bases.bytes <= BYTES);
        }
        let kept = (0..100).filter(|offset| bases.get(1, *offset).is_some()).count();
        assert_eq!(bases.bytes, kept * (BYTES / 10));
    }
}
