//! Comparing the repetitions of a training: equal to the byte, or refused with the place to look.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use crate::compile::unmatched::demangled;

/// What one repetition gave.
#[derive(Debug)]
pub struct Repetition {
    /// The merged profile.
    pub merged: PathBuf,
    /// The functions' symbols, in the order of the profiles.
    pub names: Vec<String>,
    /// For each run a digest of each function.
    pub digests: Vec<Vec<u64>>,
}

/// Where two repetitions differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The first run that differs.
    pub run: usize,
    /// The symbols of the functions that differ in any run.
    pub functions: Vec<String>,
}

impl Repetition {
    /// Where `other` differs, run by run; equal sums of different runs would agree by luck.
    pub fn difference(&self, other: &Self) -> Option<Difference> {
        let pairs = self.digests.iter().zip(&other.digests);
        let run = pairs.clone().position(|(own, others)| own != others)?;
        let mut functions = BTreeSet::new();
        for (own, others) in pairs {
            let differ = |index: &usize| own.get(*index) != others.get(*index);
            functions.extend((0..self.names.len()).filter(differ).map(|index| self.names[index].clone()));
        }
        Some(Difference { run, functions: functions.into_iter().collect() })
    }
}

/// Two repetitions that gave different profiles.
#[derive(Debug)]
pub struct Disagreement {
    /// Which repetition, counted from 1, differs from the first.
    pub replicate: u32,
    /// The functions whose counts differ, in symbol order.
    pub functions: Vec<String>,
    /// The first run, in the order of the plan, whose counts differ.
    pub run: String,
    /// Whether the sums over all runs are equal nevertheless.
    pub by_luck: bool,
    /// The text forms of the two, kept for looking.
    pub kept: [PathBuf; 2],
    /// Whether the program starts threads.
    pub threads: bool,
    /// Whether the CPU and the address space were emulated.
    pub emulated: bool,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.functions.len();
        writeln!(
            formatter,
            "repetition {} gave another profile than the first: {count} functions differ, the first time in {}",
            self.replicate, self.run
        )?;
        for name in self.functions.iter().take(8) {
            writeln!(formatter, "  {}", demangled(name))?;
        }
        writeln!(
            formatter,
            "Something in the program takes another path each time. Usual causes: threads (train with one), the clock, \
             random numbers from the system call itself (only getrandom() of libc is pinned), process ids, the order of \
             directory entries. The repetitions differ in all of these on purpose."
        )?;
        if self.threads {
            writeln!(formatter, "This program has code that starts threads: look there first.")?;
        }
        if !self.emulated {
            writeln!(
                formatter,
                "Natively also hashers seeded from addresses (foldhash, hashbrown's default): train under emulation, \
                 `emulator = \"qemu-user\"`."
            )?;
        }
        if self.by_luck {
            return write!(formatter, "The sums over all runs are equal, but only by luck.");
        }
        write!(
            formatter,
            "Find it: compare {} and {}; the function with the fewest callers in the list is the closest to the cause.",
            self.kept[0].display(),
            self.kept[1].display()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repetition(digests: &[&[u64]]) -> Repetition {
        let names = ["first", "second"].map(str::to_owned).to_vec();
        Repetition { merged: PathBuf::new(), names, digests: digests.iter().map(|run| run.to_vec()).collect() }
    }

    #[test]
    fn equal_runs_do_not_differ() {
        assert_eq!(repetition(&[&[1, 2], &[3, 4]]).difference(&repetition(&[&[1, 2], &[3, 4]])), None);
    }

    #[test]
    fn exchanged_runs_differ_although_their_sum_is_the_same() {
        let difference = repetition(&[&[1, 2], &[1, 4]]).difference(&repetition(&[&[1, 4], &[1, 2]]));
        let difference = difference.expect("both runs differ");
        assert_eq!(difference, Difference { run: 0, functions: vec!["second".to_owned()] });
    }
}
