//! The indexed format: the merged profile that the compiler reads.
//!
//! Header, summary, an on-disk hash table from function name to records, build ids, and the names of virtual tables. All
//! numbers are little-endian; the layout is described in LLVM's `docs/InstrProfileFormat.rst`.

mod hash_table;
mod header;
mod reader;
mod variants;
mod writer;

pub(crate) use header::has_signature;
pub(crate) use reader::read;
pub(crate) use variants::variants_of;
pub(crate) use writer::write;
