//! Canonical Huffman codes (RFC 1951, 3.2.2), for telling how a symbol is spelled as well as for reading one.

use super::bits::Bits;
use super::spelled::Spelling;

/// The longest codeword.
const LONGEST: usize = 15;

/// A code over `N` symbols.
#[derive(Debug, Clone)]
pub(super) struct Code<const N: usize> {
    /// By symbol.
    spellings: [Spelling; N],
    /// The symbols by codeword.
    sorted: [u16; N],
    /// By length: one more than the greatest codeword, as if it had fifteen bits.
    limits: [u32; LONGEST + 1],
    /// By length: what to add to a codeword to get its place in `sorted`.
    places: [u32; LONGEST + 1],
    shortest: usize,
}

impl<const N: usize> Code<N> {
    /// A code without symbols.
    pub(super) const fn empty() -> Self {
        Self {
            spellings: [Spelling::NONE; N],
            sorted: [0; N],
            limits: [0; LONGEST + 1],
            places: [0; LONGEST + 1],
            shortest: LONGEST,
        }
    }

    /// Makes it the code with codewords of these `lengths`, zero for symbols without one. `None` unless every sequence of
    /// bits is a sequence of codewords, or there is no more than one symbol, with a codeword of one bit.
    pub(super) fn set(&mut self, lengths: &[u8]) -> Option<()> {
        let mut counts = [0_u32; LONGEST + 1];
        for length in lengths {
            counts[usize::from(*length & 15)] += 1;
        }
        counts[0] = 0;
        // By length: the next codeword in the low half, and its place among the sorted ones in the high half.
        let mut next = [0_u32; LONGEST + 1];
        let (mut codeword, mut place) = (0_u32, 0_u32);
        for length in 1..=LONGEST {
            codeword <<= 1;
            next[length] = place << 16 | (codeword & 0xffff);
            self.places[length] = place.wrapping_sub(codeword);
            codeword += counts[length];
            place += counts[length];
            self.limits[length] = codeword << (LONGEST - length);
        }
        let complete = codeword == 1 << LONGEST;
        if !complete && (place > 1 || counts[1] != place) {
            return None;
        }
        self.shortest = counts.iter().position(|count| *count > 0).unwrap_or(LONGEST);
        self.spellings.fill(Spelling::NONE);
        for (symbol, (spelling, length)) in self.spellings.iter_mut().zip(lengths).enumerate() {
            let length = usize::from(*length & 15);
            if length > 0 {
                let codeword = next[length] & 0xffff;
                let place = (next[length] >> 16) as usize;
                next[length] += 0x1_0001;
                self.sorted[place.min(N - 1)] = symbol as u16;
                *spelling = Spelling::codeword(codeword as u16, length as u8);
            }
        }
        Some(())
    }

    /// How a symbol is spelled.
    #[inline(always)]
    pub(super) fn spelling(&self, symbol: usize) -> Spelling {
        self.spellings[symbol]
    }

    /// How the first 256 symbols are spelled.
    #[inline(always)]
    pub(super) fn byte_spellings(&self) -> &[Spelling; 256] {
        self.spellings.first_chunk().expect("a code over more than bytes")
    }

    /// All symbols in the code, with their codewords as they stand in the stream and how long those are.
    pub(super) fn codewords(&self) -> impl Iterator<Item = (u16, u16, u8)> + '_ {
        (1..=LONGEST).flat_map(move |length| {
            let first = self.limits[length - 1] >> (LONGEST - length);
            let end = self.limits[length] >> (LONGEST - length);
            (first..end).map(move |codeword| {
                let symbol = self.sorted[codeword.wrapping_add(self.places[length]) as usize];
                (symbol, (codeword as u16).reverse_bits() >> (16 - length), length as u8)
            })
        })
    }

    /// Reads a symbol. `None` if the stream ends or spells none.
    #[inline]
    pub(super) fn read(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let window = (bits.peek()? as u16).reverse_bits() >> 1;
        let window = u32::from(window);
        let length = (self.shortest..=LONGEST).find(|length| window < self.limits[*length])?;
        let codeword = window >> (LONGEST - length);
        bits.skip(u32::try_from(length).expect("at most 15"));
        self.sorted.get(codeword.wrapping_add(self.places[length]) as usize).map(|symbol| usize::from(*symbol))
    }
}
