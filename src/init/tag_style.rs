//! How a repository's releases have been tagged so far, found from the tags themselves.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::version::{compare_versions, is_far_above, leading_number};

/// The template of a repository with one package that says nothing else.
pub(super) const DEFAULT_OF_ONE: &str = "v{version}";

/// What may stand before a package's name.
const BEFORE_NAMES: [&str; 9] = ["", "release/", "release-", "releases/", "rel/", "rel-", "packages/", "pkg/", "tags/"];

/// What stands before the version in tags that name no package, in order of preference.
const WITHOUT_NAME: [&str; 15] = [
    "v",
    "",
    "V",
    "release-v",
    "release-",
    "release/v",
    "release/",
    "releases/v",
    "releases/",
    "rel-",
    "rel/",
    "version-",
    "version/",
    "ver-",
    "r",
];

/// What a package may be called in tags, in order of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Called {
    /// By its name.
    Name,
    /// By its name without scope.
    WithoutScope,
    /// By its name with a dash for the scope's slash.
    Joined,
    /// By its whole folder.
    Path,
    /// By the last part of its folder.
    Folder,
    /// By something else that its build tool knows it by.
    Other(usize),
}

/// How a package is named in its tags: what comes before its name, which name, and what stands between it and the version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Style {
    called: Called,
    before: &'static str,
    between: String,
}

/// What a package may be called.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(Vec<(Called, String)>);

impl Names {
    /// The names of a package called `name` in the folder `path`.
    pub(super) fn new(name: &str, path: &str, others: &[String]) -> Self {
        let mut names = vec![(Called::Name, name.to_owned())];
        let mut add = |called, name: &str| {
            if !name.is_empty() && name != "." && !names.iter().any(|(_, known)| known == name) {
                names.push((called, name.to_owned()));
            }
        };
        if let Some((_, bare)) = name.rsplit_once('/').filter(|_| name.starts_with('@')) {
            add(Called::WithoutScope, bare);
            add(Called::Joined, &name.trim_start_matches('@').replace('/', "-"));
        }
        add(Called::Path, path);
        add(Called::Folder, path.rsplit('/').next().unwrap_or(path));
        for (index, other) in others.iter().enumerate() {
            add(Called::Other(index), other);
        }
        Self(names)
    }

    /// These and one more.
    pub(super) fn and(mut self, name: &str) -> Self {
        if !self.0.iter().any(|(_, known)| known == name) {
            self.0.push((Called::Other(usize::MAX), name.to_owned()));
        }
        self
    }

    fn called(&self, called: Called) -> Option<&str> {
        self.0.iter().find(|(kind, _)| *kind == called).map(|(_, name)| name.as_str())
    }

    /// The styles in which `prefix` names this package.
    fn styles(&self, prefix: &str) -> Vec<Style> {
        let mut styles = Vec::new();
        for before in BEFORE_NAMES {
            let Some(rest) = prefix.strip_prefix(before) else { continue };
            for (called, name) in &self.0 {
                let between = rest.strip_prefix(name.as_str()).filter(|between| is_separator(between));
                styles.extend(between.map(|between| Style { called: *called, before, between: between.to_owned() }));
            }
        }
        styles
    }
}

impl Style {
    /// The template for a package with these names; `{name}` where tags have the name itself.
    pub(super) fn template(&self, names: &Names) -> String {
        let name = match self.called {
            Called::Name => "{name}",
            called => names.called(called).or_else(|| names.called(Called::Name)).unwrap_or("{name}"),
        };
        format!("{}{name}{}{{version}}", self.before, self.between)
    }

    /// The template for every package, where tags have the name itself.
    pub(super) fn template_of_names(&self) -> Option<String> {
        (self.called == Called::Name).then(|| self.template(&Names::default()))
    }
}

/// Whether a text stands between a name and a version: signs, and a `v` after them.
fn is_separator(text: &str) -> bool {
    let signs = text.strip_suffix(['v', 'V']).unwrap_or(text);
    !signs.is_empty() && signs.chars().all(|sign| !sign.is_alphanumeric())
}

/// The versions behind each prefix.
#[derive(Debug, Clone, Default)]
pub(super) struct TagGroups<'a>(BTreeMap<&'a str, Group<'a>>);

/// The tags with one prefix.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group<'a> {
    /// The highest version.
    pub(super) top: &'a str,
    /// How many there are.
    pub(super) count: usize,
}

/// That many times as many tags make a few others in another style strays.
const OUTWEIGHS: usize = 10;

impl Group<'_> {
    /// Whether these are a few tags far above those of another style: no release was ever named so.
    fn is_stray_beside(&self, other: &Self) -> bool {
        let leading = |group: &Self| leading_number(group.top.as_bytes());
        self.count * OUTWEIGHS <= other.count && is_far_above(leading(self), leading(other))
    }
}

/// The styles whose tags aren't a few far above those of another, unless a file says the same `version`.
pub(super) fn without_strays<'c, 'a, T>(
    candidates: &'c [(T, Group<'a>)],
    version: Option<&str>,
) -> impl Iterator<Item = &'c (T, Group<'a>)> {
    let is_stray = |group: &Group<'_>| candidates.iter().any(|(_, other)| group.is_stray_beside(other));
    candidates.iter().filter(move |(_, group)| version == Some(group.top) || !is_stray(group))
}

impl<'a> TagGroups<'a> {
    /// Groups the tags that carry versions. One number is a version only where no tag carries more.
    pub(super) fn new(tags: &'a [String]) -> Self {
        let grouped = |least_dots| {
            let mut groups: BTreeMap<&str, Group<'_>> = BTreeMap::new();
            for (prefix, version) in tags.iter().filter_map(|tag| split(tag, least_dots)) {
                let group = groups.entry(prefix).or_insert(Group { top: version, count: 0 });
                group.count += 1;
                if compare(version, group.top) == Ordering::Greater {
                    group.top = version;
                }
            }
            groups
        };
        let groups = grouped(1);
        Self(if groups.is_empty() { grouped(0) } else { groups })
    }

    /// The styles that name a package, each with its tags.
    pub(super) fn styles(&self, names: &Names) -> Vec<(Style, Group<'a>)> {
        let styles = |(prefix, group): (&&'a str, &Group<'a>)| -> Vec<(Style, Group<'a>)> {
            names.styles(prefix).into_iter().map(|style| (style, *group)).collect()
        };
        self.0.iter().flat_map(styles).collect()
    }

    /// The prefix of tags that name no package, and the highest version behind it: the one with the highest of all.
    pub(super) fn without_name(&self, version: Option<&str>) -> Option<(&'a str, Group<'a>)> {
        let known = WITHOUT_NAME.iter().rev().filter_map(|known| self.0.get_key_value(known));
        let known: Vec<(&str, Group<'_>)> = known.map(|(prefix, group)| (*prefix, *group)).collect();
        without_strays(&known, version).max_by(|left, right| compare(left.1.top, right.1.top)).copied()
    }

    /// The prefix that most tags have, whatever it means; one number alone may be anything.
    pub(super) fn commonest(&self) -> Option<(&'a str, Group<'a>)> {
        let dotted = self.0.iter().filter(|(_, group)| group.top.contains('.'));
        let all: usize = dotted.clone().map(|(_, group)| group.count).sum();
        dotted.map(|(prefix, group)| (*prefix, *group)).find(|(_, group)| group.count * 2 > all)
    }

    /// The prefixes and what their tags would be called by: all before the signs and the `v` at the end.
    pub(super) fn stems(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter(|(_, group)| group.top.contains('.')).map(|(prefix, _)| (*prefix, stem(prefix)))
    }
}

/// Which of two versions is higher; text decides where numbers don't, so that the answer never depends on an order.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    compare_versions(left, right).then_with(|| left.cmp(right))
}

/// The template of the only package, which is called one of `names`: by the style of its highest version.
pub(super) fn of_one(names: &[&str], version: Option<&str>, tags: &[String]) -> Option<String> {
    let others: Vec<String> = names.iter().skip(1).map(|name| (*name).to_owned()).collect();
    of_only(&Names::new(names.first().copied().unwrap_or_default(), ".", &others), version, &TagGroups::new(tags))
}

/// As [`of_one`], for a package whose names and tags are at hand.
pub(super) fn of_only(names: &Names, version: Option<&str>, groups: &TagGroups<'_>) -> Option<String> {
    let named = groups.styles(names).into_iter().map(|(style, group)| (style.template(names), group));
    let without = groups.without_name(version).map(|(prefix, group)| (template(prefix), group));
    let known: Vec<(String, Group<'_>)> = named.chain(without).collect();
    let best = without_strays(&known, version)
        .max_by(|left, right| compare(left.1.top, right.1.top))
        .map(|(template, _)| template.clone());
    best.or_else(|| groups.commonest().map(|(prefix, _)| template(prefix)))
}

/// What a prefix names.
pub(super) fn stem(prefix: &str) -> &str {
    let bare = prefix
        .strip_suffix(['v', 'V'])
        .filter(|bare| is_separator(&prefix[bare.len()..]) || bare.ends_with(|it: char| !it.is_alphanumeric()));
    bare.unwrap_or(prefix).trim_end_matches(|sign: char| !sign.is_alphanumeric())
}

/// The template of tags that begin with `prefix`, whoever is released.
pub(super) fn template(prefix: &str) -> String {
    format!("{prefix}{{version}}")
}

/// The prefix and the version of a tag whose version has at least that many dots.
fn split(tag: &str, least_dots: usize) -> Option<(&str, &str)> {
    let starts = tag.char_indices().filter(|(_, character)| character.is_ascii_digit()).map(|(index, _)| index);
    starts.filter(|start| is_boundary(&tag[..*start])).find_map(|start| {
        let version = &tag[start..];
        let numbers = version.find(|character: char| !character.is_ascii_digit() && character != '.');
        let numbers = &version[..numbers.unwrap_or(version.len())];
        let rest = version[numbers.len()..].trim_start_matches(['-', '+', '.', '_']);
        let dots = numbers.trim_end_matches('.').matches('.').count();
        let is_number = numbers.trim_end_matches('.').split('.').all(|part| part.parse::<u64>().is_ok());
        // Two numbers behind a dash are another version: the first belongs to a name.
        let is_name = dots == 0 && rest.contains('.');
        let tail_fits = rest.chars().all(|it| it.is_ascii_alphanumeric() || "-+._".contains(it));
        (is_number && dots >= least_dots && !is_name && tail_fits).then(|| tag.split_at(start))
    })
}

/// Whether a version may follow `prefix`: it is empty, or ends with a sign, with `v`, or with a word such as `release`.
fn is_boundary(prefix: &str) -> bool {
    let stem = prefix.strip_suffix(['v', 'V']).unwrap_or(prefix);
    stem.is_empty()
        || !stem.ends_with(|character: char| character.is_alphanumeric() || character == '.')
        || WITHOUT_NAME.contains(&prefix)
}

#[cfg(test)]
mod tests {
    use super::{of_one, split};

    #[test]
    fn tags_are_a_prefix_and_a_version() {
        for (tag, expected) in [
            ("v1.2.3", Some(("v", "1.2.3"))),
            ("1.2", Some(("", "1.2"))),
            ("web-2-1.2.0", Some(("web-2-", "1.2.0"))),
            ("core==1.2.0", Some(("core==", "1.2.0"))),
            ("@s/a@1.0.0-rc.1", Some(("@s/a@", "1.0.0-rc.1"))),
            ("sdk/v1.2.0", Some(("sdk/v", "1.2.0"))),
            ("v1.0.0rc1", Some(("v", "1.0.0rc1"))),
            ("v2", None),
            ("nightly-2", None),
            ("log4j-2.17.1", Some(("log4j-", "2.17.1"))),
        ] {
            assert_eq!(split(tag, 1), expected, "{tag}");
        }
    }

    #[test]
    fn the_style_of_the_highest_version_counts() {
        let template =
            |tags: &[&str]| of_one(&["a"], None, &tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>());
        for (tags, expected) in [
            (&["v1.0.0"][..], Some("v{version}")),
            (&["1.0.0", "1.1.0"], Some("{version}")),
            (&["1.0.0", "1.1.0", "1.2.0", "v2.0.0"], Some("v{version}")),
            (&["a-1.0.0", "chart-7.0.0"], Some("{name}-{version}")),
            (&["product-1.0.0", "product-1.1.0", "nightly"], Some("product-{version}")),
            (&["7", "8"], Some("{version}")),
            (&["nightly"], None),
            (&[], None),
        ] {
            assert_eq!(template(tags).as_deref(), expected, "{tags:?}");
        }
    }
}
