//! How much a workload counts in the merge: a number, or as much as the others.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The word for [`Weight::Equal`].
const EQUAL: &str = "equal";

/// How much a workload counts in the merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Its counts so many times.
    Times(u64),
    /// As much as each other workload that says so, however many counts it makes.
    Equal,
}

impl Weight {
    /// How often the counts are taken as far as that is declared: once where it depends on the counts of others.
    pub fn declared_times(self) -> u64 {
        match self {
            Self::Times(times) => times,
            Self::Equal => 1,
        }
    }
}

impl Serialize for Weight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Times(times) => serializer.serialize_u64(*times),
            Self::Equal => serializer.serialize_str(EQUAL),
        }
    }
}

impl<'de> Deserialize<'de> for Weight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Word)
    }
}

struct Word;

impl Visitor<'_> for Word {
    type Value = Weight;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a whole number or \"{EQUAL}\"")
    }

    fn visit_u64<E: Error>(self, times: u64) -> Result<Weight, E> {
        Ok(Weight::Times(times))
    }

    fn visit_i64<E: Error>(self, times: i64) -> Result<Weight, E> {
        u64::try_from(times).map(Weight::Times).map_err(|_| E::invalid_value(Unexpected::Signed(times), &self))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Weight, E> {
        if word == EQUAL { Ok(Weight::Equal) } else { Err(E::invalid_value(Unexpected::Str(word), &self)) }
    }
}
