//! Refs in the reftable format (`Documentation/technical/reftable` of git): a few sorted tables, of which the later ones
//! override the earlier. Tables are untrusted input, so every length is checked before it is used.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use gix_hash::{Kind, ObjectId};
use gix_ref::{FullName, Target};

/// The list of tables may change while they are read; then it is read again, this often.
const ATTEMPTS: usize = 5;

/// Whole names and what they point to.
pub(super) type Table = BTreeMap<Vec<u8>, Target>;

/// Reads the refs that all work trees share from `common_dir` and those of one work tree from `git_dir`.
pub(super) fn read(git_dir: &Path, common_dir: &Path, hash: Kind) -> Result<Table, String> {
    let mut refs = read_stack(&common_dir.join("reftable"), hash)?;
    if git_dir != common_dir {
        refs.remove(b"HEAD".as_slice());
        refs.extend(read_stack(&git_dir.join("reftable"), hash)?);
    }
    Ok(refs)
}

fn read_stack(directory: &Path, hash: Kind) -> Result<Table, String> {
    for _ in 1..ATTEMPTS {
        if let Some(refs) = try_read_stack(directory, hash)? {
            return Ok(refs);
        }
    }
    try_read_stack(directory, hash)?.ok_or_else(|| format!("a table that {} lists is not there", list_in(directory)))
}

/// `None` if a table is gone, because git has just joined it with others.
fn try_read_stack(directory: &Path, hash: Kind) -> Result<Option<Table>, String> {
    let list = fs::read_to_string(directory.join("tables.list"));
    let list = list.map_err(|error| format!("{}: {error}", list_in(directory)))?;
    let mut refs = Table::new();
    for name in list.lines().filter(|name| !name.is_empty()) {
        if name.contains(['/', '\\']) {
            return Err(format!("{} lists {name}, which is no file beside it", list_in(directory)));
        }
        let table = match fs::read(directory.join(name)) {
            Ok(table) => table,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{}: {error}", directory.join(name).display())),
        };
        apply(&table, hash, &mut refs).ok_or_else(|| format!("{} is damaged", directory.join(name).display()))?;
    }
    Ok(Some(refs))
}

fn list_in(directory: &Path) -> String {
    directory.join("tables.list").display().to_string()
}

/// Puts what one table says over `refs`; `None` if the table makes no sense.
pub(super) fn apply(table: &[u8], hash: Kind, refs: &mut Table) -> Option<()> {
    let header = Header::read(table, hash)?;
    let mut start = 0;
    while start.max(header.length) < header.end {
        let first = if start == 0 { header.length } else { 0 };
        let block = table.get(start..header.end)?;
        if *block.get(first)? != b'r' {
            // No ref at all, or the index of the blocks that were read.
            return Some(());
        }
        let length = number(block.get(first + 1..first + 4)?);
        apply_block(block.get(..length)?, first + 4, hash, refs)?;
        // Blocks are padded to their size with zeros, but the last one of a kind need not be.
        let is_padded = block.get(length).is_none_or(|byte| *byte == 0);
        start += if length < header.block_size && is_padded { header.block_size } else { length };
    }
    Some(())
}

/// What the beginning and the end of a table say.
struct Header {
    length: usize,
    block_size: usize,
    /// Where something else than refs begins.
    end: usize,
}

impl Header {
    fn read(table: &[u8], hash: Kind) -> Option<Self> {
        let (length, known) = match table.get(..5)? {
            b"REFT\x01" => (24, hash == Kind::Sha1),
            b"REFT\x02" => (28, table.get(24..28)? == if hash == Kind::Sha1 { b"sha1" } else { b"s256" }),
            _ => return None,
        };
        let footer_start = table.len().checked_sub(length + 44)?;
        let footer = &table[footer_start..];
        let (checked, checksum) = footer.split_at(footer.len() - 4);
        if !known || footer[..length] != table[..length] || crc32(checked).to_be_bytes() != checksum {
            return None;
        }
        let position = |index: usize| Some(number(footer.get(length + 8 * index..length + 8 * index + 8)?));
        // Of the second number the lowest five bits say something else.
        let sections = [position(0)?, position(1)? >> 5, position(2)?, position(3)?, position(4)?];
        let end = sections.into_iter().filter(|section| *section > 0).min().unwrap_or(footer_start);
        Some(Self { length, block_size: number(&table[5..8]), end: end.min(footer_start) })
    }
}

/// Reads the records of a block from `start` on, up to the table of places at its end.
fn apply_block(block: &[u8], start: usize, hash: Kind, refs: &mut Table) -> Option<()> {
    let restarts = number(block.get(block.len().checked_sub(2)?..)?);
    let end = block.len().checked_sub(2 + 3 * restarts)?;
    let mut rest = block.get(start..end)?;
    let mut name: Vec<u8> = Vec::new();
    while !rest.is_empty() {
        let shared = varint(&mut rest)?;
        let length_and_type = varint(&mut rest)?;
        name.truncate(Some(shared).filter(|shared| *shared <= name.len())?);
        name.extend_from_slice(take(&mut rest, length_and_type >> 3)?);
        varint(&mut rest)?;
        let target = match length_and_type & 7 {
            0 => None,
            1 => Some(Target::Object(id(&mut rest, hash)?)),
            2 => {
                // What an annotated tag leads to stands beside it.
                id(&mut rest, hash)?;
                Some(Target::Object(id(&mut rest, hash)?))
            }
            3 => {
                let length = varint(&mut rest)?;
                let target = take(&mut rest, length)?;
                Some(Target::Symbolic(FullName::try_from(gix_object::bstr::BStr::new(target)).ok()?))
            }
            _ => return None,
        };
        match target {
            Some(target) => refs.insert(name.clone(), target),
            None => refs.remove(&name),
        };
    }
    Some(())
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

fn id(rest: &mut &[u8], hash: Kind) -> Option<ObjectId> {
    Some(ObjectId::from_bytes_or_panic(take(rest, hash.len_in_bytes())?))
}

/// A number in as many bytes as it needs, the highest first, as in packs.
fn varint(rest: &mut &[u8]) -> Option<usize> {
    let mut byte = *take(rest, 1)?.first()?;
    let mut number = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = *take(rest, 1)?.first()?;
        number = number.checked_add(1)?.checked_mul(128)? | usize::from(byte & 0x7f);
    }
    Some(number)
}

/// A number of fixed length, the highest byte first. Too large ones are larger than any table.
fn number(bytes: &[u8]) -> usize {
    let number = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// CRC-32 as in zlib, bit by bit: it is only asked of a few dozen bytes.
fn crc32(bytes: &[u8]) -> u32 {
    let bit = |remainder: u32, _| if remainder & 1 == 1 { remainder >> 1 ^ 0xEDB8_8320 } else { remainder >> 1 };
    !bytes.iter().fold(!0, |remainder, byte| (0..8).fold(remainder ^ u32::from(*byte), bit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A table of unaligned blocks, one for each list of records.
    fn table(blocks: &[&[(&str, u8, &[u8])]]) -> Vec<u8> {
        let header = [b"REFT\x01\0\0\0".as_slice(), &[0; 16]].concat();
        let mut table = header.clone();
        for (index, records) in blocks.iter().enumerate() {
            let mut body = Vec::new();
            for (name, kind, value) in *records {
                assert!(name.len() < 16, "so that the length is one byte");
                body.extend_from_slice(&[0, u8::try_from(name.len()).expect("short") << 3 | kind]);
                body.extend_from_slice(name.as_bytes());
                body.push(0);
                body.extend_from_slice(value);
            }
            let length = if index == 0 { 24 } else { 0 } + 4 + body.len() + 5;
            table.push(b'r');
            table.extend_from_slice(&u32::try_from(length).expect("short").to_be_bytes()[1..]);
            table.extend_from_slice(&body);
            table.extend_from_slice(&[0, 0, 4, 0, 1]);
        }
        let footer = [header, vec![0; 40]].concat();
        table.extend_from_slice(&footer);
        table.extend_from_slice(&crc32(&footer).to_be_bytes());
        table
    }

    fn names(tables: &[Vec<u8>]) -> Option<Vec<String>> {
        let mut refs = Table::new();
        tables.iter().try_for_each(|table| apply(table, Kind::Sha1, &mut refs))?;
        Some(refs.into_keys().map(|name| String::from_utf8_lossy(&name).into_owned()).collect())
    }

    #[test]
    fn later_tables_override_earlier_ones() {
        let id = [7; 20];
        let first =
            table(&[&[("HEAD", 3, b"\x0frefs/heads/main"), ("refs/tags/a", 1, &id)], &[("refs/tags/b", 1, &id)]]);
        let second = table(&[&[("refs/tags/a", 0, &[]), ("refs/tags/c", 1, &id)]]);
        assert_eq!(names(std::slice::from_ref(&first)).expect("sound"), ["HEAD", "refs/tags/a", "refs/tags/b"]);
        assert_eq!(names(&[first, second]).expect("sound"), ["HEAD", "refs/tags/b", "refs/tags/c"]);
        assert_eq!(names(&[table(&[])]).expect("sound"), [""; 0]);
    }

    #[test]
    fn annotated_tags_lead_to_what_they_are_about() {
        let mut refs = Table::new();
        apply(&table(&[&[("refs/tags/a", 2, &[[1; 20], [2; 20]].concat())]]), Kind::Sha1, &mut refs).expect("sound");
        assert_eq!(refs[b"refs/tags/a".as_slice()], Target::Object(ObjectId::from_bytes_or_panic(&[2; 20])));
    }

    #[test]
    fn numbers_and_checksums_are_those_of_the_format() {
        assert_eq!(varint(&mut [0x80, 0x00].as_slice()), Some(128));
        assert_eq!(varint(&mut [0xff].as_slice()), None);
        assert_eq!(varint(&mut [0xff; 30].as_slice()), None);
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    proptest! {
        #[test]
        fn damage_is_no_crash(at: prop::sample::Index, byte: u8, cut: prop::sample::Index, mend: bool) {
            let mut table = table(&[&[("HEAD", 3, b"\x0frefs/heads/main")], &[("refs/tags/b", 1, &[7; 20])]]);
            let index = at.index(table.len());
            table[index] = byte;
            table.truncate(table.len() - cut.index(4));
            if mend && table.len() > 68 {
                let (start, end) = (table.len() - 68, table.len() - 4);
                let checksum = crc32(&table[start..end]).to_be_bytes();
                table[end..].copy_from_slice(&checksum);
            }
            let _ = names(&[table]);
        }
    }
}
