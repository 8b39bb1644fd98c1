//! Pack files, version 2: commits first, then tags, trees and files, newest first, as git lays them out.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use sha1::{Digest, Sha1};

use super::pack_index::{self, IndexEntry};
use super::{Body, Object};

/// Offset-delta entries refer to their base by distance.
const OFFSET_DELTA: u8 = 6;

/// Writes `pack-<checksum>.pack` and its index into `folder`.
pub(super) fn write(folder: &Path, objects: &[Object]) -> io::Result<()> {
    let unfinished = folder.join("unfinished");
    let mut output = Output { file: BufWriter::new(File::create(&unfinished)?), hasher: Sha1::new(), at: 0 };
    output.push(b"PACK\0\0\0\x02")?;
    output.push(&u32::try_from(objects.len()).expect("fewer than 2^32 objects").to_be_bytes())?;
    let mut offsets = vec![0; objects.len()];
    let mut entries = Vec::with_capacity(objects.len());
    for index in layout(objects) {
        let object = &objects[index];
        offsets[index] = output.at;
        let entry = encode(object, output.at, &offsets);
        entries.push(IndexEntry { id: object.id, crc32: crc32fast::hash(&entry), offset: output.at });
        output.push(&entry)?;
    }
    let checksum: [u8; 20] = output.hasher.clone().finalize().into();
    output.push(&checksum)?;
    output.file.into_inner().map_err(io::IntoInnerError::into_error)?;
    let name: String = checksum.iter().map(|byte| format!("{byte:02x}")).collect();
    fs::rename(unfinished, folder.join(format!("pack-{name}.pack")))?;
    fs::write(folder.join(format!("pack-{name}.idx")), pack_index::encode(entries, checksum))
}

struct Output {
    file: BufWriter<File>,
    hasher: Sha1,
    at: u64,
}

impl Output {
    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.at += bytes.len() as u64;
        self.file.write_all(bytes)
    }
}

/// The order of objects. Newest first puts every delta behind its base, which is always newer.
fn layout(objects: &[Object]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..objects.len()).rev().collect();
    order.sort_by_key(|&index| objects[index].kind);
    order
}

fn encode(object: &Object, at: u64, offsets: &[u64]) -> Vec<u8> {
    let mut entry = Vec::new();
    match &object.body {
        Body::Whole(deflated) => {
            push_header(&mut entry, object.kind.pack_type(), object.size);
            entry.extend_from_slice(deflated);
        }
        Body::Delta { base, deflated } => {
            push_header(&mut entry, OFFSET_DELTA, object.size);
            push_distance(&mut entry, at - offsets[*base]);
            entry.extend_from_slice(deflated);
        }
        Body::Pending(_) => unreachable!("pending objects are deflated before the pack is written"),
    }
    entry
}

/// Type and size: four bits of size, then seven a byte.
fn push_header(entry: &mut Vec<u8>, pack_type: u8, size: usize) {
    let mut byte = pack_type << 4 | (size & 0x0f) as u8;
    let mut rest = size >> 4;
    while rest > 0 {
        entry.push(byte | 0x80);
        byte = (rest & 0x7f) as u8;
        rest >>= 7;
    }
    entry.push(byte);
}

/// Distance to the base, most significant bits first; each continued step is one less than its bits say.
fn push_distance(entry: &mut Vec<u8>, mut distance: u64) {
    let mut reversed = vec![(distance & 0x7f) as u8];
    distance >>= 7;
    while distance > 0 {
        distance -= 1;
        reversed.push((distance & 0x7f) as u8 | 0x80);
        distance >>= 7;
    }
    entry.extend(reversed.iter().rev());
}
