//! How bumps travel along dependencies: how far each package moves, because of whom, and how soon it is reached.

use super::order::DependencyGraph;
use crate::commit::Bump;
use crate::config::Propagate;

/// Where every package ends up once all bumps have travelled.
#[derive(Debug, PartialEq, Eq)]
pub struct Propagation {
    /// Per package: the stronger of its own bump and what its dependencies pass on.
    pub levels: Vec<Bump>,
    /// Per package: the dependencies that pass a bump on to it, in the order it lists them.
    pub causes: Vec<Vec<usize>>,
    /// Packages that move only because of others, in the order they are reached: by distance from a package with a
    /// bump of its own, then in configuration order.
    pub reached: Vec<usize>,
    /// Per package: how many dependencies lie between it and the nearest package with a bump of its own; 0 for those
    /// and for packages that stay.
    pub distances: Vec<u32>,
}

/// Lets `own` bumps travel through `graph`. Packages that nothing is written for still pass bumps on.
pub fn propagate(graph: &DependencyGraph, own: &[Bump]) -> Propagation {
    let mut levels = own.to_vec();
    let mut causes = vec![Vec::new(); own.len()];
    let mut distances: Vec<u32> = vec![0; own.len()];
    for &package in &graph.order {
        let mut nearest = None;
        for edge in &graph.edges[package] {
            let passed = passed_on(edge.propagate, levels[edge.dependency]);
            if passed > Bump::None {
                levels[package] = levels[package].max(passed);
                causes[package].push(edge.dependency);
                nearest = Some(nearest.unwrap_or(u32::MAX).min(distances[edge.dependency]));
            }
        }
        if own[package] == Bump::None {
            distances[package] = nearest.map_or(0, |distance| distance + 1);
        }
    }
    let mut reached: Vec<usize> = (0..own.len()).filter(|&package| distances[package] > 0).collect();
    reached.sort_by_key(|&package| distances[package]);
    Propagation { levels, causes, reached, distances }
}

/// What a dependency that moves by `level` passes on to its dependents.
pub fn passed_on(policy: Propagate, level: Bump) -> Bump {
    match (policy, level) {
        (_, Bump::None) | (Propagate::None, _) => Bump::None,
        (Propagate::Same, level) => level,
        (Propagate::MajorOnMajor, Bump::Major) => Bump::Major,
        (Propagate::MajorOnMajor | Propagate::Patch, _) => Bump::Patch,
    }
}

#[cfg(test)]
mod tests {
    use super::super::order::Edge;
    use super::*;

    fn graph(edges: &[&[(usize, Propagate)]]) -> DependencyGraph {
        let edge = |&(dependency, propagate): &(usize, Propagate)| Edge { dependency, propagate };
        DependencyGraph {
            edges: edges.iter().map(|list| list.iter().map(edge).collect()).collect(),
            order: (0..edges.len()).collect(),
        }
    }

    #[test]
    fn each_policy_passes_on_what_it_says() {
        use Bump::{Major, Minor, None, Patch};
        let table = [
            (Propagate::Same, [None, Patch, Minor, Major]),
            (Propagate::MajorOnMajor, [None, Patch, Patch, Major]),
            (Propagate::Patch, [None, Patch, Patch, Patch]),
            (Propagate::None, [None, None, None, None]),
        ];
        for (policy, expected) in table {
            assert_eq!([None, Patch, Minor, Major].map(|level| passed_on(policy, level)), expected, "{policy:?}");
        }
    }

    #[test]
    fn a_package_takes_the_strongest_bump_but_keeps_its_place() {
        use Propagate::Same;
        // 0: major of its own, 1 depends on 0, 2: patch of its own, 3 depends on 1 and 2.
        let graph = graph(&[&[], &[(0, Same)], &[], &[(1, Same), (2, Same)]]);
        let result = propagate(&graph, &[Bump::Major, Bump::None, Bump::Patch, Bump::None]);
        assert_eq!(result.levels, [Bump::Major, Bump::Major, Bump::Patch, Bump::Major]);
        assert_eq!(result.causes[3], [1, 2]);
        assert_eq!(result.reached, [1, 3]);
        assert_eq!(result.distances, [0, 1, 0, 1]);
    }

    #[test]
    fn an_own_bump_is_raised_by_a_stronger_dependency() {
        let graph = graph(&[&[], &[(0, Propagate::Same)]]);
        let result = propagate(&graph, &[Bump::Major, Bump::Patch]);
        assert_eq!(result.levels[1], Bump::Major);
        assert!(result.reached.is_empty());
    }
}
