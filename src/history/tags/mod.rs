//! The packages' releases: which tags are theirs, and which of those HEAD can reach.
//!
//! Tags are sorted by name once, packages with the same prefix share one search, and reachability is settled only for the
//! tags whose answer matters.

mod list;
mod nameless;
mod release;
mod remarks;
mod select;
mod strays;
mod styles;
mod version_name;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::dag::{Dag, Walk};
use super::outcome::{PackageTags, TagRef};
use super::repository::ObjectReader;
use super::request::{PackageScope, TagNaming};
use super::{HistoryError, Repository, WalkError};
use crate::config::OrphanedTagStrategy;
use list::TagList;
use release::Release;
use remarks::Remarks;
use styles::{Claims, Family, VersionTag};

/// The releases of all packages, read from the ref store and not yet looked up in the history.
pub(super) struct Releases {
    tags: TagList,
}

/// What is known of the packages' releases.
#[derive(Debug, Default)]
pub(super) struct Selected {
    /// One entry a package.
    pub(super) packages: Vec<PackageTags>,
    /// Tags that would have counted but couldn't be used, ready to print.
    pub(super) warnings: Vec<String>,
}

/// What packages have in common that share their tags: prefix, suffix, who says so, and whether single numbers count.
type TagKey<'a> = (&'a [u8], &'a [u8], TagNaming, bool);

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
        let mut claims = Claims::new(&self.tags, packages);
        let mut by_prefix: BTreeMap<TagKey<'_>, PackageTags> = BTreeMap::new();
        let mut remarks = Remarks::new(self.tags.broken());
        let mut selected = Vec::with_capacity(packages.len());
        for package in packages {
            let key = (
                package.tag_prefix.as_slice(),
                package.tag_suffix.as_slice(),
                package.naming,
                package.counts_single_numbers,
            );
            if let Some(known) = by_prefix.get(&key) {
                selected.push(known.clone());
                continue;
            }
            let family = claims.own(package);
            let tags = pick(package, family, orphans, dag, walk, reader, &mut remarks)?;
            by_prefix.insert(key, tags.clone());
            selected.push(tags);
        }
        for (package, tags) in packages.iter().zip(&mut selected).filter(|(_, tags)| tags.versions.is_empty()) {
            let family = claims.other_styles(package, packages);
            refuse_misfits(package, &family.misfits, dag, walk, reader)?;
            if !family.tags.is_empty() {
                *tags = pick(package, family, orphans, dag, walk, reader, &mut remarks)?;
            }
        }
        nameless::weigh(&claims, packages, &selected, &mut remarks, |tags| highest_reachable(tags, dag, walk, reader))?;
        Ok(Selected { packages: selected, warnings: remarks.into_warnings() })
    }
}

/// Picks the releases of one package, or of several that share their tags.
fn pick(
    package: &PackageScope,
    family: Family<'_>,
    orphans: OrphanedTagStrategy,
    dag: &mut Dag,
    walk: &mut Walk,
    reader: &mut ObjectReader,
    remarks: &mut Remarks,
) -> Result<PackageTags, WalkError> {
    remarks.strays.extend(family.strays);
    let mut versions = family.tags;
    if !package.counts_single_numbers {
        remarks.single_numbers.extend(strays::take_single_numbers(&mut versions));
    }
    let releases = releases(&versions, dag, reader, remarks)?;
    let mut selection = select::Selection::new(releases, dag, walk);
    selection.adopt_orphans(orphans, reader)?;
    let mut tags = selection.pick(&mut remarks.unreachable)?;
    let leap = tags.highest.as_ref().and_then(|highest| strays::leap(highest, &versions, &remarks.no_commits));
    remarks.leaps.extend(leap);
    let highest = tags.highest.as_ref().map(|highest| highest.version.as_bytes());
    let misread = family.misread.iter().filter(|tag| version_name::is_misread_above(tag.version(), highest));
    remarks.misread.extend(misread.map(|tag| String::from_utf8_lossy(&tag.tag.name).into_owned()));
    tags.versions = Arc::new(versions.iter().map(VersionTag::version).collect());
    if package.naming == TagNaming::Default {
        tags.adopted_prefix = adopted_prefix(package, family.adopted, &tags);
    }
    Ok(tags)
}

/// What the newest release's name starts with, if it isn't what the template says.
fn adopted_prefix(package: &PackageScope, adopted: bool, tags: &PackageTags) -> Option<String> {
    let last = tags.last.as_ref()?;
    let prefix = last.name.strip_suffix(last.version.as_str())?;
    (adopted || prefix.as_bytes() != package.tag_prefix).then(|| prefix.to_owned())
}

/// Refuses to plan from the whole history where HEAD reaches a version that only its name hides.
fn refuse_misfits(
    package: &PackageScope,
    misfits: &[VersionTag<'_>],
    dag: &mut Dag,
    walk: &mut Walk,
    reader: &mut ObjectReader,
) -> Result<(), WalkError> {
    match highest_reachable(misfits, dag, walk, reader)? {
        Some((misfit, _)) => Err(misfit.misnamed_for(package)),
        None => Ok(()),
    }
}

/// The tag with the highest version among those that HEAD can reach, and the time of what it releases.
fn highest_reachable<'a>(
    tags: &[VersionTag<'a>],
    dag: &mut Dag,
    walk: &mut Walk,
    reader: &mut ObjectReader,
) -> Result<Option<(VersionTag<'a>, i64)>, WalkError> {
    let mut tags: Vec<&VersionTag<'a>> = tags.iter().collect();
    tags.sort_by(|one, other| version_name::compare(one.version(), other.version()));
    for tag in tags.into_iter().rev() {
        let Some(release) = release::locate(tag, dag, reader)? else { continue };
        if walk.reaches(dag, release.place)? {
            return Ok(Some((*tag, release.time)));
        }
    }
    Ok(None)
}

/// The names of all tags, sorted.
///
/// # Errors
/// When the ref store can't be read.
pub fn tag_names(repository: &Repository) -> Result<Vec<String>, HistoryError> {
    Ok(TagList::read(repository)?.names().collect())
}

/// Finds the commits that tags release. Those that lead to none are noted.
fn releases<'a>(
    tags: &[VersionTag<'a>],
    dag: &Dag,
    reader: &mut ObjectReader,
    remarks: &mut Remarks,
) -> Result<Vec<Release<'a>>, WalkError> {
    let mut releases = Vec::with_capacity(tags.len());
    for tag in tags {
        match release::locate(tag, dag, reader)? {
            Some(release) => releases.push(release),
            None => remarks.no_commits.push(String::from_utf8_lossy(&tag.tag.name).into_owned()),
        }
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
