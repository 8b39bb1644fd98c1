//! The function data and the virtual tables of a raw profile, as they lay in the program's memory.

use super::header::Header;
use crate::cursor::Cursor;
use crate::error::ReadError;
use crate::record::ValueKind;

/// Bytes of one function's data.
pub(super) const DATA_SIZE: u64 = 64;
/// Bytes of one virtual table's data.
pub(super) const VIRTUAL_TABLE_SIZE: u64 = 24;

/// What the program knew of one function.
pub(super) struct FunctionData {
    /// Where in the file it stands.
    pub(super) offset: usize,
    /// Its number in this profile.
    pub(super) index: u64,
    pub(super) name_hash: u64,
    pub(super) hash: u64,
    /// Distance from this record to the function's first counter.
    pub(super) counter_pointer: u64,
    /// Distance from this record to the function's bitmap.
    pub(super) bitmap_pointer: u64,
    /// Where the function was in memory; 0 where nothing can call it indirectly.
    pub(super) address: u64,
    pub(super) counters: u32,
    pub(super) value_sites: [u16; ValueKind::COUNT],
    pub(super) bitmap_bytes: u32,
}

/// A virtual table's place in memory, and the hash of its name.
pub(super) struct VirtualTable {
    pub(super) name_hash: u64,
    pub(super) address: u64,
    pub(super) size: u32,
}

/// Reads the data of all functions. The header's layout has shown that the file holds as many.
pub(super) fn read_all(bytes: &[u8], header: &Header) -> Result<Vec<FunctionData>, ReadError> {
    let mut cursor = Cursor::new(bytes, header.data);
    (0..header.functions).map(|index| read(&mut cursor, index)).collect()
}

fn read(cursor: &mut Cursor<'_>, index: u64) -> Result<FunctionData, ReadError> {
    const WHAT: &str = "function data";
    let offset = cursor.offset();
    let name_hash = cursor.u64(WHAT)?;
    let hash = cursor.u64(WHAT)?;
    let counter_pointer = cursor.u64(WHAT)?;
    let bitmap_pointer = cursor.u64(WHAT)?;
    let address = cursor.u64(WHAT)?;
    let _values_address = cursor.u64(WHAT)?;
    let counters = cursor.u32(WHAT)?;
    let value_sites = [cursor.u16(WHAT)?, cursor.u16(WHAT)?, cursor.u16(WHAT)?];
    let _padding = cursor.u16(WHAT)?;
    let bitmap_bytes = cursor.u32(WHAT)?;
    Ok(FunctionData {
        offset,
        index,
        name_hash,
        hash,
        counter_pointer,
        bitmap_pointer,
        address,
        counters,
        value_sites,
        bitmap_bytes,
    })
}

pub(super) fn read_virtual_tables(bytes: &[u8], header: &Header) -> Result<Vec<VirtualTable>, ReadError> {
    const WHAT: &str = "virtual table";
    let mut cursor = Cursor::new(bytes, header.virtual_tables);
    let mut read = || {
        let table = VirtualTable { name_hash: cursor.u64(WHAT)?, address: cursor.u64(WHAT)?, size: cursor.u32(WHAT)? };
        cursor.skip(4, WHAT)?;
        Ok(table)
    };
    (0..header.virtual_table_count).map(|_| read()).collect()
}
