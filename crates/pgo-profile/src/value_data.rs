//! The value profile of one function as the raw and the indexed format store it.
//!
//! Layout: total size (u32), number of kinds (u32), then per kind: kind (u32), number of sites (u32), one byte per site
//! with the number of its values, padding to eight bytes, and the values as pairs of value and count.

use crate::cursor::Cursor;
use crate::error::ReadError;
use crate::record::{ProfiledValue, ValueKind, ValueSite};

/// The value sites of one function, by kind.
pub(crate) type ValueSites = [Vec<ValueSite>; ValueKind::COUNT];

const HEADER_SIZE: usize = 8;
const VALUE_SIZE: usize = 16;

/// Reads one function's value profile and moves the cursor behind it.
pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<ValueSites, ReadError> {
    let start = cursor.offset();
    let total_size = cursor.clone().u32("size of the value data")?;
    if !total_size.is_multiple_of(8) || (total_size as usize) < HEADER_SIZE {
        return Err(ReadError::malformed(start, format!("value data of {total_size} bytes is no multiple of 8")));
    }
    let data = cursor.take(u64::from(total_size), "value data")?;
    let mut inner = Cursor::new(data, 4);
    read_kinds(&mut inner).map_err(|error| shift(error, start))
}

fn read_kinds(cursor: &mut Cursor<'_>) -> Result<ValueSites, ReadError> {
    let offset = cursor.offset();
    let kinds = cursor.u32("number of value kinds")?;
    if kinds as usize > ValueKind::COUNT {
        return Err(ReadError::malformed(offset, format!("{kinds} kinds of values, only {} exist", ValueKind::COUNT)));
    }
    let mut sites = ValueSites::default();
    for _ in 0..kinds {
        let offset = cursor.offset();
        let number = cursor.u32("value kind")?;
        let kind = ValueKind::from_number(number)
            .ok_or_else(|| ReadError::malformed(offset, format!("value kind {number} does not exist")))?;
        if !sites[kind as usize].is_empty() {
            return Err(ReadError::malformed(offset, format!("value kind {number} occurs twice in one function")));
        }
        sites[kind as usize] = read_sites(cursor)?;
    }
    Ok(sites)
}

fn read_sites(cursor: &mut Cursor<'_>) -> Result<Vec<ValueSite>, ReadError> {
    let count = u64::from(cursor.u32("number of value sites")?);
    let lengths = cursor.take(count, "value site lengths")?;
    cursor.skip(count.next_multiple_of(8) - count, "padding after value site lengths")?;
    lengths.iter().map(|length| read_values(cursor, *length)).collect()
}

fn read_values(cursor: &mut Cursor<'_>, length: u8) -> Result<ValueSite, ReadError> {
    let numbers = cursor.u64s(u64::from(length) * 2, "profiled values")?;
    Ok(numbers.as_chunks().0.iter().map(|&[value, count]| ProfiledValue { value, count }).collect())
}

fn shift(mut error: ReadError, by: usize) -> ReadError {
    if let Some(crate::Position::Byte(offset)) = &mut error.position {
        *offset += by as u64;
    }
    error
}

/// How many bytes [`write()`] appends.
pub(crate) fn size(sites: &ValueSites) -> usize {
    let kinds = sites.iter().filter(|sites| !sites.is_empty());
    HEADER_SIZE + kinds.map(|sites| kind_size(sites)).sum::<usize>()
}

fn kind_size(sites: &[ValueSite]) -> usize {
    HEADER_SIZE + sites.len().next_multiple_of(8) + sites.iter().map(|site| site.len() * VALUE_SIZE).sum::<usize>()
}

/// Appends the value profile. Sites hold at most 255 values: merging sees to that.
pub(crate) fn write(sites: &ValueSites, output: &mut Vec<u8>) {
    let kinds = sites.iter().filter(|sites| !sites.is_empty()).count();
    output.extend((size(sites) as u32).to_le_bytes());
    output.extend((kinds as u32).to_le_bytes());
    for kind in ValueKind::ALL {
        if !sites[kind as usize].is_empty() {
            write_kind(kind, &sites[kind as usize], output);
        }
    }
}

fn write_kind(kind: ValueKind, sites: &[ValueSite], output: &mut Vec<u8>) {
    output.extend((kind as u32).to_le_bytes());
    output.extend((sites.len() as u32).to_le_bytes());
    output.extend(sites.iter().map(|site| site.len() as u8));
    output.extend(std::iter::repeat_n(0, sites.len().next_multiple_of(8) - sites.len()));
    for value in sites.iter().flatten() {
        output.extend(value.value.to_le_bytes());
        output.extend(value.count.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> ValueSites {
        let value = |value, count| ProfiledValue { value, count };
        [vec![vec![value(7, 2)], vec![]], vec![vec![value(16, 5), value(8, 1)]], vec![]]
    }

    #[test]
    fn what_was_written_is_read_back() {
        let mut bytes = Vec::new();
        write(&example(), &mut bytes);
        assert_eq!(bytes.len(), size(&example()));
        assert_eq!(read(&mut Cursor::new(&bytes, 0)).expect("just written"), example());
    }

    #[test]
    fn a_function_without_sites_takes_eight_bytes() {
        assert_eq!(size(&ValueSites::default()), 8);
    }

    #[test]
    fn an_unknown_kind_is_refused_where_it_stands() {
        let mut bytes = vec![0; 16];
        write(&example(), &mut bytes);
        bytes[24] = 9;
        let error = read(&mut Cursor::new(&bytes, 16)).expect_err("kind 9 does not exist");
        assert_eq!(error.to_string(), "profile: at byte 24: malformed: value kind 9 does not exist");
    }
}
