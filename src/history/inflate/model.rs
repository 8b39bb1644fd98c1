//! What was learnt of a stream, so that the next one can be read by its resemblance.

use std::ops::RangeInclusive;

use super::bits::Bits;
use super::block::{self, Codes, END_OF_BLOCK, Step};
use super::checksum::Checksum;
use super::follow;
use super::spelled::Spelled;

/// How long contents are that are worth the effort, and not too large to remember.
const LENGTHS: RangeInclusive<usize> = 768..=1024 * 1024;

/// The last stream's content, and how that was put together.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(super) bytes: Vec<u8>,
    /// The literals and matches that made it.
    pub(super) sequences: Vec<Sequence>,
    pub(super) checksum: Checksum,
    /// How long the content of the stream was that was seen last, whether or not it was learnt.
    last_length: usize,
}

/// Some literals, and then a match or the end of a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sequence {
    pub(super) literals: u32,
    /// The match's length; zero at the end of a block.
    pub(super) length: u16,
    /// How far back it begins.
    pub(super) distance: u16,
    length_step: Step,
    distance_step: Step,
}

impl Sequence {
    pub(super) fn new(literals: usize, length: u16, distance: u16) -> Option<Self> {
        let literals = u32::try_from(literals).ok()?;
        let (length_step, distance_step) = (block::length_step(length), block::distance_step(distance));
        Some(Self { literals, length, distance, length_step, distance_step })
    }

    /// How its match is spelled.
    #[inline(always)]
    pub(super) fn repeat(&self, codes: &Codes) -> Spelled {
        let length = codes.symbols.spelling(usize::from(self.length_step.symbol));
        let distance = codes.distances.spelling(usize::from(self.distance_step.symbol));
        Spelled::NOTHING.then(length).then(self.length_step.extra).then(distance).then(self.distance_step.extra)
    }
}

/// What is reused from one stream to the next.
pub(crate) struct Tools {
    pub(super) codes: Codes,
    pub(super) decoded: Vec<Sequence>,
}

impl Default for Tools {
    fn default() -> Self {
        Self { codes: Codes::empty(), decoded: Vec::new() }
    }
}

impl Model {
    /// Inflates the zlib stream at the start of `stream`, which makes `length` bytes. `None` if that can't be done here, or
    /// isn't worth it: where lengths change, contents do too, and where there is little to inflate there is little to win.
    pub(crate) fn inflate(&mut self, stream: &[u8], length: usize, tools: &mut Tools) -> Option<&[u8]> {
        let last_length = std::mem::replace(&mut self.last_length, length);
        if length != last_length || !LENGTHS.contains(&length) {
            return None;
        }
        let stream = without_header(stream)?;
        let followed = length == self.bytes.len() && follow::follow(self, stream, tools).is_some();
        if !followed && self.learn(stream, length, tools).is_none() {
            self.bytes.clear();
            return None;
        }
        Some(&self.bytes)
    }

    /// Inflates a stream that need not resemble the last one.
    fn learn(&mut self, stream: &[u8], length: usize, tools: &mut Tools) -> Option<()> {
        self.sequences.clear();
        self.bytes.clear();
        self.bytes.reserve(length);
        let mut bits = Bits::new(stream);
        loop {
            let last = tools.codes.read_header(&mut bits)?;
            self.learn_block(&mut bits, length, &tools.codes)?;
            if last {
                break;
            }
        }
        self.checksum = Checksum::of(&self.bytes);
        (self.bytes.len() == length && bits.trailer()? == self.checksum.value()).then_some(())
    }

    fn learn_block(&mut self, bits: &mut Bits<'_>, length: usize, codes: &Codes) -> Option<()> {
        let mut literals = 0;
        loop {
            let symbol = codes.symbols.read(bits)?;
            if let Ok(byte) = u8::try_from(symbol) {
                self.bytes.push(byte);
                literals += 1;
            } else if symbol == END_OF_BLOCK {
                self.sequences.push(Sequence::new(literals, 0, 0)?);
                return Some(());
            } else {
                let (matched, distance) = codes.read_match(symbol, bits)?;
                self.sequences.push(Sequence::new(literals, matched, distance)?);
                let start = self.bytes.len().checked_sub(usize::from(distance))?;
                for index in start..start + usize::from(matched) {
                    self.bytes.push(self.bytes[index]);
                }
                literals = 0;
            }
            if self.bytes.len() > length {
                return None;
            }
        }
    }
}

fn without_header(stream: &[u8]) -> Option<&[u8]> {
    let (header, stream) = stream.split_first_chunk::<2>()?;
    let is_deflate = header[0] & 0x0f == 8 && header[0] >> 4 <= 7;
    let has_dictionary = header[1] & 0x20 != 0;
    (is_deflate && !has_dictionary && u16::from_be_bytes(*header).is_multiple_of(31)).then_some(stream)
}
