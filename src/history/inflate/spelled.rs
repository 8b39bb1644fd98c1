//! How something is spelled in a stream.

/// Up to 57 bits, or so many that no stream can be asked for them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spelled {
    /// The bits, the last one highest. What stands below them, in the lowest bits, means nothing.
    bits: u64,
    /// How many they are.
    count: u32,
}

/// How a symbol is spelled, packed into a number: the bits, the last one highest, and in the lowest half how many they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spelling(u64);

impl Spelling {
    /// More bits than a stream can be asked for: for symbols that it can't spell.
    pub(super) const NONE: Self = Self(57);
    /// No bits at all.
    pub(super) const EMPTY: Self = Self(0);

    /// A number's lowest `count` bits, the lowest being the first.
    #[inline(always)]
    pub(super) fn number(number: u16, count: u8) -> Self {
        match count {
            0 => Self::EMPTY,
            1..=16 => Self(u64::from(number) << (64 - u32::from(count)) | u64::from(count)),
            _ => Self::NONE,
        }
    }

    /// A codeword's lowest `count` bits, the highest being the first.
    #[inline(always)]
    pub(super) fn codeword(codeword: u16, count: u8) -> Self {
        const SHORT: u32 = 10;
        const REVERSED: [u16; 1 << SHORT] = {
            let mut reversed = [0; 1 << SHORT];
            let mut bits = 0;
            while bits < 1 << SHORT {
                reversed[bits] = (bits as u16).reverse_bits() >> (16 - SHORT);
                bits += 1;
            }
            reversed
        };
        let bits = match REVERSED.get(usize::from(codeword)) {
            Some(reversed) => u64::from(*reversed) << (64 - SHORT),
            None => u64::from(codeword).reverse_bits(),
        };
        Self(bits | u64::from(count))
    }
}

impl Spelled {
    /// No bits at all.
    pub(super) const NOTHING: Self = Self { bits: 0, count: 0 };

    /// Literals, one after the other.
    #[inline(always)]
    pub(super) fn literals(literals: &[u8], spellings: &[Spelling; 256]) -> Self {
        literals.iter().fold(Self::NOTHING, |spelled, literal| spelled.then(spellings[usize::from(*literal)]))
    }

    /// These bits and then a symbol.
    #[inline(always)]
    pub(super) fn then(self, Spelling(next): Spelling) -> Self {
        // Only the lowest bits of what is shifted by count, so the packed number will do as it is; and the length in it
        // ends up below the bits.
        let count = next as u32;
        Self { bits: self.bits.wrapping_shr(count) | next, count: self.count.wrapping_add(count) }
    }

    /// These bits and then those.
    #[inline(always)]
    pub(super) fn then_all(self, next: Self) -> Self {
        Self { bits: self.bits.wrapping_shr(next.count) | next.bits, count: self.count.wrapping_add(next.count) }
    }

    /// How many bits there are. More than 57 are too many for anything else to be asked.
    #[inline(always)]
    pub(super) fn count(self) -> u32 {
        self.count
    }

    /// Whether the lowest of these are the bits.
    #[inline(always)]
    pub(super) fn is_at(self, window: u64) -> bool {
        let spelled = self.bits.wrapping_shr(64_u32.wrapping_sub(self.count));
        (window ^ spelled) & ((1_u64.wrapping_shl(self.count)).wrapping_sub(1)) == 0
    }
}
