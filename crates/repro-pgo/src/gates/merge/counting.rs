//! Counts the instructions of both sides, base and head by turns.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use host::process::ChildError;
use host::progress::Task;
use paired_bench::gate::merge::{MergeRules, Side};
use paired_bench::measure::callgrind::FunctionCost;
use paired_bench::measure::instructions::{Counter, DEFAULT_TIMEOUT};
use paired_bench::measure::{Case, MeasureError};

use super::StageError;

/// Two binaries under one counter.
#[derive(Debug)]
pub struct Sides {
    base: Counter,
    head: Counter,
    rules: MergeRules,
}

impl Sides {
    /// Copies both binaries to where they are counted.
    ///
    /// # Errors
    /// [`StageError::Measure`] when there is no room.
    pub fn new(valgrind: &Path, base: &Path, head: &Path, rules: &MergeRules) -> Result<Self, StageError> {
        let counter = |binary: &Path| Counter::new(valgrind, binary, DEFAULT_TIMEOUT);
        Ok(Self { base: counter(base)?, head: counter(head)?, rules: rules.clone() })
    }

    /// Both sides of `case`; base is left out where it does not declare it.
    ///
    /// # Errors
    /// [`StageError::Measure`] when counting itself fails; a side that can't answer is no error.
    pub fn count(&self, case: &Case, with_base: bool, task: &Task) -> Result<(Side, Side), StageError> {
        let (mut base, mut head) = (Tally::default(), Tally::default());
        loop {
            if with_base {
                base.add(&self.base, case)?;
            }
            head.add(&self.head, case)?;
            task.step();
            let deciding = if with_base { &base } else { &head };
            if base.failure.is_some() || head.failure.is_some() || self.rules.is_enough(&deciding.totals) {
                break;
            }
        }
        Ok((if with_base { base.side() } else { Side::Absent }, head.side()))
    }
}

/// What one side came to so far.
#[derive(Default)]
struct Tally {
    totals: Vec<u64>,
    functions: BTreeMap<String, FunctionCost>,
    failure: Option<String>,
}

impl Tally {
    /// One more run.
    fn add(&mut self, counter: &Counter, case: &Case) -> Result<(), StageError> {
        match counter.count(case) {
            Ok(counts) => {
                self.totals.push(counts.total);
                if self.totals.len() == 1 {
                    self.functions = counts.functions;
                }
                Ok(())
            }
            Err(error) => {
                self.failure = Some(no_answer(error)?);
                Ok(())
            }
        }
    }

    fn side(self) -> Side {
        match self.failure {
            Some(failure) => Side::Failed(failure),
            None => Side::Counted { totals: self.totals, functions: self.functions },
        }
    }
}

/// Why the program did not answer, where it is the program's doing.
fn no_answer(error: MeasureError) -> Result<String, StageError> {
    match error {
        // In one line, as the verdict needs it; the rest of valgrind's log says nothing about the program.
        MeasureError::Callgrind { exit, .. } => Ok(format!("it ended with {exit}")),
        MeasureError::Child { source: ChildError::TimedOut { limit, .. }, .. } => {
            Ok(format!("it was still running after {} s", limit.as_secs()))
        }
        error => Err(error.into()),
    }
}

/// The `valgrind` on PATH.
///
/// # Errors
/// [`MeasureError::Nothing`] with the way to get it.
pub fn valgrind() -> Result<PathBuf, MeasureError> {
    paired_bench::measure::instructions::find_valgrind().ok_or_else(|| MeasureError::Nothing {
        what: "valgrind, which counts instructions, is not on PATH: apt-get install valgrind".to_owned(),
    })
}
