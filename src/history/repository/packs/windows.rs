//! Stretches of packs in memory.
//!
//! History is read mostly in the order, or against the order, in which it lies in a pack, so that a few windows serve many
//! objects each.

use super::files::PackFile;

/// Windows start at multiples of this.
const STEP: u64 = 64 * 1024;
/// They reach this far into the next, for objects that begin just before it.
const OVERLAP: u64 = 16 * 1024;
/// So many are kept.
const WINDOWS: usize = 6;

/// The stretches read last.
#[derive(Default)]
pub(super) struct Windows {
    windows: Vec<Window>,
    uses: u64,
}

struct Window {
    pack: usize,
    start: u64,
    bytes: Vec<u8>,
    /// How far into the pack it would go if the pack were long enough.
    end: u64,
    last_use: u64,
}

impl Windows {
    /// What is at `offset` of a pack: at least `wanted` bytes, unless the pack ends before.
    pub(super) fn at(&mut self, pack: usize, file: &PackFile, offset: u64, wanted: usize) -> Option<&[u8]> {
        let end = offset.checked_add(wanted as u64)?;
        self.uses += 1;
        let found = self.windows.iter().position(|window| window.holds(pack, offset, end));
        let index = match found {
            Some(index) => index,
            None => self.read(pack, file, offset, end)?,
        };
        let window = &mut self.windows[index];
        window.last_use = self.uses;
        window.bytes.get(usize::try_from(offset - window.start).ok()?..)
    }

    fn read(&mut self, pack: usize, file: &PackFile, offset: u64, end: u64) -> Option<usize> {
        let index = self.place();
        let window = &mut self.windows[index];
        window.pack = usize::MAX;
        let start = offset - offset % STEP;
        let length = (STEP + OVERLAP).max(end - start);
        let present = length.min(file.length()?.checked_sub(start)?);
        window.bytes.resize(usize::try_from(present).ok()?, 0);
        let read = file.read_at(start, &mut window.bytes)?;
        window.bytes.truncate(read);
        (window.pack, window.start, window.end) = (pack, start, start + length);
        Some(index)
    }

    /// The window to be read anew: one more, or the one not used for longest.
    fn place(&mut self) -> usize {
        if self.windows.len() < WINDOWS {
            self.windows.push(Window { pack: usize::MAX, start: 0, bytes: Vec::new(), end: 0, last_use: 0 });
            return self.windows.len() - 1;
        }
        let by_age = self.windows.iter().enumerate().min_by_key(|(_, window)| window.last_use);
        by_age.map_or(0, |(index, _)| index)
    }
}

impl Window {
    fn holds(&self, pack: usize, offset: u64, end: u64) -> bool {
        self.pack == pack && self.start <= offset && end <= self.end
    }
}
