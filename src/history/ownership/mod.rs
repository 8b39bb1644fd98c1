//! Who owns a changed path: a trie of the directories that package paths and shared paths lead through.
//!
//! It answers for one directory entry at a time, so that trees are only opened where a package's path goes on below.

mod build;

use super::package_set::{PackageSets, SetId};
use crate::config::SharedPattern;
pub(super) use build::{Rules, build};

/// Names a directory of the trie.
pub(super) type Directory = u32;

/// The root of the work tree.
pub(super) const ROOT: Directory = 0;

/// The directories that package paths and shared paths lead through.
#[derive(Debug)]
pub(super) struct Ownership {
    directories: Vec<Node>,
    patterns: Vec<Patterns>,
    sets: PackageSets,
}

/// Patterns among shared paths whose matches lie in the same folder.
#[derive(Debug)]
pub(super) struct Patterns {
    /// The folder.
    pub(super) base: String,
    /// Packages, and what they share below it.
    pub(super) patterns: Vec<(usize, SharedPattern)>,
}

/// One directory.
#[derive(Debug)]
struct Node {
    /// Directories below that paths lead through, sorted by name.
    children: Vec<(Box<[u8]>, Directory)>,
    /// Beginnings of names, and who owns every entry whose name begins so.
    beginnings: Vec<(Box<[u8]>, SetId)>,
    /// Who owns a file below that no further path leads to.
    below: SetId,
    /// Who owns every file below. Fewer than `below` where nested packages keep their files to themselves.
    certain: SetId,
    /// Who owns the path itself, where it is a file.
    itself: SetId,
    /// Everybody who owns some file below.
    somewhere_below: SetId,
}

/// What a change of one directory entry means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Effect {
    /// The packages it touches for certain.
    pub(super) touches: SetId,
    /// The directory to look into, because paths go on below.
    pub(super) descend: Option<Directory>,
}

impl Ownership {
    /// The packages' sets as they are at first; effects are given in terms of a copy, which grows as names are met.
    pub(super) fn sets(&self) -> &PackageSets {
        &self.sets
    }

    /// What packages share by patterns, which the directories say nothing about.
    pub(super) fn patterns(&self) -> &[Patterns] {
        &self.patterns
    }

    /// What a change of the entry `name` of `directory` means.
    pub(super) fn effect(
        &self,
        directory: Directory,
        name: &[u8],
        is_directory: bool,
        sets: &mut PackageSets,
    ) -> Effect {
        let node = &self.directories[directory as usize];
        match node.child(name) {
            Some(child) if is_directory => {
                let below = &self.directories[child as usize];
                Effect { touches: below.certain, descend: (!below.is_leaf()).then_some(child) }
            }
            child => {
                let itself = child.map_or(PackageSets::EMPTY, |child| self.directories[child as usize].itself);
                let touches = node.beginning_with(name, sets);
                let touches = sets.union(touches, itself);
                Effect { touches, descend: None }
            }
        }
    }

    /// Who owns every file below a directory.
    pub(super) fn certain(&self, directory: Directory) -> SetId {
        self.directories[directory as usize].certain
    }

    /// Everybody who owns some file below a directory.
    pub(super) fn somewhere_below(&self, directory: Directory) -> SetId {
        self.directories[directory as usize].somewhere_below
    }
}

impl Node {
    fn child(&self, name: &[u8]) -> Option<Directory> {
        let index = self.children.binary_search_by(|(child, _)| child.as_ref().cmp(name)).ok()?;
        Some(self.children[index].1)
    }

    /// Who owns an entry that no path leads through.
    fn beginning_with(&self, name: &[u8], sets: &mut PackageSets) -> SetId {
        let matching = self.beginnings.iter().filter(|(beginning, _)| name.starts_with(beginning));
        matching.fold(self.below, |owners, (_, set)| sets.union(owners, *set))
    }

    fn is_leaf(&self) -> bool {
        self.children.is_empty() && self.beginnings.is_empty()
    }
}
