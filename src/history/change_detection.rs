//! Whether anything of a package changed: at HEAD, or else since its last release.

use std::collections::BTreeMap;

use gix_hash::ObjectId;

use super::WalkError;
use super::dag::{Dag, HEAD, Reach};
use super::outcome::{PackageTags, Touched};
use super::ownership::Ownership;
use super::package_set::{contains, insert, unite};
use super::repository::ObjectReader;
use super::request::{PackageScope, Request};
use super::tree::TreeComparison;
use crate::config::NestedPackages;

/// Answers for every package. `ownership` is `None` in a repository of one package, which owns everything.
pub(super) fn touched(
    request: &Request<'_>,
    ownership: Option<&Ownership>,
    tags: &[PackageTags],
    dag: &mut Dag,
    reader: &mut ObjectReader,
) -> Result<Vec<Touched>, WalkError> {
    let Some(ownership) = ownership else { return Ok(vec![Touched::Always; tags.len()]) };
    dag.read_parents(HEAD)?;
    let mut trees = TreeComparison::new(ownership);
    let by_head = by_head(request, dag, &mut trees, reader)?;
    let mut answers: Vec<Touched> = request
        .packages
        .iter()
        .enumerate()
        .map(|(package, scope)| match contains(&by_head, package) {
            _ if owns_everything(scope, request.nested) => Touched::Always,
            true => Touched::ByHead,
            false => Touched::No,
        })
        .collect();
    if request.recover {
        add_since_release(request, &mut answers, tags, dag, &mut trees, reader)?;
    }
    Ok(answers)
}

fn owns_everything(scope: &PackageScope, nested: NestedPackages) -> bool {
    nested == NestedPackages::Shared && matches!(scope.path.as_str(), "." | "")
}

/// The packages that HEAD touches, as bits.
fn by_head(
    request: &Request<'_>,
    dag: &Dag,
    trees: &mut TreeComparison<'_>,
    reader: &mut ObjectReader,
) -> Result<Vec<u64>, WalkError> {
    let head = dag.tree(HEAD);
    let wanted = bits(request.packages.len(), 0..request.packages.len());
    let parents: Vec<ObjectId> = dag.parents(HEAD).iter().map(|parent| dag.tree(*parent)).collect();
    let mut touched = bits(request.packages.len(), []);
    if parents.is_empty() {
        unite(&mut touched, trees.touched(None, Some(&head), &wanted, reader)?);
    }
    if parents.len() == 1 || request.merge_head_counts_both_sides {
        for parent in parents {
            unite(&mut touched, trees.touched(Some(&parent), Some(&head), &wanted, reader)?);
        }
    }
    Ok(touched)
}

/// Compares untouched packages with their last release; those without one with nothing at all.
fn add_since_release(
    request: &Request<'_>,
    answers: &mut [Touched],
    tags: &[PackageTags],
    dag: &Dag,
    trees: &mut TreeComparison<'_>,
    reader: &mut ObjectReader,
) -> Result<(), WalkError> {
    let mut packages_by_release: BTreeMap<Option<ObjectId>, Vec<usize>> = BTreeMap::new();
    for (package, tags) in tags.iter().enumerate().filter(|(package, _)| answers[*package] == Touched::No) {
        let release = tags.baseline(request.since_any_tag).map(|tag| tag.commit);
        packages_by_release.entry(release).or_default().push(package);
    }
    let head = dag.tree(HEAD);
    for (release, packages) in packages_by_release {
        let released = release.and_then(|commit| match dag.find(&commit)?.0 {
            Reach::Node(node) => Some(dag.tree(node)),
            Reach::Graph(_) | Reach::Elsewhere => None,
        });
        let wanted = bits(answers.len(), packages.iter().copied());
        let touched = trees.touched(released.as_deref(), Some(&head), &wanted, reader)?;
        for package in packages.into_iter().filter(|package| contains(touched, *package)) {
            answers[package] = Touched::SinceRelease;
        }
    }
    Ok(())
}

fn bits(count: usize, packages: impl IntoIterator<Item = usize>) -> Vec<u64> {
    let mut bits = vec![0; count.div_ceil(64)];
    packages.into_iter().for_each(|package| insert(&mut bits, package));
    bits
}
