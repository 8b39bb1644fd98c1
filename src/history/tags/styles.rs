//! Which tags are a package's where its template doesn't say it all: names that changed their style over time, scopes that
//! were left out, and one package's name that begins another's.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::list::{Tag, TagList};
use super::version_name;
use crate::history::request::{PackageScope, TagNaming};
use crate::history::{Misnamed, WalkError};
use crate::version::{is_far_above, leading_number};

/// What stands between a package's name and its version.
const SEPARATORS: [&str; 6] = ["@", "-", "/", "_", ".", ":"];

/// What tags of a repository with one package begin with, besides its name.
const COMMON_BEGINNINGS: [&str; 9] =
    ["", "release-", "release/", "releases/", "rel-", "rel_", "version-", "version/", "r"];

/// A tag that carries a version of a package.
#[derive(Debug, Clone, Copy)]
pub(super) struct VersionTag<'a> {
    pub(super) tag: &'a Tag,
    /// Where the version starts in its name.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

impl<'a> VersionTag<'a> {
    /// A tag whose version goes on to the end of its name.
    fn new(tag: &'a Tag, start: usize) -> Self {
        Self { tag, start, end: tag.name.len() }
    }

    pub(super) fn version(&self) -> &'a [u8] {
        &self.tag.name[self.start..self.end]
    }

    fn prefix(&self) -> &'a [u8] {
        &self.tag.name[..self.start]
    }
}

/// A package's version tags.
#[derive(Debug, Default)]
pub(super) struct Family<'a> {
    /// In the order of their names.
    pub(super) tags: Vec<VersionTag<'a>>,
    /// Whether they don't fit the package's template, which nobody set: then theirs counts.
    pub(super) adopted: bool,
    /// Tags that look like versions of the package but fit no template that was set.
    pub(super) misfits: Vec<VersionTag<'a>>,
    /// Tags in the package's style that begin as versions do, but aren't understood.
    pub(super) misread: Vec<VersionTag<'a>>,
    /// Tags in another style that can't be what they look like, such as the dates of deployments.
    pub(super) strays: Vec<String>,
}

/// All packages' claims to tags.
pub(super) struct Claims<'a> {
    tags: &'a TagList,
    /// All prefixes that templates give, sorted.
    prefixes: BTreeSet<&'a [u8]>,
    /// By beginning: how many packages may have had tags that begin so.
    beginnings: BTreeMap<Vec<u8>, usize>,
}

impl<'a> Claims<'a> {
    pub(super) fn new(tags: &'a TagList, packages: &'a [PackageScope]) -> Self {
        let prefixes = packages.iter().map(|package| package.tag_prefix.as_slice()).collect();
        Self { tags, prefixes, beginnings: BTreeMap::new() }
    }

    /// The tags of the package's own style, and those that only leave out the `v`.
    pub(super) fn own(&self, package: &'a PackageScope) -> Family<'a> {
        let prefix = package.tag_prefix.as_slice();
        if !package.tag_suffix.is_empty() {
            return Family { tags: self.enclosed(prefix, &package.tag_suffix), ..Family::default() };
        }
        let longer = self.longer_than(prefix);
        let is_others = |tag: &Tag| longer.iter().any(|other| fits(&tag.name, other));
        let own = self.tags.versions_after(prefix).filter(|tag| !is_others(tag));
        let mut family =
            Family { tags: own.map(|tag| VersionTag::new(tag, prefix.len())).collect(), ..Family::default() };
        let begins = self.tags.starting_with(prefix).map(|tag| VersionTag::new(tag, prefix.len()));
        let misread = begins.filter(|tag| version_name::is_misread_above(tag.version(), None) && !is_others(tag.tag));
        family.misread = misread.collect();
        if let Some(bare) = without_v(prefix) {
            self.add_bare(bare, &mut family);
        }
        family
    }

    /// The tags that have a version and nothing else between `prefix` and `suffix`.
    fn enclosed(&self, prefix: &[u8], suffix: &[u8]) -> Vec<VersionTag<'a>> {
        let tags = self.tags.starting_with(prefix).filter_map(|tag| {
            let end = tag.name.strip_suffix(suffix)?.len();
            (end >= prefix.len()).then_some(VersionTag { tag, start: prefix.len(), end })
        });
        tags.filter(|tag| version_name::is_version(tag.version())).collect()
    }

    /// Adds the tags that go on with the numbers behind `prefix`.
    fn add_bare(&self, prefix: &'a [u8], family: &mut Family<'a>) {
        // Digits sort before `v`, so that the tags with it need not be looked at.
        let others =
            |tag: &Tag| self.prefixes.iter().any(|other| other.len() >= prefix.len() && fits(&tag.name, other));
        let bare = self.tags.starting_with(prefix).map(|tag| VersionTag::new(tag, prefix.len()));
        let bare = bare.take_while(|tag| tag.version().first().is_none_or(|byte| *byte <= b'9'));
        let mut bare: Vec<VersionTag<'_>> =
            bare.filter(|tag| version_name::is_three_numbers(tag.version()) && !others(tag.tag)).collect();
        if bare.is_empty() {
            return;
        }
        let highest = family.tags.iter().map(|tag| leading_number(tag.version())).max();
        if let Some(highest) = highest {
            bare.retain(|tag| {
                let plausible = !is_far_above(leading_number(tag.version()), highest);
                if !plausible {
                    family.strays.push(String::from_utf8_lossy(&tag.tag.name).into_owned());
                }
                plausible
            });
        }
        family.tags.append(&mut bare);
        family.tags.sort_by(|one, other| one.tag.name.cmp(&other.tag.name));
    }

    /// Where there are none of its own: the tags that carry one of the package's names, or in a repository of one package
    /// whatever ends with a version.
    pub(super) fn other_styles(&mut self, package: &'a PackageScope, packages: &[PackageScope]) -> Family<'a> {
        if self.tags.is_empty() {
            return Family::default();
        }
        let found = self.named(package, packages).or_else(|| (packages.len() == 1).then(|| self.any()).flatten());
        let found = found.unwrap_or_default();
        match package.naming {
            TagNaming::Set => Family { misfits: found, ..Family::default() },
            TagNaming::Default => Family { adopted: !found.is_empty(), tags: found, ..Family::default() },
        }
    }

    fn named(&mut self, package: &PackageScope, packages: &[PackageScope]) -> Option<Vec<VersionTag<'a>>> {
        if self.beginnings.is_empty() {
            for beginning in packages.iter().flat_map(|package| beginnings(package, packages.len() == 1)) {
                *self.beginnings.entry(beginning).or_default() += 1;
            }
        }
        let unambiguous = beginnings(package, packages.len() == 1);
        let mut unambiguous = unambiguous.into_iter().filter(|beginning| self.beginnings[beginning] == 1);
        unambiguous.find_map(|beginning| Some(self.beginning_with(&beginning)).filter(|found| !found.is_empty()))
    }

    fn beginning_with(&self, beginning: &[u8]) -> Vec<VersionTag<'a>> {
        let tags = self.tags.starting_with(beginning).filter(|tag| !self.is_claimed(tag));
        let start = |tag: &Tag| beginning.len() + usize::from(tag.name.get(beginning.len()) == Some(&b'v'));
        tags.map(|tag| VersionTag::new(tag, start(tag)))
            .filter(|tag| version_name::is_three_numbers(tag.version()))
            .collect()
    }

    /// The tags that end with a version behind one and the same beginning; `None` if there are several beginnings.
    pub(super) fn any(&self) -> Option<Vec<VersionTag<'a>>> {
        let ends: Vec<VersionTag<'_>> = self.ends().collect();
        let beginning = |tag: &VersionTag<'a>| without_v(tag.prefix()).unwrap_or(tag.prefix());
        let first = beginning(ends.first()?);
        ends.iter().all(|tag| beginning(tag) == first).then_some(ends)
    }

    /// The tags that are versions of three numbers behind nothing or a `v`, where no template begins so.
    pub(super) fn nameless(&self) -> Vec<VersionTag<'a>> {
        let plain: [&[u8]; 2] = [b"", b"v"];
        if plain.iter().any(|prefix| self.prefixes.contains(prefix)) {
            return Vec::new();
        }
        let bare = self.tags.iter().take_while(|tag| tag.name.first().is_none_or(|byte| *byte <= b'9'));
        let bare = bare.map(|tag| VersionTag::new(tag, 0));
        let tags = bare.chain(self.tags.starting_with(b"v").map(|tag| VersionTag::new(tag, 1)));
        tags.filter(|tag| version_name::is_three_numbers(tag.version()) && !self.is_claimed(tag.tag)).collect()
    }

    /// The tags that end with a version of three numbers and are behind no template.
    pub(super) fn unclaimed(&self) -> impl Iterator<Item = VersionTag<'a>> {
        self.ends().filter(|tag| !self.is_claimed(tag.tag))
    }

    /// The tags that end with a version of three numbers, whatever they begin with.
    fn ends(&self) -> impl Iterator<Item = VersionTag<'a>> {
        self.tags.iter().filter_map(|tag| Some(VersionTag::new(tag, version_name::start(&tag.name)?)))
    }

    fn is_claimed(&self, tag: &Tag) -> bool {
        self.prefixes.iter().any(|other| fits(&tag.name, other))
    }

    fn longer_than(&self, prefix: &[u8]) -> Vec<&'a [u8]> {
        let later = self.prefixes.range::<[u8], _>((Bound::Excluded(prefix), Bound::Unbounded));
        later.copied().take_while(|other| other.starts_with(prefix)).collect()
    }
}

impl VersionTag<'_> {
    /// The template that the tag fits, as a configuration would have it.
    pub(super) fn template(&self) -> String {
        format!("{}{{version}}", String::from_utf8_lossy(self.prefix()))
    }

    /// Its name as text.
    pub(super) fn name(&self) -> String {
        String::from_utf8_lossy(&self.tag.name).into_owned()
    }

    /// The error that `package` would count from its whole history although this tag looks like one of its versions.
    pub(super) fn misnamed_for(&self, package: &PackageScope) -> WalkError {
        WalkError::Misnamed(Box::new(Misnamed {
            package: package.name.clone(),
            prefix: String::from_utf8_lossy(&package.tag_prefix).into_owned(),
            suffix: String::from_utf8_lossy(&package.tag_suffix).into_owned(),
            tag: self.name(),
            version: String::from_utf8_lossy(self.version()).into_owned(),
            template: self.template(),
        }))
    }
}

/// Whether a tag is a version behind `prefix`.
fn fits(name: &[u8], prefix: &[u8]) -> bool {
    name.strip_prefix(prefix).is_some_and(version_name::is_version)
}

/// `prefix` without the `v` at its end, if that stands for itself.
fn without_v(prefix: &[u8]) -> Option<&[u8]> {
    let bare = prefix.strip_suffix(b"v")?;
    bare.last().is_none_or(|byte| !byte.is_ascii_alphanumeric()).then_some(bare)
}

/// What a package's tags may begin with, the likeliest first.
fn beginnings(package: &PackageScope, alone: bool) -> Vec<Vec<u8>> {
    let scopeless = package.name.rsplit_once('/').map(|(_, name)| name.to_owned());
    let joined = package.name.strip_prefix('@').map(|name| name.replace('/', "-"));
    // Go modules are tagged by their folders.
    let path = Some(format!("{}/", package.path)).filter(|path| !matches!(path.as_str(), "/" | "./"));
    let names = [Some(package.name.clone()), scopeless, joined].into_iter().flatten();
    let named = names.flat_map(|name| SEPARATORS.map(|separator| format!("{name}{separator}"))).chain(path);
    let common = COMMON_BEGINNINGS.iter().filter(|_| alone).map(|beginning| (*beginning).to_owned());
    let mut known = BTreeSet::new();
    common.chain(named).map(String::into_bytes).filter(|beginning| known.insert(beginning.clone())).collect()
}
