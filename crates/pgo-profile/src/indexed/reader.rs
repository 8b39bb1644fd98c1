//! Reading an indexed profile: every entry of the hash table in the order it is stored.

use super::header::{self, Header};
use crate::cursor::Cursor;
use crate::error::ReadError;
use crate::profile::Profile;
use crate::raw::read_binary_ids;
use crate::record::FunctionRecord;
use crate::value_data;

/// The first version that stores bitmaps.
const BITMAP_VERSION: u64 = 11;

pub(crate) fn read(bytes: &[u8]) -> Result<Profile, ReadError> {
    let header = header::read(bytes)?;
    let functions = read_table(bytes, &header)?;
    let binary_ids = match header.binary_ids {
        Some(offset) => read_ids(bytes, offset)?,
        None => Vec::new(),
    };
    Ok(Profile::new(header.variants, functions, binary_ids))
}

/// The table's numbers stand behind its entries; the entries end where they start.
fn read_table(bytes: &[u8], header: &Header) -> Result<Vec<FunctionRecord>, ReadError> {
    let end = usize::try_from(header.hash_table)
        .ok()
        .filter(|end| (header.payload..bytes.len()).contains(end))
        .ok_or_else(|| ReadError::malformed(32, "the hash table lies outside of the file"))?;
    let mut numbers = Cursor::new(bytes, end);
    let _buckets = numbers.u64("number of buckets")?;
    let entries = numbers.u64("number of functions")?;
    let mut cursor = Cursor::new(&bytes[..end], header.payload);
    let mut functions = Vec::new();
    let mut read = 0;
    while read < entries {
        let in_bucket = u64::from(cursor.u16("bucket")?);
        for _ in 0..in_bucket {
            read_entry(&mut cursor, header.version, &mut functions)?;
        }
        read += in_bucket;
        if in_bucket == 0 || read > entries {
            return Err(ReadError::malformed(end + 8, format!("the buckets hold other than {entries} functions")));
        }
    }
    Ok(functions)
}

/// One name with all its records.
fn read_entry(cursor: &mut Cursor<'_>, version: u64, functions: &mut Vec<FunctionRecord>) -> Result<(), ReadError> {
    const WHAT: &str = "hash table entry";
    let _hash = cursor.u64(WHAT)?;
    let (name_length, data_length) = (cursor.u64(WHAT)?, cursor.u64(WHAT)?);
    let start = cursor.offset();
    let name = std::str::from_utf8(cursor.take(name_length, "function name")?)
        .ok()
        .filter(|name| !name.is_empty())
        .ok_or_else(|| ReadError::malformed(start, "a function name that is empty or no UTF-8"))?;
    let end = cursor.offset().saturating_add(usize::try_from(data_length).unwrap_or(usize::MAX));
    while cursor.offset() < end {
        functions.push(read_record(cursor, name, version)?);
    }
    if cursor.offset() == end {
        Ok(())
    } else {
        Err(ReadError::malformed(start, format!("the records of {name} are longer than their {data_length} bytes")))
    }
}

fn read_record(cursor: &mut Cursor<'_>, name: &str, version: u64) -> Result<FunctionRecord, ReadError> {
    const WHAT: &str = "function record";
    let start = cursor.offset();
    let hash = cursor.u64(WHAT)?;
    let counters = cursor.u64(WHAT)?;
    let counts = cursor.u64s(counters, "counters")?;
    if counts.is_empty() {
        return Err(ReadError::malformed(start, format!("{name} has no counters")));
    }
    let bitmap = if version >= BITMAP_VERSION {
        let size = cursor.u64(WHAT)?;
        cursor.u64s(size, "bitmap")?.into_iter().map(|byte| byte as u8).collect()
    } else {
        Vec::new()
    };
    let value_sites = value_data::read(cursor)?;
    Ok(FunctionRecord { name: name.to_owned(), hash, counts, bitmap, value_sites })
}

fn read_ids(bytes: &[u8], offset: u64) -> Result<Vec<Vec<u8>>, ReadError> {
    let start = usize::try_from(offset).unwrap_or(usize::MAX);
    let mut cursor = Cursor::new(bytes, start);
    let size = cursor.u64("size of the build ids")?;
    let first = cursor.offset();
    cursor.skip(size, "build ids")?;
    read_binary_ids(&bytes[..cursor.offset()], first)
}
