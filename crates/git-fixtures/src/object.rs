//! Git objects: their kinds, their names, and the bytes of commits and tags.

use std::fmt;

use sha1::{Digest, Sha1};

/// An object's SHA-1 name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ObjectId(pub(crate) [u8; 20]);

impl fmt::Display for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Commit,
    Tag,
    Tree,
    Blob,
}

impl Kind {
    /// The name in object headers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tag => "tag",
            Self::Tree => "tree",
            Self::Blob => "blob",
        }
    }

    /// The number in pack entries.
    pub(crate) fn pack_type(self) -> u8 {
        match self {
            Self::Commit => 1,
            Self::Tree => 2,
            Self::Blob => 3,
            Self::Tag => 4,
        }
    }
}

/// The header that is hashed, and in loose objects stored, before an object's bytes.
pub(crate) fn header(kind: Kind, size: usize) -> String {
    format!("{} {size}\0", kind.name())
}

/// The name of an object of these bytes.
pub(crate) fn object_id(kind: Kind, bytes: &[u8]) -> ObjectId {
    let mut hasher = Sha1::new();
    hasher.update(header(kind, bytes.len()));
    hasher.update(bytes);
    ObjectId(hasher.finalize().into())
}

/// Who made everything.
const IDENTITY: &str = "Test <test@test.com>";

/// The bytes of a commit; author and committer are the same person at the same time.
pub(crate) fn commit_bytes(tree: ObjectId, parents: &[ObjectId], date: i64, message: &str) -> Vec<u8> {
    let parents: String = parents.iter().map(|parent| format!("parent {parent}\n")).collect();
    let message = message.trim_end_matches('\n');
    format!("tree {tree}\n{parents}author {IDENTITY} {date} +0000\ncommitter {IDENTITY} {date} +0000\n\n{message}\n")
        .into_bytes()
}

/// The bytes of an annotated tag on a commit.
pub(crate) fn tag_bytes(commit: ObjectId, name: &str, date: i64, message: &str) -> Vec<u8> {
    let message = message.trim_end_matches('\n');
    format!("object {commit}\ntype commit\ntag {name}\ntagger {IDENTITY} {date} +0000\n\n{message}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_ones_git_gives() {
        let empty_blob = object_id(Kind::Blob, b"");
        assert_eq!(empty_blob.to_string(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        let empty_tree = object_id(Kind::Tree, b"");
        assert_eq!(empty_tree.to_string(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    }
}
