//! Finding a function's counters and bitmap: its data holds their distance in memory, not their place in the file.

use std::ops::Range;

use super::function::{DATA_SIZE, FunctionData};
use super::header::Header;
use crate::cursor::Cursor;
use crate::error::ReadError;

/// LLVM takes a larger count for a damaged file.
const MAX_PLAUSIBLE_COUNT: u64 = 1 << 56;

pub(super) fn read_counts(bytes: &[u8], header: &Header, function: &FunctionData) -> Result<Vec<u64>, ReadError> {
    if function.counters == 0 {
        return Err(ReadError::malformed(function.offset, "a function without counters"));
    }
    let delta = distance(header.counters_delta, function);
    let size = u64::from(function.counters) * 8;
    let offset = place(&header.counters, function.counter_pointer.wrapping_sub(delta), size).ok_or_else(|| {
        ReadError::malformed(function.offset, "a function whose counters lie outside of their section")
    })?;
    let counts = Cursor::new(bytes, offset).u64s(u64::from(function.counters), "counters")?;
    match counts.iter().position(|count| *count > MAX_PLAUSIBLE_COUNT) {
        Some(index) => {
            let what = format!("count {} is beyond 2^56: the counters are damaged", counts[index]);
            Err(ReadError::malformed(offset + index * 8, what))
        }
        None => Ok(counts),
    }
}

pub(super) fn read_bitmap(bytes: &[u8], header: &Header, function: &FunctionData) -> Result<Vec<u8>, ReadError> {
    if function.bitmap_bytes == 0 {
        return Ok(Vec::new());
    }
    let delta = distance(header.bitmap_delta, function);
    let size = u64::from(function.bitmap_bytes);
    let offset = place(&header.bitmap, function.bitmap_pointer.wrapping_sub(delta), size)
        .ok_or_else(|| ReadError::malformed(function.offset, "a function whose bitmap lies outside of its section"))?;
    Ok(Cursor::new(bytes, offset).take(size, "bitmap")?.to_vec())
}

/// The section's distance from this function's data: each record is one record closer.
fn distance(delta: u64, function: &FunctionData) -> u64 {
    delta.wrapping_sub(function.index * DATA_SIZE)
}

/// Where `size` bytes at `relative` start in the file, if the section holds them.
fn place(section: &Range<usize>, relative: u64, size: u64) -> Option<usize> {
    let end = relative.checked_add(size)?;
    (end <= section.len() as u64).then(|| section.start + relative as usize)
}
