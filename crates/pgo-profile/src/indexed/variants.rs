//! The variant bits in the version field of raw and indexed profiles.

use crate::error::Reason;
use crate::profile::Variants;

const LOOP_ENTRIES: u64 = 1 << 55;
const IR_LEVEL: u64 = 1 << 56;
const CONTEXT_SENSITIVE: u64 = 1 << 57;
const ENTRY_FIRST: u64 = 1 << 58;
const BYTE_COVERAGE: u64 = 1 << 60;
const FUNCTION_ENTRY_ONLY: u64 = 1 << 61;
const MEMORY: u64 = 1 << 62;
const TEMPORAL: u64 = 1 << 63;

const VERSION: u64 = u32::MAX as u64;
const SUPPORTED: u64 = LOOP_ENTRIES | IR_LEVEL | CONTEXT_SENSITIVE | ENTRY_FIRST | FUNCTION_ENTRY_ONLY;

/// Reads the variant bits, and refuses by name what this library does not support.
pub(crate) fn variants_of(version: u64) -> Result<Variants, Reason> {
    let has = |bit: u64| version & bit != 0;
    if has(BYTE_COVERAGE) {
        Err(Reason::Unsupported("profiles of single-byte coverage instead of counters"))
    } else if has(MEMORY) {
        Err(Reason::Unsupported("memory profiles"))
    } else if has(TEMPORAL) {
        Err(Reason::Unsupported("temporal profiles (-pgo-temporal-instrumentation)"))
    } else if version & !(VERSION | SUPPORTED) != 0 {
        Err(Reason::UnknownVariant(version & !(VERSION | SUPPORTED)))
    } else if !has(IR_LEVEL) {
        Err(Reason::Unsupported("front-end profiles (clang -fprofile-instr-generate, rustc -Cinstrument-coverage)"))
    } else {
        Ok(Variants {
            context_sensitive: has(CONTEXT_SENSITIVE),
            entry_first: has(ENTRY_FIRST),
            loop_entries: has(LOOP_ENTRIES),
            function_entry_only: has(FUNCTION_ENTRY_ONLY),
        })
    }
}

/// The variant bits of an IR-level profile.
pub(super) fn bits_of(variants: Variants) -> u64 {
    let bit = |set: bool, bit: u64| if set { bit } else { 0 };
    IR_LEVEL
        | bit(variants.context_sensitive, CONTEXT_SENSITIVE)
        | bit(variants.entry_first, ENTRY_FIRST)
        | bit(variants.loop_entries, LOOP_ENTRIES)
        | bit(variants.function_entry_only, FUNCTION_ENTRY_ONLY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_read_as_they_are_written() {
        let variants =
            Variants { context_sensitive: true, entry_first: false, loop_entries: true, function_entry_only: true };
        assert_eq!(variants_of(bits_of(variants) | 13).expect("all of them are supported"), variants);
    }

    #[test]
    fn what_is_not_supported_is_refused_by_name() {
        let refusal = |bits| variants_of(bits).expect_err("refused").to_string();
        assert!(refusal(IR_LEVEL | BYTE_COVERAGE).contains("single-byte coverage"));
        assert!(refusal(IR_LEVEL | TEMPORAL).contains("temporal"));
        assert!(refusal(IR_LEVEL | MEMORY).contains("memory"));
        assert!(refusal(0).contains("front-end"));
        assert!(refusal(IR_LEVEL | 1 << 40).contains("0x10000000000"));
    }
}
