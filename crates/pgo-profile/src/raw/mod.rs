//! The raw format: what an instrumented 64-bit little-endian program of LLVM 19 to 22 writes when it exits.
//!
//! A file holds one or more profiles, one behind the other. Each is: header, build ids, function data, counters, bitmap,
//! names, virtual tables, their names, and the value data of every function that has value sites.

mod addresses;
mod counters;
mod function;
mod header;
mod names;

use crate::cursor::Cursor;
use crate::error::{ReadError, Reason};
use crate::profile::{Profile, Variants};
use crate::record::{FunctionRecord, ValueKind};
use crate::value_data::{self, ValueSites};
use addresses::Addresses;
use function::FunctionData;
use header::{Header, SIGNATURES};
use names::Names;

/// Whether the bytes start like a raw profile of any word size and byte order.
pub(crate) fn has_signature(bytes: &[u8]) -> bool {
    SIGNATURES.iter().any(|(signature, _)| bytes.starts_with(signature))
}

/// Reads all profiles in the file.
pub(crate) fn read(bytes: &[u8]) -> Result<Profile, ReadError> {
    let mut contents = Contents::default();
    let mut variants: Option<Variants> = None;
    let mut next = Some(0);
    while let Some(start) = next {
        let header = header::read(bytes, start)?;
        if variants.is_some_and(|variants| variants != header.variants) {
            return Err(ReadError::malformed(start, "profiles of different instrumentation in one file"));
        }
        variants = Some(header.variants);
        next = next_profile(bytes, contents.read_one(bytes, &header)?)?;
    }
    Ok(Profile::new(variants.unwrap_or_default(), contents.functions, contents.binary_ids))
}

/// Skips the zeros between two profiles.
fn next_profile(bytes: &[u8], end: usize) -> Result<Option<usize>, ReadError> {
    let Some(zeros) = bytes[end..].iter().position(|byte| *byte != 0) else { return Ok(None) };
    let start = end + zeros;
    if start.is_multiple_of(8) {
        Ok(Some(start))
    } else {
        Err(ReadError::malformed(start, "trailing bytes that are no further profile"))
    }
}

#[derive(Default)]
struct Contents {
    functions: Vec<FunctionRecord>,
    binary_ids: Vec<Vec<u8>>,
}

impl Contents {
    /// Reads one profile and returns where it ends.
    fn read_one(&mut self, bytes: &[u8], header: &Header) -> Result<usize, ReadError> {
        self.binary_ids.extend(read_binary_ids(&bytes[..header.data], header.binary_ids)?);
        let names = names::read(bytes, header.names.clone())?;
        let functions = function::read_all(bytes, header)?;
        let addresses = Addresses::new(&functions, &function::read_virtual_tables(bytes, header)?);
        let mut values = Cursor::new(bytes, header.values);
        for function in &functions {
            self.functions.push(read_function(bytes, header, function, &names, &addresses, &mut values)?);
        }
        Ok(values.offset())
    }
}

fn read_function(
    bytes: &[u8],
    header: &Header,
    function: &FunctionData,
    names: &Names,
    addresses: &Addresses,
    values: &mut Cursor<'_>,
) -> Result<FunctionRecord, ReadError> {
    let name = names.get(&function.name_hash).ok_or_else(|| {
        ReadError::malformed(function.offset, format!("no name has the function's name hash {:#x}", function.name_hash))
    })?;
    Ok(FunctionRecord {
        name: name.clone(),
        hash: function.hash,
        counts: counters::read_counts(bytes, header, function)?,
        bitmap: counters::read_bitmap(bytes, header, function)?,
        value_sites: read_values(function, addresses, values)?,
    })
}

/// Reads a function's value data and turns the addresses in it into name hashes.
fn read_values(
    function: &FunctionData,
    addresses: &Addresses,
    values: &mut Cursor<'_>,
) -> Result<ValueSites, ReadError> {
    if function.value_sites == [0; ValueKind::COUNT] {
        return Ok(ValueSites::default());
    }
    let mut sites = value_data::read(values)?;
    for kind in ValueKind::ALL {
        for value in sites[kind as usize].iter_mut().flatten() {
            value.value = addresses.resolve(kind, value.value);
        }
    }
    Ok(sites)
}

/// Reads a section of build ids that ends where `bytes` do: length (u64), bytes, padding to eight.
pub(crate) fn read_binary_ids(bytes: &[u8], start: usize) -> Result<Vec<Vec<u8>>, ReadError> {
    let mut cursor = Cursor::new(bytes, start);
    let mut ids = Vec::new();
    while cursor.remaining() > 0 {
        let offset = cursor.offset();
        let length = cursor.u64("length of a build id")?;
        if length == 0 {
            return Err(ReadError::malformed(offset, "a build id without bytes"));
        }
        ids.push(cursor.take(length, "build id")?.to_vec());
        cursor.skip(length.wrapping_neg() % 8, "padding after a build id")?;
    }
    Ok(ids)
}

/// A section that the header places beyond the end of the file.
fn beyond_end(offset: usize, what: &'static str, needed: u64, available: u64) -> ReadError {
    ReadError::at(offset, Reason::Truncated { what, needed, available })
}
