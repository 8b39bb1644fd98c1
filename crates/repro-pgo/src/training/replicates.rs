//! Comparing the repetitions of a training: equal to the byte, or refused with the place to look.

use std::fmt;
use std::path::PathBuf;

use crate::build::unmatched::demangled;

/// Two repetitions that gave different profiles.
#[derive(Debug)]
pub struct Disagreement {
    /// Which repetition, counted from 1, differs from the first.
    pub replicate: u32,
    /// The functions whose counts differ, in symbol order.
    pub functions: Vec<String>,
    /// The text forms of the two, kept for looking.
    pub kept: [PathBuf; 2],
    /// Whether the CPU and the address space were emulated.
    pub emulated: bool,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.functions.len();
        writeln!(
            formatter,
            "repetition {} gave another profile than the first: {count} functions differ",
            self.replicate
        )?;
        for name in self.functions.iter().take(8) {
            writeln!(formatter, "  {}", demangled(name))?;
        }
        writeln!(
            formatter,
            "Something in the program takes another path each time. Usual causes: threads (train with one), the clock, \
             random numbers from the system call itself (only getrandom() of libc is pinned), process ids."
        )?;
        if !self.emulated {
            writeln!(
                formatter,
                "Natively also hashers seeded from addresses (foldhash, hashbrown's default): train under emulation, \
                 `emulator = \"qemu-user\"`."
            )?;
        }
        write!(
            formatter,
            "Find it: compare {} and {}; the function with the fewest callers in the list is the closest to the cause.",
            self.kept[0].display(),
            self.kept[1].display()
        )
    }
}
