//! Bounds-checked little-endian reading of a binary profile; every failure says where.

use crate::error::{ReadError, Reason};

/// A position in a binary profile.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Cursor<'a> {
    /// Starts reading `bytes` at `offset`, which may lie past the end: the first read then fails.
    pub(crate) fn new(bytes: &'a [u8], offset: usize) -> Self {
        Self { bytes, offset }
    }

    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// How many bytes are left.
    pub(crate) fn remaining(&self) -> usize {
        self.bytes.len().saturating_sub(self.offset)
    }

    /// The next `length` bytes, wherever the number came from: no allocation happens before the check.
    pub(crate) fn take(&mut self, length: u64, what: &'static str) -> Result<&'a [u8], ReadError> {
        let available = self.remaining();
        match usize::try_from(length) {
            Ok(length) if length <= available => {
                let taken = &self.bytes[self.offset..self.offset + length];
                self.offset += length;
                Ok(taken)
            }
            _ => {
                Err(ReadError::at(self.offset, Reason::Truncated { what, needed: length, available: available as u64 }))
            }
        }
    }

    pub(crate) fn skip(&mut self, length: u64, what: &'static str) -> Result<(), ReadError> {
        self.take(length, what).map(|_| ())
    }

    pub(crate) fn u16(&mut self, what: &'static str) -> Result<u16, ReadError> {
        Ok(u16::from_le_bytes(self.array(what)?))
    }

    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, ReadError> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    pub(crate) fn u64(&mut self, what: &'static str) -> Result<u64, ReadError> {
        Ok(u64::from_le_bytes(self.array(what)?))
    }

    /// `count` numbers of eight bytes.
    pub(crate) fn u64s(&mut self, count: u64, what: &'static str) -> Result<Vec<u64>, ReadError> {
        let bytes = self.take(count.saturating_mul(8), what)?;
        Ok(bytes.as_chunks().0.iter().map(|chunk| u64::from_le_bytes(*chunk)).collect())
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], ReadError> {
        let bytes = self.take(N as u64, what)?;
        Ok(bytes.try_into().expect("take returns exactly the length asked for"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_little_endian_numbers_in_turn() {
        let mut cursor = Cursor::new(&[1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0], 0);
        assert_eq!(cursor.u16("a").expect("two bytes are there"), 1);
        assert_eq!(cursor.u32("b").expect("four bytes are there"), 2);
        assert_eq!(cursor.u64("c").expect("eight bytes are there"), 3);
        assert_eq!(cursor.remaining(), 0);
    }

    #[test]
    fn a_hostile_length_is_refused_before_anything_is_allocated() {
        let error = Cursor::new(&[0; 16], 8).u64s(u64::MAX, "counters").expect_err("16 bytes hold no 2^64 counters");
        assert_eq!(
            error.to_string(),
            "profile: at byte 8: truncated: counters needs 18446744073709551615 bytes, 8 are left; make the profile again"
        );
    }
}
