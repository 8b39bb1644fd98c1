//! qemu's log of the blocks it translates (`-d trace:translate_block`), and of where it loaded the program (`-d page`). A block is
//! translated when it is first executed. `-d in_asm` tells the same blocks with their instructions, in twice the time.

use std::collections::BTreeSet;
use std::io::BufRead;

use super::symbols::Functions;

/// What qemu is told to log.
pub const LOGGED: &str = "page,trace:translate_block";

/// What stands before the address of the program's code.
const CODE: &[u8] = b"start_code";
/// What a line about a block starts with, and what stands before the block's address in it.
const BLOCK: [&[u8]; 2] = [b"translate_block ", b" pc:"];

/// The functions in the order in which the run of `log` first executed them, by number. Blocks outside of all functions, such as those
/// of a dynamic loader, are left out.
///
/// # Errors
/// What is wrong with the log.
pub fn executed(mut log: impl BufRead, functions: &Functions) -> Result<Vec<usize>, &'static str> {
    let mut base = None;
    let mut blocks = 0_u64;
    let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
    let mut line = Vec::new();
    loop {
        line.clear();
        if log.read_until(b'\n', &mut line).map_err(|_| "can't be read")? == 0 {
            break;
        }
        if line.starts_with(BLOCK[0]) {
            blocks += 1;
            let base = base.ok_or("does not say where the program was loaded before its first block")?;
            let address = block(&line).ok_or("has a block without an address")?;
            order.extend(functions.at(address.wrapping_sub(base)).filter(|function| seen.insert(*function)));
        } else if let (None, Some(address)) = (base, line.strip_prefix(CODE)) {
            base = hexadecimal(address).map(|address| address.wrapping_sub(functions.code));
        }
    }
    let missing =
        "has no blocks: this qemu was built without its `log` trace backend, or its trace events have other names";
    if blocks == 0 { Err(missing) } else { Ok(order) }
}

/// The address in a line about a block: `translate_block tb:0x7f00, pc:0x400031ddf0, tb_code:0x7f10`.
fn block(line: &[u8]) -> Option<u64> {
    let place = line.windows(BLOCK[1].len()).position(|part| part == BLOCK[1])?;
    hexadecimal(&line[place + BLOCK[1].len()..])
}

/// The number at the start of `text`, behind spaces: `0x2a`.
fn hexadecimal(text: &[u8]) -> Option<u64> {
    let digits = text.trim_ascii_start().strip_prefix(b"0x")?;
    let end = digits.iter().position(|digit| !digit.is_ascii_hexdigit()).unwrap_or(digits.len());
    u64::from_str_radix(std::str::from_utf8(&digits[..end]).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program whose code is at 0x10, which starts at 0x20 and calls a function at 0x10.
    fn functions() -> Functions {
        Functions::of(vec![(0x10, 8, "called"), (0x20, 8, "_start")], 0x10)
    }

    fn read(log: &str) -> Result<Vec<String>, &'static str> {
        let functions = functions();
        let found = executed(log.as_bytes(), &functions)?;
        Ok(found.into_iter().map(|index| functions.name(index).to_owned()).collect())
    }

    const LOG: &str = "start_brk   0x0000000000000000\nstart_code  0x0000004000000010\n\
                       translate_block tb:0x7f00, pc:0x7f000010, tb_code:0x7f10\n\
                       translate_block tb:0x7f20, pc:0x4000000020, tb_code:0x7f30\n\
                       page layout changed following mmap\nstart            end              size             prot\n\
                       translate_block tb:0x7f40, pc:0x4000000012, tb_code:0x7f50\n\
                       translate_block tb:0x7f60, pc:0x4000000024, tb_code:0x7f70\n";

    #[test]
    fn functions_are_told_in_the_order_of_their_first_block() {
        assert_eq!(read(LOG), Ok(vec!["_start".to_owned(), "called".to_owned()]));
    }

    #[test]
    fn a_log_without_blocks_or_without_the_place_of_the_code_is_refused() {
        let told = |log: &str| read(log).expect_err("it is no trace");
        assert!(told("").starts_with("has no blocks: this qemu was built without"));
        assert!(told(&LOG.replace("start_code", "code")).starts_with("does not say where the program was loaded"));
        assert_eq!(told(&LOG.replace(" pc:", " at:")), "has a block without an address");
    }
}
