//! The repository's tags, sorted by name, so that the tags of each prefix are one range.

use gix_hash::ObjectId;
use gix_ref::Target;

use super::version_name;
use crate::history::{HistoryError, Repository};

const TAGS: &str = "refs/tags/";

/// A tag as the ref store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// Its name without `refs/tags/`.
    pub(super) name: Vec<u8>,
    /// What it points to: a commit, or an annotation that points on.
    pub(super) target: ObjectId,
}

/// All tags, sorted by name.
#[derive(Debug)]
pub(super) struct TagList {
    tags: Vec<Tag>,
    /// Names of refs that can't be read.
    broken: Vec<String>,
}

impl TagList {
    /// Reads the loose and packed tags. Symbolic tags that lead nowhere are left out, as git does. A clone that was told not to
    /// fetch tags and has none is refused: without them everything would be released again.
    pub(super) fn read(repository: &Repository) -> Result<Self, HistoryError> {
        let (mut tags, mut symbolic) = (Vec::new(), Vec::new());
        let broken = repository.refs_under(TAGS, |name, target| match target {
            Target::Object(target) => tags.push(Tag { name, target }),
            target @ Target::Symbolic(_) => symbolic.push((name, target)),
        })?;
        for (name, target) in symbolic {
            tags.extend(repository.resolve(target)?.map(|target| Tag { name, target }));
        }
        match repository.remote_without_tags() {
            Some(remote) if tags.is_empty() => Err(HistoryError::TagsNotFetched { remote: remote.to_owned() }),
            _ => Ok(Self { broken, ..Self::sorted(tags) }),
        }
    }

    fn sorted(mut tags: Vec<Tag>) -> Self {
        if !tags.is_sorted_by(|one, other| one.name < other.name) {
            tags.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        }
        Self { tags, broken: Vec::new() }
    }

    /// All names, in their order; bytes that are not UTF-8 are replaced.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.tags.iter().map(|tag| String::from_utf8_lossy(&tag.name).into_owned())
    }

    /// Names of refs that can't be read and are passed over, as git does.
    pub(super) fn broken(&self) -> &[String] {
        &self.broken
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Tag> {
        self.tags.iter()
    }

    /// The tags that start with `beginning`.
    pub(super) fn starting_with<'a>(&'a self, beginning: &[u8]) -> impl Iterator<Item = &'a Tag> {
        let start = self.tags.partition_point(|tag| tag.name.as_slice() < beginning);
        self.tags[start..].iter().take_while(move |tag| tag.name.starts_with(beginning))
    }

    /// The versions among the tags that start with `prefix`, without moving aliases: `v1` beside `v1.2.0`.
    pub(super) fn versions_after<'a>(&'a self, prefix: &'a [u8]) -> impl Iterator<Item = &'a Tag> {
        let start = self.tags.partition_point(|tag| tag.name.as_slice() < prefix);
        let rests = self.tags[start..].iter().map_while(|tag| Some((tag, tag.name.strip_prefix(prefix)?)));
        let versions = rests.enumerate().filter(|(_, (_, rest))| version_name::is_version(rest));
        versions.filter(move |(index, (_, rest))| !self.is_alias(start + index, rest)).map(|(_, (tag, _))| tag)
    }

    /// Whether another tag goes on where this one ends, with a dot. Only names that go on with `-` and the like sort between.
    fn is_alias(&self, index: usize, rest: &[u8]) -> bool {
        let ends =
            self.tags[index + 1..].iter().map_while(|tag| tag.name.strip_prefix(self.tags[index].name.as_slice()));
        let mut ends = ends.filter(|end| end.first().is_some_and(|byte| *byte >= b'.'));
        // Another number has to follow: `v1.4.0.post1` is no finer name of `v1.4.0`.
        let next = ends.find(|end| !matches!(end, [b'.', letter, ..] if !letter.is_ascii_digit()));
        next.is_some_and(|end| end.first() == Some(&b'.')) && version_name::is_digits_and_dots(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> TagList {
        let target = ObjectId::null(gix_hash::Kind::Sha1);
        TagList::sorted(names.iter().map(|name| Tag { name: name.as_bytes().to_vec(), target }).collect())
    }

    fn versions(names: &[&str], prefix: &str) -> Vec<String> {
        let list = list(names);
        list.versions_after(prefix.as_bytes()).map(|tag| String::from_utf8_lossy(&tag.name).into_owned()).collect()
    }

    #[test]
    fn tags_belong_to_the_prefix_they_start_with() {
        let names = ["core@v1.0.0", "core@v2.0.0-rc.1", "core-extra@v1.0.0", "core@vNext", "v1.0.0"];
        assert_eq!(versions(&names, "core@v"), ["core@v1.0.0", "core@v2.0.0-rc.1"]);
        assert_eq!(versions(&names, "v"), ["v1.0.0"]);
        assert_eq!(versions(&names, ""), ["v1.0.0"]);
        assert!(versions(&names, "zzz").is_empty());
    }

    #[test]
    fn moving_aliases_are_no_versions() {
        assert_eq!(versions(&["v1", "v1.2", "v1.2.0", "v2"], "v"), ["v1.2.0", "v2"]);
        assert_eq!(versions(&["v1", "v10.0.0"], "v"), ["v1", "v10.0.0"]);
        assert_eq!(versions(&["v1.0", "v1.0+b", "v1.0-rc.1", "v1.0.0"], "v"), ["v1.0+b", "v1.0-rc.1", "v1.0.0"]);
        assert_eq!(versions(&["v1.0", "v1.0+b", "v1.0-rc.1", "v1.00"], "v").len(), 4);
        let suffixed = ["v1.0", "v1.0.0", "v1.0.0.Final", "v1.0.0.dev0", "v1.0.0rc1"];
        assert_eq!(versions(&suffixed, "v"), ["v1.0.0", "v1.0.0.Final", "v1.0.0.dev0", "v1.0.0rc1"]);
        assert_eq!(versions(&["v1", "v1.a", "v1.0"], "v"), ["v1.0"]);
    }
}
