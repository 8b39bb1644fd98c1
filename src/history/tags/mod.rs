//! The packages' releases: which tags are theirs, and which of those HEAD can reach.
//!
//! Tags are sorted by name once, packages with the same prefix share one search, and reachability is settled only for the
//! tags whose answer matters.

mod list;
mod release;
mod select;
mod version_name;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::dag::{Dag, Walk};
use super::outcome::{PackageTags, TagRef};
use super::repository::ObjectReader;
use super::request::PackageScope;
use super::{HistoryError, Repository, WalkError};
use crate::config::OrphanedTagStrategy;
use list::{Tag, TagList};
use release::Release;

/// The releases of all packages, read from the ref store and not yet looked up in the history.
pub(super) struct Releases {
    tags: TagList,
}

/// What is known of the packages' releases.
#[derive(Debug, Default)]
pub(super) struct Selected {
    /// One entry a package.
    pub(super) packages: Vec<PackageTags>,
    /// Names of tags that would have counted but that HEAD can't reach, sorted.
    pub(super) unreachable: Vec<String>,
}

impl Releases {
    /// Reads the repository's tags.
    pub(super) fn read(repository: &Repository) -> Result<Self, HistoryError> {
        Ok(Self { tags: TagList::read(repository)? })
    }

    /// Picks each package's last, last stable and highest release among those that HEAD can reach.
    pub(super) fn select(
        &self,
        packages: &[PackageScope],
        orphans: OrphanedTagStrategy,
        dag: &mut Dag,
        walk: &mut Walk,
        reader: &mut ObjectReader,
    ) -> Result<Selected, WalkError> {
        let mut by_prefix: BTreeMap<&[u8], PackageTags> = BTreeMap::new();
        let mut unreachable = Vec::new();
        for package in packages {
            let prefix = package.tag_prefix.as_slice();
            if !by_prefix.contains_key(prefix) {
                let versions: Vec<&Tag> = self.tags.versions_after(prefix).collect();
                let releases = releases(&versions, prefix.len(), dag, reader)?;
                let mut selection = select::Selection::new(releases, dag, walk);
                selection.adopt_orphans(orphans, reader)?;
                let mut tags = selection.pick(&mut unreachable)?;
                tags.versions = Arc::new(versions.iter().map(|tag| &tag.name[prefix.len()..]).collect());
                by_prefix.insert(prefix, tags);
            }
        }
        unreachable.sort_unstable();
        unreachable.dedup();
        let packages = packages.iter().map(|package| by_prefix[package.tag_prefix.as_slice()].clone()).collect();
        Ok(Selected { packages, unreachable })
    }
}

/// The names of all tags, sorted.
///
/// # Errors
/// When the ref store can't be read.
pub fn tag_names(repository: &Repository) -> Result<Vec<String>, HistoryError> {
    Ok(TagList::read(repository)?.names().collect())
}

/// Finds the commits that tags release.
fn releases<'a>(
    tags: &[&'a Tag],
    prefix_length: usize,
    dag: &Dag,
    reader: &mut ObjectReader,
) -> Result<Vec<Release<'a>>, WalkError> {
    let mut releases = Vec::with_capacity(tags.len());
    for tag in tags {
        releases.extend(release::locate(tag, prefix_length, dag, reader)?);
    }
    Ok(releases)
}

impl TagRef {
    fn new(release: &Release<'_>) -> Self {
        Self {
            name: String::from_utf8_lossy(release.name).into_owned(),
            version: String::from_utf8_lossy(release.version()).into_owned(),
            commit: release.commit,
            time: release.time,
        }
    }
}
