//! The codes of a block, and what its symbols mean (RFC 1951, 3.2.3 to 3.2.7).

use super::bits::{Bits, PEEKED};
use super::code::Code;
use super::spelled::Spelling;

/// The symbol that ends a block.
pub(super) const END_OF_BLOCK: usize = 256;
/// The first symbol that stands for a length.
const FIRST_LENGTH: usize = 257;
/// The longest match.
pub(super) const LONGEST_MATCH: usize = 258;

/// The order in which the lengths of the code for lengths are stored.
const LENGTHS_ORDER: [u8; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The least length of each length symbol, and how many bits are added to it.
const LENGTHS: [(u16, u8); 29] = steps([0; 29], 3, 8, 4, true);
/// The least distance of each distance symbol, and how many bits are added to it.
const DISTANCES: [(u16, u8); 30] = steps([0; 30], 1, 4, 2, false);

/// The codes of one block.
#[derive(Debug, Clone)]
pub(super) struct Codes {
    /// Literals, the end of the block and lengths.
    pub(super) symbols: Code<288>,
    /// Distances.
    pub(super) distances: Code<32>,
    lengths: Code<19>,
    /// By the next seven bits: the symbol of the code for lengths, shifted left by three, and its length.
    lengths_by_bits: [u8; 128],
}

/// A symbol that makes more than one byte: its number, and what is added to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    /// The symbol.
    pub(super) symbol: u16,
    /// How the number to add is spelled.
    pub(super) extra: Spelling,
}

impl Codes {
    pub(super) const fn empty() -> Self {
        Self { symbols: Code::empty(), distances: Code::empty(), lengths: Code::empty(), lengths_by_bits: [0; 128] }
    }

    /// Reads a block's header: whether it is the last block. `None` if it is stored as it is, or makes no sense.
    pub(super) fn read_header(&mut self, bits: &mut Bits<'_>) -> Option<bool> {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            1 => self.set_fixed()?,
            2 => self.read_dynamic(bits)?,
            _ => return None,
        }
        Some(last)
    }

    fn set_fixed(&mut self) -> Option<()> {
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        self.symbols.set(&lengths)?;
        self.distances.set(&[5; 32])
    }

    fn read_dynamic(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        let symbols = bits.take(5)? as usize + 257;
        let distances = bits.take(5)? as usize + 1;
        if symbols > FIRST_LENGTH + LENGTHS.len() || distances > DISTANCES.len() {
            return None;
        }
        self.read_code_for_lengths(bits)?;
        let mut lengths = [0; 286 + 30];
        let lengths = &mut lengths[..symbols + distances];
        self.read_lengths(bits, lengths)?;
        if lengths[END_OF_BLOCK] == 0 {
            return None;
        }
        self.symbols.set(&lengths[..symbols])?;
        self.distances.set(&lengths[symbols..])
    }

    fn read_code_for_lengths(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        let count = bits.take(4)? as usize + 4;
        let mut lengths = [0; 19];
        for symbol in &LENGTHS_ORDER[..count] {
            lengths[usize::from(*symbol)] = u8::try_from(bits.take(3)?).expect("three bits");
        }
        self.lengths.set(&lengths)?;
        self.lengths_by_bits.fill(0);
        for (symbol, codeword, length) in self.lengths.codewords() {
            let entry = (symbol as u8) << 3 | length;
            let places = self.lengths_by_bits.iter_mut().skip(usize::from(codeword)).step_by(1 << length);
            places.for_each(|place| *place = entry);
        }
        Some(())
    }

    fn read_lengths(&self, bits: &mut Bits<'_>, lengths: &mut [u8]) -> Option<()> {
        let mut next = 0;
        while next < lengths.len() {
            let mut window = bits.peek()?;
            let mut used = 0;
            // Seven symbols of seven bits, or the last with seven bits more.
            while used <= PEEKED - 14 && next < lengths.len() {
                let entry = self.lengths_by_bits[(window & 0x7f) as usize];
                let count = u32::from(entry & 7);
                if count == 0 {
                    return None;
                }
                window >>= count;
                used += count;
                let symbol = entry >> 3;
                if symbol < 16 {
                    lengths[next] = symbol;
                    next += 1;
                    continue;
                }
                let (length, least, extra) = match symbol {
                    16 => (*lengths.get(next.checked_sub(1)?)?, 3, 2),
                    17 => (0, 3, 3),
                    _ => (0, 11, 7),
                };
                let end = next + least + (window & ((1 << extra) - 1)) as usize;
                window >>= extra;
                used += extra;
                lengths.get_mut(next..end)?.fill(length);
                next = end;
            }
            bits.skip(used);
        }
        Some(())
    }

    /// Reads what follows a length symbol: the match's length and how far back it begins.
    #[inline]
    pub(super) fn read_match(&self, symbol: usize, bits: &mut Bits<'_>) -> Option<(u16, u16)> {
        let (base, extra) = *LENGTHS.get(symbol.checked_sub(FIRST_LENGTH)?)?;
        let length = base + u16::try_from(bits.take(u32::from(extra))?).expect("at most five bits");
        let (base, extra) = *DISTANCES.get(self.distances.read(bits)?)?;
        let distance = base + u16::try_from(bits.take(u32::from(extra))?).expect("at most 13 bits");
        Some((length, distance))
    }
}

/// How a length is spelled.
#[inline]
pub(super) fn length_step(length: u16) -> Step {
    const SYMBOLS: [u8; LONGEST_MATCH + 1] = {
        let mut symbols = [0; LONGEST_MATCH + 1];
        let mut step = 0;
        while step < LENGTHS.len() {
            let mut length = LENGTHS[step].0 as usize;
            while length <= LONGEST_MATCH {
                symbols[length] = step as u8;
                length += 1;
            }
            step += 1;
        }
        symbols
    };
    let step = usize::from(SYMBOLS[usize::from(length)]);
    let (base, extra_bits) = LENGTHS[step];
    Step { symbol: FIRST_LENGTH as u16 + step as u16, extra: Spelling::number(length.wrapping_sub(base), extra_bits) }
}

/// How a distance is spelled.
#[inline]
pub(super) fn distance_step(distance: u16) -> Step {
    // Symbols come in pairs for every power of two.
    let before = u32::from(distance.wrapping_sub(1));
    let symbol = match before {
        0..4 => before as usize,
        _ => {
            let exponent = before.ilog2();
            (2 * exponent + (before >> (exponent - 1) & 1)) as usize
        }
    };
    let (base, extra_bits) = DISTANCES[symbol.min(DISTANCES.len() - 1)];
    Step { symbol: symbol as u16, extra: Spelling::number(distance.wrapping_sub(base), extra_bits) }
}

/// The tables of the RFC: the first `plain` symbols add no bits, then every `group` add one more than the ones before.
const fn steps<const N: usize>(
    _: [u8; N],
    first: u16,
    plain: usize,
    group: usize,
    ends_with_258: bool,
) -> [(u16, u8); N] {
    let mut steps = [(0, 0); N];
    let (mut index, mut base) = (0, first as u32);
    while index < N {
        let extra = if index < plain { 0 } else { (index - plain) / group + 1 };
        steps[index] = (base as u16, extra as u8);
        base += 1 << extra;
        index += 1;
    }
    if ends_with_258 {
        steps[N - 1] = (258, 0);
    }
    steps
}
