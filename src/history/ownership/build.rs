//! Builds the trie from the packages' paths.

use std::collections::BTreeMap;

use super::{Node, Ownership, Patterns, ROOT};
use crate::config::{NestedPackages, SharedPattern};
use crate::history::package_set::{PackageSets, SetId, intersect, unite};
use crate::history::request::PackageScope;

/// Rules that the trie is built by.
#[derive(Debug, Clone, Copy)]
pub(in crate::history) struct Rules {
    /// Whether a file below a nested package is the outer package's too.
    pub(in crate::history) nested: NestedPackages,
    /// Whether shared paths match whole components, or any path that begins with the same characters.
    pub(in crate::history) shared_paths_by_component: bool,
}

/// Builds the trie of all packages' paths.
pub(in crate::history) fn build(packages: &[PackageScope], rules: Rules) -> Ownership {
    let mut drafts = vec![Draft::default()];
    let mut patterns: BTreeMap<String, Vec<(usize, SharedPattern)>> = BTreeMap::new();
    for (package, scope) in packages.iter().enumerate() {
        for path in std::iter::once(&scope.path).chain(&scope.linked_path) {
            let directory = directory_at(&mut drafts, components(path));
            drafts[directory].packages.push(package);
        }
        for path in &scope.shared_paths {
            match SharedPattern::new(path) {
                Some(pattern) => patterns.entry(pattern.base().to_owned()).or_default().push((package, pattern)),
                None => share(&mut drafts, path, package, rules),
            }
        }
    }
    let mut sets = PackageSets::new(packages.len());
    let mut directories: Vec<Option<Node>> = drafts.iter().map(|_| None).collect();
    let above = Owners { by_path: PackageSets::EMPTY, shared: PackageSets::EMPTY };
    finish(ROOT as usize, above, &drafts, &mut directories, &mut sets, rules.nested);
    let directories = directories.into_iter().map(|node| node.expect("every directory hangs on the root")).collect();
    let patterns = patterns.into_iter().map(|(base, patterns)| Patterns { base, patterns }).collect();
    Ownership { directories, patterns, sets }
}

/// A directory as paths are added.
#[derive(Debug, Default)]
struct Draft {
    children: BTreeMap<Box<[u8]>, usize>,
    /// Beginnings of names, and the packages that share whatever begins so.
    beginnings: BTreeMap<Box<[u8]>, Vec<usize>>,
    /// Packages whose path this is.
    packages: Vec<usize>,
    /// Packages that share it.
    shared_by: Vec<usize>,
}

/// Owners that a directory has from the directories above.
#[derive(Debug, Clone, Copy)]
struct Owners {
    by_path: SetId,
    shared: SetId,
}

fn components(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|component| !matches!(*component, "" | "."))
}

fn directory_at<'a>(drafts: &mut Vec<Draft>, components: impl Iterator<Item = &'a str>) -> usize {
    let mut directory = ROOT as usize;
    for component in components {
        let next = drafts.len();
        let child = *drafts[directory].children.entry(component.as_bytes().into()).or_insert(next);
        if child == next {
            drafts.push(Draft::default());
        }
        directory = child;
    }
    directory
}

fn share(drafts: &mut Vec<Draft>, path: &str, package: usize, rules: Rules) {
    if rules.shared_paths_by_component || components(path).next().is_none() {
        let directory = directory_at(drafts, components(path));
        drafts[directory].shared_by.push(package);
        return;
    }
    // The last component may go on in any way.
    let path: Vec<&str> = components(path).collect();
    let path = path.join("/");
    let (parents, beginning) = path.rsplit_once('/').unwrap_or(("", &path));
    let directory = directory_at(drafts, components(parents));
    if beginning.is_empty() {
        drafts[directory].shared_by.push(package);
    } else {
        drafts[directory].beginnings.entry(beginning.as_bytes().into()).or_default().push(package);
    }
}

fn finish(
    directory: usize,
    above: Owners,
    drafts: &[Draft],
    directories: &mut Vec<Option<Node>>,
    sets: &mut PackageSets,
    nested: NestedPackages,
) -> SetId {
    let draft = &drafts[directory];
    let own = sets.of(draft.packages.iter().copied());
    let sharing = sets.of(draft.shared_by.iter().copied());
    let by_path = match nested {
        NestedPackages::Exclusive if own != PackageSets::EMPTY => own,
        _ => sets.union(above.by_path, own),
    };
    let shared = sets.union(above.shared, sharing);
    let below = sets.union(by_path, shared);
    let beginnings: Vec<(Box<[u8]>, SetId)> =
        draft.beginnings.iter().map(|(name, packages)| (name.clone(), sets.of(packages.iter().copied()))).collect();
    let (mut somewhere_below, mut certain) = (sets.bits(below).to_vec(), sets.bits(below).to_vec());
    for (_, owners) in &beginnings {
        unite(&mut somewhere_below, sets.bits(*owners));
    }
    let mut children = Vec::with_capacity(draft.children.len());
    for (name, child) in &draft.children {
        let begun = beginnings.iter().filter(|(beginning, _)| name.starts_with(beginning));
        let shared = begun.fold(shared, |owners, (_, set)| sets.union(owners, *set));
        let owners = finish(*child, Owners { by_path, shared }, drafts, directories, sets, nested);
        unite(&mut somewhere_below, sets.bits(owners));
        let child_node = directories[*child].as_ref().expect("just finished");
        intersect(&mut certain, sets.bits(child_node.certain));
        children.push((name.clone(), u32::try_from(*child).expect("fewer than 2^32 directories")));
    }
    let (somewhere_below, certain) = (sets.intern(&somewhere_below), sets.intern(&certain));
    // A package may be one file, or a submodule.
    let itself = sets.union(sharing, own);
    directories[directory] = Some(Node { children, beginnings, below, certain, itself, somewhere_below });
    sets.union(somewhere_below, itself)
}
