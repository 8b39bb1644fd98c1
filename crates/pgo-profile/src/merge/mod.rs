//! Weighted addition of profiles, record by record, with LLVM's rules for overflow, mismatches and value sites.

mod record;
mod site;

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU64;

use crate::profile::{Profile, Variants};
use crate::record::{FunctionRecord, ValueKind};

/// How many times a profile counts in a merge; at least once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight(NonZeroU64);

impl Weight {
    /// Counts once.
    pub const ONE: Self = Self(NonZeroU64::MIN);

    /// A weight of `times`, or none for zero.
    #[must_use]
    pub fn new(times: u64) -> Option<Self> {
        NonZeroU64::new(times).map(Self)
    }

    pub(crate) fn get(self) -> u64 {
        self.0.get()
    }
}

/// Profiles that cannot be merged.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// One profile counts function entries only, another one counts blocks.
    #[error("a profile of function entries only cannot be merged with a profile of blocks; instrument both alike")]
    EntriesWithBlocks,
}

/// Something that did not add up for one function; the merge went on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MergeWarning {
    /// The function's name.
    pub function: String,
    /// The hash of its control flow graph.
    pub hash: u64,
    /// What happened.
    pub problem: MergeProblem,
}

/// What can go wrong when two records of one function are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MergeProblem {
    /// A count reached its maximum and stays there.
    CounterOverflow,
    /// Different numbers of counters under one name and hash: the later record was left out.
    CounterNumberMismatch,
    /// Different numbers of condition coverage bytes: the later record's values were left out.
    BitmapSizeMismatch,
    /// Different numbers of value sites: the later record's values of that kind were left out.
    ValueSiteNumberMismatch(ValueKind),
}

impl fmt::Display for MergeWarning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (hash {}): {}", self.function, self.hash, self.problem)
    }
}

impl fmt::Display for MergeProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CounterOverflow => write!(formatter, "a counter overflowed; use smaller weights"),
            Self::CounterNumberMismatch => {
                write!(formatter, "numbers of counters differ, later record left out; merge profiles of one binary")
            }
            Self::BitmapSizeMismatch => {
                write!(
                    formatter,
                    "condition coverage sizes differ, later values left out; merge profiles of one binary"
                )
            }
            Self::ValueSiteNumberMismatch(kind) => {
                let label = kind.label();
                write!(
                    formatter,
                    "numbers of {label} sites differ, later values left out; merge profiles of one binary"
                )
            }
        }
    }
}

/// What a merge gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The sum.
    pub profile: Profile,
    /// What did not add up, sorted, each once.
    pub warnings: Vec<MergeWarning>,
}

/// Adds up profiles, in the order given, as `llvm-profdata merge --num-threads=1` does.
///
/// Block counts are the same in any order. Values at sites depend on it, here and in LLVM, in four cases: weights above
/// one (LLVM applies them only to values it has met before at the site), several calls of uninstrumented functions at
/// one site, mismatching records, and more than 255 values at a site. `llvm-profdata` itself adds inputs without a weight
/// before those with one, and with several threads in yet another order.
#[derive(Debug, Clone, Default)]
pub struct Merger {
    variants: Option<Variants>,
    functions: BTreeMap<String, Vec<FunctionRecord>>,
    binary_ids: Vec<Vec<u8>>,
    warnings: Vec<MergeWarning>,
}

impl Merger {
    /// An empty sum.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds every record of `profile`, `weight` times.
    ///
    /// # Errors
    /// When the profile was instrumented in a way that cannot be added to the ones before; nothing was added then.
    pub fn add(&mut self, profile: &Profile, weight: Weight) -> Result<(), MergeError> {
        self.variants = Some(self.merge_variants(profile.variants())?);
        for record in profile.functions() {
            self.add_record(record, weight);
        }
        self.binary_ids.extend_from_slice(profile.binary_ids());
        Ok(())
    }

    /// The sum, and what did not add up.
    #[must_use]
    pub fn finish(mut self) -> Merged {
        self.binary_ids.sort_unstable();
        self.binary_ids.dedup();
        self.warnings.sort_unstable();
        self.warnings.dedup();
        let functions = self.functions.into_values().flatten().collect();
        let profile = Profile::from_fold(self.variants.unwrap_or_default(), functions, self.binary_ids);
        Merged { profile, warnings: self.warnings }
    }

    fn merge_variants(&self, new: Variants) -> Result<Variants, MergeError> {
        let Some(old) = self.variants else { return Ok(new) };
        let counts_blocks = |variants: Variants| variants.entry_first || variants.loop_entries;
        if old.function_entry_only && counts_blocks(new) || counts_blocks(old) && new.function_entry_only {
            return Err(MergeError::EntriesWithBlocks);
        }
        Ok(old.union(new))
    }

    fn add_record(&mut self, new: &FunctionRecord, weight: Weight) {
        let mut problems = Vec::new();
        let versions = self.functions.entry(new.name.clone()).or_default();
        match versions.iter_mut().find(|known| known.hash == new.hash) {
            Some(known) => record::add(known, new, weight.get(), &mut problems),
            None => versions.push(record::scaled(new, weight.get(), &mut problems)),
        }
        let warning = |problem| MergeWarning { function: new.name.clone(), hash: new.hash, problem };
        problems.dedup();
        self.warnings.extend(problems.into_iter().map(warning));
    }
}

/// One profile alone, with its repeated records added up.
pub(crate) fn fold(profile: &Profile) -> Profile {
    let mut merger = Merger::new();
    merger.add(profile, Weight::ONE).expect("a profile alone is compatible with itself");
    merger.finish().profile
}
