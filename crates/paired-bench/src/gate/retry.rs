//! A void measurement is repeated once. Twice void stays void: measuring until it fits would be cheating.

use super::ship::decide;
use super::{Outcome, ShipRules, ShipVerdict};
use crate::measure::samples::WallSamples;

/// The verdict that counts, and the void one before it if there was one.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// What counts.
    pub verdict: ShipVerdict,
    /// The samples behind it.
    pub samples: WallSamples,
    /// The first attempt, where that was void.
    pub void: Option<ShipVerdict>,
}

/// Measures (the closure gets the number of the attempt, from 0) and decides; if that is void, once more.
pub fn decide_with_retry<Error>(
    rules: &ShipRules,
    mut measure: impl FnMut(u32) -> Result<WallSamples, Error>,
) -> Result<Decided, Error> {
    let samples = measure(0)?;
    let verdict = decide(&samples, rules);
    if verdict.outcome != Outcome::Void {
        return Ok(Decided { verdict, samples, void: None });
    }
    let samples = measure(1)?;
    Ok(Decided { verdict: decide(&samples, rules), samples, void: Some(verdict) })
}
