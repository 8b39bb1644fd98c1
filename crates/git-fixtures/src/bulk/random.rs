//! The random numbers of bulk mode: xorshift64, the same everywhere for the same seed.

use std::num::NonZeroU64;

/// Marsaglia's xorshift generator with the triple 13, 7, 17 ("Xorshift RNGs", 2003).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: NonZeroU64) -> Self {
        Self(seed.get())
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `bound`, which must not be 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// True once in `times`.
    pub(super) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of the choices.
    pub(super) fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_of_seed_1_are_known() {
        let mut random = Random::new(NonZeroU64::MIN);
        assert_eq!([random.next(), random.next()], [1_082_269_761, 1_152_992_998_833_853_505]);
    }
}
