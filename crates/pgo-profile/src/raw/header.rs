//! The raw header: which version and variant it is, and where the sections lie.

use std::ops::Range;

use super::beyond_end;
use super::function::{DATA_SIZE, VIRTUAL_TABLE_SIZE};
use crate::cursor::Cursor;
use crate::error::{ReadError, Reason};
use crate::indexed::variants_of;
use crate::profile::Variants;
use crate::record::ValueKind;

/// The signatures of raw profiles, and why those after the first are refused.
pub(super) const SIGNATURES: [([u8; 8], Option<&str>); 4] = [
    (*b"\x81rforpl\xff", None),
    (*b"\xfflprofr\x81", Some("raw profiles of big-endian programs")),
    (*b"\x81Rforpl\xff", Some("raw profiles of 32-bit programs")),
    (*b"\xfflprofR\x81", Some("raw profiles of 32-bit big-endian programs")),
];

const VERSION: u64 = 10;
const HEADER_SIZE: u64 = 16 * 8;
const VERSION_OFFSET: usize = 8;
const DEBUG_INFO_CORRELATION: u64 = 1 << 59;

/// Where the sections of one raw profile lie, in bytes from the start of the file.
pub(super) struct Header {
    pub(super) variants: Variants,
    pub(super) binary_ids: usize,
    /// Function data; build ids end here.
    pub(super) data: usize,
    pub(super) functions: u64,
    pub(super) counters: Range<usize>,
    pub(super) bitmap: Range<usize>,
    pub(super) names: Range<usize>,
    pub(super) virtual_tables: usize,
    pub(super) virtual_table_count: u64,
    pub(super) values: usize,
    /// Distance from the function data to the counters while the program ran.
    pub(super) counters_delta: u64,
    /// Distance from the function data to the bitmap while the program ran.
    pub(super) bitmap_delta: u64,
}

/// The numbers in the header, in their order.
struct Fields {
    binary_ids_size: u64,
    functions: u64,
    padding_before_counters: u64,
    counters: u64,
    padding_after_counters: u64,
    bitmap_size: u64,
    padding_after_bitmap: u64,
    names_size: u64,
    counters_delta: u64,
    bitmap_delta: u64,
    virtual_tables: u64,
    virtual_table_names_size: u64,
}

pub(super) fn read(bytes: &[u8], start: usize) -> Result<Header, ReadError> {
    let mut cursor = Cursor::new(bytes, start);
    check_signature(cursor.take(8, "raw profile signature")?, start)?;
    let variants = check_version(cursor.u64("raw profile version")?, start)?;
    let fields = read_fields(&mut cursor)?;
    let kinds = cursor.u64("last value kind")?;
    if kinds != ValueKind::COUNT as u64 - 1 {
        return Err(ReadError::malformed(cursor.offset() - 8, format!("last value kind {kinds}, expected 2")));
    }
    if !fields.binary_ids_size.is_multiple_of(8) {
        return Err(ReadError::malformed(start + 16, "the size of the build ids is no multiple of 8"));
    }
    lay_out(bytes, start, variants, &fields)
}

fn check_signature(signature: &[u8], start: usize) -> Result<(), ReadError> {
    match SIGNATURES.iter().find(|(known, _)| known == signature) {
        Some((_, None)) => Ok(()),
        Some((_, Some(refused))) => Err(ReadError::at(start, Reason::Unsupported(refused))),
        None => Err(ReadError::malformed(start, "no raw profile starts here")),
    }
}

fn check_version(version: u64, start: usize) -> Result<Variants, ReadError> {
    let offset = start + VERSION_OFFSET;
    let found = version & u64::from(u32::MAX);
    if found != VERSION {
        let advice = "use the toolchain whose LLVM this tool was made for (rustc with LLVM 19 to 22)";
        let reason = Reason::UnsupportedVersion { format: "raw", found, supported: "10", advice };
        return Err(ReadError::at(offset, reason));
    }
    if version & DEBUG_INFO_CORRELATION != 0 {
        return Err(ReadError::at(offset, Reason::Unsupported("raw profiles to be correlated with debug info")));
    }
    variants_of(version).map_err(|reason| ReadError::at(offset, reason))
}

fn read_fields(cursor: &mut Cursor<'_>) -> Result<Fields, ReadError> {
    let mut next = || cursor.u64("raw profile header");
    let fields = Fields {
        binary_ids_size: next()?,
        functions: next()?,
        padding_before_counters: next()?,
        counters: next()?,
        padding_after_counters: next()?,
        bitmap_size: next()?,
        padding_after_bitmap: next()?,
        names_size: next()?,
        counters_delta: next()?,
        bitmap_delta: next()?,
        virtual_tables: {
            let _names_address = next()?;
            next()?
        },
        virtual_table_names_size: next()?,
    };
    Ok(fields)
}

/// Places the sections one behind the other and checks that the file holds them.
fn lay_out(bytes: &[u8], start: usize, variants: Variants, fields: &Fields) -> Result<Header, ReadError> {
    let mut layout = Layout { start, offset: start as u64 + HEADER_SIZE, end: bytes.len() as u64 };
    let binary_ids = layout.place("build ids", fields.binary_ids_size)?.start;
    let data = layout.place("function data", fields.functions.saturating_mul(DATA_SIZE))?.start;
    layout.place("padding before the counters", fields.padding_before_counters)?;
    let counters = layout.place("counters", fields.counters.saturating_mul(8))?;
    layout.place("padding after the counters", fields.padding_after_counters)?;
    let bitmap = layout.place("bitmap", fields.bitmap_size)?;
    layout.place("padding after the bitmap", fields.padding_after_bitmap)?;
    let names = layout.place_padded("names", fields.names_size)?;
    let tables = layout.place_padded("virtual tables", fields.virtual_tables.saturating_mul(VIRTUAL_TABLE_SIZE))?;
    layout.place_padded("names of virtual tables", fields.virtual_table_names_size)?;
    Ok(Header {
        variants,
        binary_ids,
        data,
        functions: fields.functions,
        counters,
        bitmap,
        names,
        virtual_tables: tables.start,
        virtual_table_count: fields.virtual_tables,
        values: layout.place("value data", 0)?.start,
        counters_delta: fields.counters_delta,
        bitmap_delta: fields.bitmap_delta,
    })
}

struct Layout {
    start: usize,
    offset: u64,
    end: u64,
}

impl Layout {
    fn place(&mut self, what: &'static str, size: u64) -> Result<Range<usize>, ReadError> {
        let available = self.end.saturating_sub(self.offset);
        if size > available {
            return Err(beyond_end(self.start, what, size, available));
        }
        let section = self.offset as usize..(self.offset + size) as usize;
        self.offset += size;
        Ok(section)
    }

    /// A section followed by zeros up to a multiple of eight bytes.
    fn place_padded(&mut self, what: &'static str, size: u64) -> Result<Range<usize>, ReadError> {
        let section = self.place(what, size)?;
        self.place("padding", size.wrapping_neg() % 8)?;
        Ok(section)
    }
}
