//! Tags among a package's versions that were hardly meant as such.

use super::release::Release;
use super::styles::VersionTag;
use super::version_name;

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
    let count = |tag: &VersionTag<'_>| version_name::count_numbers(tag.version());
    if !tags.iter().any(|tag| count(tag) == 1) || !tags.iter().any(|tag| count(tag) >= 3) {
        return Vec::new();
    }
    let (singles, versions): (Vec<_>, Vec<_>) = tags.drain(..).partition(|tag| count(tag) == 1);
    *tags = versions;
    let highest = tags.iter().map(|tag| version_name::leading(tag.version())).max().unwrap_or_default();
    // `v2-plan` was never meant as a version.
    let numbers = singles.iter().filter(|tag| version_name::is_digits_and_dots(tag.version()));
    let higher = numbers.filter(|tag| version_name::leading(tag.version()) > highest);
    higher.map(|tag| String::from_utf8_lossy(&tag.tag.name).into_owned()).collect()
}

/// The tag that is far above all others, if there is one.
pub(super) fn leap(releases: &[Release<'_>]) -> Option<Leap> {
    let leading = |release: &&Release<'_>| version_name::leading(release.version());
    let first = releases.iter().max_by_key(leading)?;
    let next = releases.iter().filter(|release| !std::ptr::eq(*release, first)).max_by_key(leading)?;
    let name = |release: &Release<'_>| String::from_utf8_lossy(release.name).into_owned();
    let is_leap = version_name::is_far_above(leading(&first), leading(&next));
    is_leap.then(|| Leap { tag: name(first), next: name(next) })
}
