//! The indexed header, whose length grew with the versions, and the summary behind it.

use super::variants::variants_of;
use crate::cursor::Cursor;
use crate::error::{ReadError, Reason};
use crate::profile::Variants;

pub(super) const SIGNATURE: [u8; 8] = *b"\xfflprofi\x81";
/// The version LLVM 21 and 22 write.
pub(super) const VERSION: u64 = 13;

const OLDEST_VERSION: u64 = 4;
const VERSION_OFFSET: usize = 8;
const HASH_TYPE_OFFSET: usize = 24;

/// The fields of the header.
pub(super) struct Header {
    pub(super) version: u64,
    pub(super) variants: Variants,
    /// Where the numbers of buckets and entries stand, behind all entries.
    pub(super) hash_table: u64,
    /// Where the build ids stand, from version 9 on.
    pub(super) binary_ids: Option<u64>,
    /// Where the entries of the hash table start.
    pub(super) payload: usize,
}

pub(crate) fn has_signature(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE)
}

pub(super) fn read(bytes: &[u8]) -> Result<Header, ReadError> {
    const WHAT: &str = "indexed profile header";
    let mut cursor = Cursor::new(bytes, 0);
    if cursor.take(8, WHAT)? != SIGNATURE {
        return Err(ReadError::malformed(0, "no indexed profile starts here"));
    }
    let (version, variants) = check_version(cursor.u64(WHAT)?)?;
    let _unused = cursor.u64(WHAT)?;
    if cursor.u64(WHAT)? != 0 {
        return Err(ReadError::malformed(HASH_TYPE_OFFSET, "a hash function other than MD5"));
    }
    let hash_table = cursor.u64(WHAT)?;
    let mut since = |first: u64| if version >= first { cursor.u64(WHAT).map(Some) } else { Ok(None) };
    let _memory_profile = since(8)?;
    let binary_ids = since(9)?;
    let _temporal_traces = since(10)?;
    let _virtual_table_names = since(12)?;
    skip_summary(&mut cursor)?;
    if variants.context_sensitive {
        skip_summary(&mut cursor)?;
    }
    Ok(Header { version, variants, hash_table, binary_ids, payload: cursor.offset() })
}

fn check_version(field: u64) -> Result<(u64, Variants), ReadError> {
    let found = field & u64::from(u32::MAX);
    if !(OLDEST_VERSION..=VERSION).contains(&found) {
        let advice = if found > VERSION {
            "merge with the llvm-profdata of the LLVM that wrote it"
        } else {
            "make the profile again with a current toolchain"
        };
        let reason = Reason::UnsupportedVersion { format: "indexed", found, supported: "4 to 13", advice };
        return Err(ReadError::at(VERSION_OFFSET, reason));
    }
    let variants = variants_of(field).map_err(|reason| ReadError::at(VERSION_OFFSET, reason))?;
    Ok((found, variants))
}

/// The summary is computed anew when it is needed, so its numbers are only stepped over.
fn skip_summary(cursor: &mut Cursor<'_>) -> Result<(), ReadError> {
    let fields = cursor.u64("summary")?;
    let cutoffs = cursor.u64("summary")?;
    let numbers = cutoffs.saturating_mul(3).saturating_add(fields);
    cursor.skip(numbers.saturating_mul(8), "summary")
}
