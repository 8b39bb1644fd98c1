//! A profile file with its weight, written `N,file` as in `llvm-profdata merge --weighted-input=N,file`.

use std::path::PathBuf;
use std::str::FromStr;

use crate::merge::Weight;

/// One input of a weighted merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightedInput {
    /// How many times its counts are added.
    pub weight: Weight,
    /// The profile.
    pub path: PathBuf,
}

/// Text that is no weighted input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeightedInputError {
    /// There is no comma, or nothing behind it.
    #[error("`{0}` names no file: write a weight, a comma and a file, such as 2,haswell.profraw")]
    NoFile(String),
    /// The part before the comma is no positive number.
    #[error("`{0}` is no weight: it must be a whole number of at least 1")]
    BadWeight(String),
}

impl FromStr for WeightedInput {
    type Err = WeightedInputError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (weight, path) = text
            .split_once(',')
            .filter(|(_, path)| !path.is_empty())
            .ok_or_else(|| WeightedInputError::NoFile(text.to_owned()))?;
        let weight = weight
            .parse()
            .ok()
            .and_then(Weight::new)
            .ok_or_else(|| WeightedInputError::BadWeight(weight.to_owned()))?;
        Ok(Self { weight, path: path.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_weight_and_a_file() {
        let input: WeightedInput = "3,a,b.profraw".parse().expect("a weight and a file");
        assert_eq!((input.weight, input.path), (Weight::new(3).expect("not zero"), "a,b.profraw".into()));
    }

    #[test]
    fn refuses_zero_and_what_is_no_number() {
        for text in ["0,file", "-1,file", "x,file", ",file"] {
            assert!(matches!(text.parse::<WeightedInput>(), Err(WeightedInputError::BadWeight(_))), "{text}");
        }
        for text in ["3", "3,", ""] {
            assert!(matches!(text.parse::<WeightedInput>(), Err(WeightedInputError::NoFile(_))), "{text}");
        }
    }
}
