//! Objects read straight from the packs, window by window.
//!
//! Bases are inflated once for all objects that are stored as differences from them, and the memory needed does not depend
//! on the packs' sizes: what that wins over the object database's own reading stands in `docs/benchmarks.md`, under "What is
//! written by hand". It answers only where everything is as usual: whatever else there is - loose objects, alternates, bases
//! in other packs, damage - is left to the object database.

mod delta;
mod files;
mod windows;

use std::sync::Arc;

use gix_hash::oid;
use gix_object::Kind;
use gix_pack::data::{Entry, entry::Header};

use super::delta_bases::DeltaBases;
pub(super) use files::PackFiles;
use windows::Windows;

/// Larger objects are left to the object database.
const LARGEST: u64 = 16 * 1024 * 1024;
/// Longer chains of differences are left to the object database.
const LONGEST_CHAIN: usize = 4096;
/// More than any entry's header has.
const HEADER: usize = 64;

/// One thread's access to the packs.
pub(super) struct Packs {
    files: Arc<PackFiles>,
    windows: Windows,
    /// The pack that held the last object.
    last: usize,
    inflate: gix_zlib::Inflate,
    bases: DeltaBases,
    chain: Vec<Entry>,
    instructions: Vec<u8>,
    result: Vec<u8>,
}

impl Packs {
    pub(super) fn new(files: Arc<PackFiles>) -> Self {
        Self {
            files,
            windows: Windows::default(),
            last: 0,
            inflate: gix_zlib::Inflate::default(),
            bases: DeltaBases::default(),
            chain: Vec::new(),
            instructions: Vec::new(),
            result: Vec::new(),
        }
    }

    /// Reads an object into `out`. `None` if something else should try.
    pub(super) fn read(&mut self, id: &oid, out: &mut Vec<u8>) -> Option<Kind> {
        let (pack, offset) = self.locate(id)?;
        let entry = self.entry(pack, offset)?;
        match entry.header.as_kind() {
            None => self.resolve(pack, entry, out),
            Some(kind) => {
                self.inflate_into(pack, &entry, out)?;
                Some(kind)
            }
        }
    }

    fn locate(&mut self, id: &oid) -> Option<(usize, u64)> {
        let packs = self.files.packs();
        let (before, after) = packs.split_at_checked(self.last)?;
        let order = (self.last..).zip(after).chain((0..).zip(before));
        let (pack, offset) =
            order.map(|(pack, file)| (pack, file.offset_of(id))).find(|(_, offset)| offset.is_some())?;
        self.last = pack;
        Some((pack, offset?))
    }

    fn entry(&mut self, pack: usize, offset: u64) -> Option<Entry> {
        let file = self.files.packs().get(pack)?;
        let bytes = self.windows.at(pack, file, offset, HEADER)?;
        let entry = Entry::from_bytes(bytes, offset, file.object_hash()).ok()?;
        (entry.decompressed_size <= LARGEST).then_some(entry)
    }

    /// Inflates what is stored of an entry: the object, or the differences that make it.
    fn inflate_into(&mut self, pack: usize, entry: &Entry, out: &mut Vec<u8>) -> Option<()> {
        let length = usize::try_from(entry.decompressed_size).ok()?;
        let stream = self.windows.at(pack, &self.files.packs()[pack], entry.data_offset, stream_length(length))?;
        // What is in the buffer is overwritten, so it need not be cleared first.
        out.resize(length, 0);
        self.inflate.reset();
        let (status, _, written) = self.inflate.once(stream, out).ok()?;
        (status == gix_zlib::Status::StreamEnd && written == length).then_some(())
    }

    /// Makes an object of the differences from another that it is stored as.
    fn resolve(&mut self, pack: usize, entry: Entry, out: &mut Vec<u8>) -> Option<Kind> {
        let id = u32::try_from(pack).ok()?;
        let (kind, base) = self.find_base(pack, id, entry)?;
        let mut base = Some(base);
        while let Some(entry) = self.chain.pop() {
            let mut instructions = std::mem::take(&mut self.instructions);
            self.inflate_into(pack, &entry, &mut instructions)?;
            self.instructions = instructions;
            // The first base is a kept one; every further base is what was made last.
            let base = match base.take() {
                Some(offset) => self.bases.get(id, offset)?.1,
                None => out.as_slice(),
            };
            delta::apply(base, &self.instructions, LARGEST, &mut self.result)?;
            std::mem::swap(out, &mut self.result);
            self.bases.put(id, entry.data_offset, out, kind);
        }
        if let Some(offset) = base {
            out.clear();
            out.extend_from_slice(self.bases.get(id, offset)?.1);
        }
        Some(kind)
    }

    /// Follows the bases down to one that is kept, or that is stored whole and kept now. Returns its kind and where it is,
    /// with all that is based on it in `chain`.
    fn find_base(&mut self, pack: usize, id: u32, entry: Entry) -> Option<(Kind, u64)> {
        self.chain.clear();
        let mut entry = entry;
        loop {
            let offset = entry.data_offset;
            if let Some((kind, _)) = self.bases.get(id, offset) {
                return Some((kind, offset));
            }
            if let Some(kind) = entry.header.as_kind() {
                let mut whole = std::mem::take(&mut self.result);
                let inflated = self.inflate_into(pack, &entry, &mut whole);
                inflated.into_iter().for_each(|()| self.bases.put(id, offset, &whole, kind));
                self.result = whole;
                return inflated.map(|()| (kind, offset));
            }
            let base = self.base_offset(pack, &entry)?;
            self.chain.push(entry);
            entry = self.entry(pack, base).filter(|_| self.chain.len() < LONGEST_CHAIN)?;
        }
    }

    fn base_offset(&self, pack: usize, entry: &Entry) -> Option<u64> {
        match &entry.header {
            Header::OfsDelta { base_distance } => entry.checked_base_pack_offset(*base_distance),
            Header::RefDelta { base_id } => self.files.packs()[pack].offset_of(base_id),
            _ => None,
        }
    }
}

/// Streams are hardly ever longer than this, whatever made them.
fn stream_length(length: usize) -> usize {
    length + length / 256 + 64
}
