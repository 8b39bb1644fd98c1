//! qemu's log of the blocks it translates (`-d in_asm`). A block is translated when it is first executed.

use std::collections::BTreeSet;
use std::io::BufRead;

use super::symbols::Functions;

/// What stands before a block, with the name of its function.
const BLOCK: &[u8] = b"IN: ";

/// Programs are loaded at whole pages.
const PAGE: u64 = 4096;

/// The functions in the order in which the run of `log` first executed them, by number. Blocks outside of all functions, such as those
/// of a dynamic loader, are left out.
///
/// Where the program was loaded is known by its first block: the emulator names that of the entry point.
///
/// # Errors
/// What is wrong with the log.
pub fn executed(mut log: impl BufRead, functions: &Functions) -> Result<Vec<usize>, &'static str> {
    let start =
        functions.at(functions.entry).map(|index| functions.name(index)).ok_or("has an entry without a name")?;
    let mut base = None;
    let mut block = None;
    let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
    let mut line = Vec::new();
    loop {
        line.clear();
        if log.read_until(b'\n', &mut line).map_err(|_| "can't be read")? == 0 {
            break;
        }
        if let Some(name) = line.strip_prefix(BLOCK) {
            block = Some(name.trim_ascii() == start.as_bytes());
        } else if let (Some(is_start), Some(address)) = (block, address(&line)) {
            block = None;
            let offset = address.wrapping_sub(functions.entry);
            if base.is_none() && is_start && offset.is_multiple_of(PAGE) {
                base = Some(offset);
            }
            let function = base.and_then(|base| functions.at(address.wrapping_sub(base)));
            order.extend(function.filter(|function| seen.insert(*function)));
        }
    }
    if base.is_none() { Err("does not show the program's start") } else { Ok(order) }
}

/// The address at the start of a line of code: `0x400031ddf0:  31 ed`.
fn address(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line.get(..line.iter().position(|byte| *byte == b':')?)?).ok()?;
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that starts at 0x20 and calls a function at 0x10.
    fn functions() -> Functions {
        Functions::of(vec![(0x10, 8, "called"), (0x20, 8, "_start")], 0x20)
    }

    fn read(log: &str) -> Result<Vec<String>, &'static str> {
        let functions = functions();
        let found = executed(log.as_bytes(), &functions)?;
        Ok(found.into_iter().map(|index| functions.name(index).to_owned()).collect())
    }

    const LOG: &str = "----------------\nIN: \n0x7f000000: 90  nop\n0x7f000010: 90  nop\n\n----------------\nIN: _start\n\
                       0x4000000020:  31 ed  xorl\n0x4000000022:  90  nop\n\nIN: called\n0x4000000012:  90 nop\n\nIN: _start\n\
                       0x4000000024:  90 nop\n";

    #[test]
    fn functions_are_told_in_the_order_of_their_first_block() {
        assert_eq!(read(LOG), Ok(vec!["_start".to_owned(), "called".to_owned()]));
    }

    #[test]
    fn a_log_without_the_start_is_none_of_this_program() {
        assert_eq!(read(""), Err("does not show the program's start"));
        assert_eq!(read(&LOG.replace("IN: _start", "IN: other")), Err("does not show the program's start"));
        assert_eq!(
            read(&LOG.replace("20:  31", "28:  31").replace("24:  90", "25:  90")),
            Err("does not show the program's start")
        );
    }
}
