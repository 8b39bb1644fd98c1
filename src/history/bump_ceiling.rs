//! Which packages further commits can't move any farther, so that those commits' trees need not be looked at.

use super::package_set::unite;
use super::request::Detail;
use crate::commit::Bump;

/// How far the commits seen so far move each package, up to what the caller wants told apart.
#[derive(Debug)]
pub(super) struct BumpCeiling {
    /// By bump: the packages that have a commit that moves them at least as far, as bits. No bump at all is one, too.
    at_least: Vec<Vec<u64>>,
}

impl BumpCeiling {
    /// Nothing is known yet of packages whose sets are `words` long. `None` if every commit is asked for.
    pub(super) fn nothing(detail: Detail, words: usize) -> Option<Self> {
        let enough = match detail {
            Detail::EveryCommit => return None,
            Detail::FarthestBump => Bump::Major,
            Detail::AnyBump => Bump::Patch,
        };
        Some(Self { at_least: vec![vec![0; words]; enough as usize + 1] })
    }

    /// Leaves only packages in `wanted` whose bump this commit could still raise; `false` if there are none.
    pub(super) fn keep_open(&self, wanted: &mut [u64], bump: Bump) -> bool {
        let known = &self.at_least[self.level(bump)];
        wanted.iter_mut().zip(known).for_each(|(wanted, known)| *wanted &= !known);
        wanted.iter().any(|word| *word != 0)
    }

    /// Takes note of a commit that touches these packages.
    pub(super) fn raise(&mut self, touched: &[u64], bump: Bump) {
        let level = self.level(bump);
        self.at_least[..=level].iter_mut().for_each(|known| unite(known, touched));
    }

    fn level(&self, bump: Bump) -> usize {
        (bump as usize).min(self.at_least.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(ceiling: &BumpCeiling, bump: Bump) -> u64 {
        let mut wanted = [0b111];
        ceiling.keep_open(&mut wanted, bump);
        wanted[0]
    }

    #[test]
    fn commits_that_move_a_package_no_farther_tell_nothing_new() {
        let mut ceiling = BumpCeiling::nothing(Detail::FarthestBump, 1).expect("not every commit is asked for");
        ceiling.raise(&[0b001], Bump::Minor);
        ceiling.raise(&[0b010], Bump::None);
        let levels = [Bump::None, Bump::Patch, Bump::Minor, Bump::Major].map(|bump| open(&ceiling, bump));
        assert_eq!(levels, [0b100, 0b110, 0b110, 0b111]);
    }

    #[test]
    fn any_bump_may_be_enough() {
        let mut ceiling = BumpCeiling::nothing(Detail::AnyBump, 1).expect("not every commit is asked for");
        ceiling.raise(&[0b001], Bump::Patch);
        ceiling.raise(&[0b010], Bump::None);
        assert_eq!([Bump::None, Bump::Patch, Bump::Major].map(|bump| open(&ceiling, bump)), [0b100, 0b110, 0b110]);
        assert!(BumpCeiling::nothing(Detail::EveryCommit, 1).is_none());
    }
}
