//! Comparing the repetitions of a training: equal to the byte, or refused with the place to look.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use pgo_profile::Profile;

use crate::compile::unmatched::demangled;

/// What one repetition counted.
#[derive(Debug)]
pub struct Repetition {
    /// For each run the functions' symbols, in the order of its profile.
    pub names: Vec<Arc<[String]>>,
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
        for ((own, others), names) in pairs.zip(&self.names) {
            let differ = |index: &usize| own.get(*index) != others.get(*index);
            functions.extend((0..names.len()).filter(differ).map(|index| names[index].clone()));
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
    /// The first counts that differ of some of them, ready to be shown.
    pub shown: Vec<String>,
    /// Whether the sums over all runs are equal nevertheless.
    pub by_luck: bool,
    /// The text forms of the two, kept for looking.
    pub kept: [PathBuf; 2],
    /// Whether the program starts threads.
    pub threads: bool,
    /// Whether the CPU and the address space were emulated.
    pub emulated: bool,
    /// Whether a whole machine was.
    pub in_machine: bool,
}

/// What the maintainer of a program with threads can do, the best first.
const WAYS_OUT_OF_THREADS: &str =
    "This program has code that starts threads: look there first. The ways out, the best first:
  1. train with one thread: a flag in `args` (--threads 1, --jobs 1) or a variable in `env` (RAYON_NUM_THREADS = \"1\",
     TOKIO_WORKER_THREADS = \"1\"); what only several threads do stays untrained, and the gate still measures with all
  2. train in a whole machine, whose threads take the same turns every time: `emulator = \"machine\"` in [training]; it is
     slower, and needs qemu-system and a kernel (`repro-pgo doctor` names what is missing)
  3. take the racing workload out, and train what it does by another command
  4. pin a profile: `repro-pgo profile pin` keeps one of several that racing gave; builds from it are reproducible, but
     nobody can make it again, and manifest and verdict say so";

/// The first count that differs of each of `functions` that both have, at most `most` lines.
pub fn differing_counts(functions: &[String], first: &Profile, other: &Profile, most: usize) -> Vec<String> {
    let find = |profile: &'_ Profile, name: &String| {
        profile.functions().iter().find(|record| record.name == *name).map(|record| record.counts.clone())
    };
    let line = |name: &String| {
        let (own, others) = (find(first, name)?, find(other, name)?);
        let block = own.iter().zip(&others).position(|(own, others)| own != others)?;
        let differing = own.iter().zip(&others).filter(|(own, others)| own != others).count();
        Some(format!(
            "{}: block {} of {} ran {} times, then {}{}",
            demangled(name),
            block + 1,
            own.len(),
            own[block],
            others[block],
            if differing > 1 { format!("; {} more differ", differing - 1) } else { String::new() },
        ))
    };
    functions.iter().filter_map(line).take(most).collect()
}

impl fmt::Display for Disagreement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.functions.len();
        writeln!(
            formatter,
            "repetition {} gave another profile than the first: {count} functions differ, the first time in {}",
            self.replicate, self.run
        )?;
        let told = |line: &String| format!("  {line}");
        let lines: Vec<String> = match self.shown.as_slice() {
            [] => self.functions.iter().take(8).map(|name| format!("  {}", demangled(name))).collect(),
            shown => shown.iter().map(told).collect(),
        };
        writeln!(formatter, "{}", lines.join("\n"))?;
        writeln!(
            formatter,
            "Something in the program takes another path each time. Usual causes: threads (train with one), the clock, \
             random numbers from the system call itself (only getrandom() of libc is pinned), process ids, the order of \
             directory entries. The repetitions differ in all of these on purpose."
        )?;
        match (self.in_machine, self.threads) {
            (true, _) => writeln!(
                formatter,
                "They do so in a whole machine, which nothing outside of it should reach: pin a profile (`repro-pgo profile \
                 pin`), or take the workload out, and please report it."
            )?,
            (false, true) => writeln!(formatter, "{WAYS_OUT_OF_THREADS}")?,
            (false, false) => writeln!(
                formatter,
                "In a whole machine all of these are the same every time: `emulator = \"machine\"` in [training]; `repro-pgo \
                 doctor` names what it needs."
            )?,
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
            "All of both profiles is in {} and {}; the function with the fewest callers in the list is the closest to the \
             cause.",
            self.kept[0].display(),
            self.kept[1].display()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repetition(digests: &[&[u64]]) -> Repetition {
        let names: Arc<[String]> = ["first", "second"].map(str::to_owned).into();
        let names = digests.iter().map(|_| Arc::clone(&names)).collect();
        Repetition { names, digests: digests.iter().map(|run| run.to_vec()).collect() }
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
