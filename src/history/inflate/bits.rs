//! Reads bits from a stream, lowest first.

use super::spelled::Spelled;

/// A place in a stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bits<'a> {
    input: &'a [u8],
    position: usize,
}

/// At least this many of the bits that [`Bits::peek`] shows are the stream's.
pub(super) const PEEKED: u32 = 57;

impl<'a> Bits<'a> {
    /// The beginning of `input`.
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self { input, position: 0 }
    }

    /// The next bits, at least [`PEEKED`] of them; `None` if fewer than eight bytes follow, which in a pack, where a
    /// checksum follows the last object, only happens to damaged streams.
    #[inline(always)]
    pub(super) fn peek(&self) -> Option<u64> {
        let start = self.position >> 3;
        let bytes = self.input.get(start..start + 8)?.first_chunk()?;
        Some(u64::from_le_bytes(*bytes) >> (self.position & 7))
    }

    /// Goes on behind the next `count` bits.
    #[inline(always)]
    pub(super) fn skip(&mut self, count: u32) {
        self.position += count as usize;
    }

    /// Goes on behind these bits, if they are the next ones.
    #[inline(always)]
    pub(super) fn skip_if(&mut self, spelled: Spelled) -> bool {
        let found = spelled.count() < PEEKED && self.peek().is_some_and(|window| spelled.is_at(window));
        if found {
            self.skip(spelled.count());
        }
        found
    }

    /// The next `count` bits, at most 32, as a number.
    #[inline]
    pub(super) fn take(&mut self, count: u32) -> Option<u32> {
        let bits = self.peek()? & ((1 << count) - 1);
        self.skip(count);
        Some(u32::try_from(bits).expect("at most 32 bits"))
    }

    /// The four bytes that follow the current one, as a big-endian number.
    pub(super) fn trailer(&self) -> Option<u32> {
        let bytes = self.input.get(self.position.div_ceil(8)..)?.first_chunk()?;
        Some(u32::from_be_bytes(*bytes))
    }
}
