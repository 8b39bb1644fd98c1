//! Version tags that name no package, beside packages whose tags do: a sign that a template was taken from one stray tag.

use super::remarks::{Nameless, Remarks};
use super::styles::{Claims, VersionTag};
use crate::history::WalkError;
use crate::history::outcome::PackageTags;
use crate::history::request::PackageScope;

/// Compares the tags that fit templates with those that name no package. Packages without any of their own are refused where
/// the nameless ones are the more and the newer; else what is passed over is reported. `highest` finds the highest one that HEAD
/// can reach, and its time.
pub(super) fn weigh<'a>(
    claims: &Claims<'a>,
    packages: &[PackageScope],
    selected: &[PackageTags],
    remarks: &mut Remarks,
    highest: impl FnOnce(&[VersionTag<'a>]) -> Result<Option<(VersionTag<'a>, i64)>, WalkError>,
) -> Result<(), WalkError> {
    let has_own = selected.iter().any(|tags| !tags.versions.is_empty());
    let mut nameless = claims.nameless();
    if nameless.is_empty() && !has_own {
        nameless = claims.any().unwrap_or_default();
        if nameless.is_empty() {
            remarks.unclaimed.extend(claims.unclaimed().map(|tag| tag.name()));
        }
    }
    if nameless.is_empty() {
        return Ok(());
    }
    let Some((top, time)) = highest(&nameless)? else { return Ok(()) };
    let is_newest = selected.iter().filter_map(|tags| tags.last.as_ref()).all(|last| last.time < time);
    let untagged: Vec<&PackageScope> = packages
        .iter()
        .zip(selected)
        .filter(|(_, tags)| tags.versions.is_empty())
        .map(|(package, _)| package)
        .collect();
    let own: usize = selected.iter().map(|tags| tags.versions.len()).sum();
    let outweighs = is_newest && nameless.len() > own;
    match untagged.first() {
        Some(package) if outweighs => return Err(top.misnamed_for(package)),
        None if !outweighs => return Ok(()),
        _ => {}
    }
    let untagged = untagged.iter().map(|package| package.name.clone()).collect();
    remarks.nameless = Some(Nameless { tag: top.name(), template: top.template(), count: nameless.len(), untagged });
    Ok(())
}
