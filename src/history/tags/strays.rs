//! Tags among a package's versions that were hardly meant as such.

use super::styles::VersionTag;
use super::version_name;
use crate::history::outcome::TagRef;
use crate::version::{is_far_above, leading_number};

/// A tag far above all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leap {
    /// Its name.
    pub(super) tag: String,
    /// The name of the highest other one.
    pub(super) next: String,
}

/// Takes tags of one number out where there are versions of three, and returns those that would have been the highest.
pub(super) fn take_single_numbers(tags: &mut Vec<VersionTag<'_>>) -> Vec<String> {
    let is_single = |tag: &VersionTag<'_>| version_name::is_single_number(tag.version());
    let has_three = |tag: &VersionTag<'_>| version_name::count_numbers(tag.version()) >= 3;
    if !tags.iter().any(is_single) || !tags.iter().any(has_three) {
        return Vec::new();
    }
    let (singles, versions): (Vec<_>, Vec<_>) = tags.drain(..).partition(is_single);
    *tags = versions;
    let highest = tags.iter().map(|tag| leading_number(tag.version())).max().unwrap_or_default();
    // `v2-plan` was never meant as a version.
    let numbers = singles.iter().filter(|tag| version_name::is_digits_and_dots(tag.version()));
    let higher = numbers.filter(|tag| leading_number(tag.version()) > highest);
    higher.map(|tag| String::from_utf8_lossy(&tag.tag.name).into_owned()).collect()
}

/// Whether the highest release is far above all other tags that aren't `unusable`, and then by which names.
pub(super) fn leap(highest: &TagRef, tags: &[VersionTag<'_>], unusable: &[String]) -> Option<Leap> {
    let leading = |tag: &VersionTag<'_>| leading_number(tag.version());
    let height = leading_number(highest.version.as_bytes());
    let is_usable = |name: &[u8]| unusable.iter().all(|unusable| unusable.as_bytes() != name);
    let others = || tags.iter().filter(|tag| tag.tag.name != highest.name.as_bytes() && is_usable(&tag.tag.name));
    // Mostly the first one that is looked at is near enough.
    if others().any(|tag| !is_far_above(height, leading(tag))) {
        return None;
    }
    let next = others().max_by_key(|tag| leading(tag))?;
    let next = String::from_utf8_lossy(&next.tag.name).into_owned();
    Some(Leap { tag: highest.name.clone(), next })
}
