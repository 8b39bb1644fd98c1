//! Picks the releases that matter among a prefix's version tags.
//!
//! Candidates are asked for from the best downwards and the first that HEAD can reach is taken, so that the history is
//! walked no further than the answer needs.

use std::cmp::Ordering;

use super::release::Release;
use super::version_name;
use crate::config::OrphanedTagStrategy;
use crate::history::WalkError;
use crate::history::dag::{Dag, Reach, Walk};
use crate::history::orphans::Adoption;
use crate::history::outcome::{PackageTags, TagRef};
use crate::history::repository::ObjectReader;

/// The releases of one prefix, in the order of their names, and the history they are looked up in.
pub(super) struct Selection<'a, 'd> {
    releases: Vec<Release<'a>>,
    dag: &'d mut Dag,
    walk: &'d mut Walk,
}

impl<'a, 'd> Selection<'a, 'd> {
    pub(super) fn new(releases: Vec<Release<'a>>, dag: &'d mut Dag, walk: &'d mut Walk) -> Self {
        Self { releases, dag, walk }
    }

    /// Moves releases that HEAD can't reach to the commits that stand for them.
    pub(super) fn adopt_orphans(
        &mut self,
        strategy: OrphanedTagStrategy,
        reader: &mut ObjectReader,
    ) -> Result<(), WalkError> {
        let Some(mut adoption) = Adoption::new(strategy) else { return Ok(()) };
        for release in &mut self.releases {
            if self.walk.reaches(self.dag, release.place)? {
                continue;
            }
            if let Some(adopted) = adoption.find(&release.commit, self.dag, reader)? {
                (release.commit, release.time) = (adopted.id, adopted.time);
                release.place = Reach::Node(adopted.node);
            }
        }
        Ok(())
    }

    /// The last, last stable and highest release. Names of better ones that HEAD can't reach go to `unreachable`.
    pub(super) fn pick(mut self, unreachable: &mut Vec<String>) -> Result<PackageTags, WalkError> {
        let newest = |one: &Release<'_>, other: &Release<'_>| one.time.cmp(&other.time);
        let highest = |one: &Release<'_>, other: &Release<'_>| version_name::compare(one.version(), other.version());
        let last = self.best(|_| true, newest, unreachable)?;
        let last_stable = match &last {
            Some(last) if version_name::is_stable(last.version()) => Some(last.clone()),
            _ => self.best(is_stable, newest, unreachable)?,
        };
        let highest = self.best(is_stable, highest, unreachable)?;
        let since_stable = self.baseline(last_stable.as_ref(), highest.as_ref())?;
        let since_any = self.baseline(last.as_ref(), highest.as_ref())?;
        let reference = |release: &Release<'_>| TagRef::new(release);
        Ok(PackageTags {
            since_stable: since_stable.map(reference),
            since_any: since_any.map(reference),
            last: last.as_ref().map(reference),
            last_stable: last_stable.as_ref().map(reference),
            highest: highest.as_ref().map(reference),
            ..PackageTags::default()
        })
    }

    /// The release that commits count from: the newest, unless it was made beside or before the highest one, as fixes of
    /// older versions are and releases whose dates are wrong.
    fn baseline<'r>(
        &mut self,
        newest: Option<&'r Release<'a>>,
        highest: Option<&'r Release<'a>>,
    ) -> Result<Option<&'r Release<'a>>, WalkError> {
        let (Some(newest), Some(highest)) = (newest, highest) else { return Ok(newest) };
        let contains = newest.commit == highest.commit || self.dag.contains(&newest.commit, &highest.commit)?;
        Ok(Some(if contains { newest } else { highest }))
    }

    /// The greatest release that HEAD can reach; of equal ones the last by name.
    fn best(
        &mut self,
        counts: impl Fn(&Release<'_>) -> bool,
        order: impl Fn(&Release<'_>, &Release<'_>) -> Ordering,
        unreachable: &mut Vec<String>,
    ) -> Result<Option<Release<'a>>, WalkError> {
        let candidates = self.releases.iter().filter(|release| counts(release));
        // `max_by` returns the last of several greatest, and it nearly always is reachable: no need to sort.
        let Some(greatest) = candidates.clone().max_by(|one, other| order(one, other)) else { return Ok(None) };
        if self.walk.reaches(self.dag, greatest.place)? {
            return Ok(Some(greatest.clone()));
        }
        let mut candidates: Vec<&Release<'a>> = candidates.collect();
        candidates.sort_by(|one, other| order(one, other));
        for candidate in candidates.into_iter().rev() {
            if self.walk.reaches(self.dag, candidate.place)? {
                return Ok(Some(candidate.clone()));
            }
            unreachable.push(String::from_utf8_lossy(candidate.name).into_owned());
        }
        Ok(None)
    }
}

fn is_stable(release: &Release<'_>) -> bool {
    version_name::is_stable(release.version())
}
