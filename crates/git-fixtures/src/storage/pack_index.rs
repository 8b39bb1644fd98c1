//! Pack indexes, version 2: where each object lies in its pack.

use sha1::{Digest, Sha1};

use crate::object::ObjectId;

/// One object's place.
pub(super) struct IndexEntry {
    pub(super) id: ObjectId,
    /// Checksum of the entry as it lies in the pack.
    pub(super) crc32: u32,
    pub(super) offset: u64,
}

/// The index's bytes for a pack with this checksum.
pub(super) fn encode(mut entries: Vec<IndexEntry>, pack_checksum: [u8; 20]) -> Vec<u8> {
    entries.sort_by_key(|entry| entry.id);
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    index.extend(fan_out(entries.iter().map(|entry| entry.id)));
    for entry in &entries {
        index.extend(entry.id.0);
    }
    for entry in &entries {
        index.extend(entry.crc32.to_be_bytes());
    }
    for entry in &entries {
        let offset = i32::try_from(entry.offset).expect("fixture packs stay far below 2 GiB");
        index.extend(offset.to_be_bytes());
    }
    index.extend(pack_checksum);
    let checksum = Sha1::digest(&index);
    index.extend(checksum);
    index
}

/// For each first byte, how many of the sorted names start with it or a smaller one.
pub(super) fn fan_out(ids: impl Iterator<Item = ObjectId>) -> Vec<u8> {
    let mut counts = [0u32; 256];
    for id in ids {
        counts[usize::from(id.0[0])] += 1;
    }
    let mut total = 0;
    let mut bytes = Vec::with_capacity(1024);
    for count in counts {
        total += count;
        bytes.extend(u32::to_be_bytes(total));
    }
    bytes
}
