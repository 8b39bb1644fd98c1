//! How much larger the profile makes a binary: a win in time may not be bought with any size.

use std::io;
use std::path::Path;

use render::number;

/// The sizes of the two files that could ship, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Without the profile.
    pub baseline: u64,
    /// With it.
    pub candidate: u64,
}

impl Sizes {
    /// Those of two files.
    ///
    /// # Errors
    /// The system's, when one can't be read.
    pub fn of(baseline: &Path, candidate: &Path) -> io::Result<Self> {
        Ok(Self { baseline: baseline.metadata()?.len(), candidate: candidate.metadata()?.len() })
    }

    /// The growth as a share of the baseline; below 0 where the candidate is smaller.
    pub fn growth(self) -> f64 {
        self.candidate as f64 / self.baseline.max(1) as f64 - 1.0
    }

    /// Why the candidate may not ship, if it grew by more than `limit`.
    pub fn objection(self, limit: f64) -> Option<String> {
        (self.growth() > limit).then(|| {
            format!(
                "the binary grows by {}, from {} to {}, more than maximum-growth, {}",
                number::percent(self.growth()),
                number::bytes(self.baseline),
                number::bytes(self.candidate),
                number::percent(limit),
            )
        })
    }

    /// Both sizes, for a report.
    pub fn told(self) -> String {
        let [baseline, candidate] = [self.baseline, self.candidate].map(number::bytes);
        format!("{baseline} without the profile, {candidate} with it ({})", number::change(self.growth()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_beyond_the_limit_is_told_and_shrinking_never_is() {
        let grown = Sizes { baseline: 4_000_000, candidate: 5_000_000 };
        assert_eq!(grown.objection(0.25), None);
        let told = grown.objection(0.2).expect("a quarter is more than a fifth");
        assert_eq!(told, "the binary grows by 25 %, from 4.00 MB to 5.00 MB, more than maximum-growth, 20 %");
        assert_eq!(grown.told(), "4.00 MB without the profile, 5.00 MB with it (+25 %)");
        assert_eq!(Sizes { baseline: 5, candidate: 4 }.objection(0.0), None);
    }
}
