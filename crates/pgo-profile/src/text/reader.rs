//! Reading a text profile.

use super::EXTERNAL_SYMBOL;
use super::lines::Lines;
use super::number::{any_base, decimal};
use crate::error::{ReadError, Reason};
use crate::name_hash::name_hash;
use crate::profile::{Profile, Variants};
use crate::record::{FunctionRecord, ProfiledValue, ValueKind, ValueSite};
use crate::value_data::ValueSites;

/// LLVM's hash map reserves the two largest hashes for itself.
const LARGEST_HASH: u64 = u64::MAX - 2;

pub(crate) fn read(text: &[u8]) -> Result<Profile, ReadError> {
    let text = std::str::from_utf8(text)
        .map_err(|error| ReadError::malformed(error.valid_up_to(), "a text profile that is no UTF-8"))?;
    let mut lines = Lines::new(text);
    let variants = read_header(&mut lines)?;
    let mut functions = Vec::new();
    while lines.peek().is_some() {
        functions.push(read_function(&mut lines)?);
    }
    Ok(Profile::new(variants, functions, Vec::new()))
}

/// The lines that start with a colon say how the program was instrumented.
fn read_header(lines: &mut Lines<'_>) -> Result<Variants, ReadError> {
    let (mut variants, mut ir_level) = (Variants::default(), false);
    while let Some(flag) = lines.peek().and_then(|line| line.strip_prefix(':')) {
        match flag.to_ascii_lowercase().as_str() {
            "ir" => ir_level = true,
            "csir" => (ir_level, variants.context_sensitive) = (true, true),
            "entry_first" => variants.entry_first = true,
            "not_entry_first" => variants.entry_first = false,
            "instrument_loop_entries" => variants.loop_entries = true,
            "single_byte_coverage" => return Err(unsupported("profiles of single-byte coverage instead of counters")),
            "temporal_prof_traces" => return Err(unsupported("temporal profiles (-pgo-temporal-instrumentation)")),
            "fe" => return Err(unsupported(FRONT_END)),
            _ => return Err(ReadError::on_line(lines.number(), format!("unknown header :{flag}"))),
        }
        lines.take("a header")?;
    }
    if ir_level { Ok(variants) } else { Err(unsupported(FRONT_END)) }
}

const FRONT_END: &str = "text profiles without a line `:ir` (front-end profiles, rustc -Cinstrument-coverage)";

fn unsupported(what: &'static str) -> ReadError {
    ReadError::whole_file(Reason::Unsupported(what))
}

fn read_function(lines: &mut Lines<'_>) -> Result<FunctionRecord, ReadError> {
    let name = lines.take("a function name")?.to_owned();
    let hash = number(lines, "the function hash", any_base, LARGEST_HASH)?;
    let counters = number(lines, "the number of counters", decimal, u64::MAX)?;
    if counters == 0 {
        return Err(ReadError::on_line(lines.number(), format!("{name} has no counters")));
    }
    let counts = (0..counters).map(|_| number(lines, "a count", decimal, u64::MAX)).collect::<Result<_, _>>()?;
    let bitmap = read_bitmap(lines)?;
    let value_sites = read_values(lines)?;
    Ok(FunctionRecord { name, hash, counts, bitmap, value_sites })
}

/// Condition coverage follows a line of a dollar sign and the number of bytes.
fn read_bitmap(lines: &mut Lines<'_>) -> Result<Vec<u8>, ReadError> {
    let Some(size) = lines.peek().and_then(|line| line.strip_prefix('$')) else { return Ok(Vec::new()) };
    let line = lines.number();
    let size = any_base(size.trim()).ok_or_else(|| ReadError::on_line(line, "no number of bitmap bytes"))?;
    lines.take("the number of bitmap bytes")?;
    (0..size).map(|_| Ok(number(lines, "a bitmap byte", any_base, 255)? as u8)).collect()
}

/// Values follow where the next line is a number; otherwise it is the next function's name.
fn read_values(lines: &mut Lines<'_>) -> Result<ValueSites, ReadError> {
    let mut sites = ValueSites::default();
    let is_number = |line: &str| decimal(line).is_some_and(|number| number <= u64::from(u32::MAX));
    if !lines.peek().is_some_and(is_number) {
        return Ok(sites);
    }
    let line = lines.number();
    let kinds = number(lines, "the number of value kinds", decimal, ValueKind::COUNT as u64)?;
    if kinds == 0 {
        return Err(ReadError::on_line(line, "no kinds of values where values were announced"));
    }
    for _ in 0..kinds {
        let line = lines.number();
        let kind = number(lines, "a value kind", decimal, ValueKind::COUNT as u64 - 1)? as usize;
        if !sites[kind].is_empty() {
            return Err(ReadError::on_line(line, format!("value kind {kind} occurs twice in one function")));
        }
        let count = number(lines, "the number of value sites", decimal, u64::from(u32::MAX))?;
        sites[kind] = (0..count).map(|_| read_site(lines, ValueKind::ALL[kind])).collect::<Result<_, _>>()?;
    }
    Ok(sites)
}

fn read_site(lines: &mut Lines<'_>, kind: ValueKind) -> Result<ValueSite, ReadError> {
    let count = number(lines, "the number of values at a site", decimal, u64::from(u32::MAX))?;
    (0..count).map(|_| read_value(lines, kind)).collect()
}

/// A value and its count, separated by the last colon of the line.
fn read_value(lines: &mut Lines<'_>, kind: ValueKind) -> Result<ProfiledValue, ReadError> {
    let line = lines.number();
    let malformed = || ReadError::on_line(line, "no `value:count`");
    let (value, count) = lines.take("a value")?.rsplit_once(':').ok_or_else(malformed)?;
    let value = match value {
        EXTERNAL_SYMBOL if kind.names_a_symbol() => 0,
        "" => return Err(malformed()),
        name if kind.names_a_symbol() => name_hash(name),
        size => decimal(size).ok_or_else(malformed)?,
    };
    Ok(ProfiledValue { value, count: decimal(count).ok_or_else(malformed)? })
}

fn number(lines: &mut Lines<'_>, what: &str, parse: fn(&str) -> Option<u64>, largest: u64) -> Result<u64, ReadError> {
    let line = lines.number();
    let text = lines.take(what)?;
    parse(text)
        .filter(|number| *number <= largest)
        .ok_or_else(|| ReadError::on_line(line, format!("`{text}` instead of {what}")))
}
