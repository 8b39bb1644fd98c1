//! Writing a text profile: functions sorted by name and hash.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::EXTERNAL_SYMBOL;
use crate::name_hash::name_hash;
use crate::profile::{Profile, Variants};
use crate::record::{FunctionRecord, ValueKind, ValueSite};

/// Function names by their hash.
type Names<'a> = BTreeMap<u64, &'a str>;

/// Writes a folded profile.
pub(crate) fn write(profile: &Profile) -> String {
    let names: Names<'_> =
        profile.functions().iter().map(|function| (name_hash(&function.name), function.name.as_str())).collect();
    let mut functions: Vec<_> = profile.functions().iter().collect();
    functions.sort_by_key(|function| (&function.name, function.hash));
    let mut text = header(profile.variants());
    for function in functions {
        write_function(function, &names, &mut text).expect("a string takes all text");
    }
    text
}

fn header(variants: Variants) -> String {
    let mut header = if variants.context_sensitive {
        "# CSIR level Instrumentation Flag\n:csir\n".to_owned()
    } else {
        "# IR level Instrumentation Flag\n:ir\n".to_owned()
    };
    if variants.entry_first {
        header.push_str("# Always instrument the function entry block\n:entry_first\n");
    }
    if variants.loop_entries {
        header.push_str("# Always instrument the loop entry blocks\n:instrument_loop_entries\n");
    }
    header
}

fn write_function(function: &FunctionRecord, names: &Names<'_>, text: &mut String) -> std::fmt::Result {
    writeln!(text, "{}\n# Func Hash:\n{}", function.name, function.hash)?;
    writeln!(text, "# Num Counters:\n{}\n# Counter Values:", function.counts.len())?;
    for count in &function.counts {
        writeln!(text, "{count}")?;
    }
    write_bitmap(&function.bitmap, text)?;
    write_values(function, names, text)?;
    writeln!(text)
}

fn write_bitmap(bitmap: &[u8], text: &mut String) -> std::fmt::Result {
    if bitmap.is_empty() {
        return Ok(());
    }
    writeln!(text, "# Num Bitmap Bytes:\n${}\n# Bitmap Byte Values:", bitmap.len())?;
    for byte in bitmap {
        writeln!(text, "{byte:#x}")?;
    }
    writeln!(text)
}

fn write_values(function: &FunctionRecord, names: &Names<'_>, text: &mut String) -> std::fmt::Result {
    let kinds = || ValueKind::ALL.into_iter().filter(|kind| !function.sites(*kind).is_empty());
    if kinds().next().is_none() {
        return Ok(());
    }
    writeln!(text, "# Num Value Kinds:\n{}", kinds().count())?;
    for kind in kinds() {
        let sites = function.sites(kind);
        writeln!(text, "# ValueKind = {}:\n{}\n# NumValueSites:\n{}", kind.label(), kind as u8, sites.len())?;
        for site in sites {
            write_site(kind, site, names, text)?;
        }
    }
    Ok(())
}

fn write_site(kind: ValueKind, site: &ValueSite, names: &Names<'_>, text: &mut String) -> std::fmt::Result {
    writeln!(text, "{}", site.len())?;
    for value in site {
        if kind.names_a_symbol() {
            writeln!(text, "{}:{}", names.get(&value.value).unwrap_or(&EXTERNAL_SYMBOL), value.count)?;
        } else {
            writeln!(text, "{}:{}", value.value, value.count)?;
        }
    }
    Ok(())
}
