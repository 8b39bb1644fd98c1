//! Reads, merges, compares and writes the IR-level instrumentation profiles that `rustc -Cprofile-generate` programs
//! leave behind, so that a PGO pipeline needs no `llvm-profdata`.
//!
//! Three formats are understood: raw (`.profraw`, version 10, what an instrumented program writes), indexed
//! (`.profdata`, versions 4 to 13 are read, 13 is written, what `rustc -Cprofile-use` reads) and text (what a person
//! reviews). What is written is meant to be the same, byte for byte, as `llvm-profdata merge --num-threads=1` of LLVM 22
//! writes; the layout follows LLVM's `InstrProfData.inc` and `docs/InstrProfileFormat.rst`.
//!
//! ```no_run
//! use pgo_profile::{Merger, Profile, Weight};
//!
//! let mut merger = Merger::new();
//! merger.add(&Profile::read("haswell.profraw".as_ref())?, Weight::ONE)?;
//! merger.add(&Profile::read("nehalem.profraw".as_ref())?, Weight::ONE)?;
//! let merged = merger.finish();
//! std::fs::write("merged.profdata", merged.profile.write_indexed())?;
//! std::fs::write("merged.proftext", merged.profile.write_text())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cursor;
mod error;
mod hash_order;
mod hot;
mod indexed;
mod merge;
mod name_hash;
mod overlap;
mod profile;
mod raw;
mod read;
mod record;
mod summary;
mod text;
mod unstable_sort;
mod value_data;
mod weighted_input;

pub use error::{Position, ReadError, Reason};
pub use hot::HotFunction;
pub use merge::{MergeError, MergeProblem, MergeWarning, Merged, Merger, Weight};
pub use name_hash::name_hash;
pub use overlap::Overlap;
pub use profile::{Profile, Variants};
pub use record::{FunctionRecord, ProfiledValue, ValueKind, ValueSite};
pub use summary::{CUTOFFS, Cutoff, Summary};
pub use weighted_input::{WeightedInput, WeightedInputError};
