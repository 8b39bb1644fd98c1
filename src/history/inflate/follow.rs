//! Reads a stream by checking that it is nearly the one before.
//!
//! Consecutive versions of a directory differ in a few ids. A decoder finds the place of each symbol only once it has
//! decoded the one before, and ids are random bytes, so that is most of the work. Spelling what is expected with the
//! stream's own code and comparing the bits has no such chain, and is as exact: a code's spelling of a sequence is the
//! only one. Where the bits differ, symbols are decoded until the streams agree again.

use super::bits::Bits;
use super::block::END_OF_BLOCK;
use super::model::{Model, Sequence, Tools};
use super::spelled::Spelled;

/// So many literals are compared at once: with codewords of nine bits they just fit.
const GROUP: usize = 6;

/// Changes the model into one of `stream`, which has a content of the same length. `None` if the stream makes no sense;
/// then the model makes none either.
pub(super) fn follow(model: &mut Model, stream: &[u8], tools: &mut Tools) -> Option<()> {
    let bits = Bits::new(stream);
    let changed = (usize::MAX, 0);
    let mut follower = Follower { bits, model, tools, position: 0, sequence: 0, sequence_start: 0, changed };
    follower.blocks()?;
    let (bits, position) = (follower.bits, follower.position);
    (position == model.bytes.len() && bits.trailer()? == model.checksum.value()).then_some(())
}

/// A stream that is being compared with a model, which is being changed into the stream's.
struct Follower<'m, 's> {
    bits: Bits<'s>,
    model: &'m mut Model,
    tools: &'m mut Tools,
    /// How many bytes are known.
    position: usize,
    /// The model's sequence that is expected.
    sequence: usize,
    /// Where its first literal is.
    sequence_start: usize,
    /// The bytes that were changed are all in here.
    changed: (usize, usize),
}

impl Follower<'_, '_> {
    fn blocks(&mut self) -> Option<()> {
        loop {
            let last = self.tools.codes.read_header(&mut self.bits)?;
            self.block()?;
            if last {
                self.model.sequences.truncate(self.sequence);
                return Some(());
            }
        }
    }

    /// Goes through one block.
    fn block(&mut self) -> Option<()> {
        loop {
            self.expected_sequences();
            let expected = *self.model.sequences.get(self.sequence)?;
            let (length, distance) = (expected.length, expected.distance);
            let end = self.sequence_start + expected.literals as usize;
            let symbol = match self.expected_literals(end)? {
                Some(symbol) => symbol,
                None if length > 0 && self.bits.skip_if(expected.repeat(&self.tools.codes)) => {
                    self.position = end;
                    self.repeat_if_changed(usize::from(length), usize::from(distance))?;
                    self.sequence += 1;
                    self.sequence_start = self.position;
                    continue;
                }
                None => self.tools.codes.symbols.read(&mut self.bits)?,
            };
            if symbol == END_OF_BLOCK && length == 0 && self.position == end {
                self.sequence += 1;
                self.sequence_start = end;
                return Some(());
            }
            if self.unexpected(symbol)? {
                return Some(());
            }
        }
    }

    /// Goes through literals up to `end`, changed ones too. A symbol that is no literal stops it.
    fn expected_literals(&mut self, end: usize) -> Option<Option<usize>> {
        while self.position < end {
            let spellings = self.tools.codes.symbols.byte_spellings();
            let literals = self.model.bytes[self.position..end].iter();
            self.position +=
                literals.take_while(|byte| self.bits.skip_if(Spelled::literals(&[**byte], spellings))).count();
            if self.position < end {
                let symbol = self.tools.codes.symbols.read(&mut self.bits)?;
                let Ok(byte) = u8::try_from(symbol) else { return Some(Some(symbol)) };
                self.put(byte);
            }
        }
        Some(None)
    }

    /// Goes through sequences as long as they are exactly as expected; the rest of the work is left to the others.
    fn expected_sequences(&mut self) {
        if self.position != self.sequence_start {
            return;
        }
        #[cfg(target_arch = "x86_64")]
        if std::is_x86_feature_detected!("bmi2") {
            // SAFETY: the processor has BMI2.
            unsafe { self.expected_sequences_bmi2() };
            return;
        }
        self.expected_sequences_anywhere();
    }

    /// Compiled for processors that shift by any register, which makes up most of the loop.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "bmi2")]
    fn expected_sequences_bmi2(&mut self) {
        self.expected_sequences_anywhere();
    }

    #[inline(always)]
    fn expected_sequences_anywhere(&mut self) {
        let codes = &self.tools.codes;
        let spellings = codes.symbols.byte_spellings();
        let (mut bits, mut position) = (self.bits, self.position);
        let bytes = self.model.bytes.as_slice();
        let mut agreed = 0;
        for sequence in &self.model.sequences[self.sequence..] {
            let (length, distance) = (usize::from(sequence.length), usize::from(sequence.distance));
            let end = position + sequence.literals as usize;
            if end > bytes.len() || distance > end || length == 0 {
                break;
            }
            let mut literals = &bytes[position..end];
            let mut here = bits;
            while let Some((group, rest)) = literals.split_first_chunk::<GROUP>()
                && here.skip_if(Spelled::literals(group, spellings))
            {
                literals = rest;
            }
            let repeats_changed = end - distance < self.changed.1 && end - distance + length > self.changed.0;
            if literals.len() >= GROUP || repeats_changed {
                break;
            }
            let (literals, repeat) = (Spelled::literals(literals, spellings), sequence.repeat(codes));
            let at_once = here.skip_if(literals.then_all(repeat));
            let found = at_once || (here.skip_if(literals) && here.skip_if(repeat));
            if !found {
                break;
            }
            bits = here;
            position = end + length;
            agreed += 1;
        }
        (self.bits, self.position, self.sequence_start) = (bits, position, position);
        self.sequence += agreed;
    }

    /// Repeats a match if what it repeats was changed; otherwise the bytes are there already.
    #[inline]
    fn repeat_if_changed(&mut self, length: usize, distance: usize) -> Option<()> {
        let start = self.position.checked_sub(distance)?;
        if start < self.changed.1 && start + length > self.changed.0 {
            self.repeat(length, distance)
        } else {
            self.position += length;
            (self.position <= self.model.bytes.len()).then_some(())
        }
    }

    fn repeat(&mut self, length: usize, distance: usize) -> Option<()> {
        let start = self.position.checked_sub(distance)?;
        if self.position + length > self.model.bytes.len() {
            return None;
        }
        for index in start..start + length {
            self.put(self.model.bytes[index]);
        }
        Some(())
    }

    /// Sets the next byte, which must be there.
    fn put(&mut self, byte: u8) {
        let behind = self.model.bytes.len() - self.position;
        let known = &mut self.model.bytes[self.position];
        if *known != byte {
            self.model.checksum.change(*known, byte, behind);
            *known = byte;
            self.changed = (self.changed.0.min(self.position), self.changed.1.max(self.position + 1));
        }
        self.position += 1;
    }

    /// Decodes from a symbol that the model hasn't there on to a place where the model's symbols may go on, or to the end of the
    /// block: then the answer is `true`.
    fn unexpected(&mut self, symbol: usize) -> Option<bool> {
        let old_sequence = self.sequence;
        let mut literals = self.position - self.sequence_start;
        let mut symbol = symbol;
        self.tools.decoded.clear();
        loop {
            if let Ok(byte) = u8::try_from(symbol) {
                self.model.bytes.get(self.position)?;
                self.put(byte);
                literals += 1;
            } else {
                let (length, distance) = match symbol {
                    END_OF_BLOCK => (0, 0),
                    _ => self.tools.codes.read_match(symbol, &mut self.bits)?,
                };
                self.repeat(usize::from(length), usize::from(distance))?;
                self.tools.decoded.push(Sequence::new(literals, length, distance)?);
                literals = 0;
            }
            let ended = symbol == END_OF_BLOCK;
            if self.is_where_the_model_goes_on() || ended {
                self.replace(old_sequence, literals)?;
                return Some(ended);
            }
            symbol = self.tools.codes.symbols.read(&mut self.bits)?;
        }
    }

    /// Finds the model's sequence for the position; `false` if there is a match across it.
    fn is_where_the_model_goes_on(&mut self) -> bool {
        while let Some(sequence) = self.model.sequences.get(self.sequence) {
            let literals_end = self.sequence_start + sequence.literals as usize;
            if self.position <= literals_end {
                return self.position >= self.sequence_start;
            }
            self.sequence_start = literals_end + usize::from(sequence.length);
            self.sequence += 1;
        }
        false
    }

    /// Puts what was decoded in the place of the model's sequences from `old_sequence` on; the one that goes on has now
    /// `literals` more in front of the position.
    fn replace(&mut self, old_sequence: usize, literals: usize) -> Option<()> {
        let start = self.position - literals;
        let decoded = self.tools.decoded.drain(..);
        let count = decoded.len();
        if let Some(next) = self.model.sequences.get_mut(self.sequence) {
            let end = self.sequence_start + next.literals as usize;
            next.literals = u32::try_from(end.checked_sub(start)?).ok()?;
        }
        self.model.sequences.splice(old_sequence..self.sequence, decoded);
        self.sequence = old_sequence + count;
        self.sequence_start = start;
        Some(())
    }
}
