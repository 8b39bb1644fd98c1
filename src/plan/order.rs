//! The dependency graph between packages and the order it imposes: dependencies before dependents.

use std::collections::HashMap;

use thiserror::Error;

use crate::config::{Package, Propagate};

/// A dependency cycle, which no release order can satisfy.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("cycle detected: {}", .path.join(" → "))]
pub struct CycleError {
    /// The names along the cycle; the first is repeated at the end.
    pub path: Vec<String>,
}

/// One edge of the graph: a package depends on `dependency`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Index of the package depended on.
    pub dependency: usize,
    /// How its bumps are passed on.
    pub propagate: Propagate,
}

/// Which packages depend on which, by index into the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependencyGraph {
    /// Per package: its dependencies in the order they are listed; names outside the configuration are left out.
    pub edges: Vec<Vec<Edge>>,
    /// All packages, dependencies first, otherwise in configuration order.
    pub order: Vec<usize>,
}

impl DependencyGraph {
    /// Resolves every `depends_on` among `packages`.
    ///
    /// # Errors
    /// [`CycleError`] names the first cycle met.
    pub fn new(packages: &[Package]) -> Result<Self, CycleError> {
        let edges = dependencies(packages);
        let order = dependencies_first(&edges)
            .map_err(|cycle| CycleError { path: cycle.iter().map(|&index| packages[index].name.clone()).collect() })?;
        Ok(Self { edges, order })
    }
}

/// Per package: its dependencies in the order they are listed; names outside the configuration are left out.
pub fn dependencies(packages: &[Package]) -> Vec<Vec<Edge>> {
    let by_name: HashMap<&str, usize> =
        packages.iter().enumerate().map(|(index, package)| (package.name.as_str(), index)).collect();
    packages.iter().map(|package| edges_of(package, &by_name)).collect()
}

fn edges_of(package: &Package, by_name: &HashMap<&str, usize>) -> Vec<Edge> {
    let resolve = |dependency: &crate::config::Dependency| {
        let index = *by_name.get(dependency.name.as_str())?;
        Some(Edge { dependency: index, propagate: dependency.propagate })
    };
    package.depends_on.iter().filter_map(resolve).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    Unseen,
    Open,
    Done,
}

/// Depth-first post-order with an explicit stack, so that a long chain can't exhaust the thread's.
fn dependencies_first(edges: &[Vec<Edge>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut visits = vec![Visit::Unseen; edges.len()];
    let mut order = Vec::with_capacity(edges.len());
    for root in 0..edges.len() {
        if visits[root] == Visit::Unseen {
            visit(root, edges, &mut visits, &mut order)?;
        }
    }
    Ok(order)
}

fn visit(root: usize, edges: &[Vec<Edge>], visits: &mut [Visit], order: &mut Vec<usize>) -> Result<(), Vec<usize>> {
    let mut stack = vec![(root, 0)];
    visits[root] = Visit::Open;
    while let Some((node, next)) = stack.last_mut() {
        let Some(edge) = edges[*node].get(*next) else {
            visits[*node] = Visit::Done;
            order.push(*node);
            stack.pop();
            continue;
        };
        *next += 1;
        let dependency = edge.dependency;
        match visits[dependency] {
            Visit::Done => {}
            Visit::Open => return Err(cycle_through(dependency, &stack)),
            Visit::Unseen => {
                visits[dependency] = Visit::Open;
                stack.push((dependency, 0));
            }
        }
    }
    Ok(())
}

fn cycle_through(start: usize, stack: &[(usize, usize)]) -> Vec<usize> {
    let from = stack.iter().position(|&(node, _)| node == start).expect("an open node is on the stack");
    stack[from..].iter().map(|&(node, _)| node).chain([start]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Dependency;

    fn package(name: &str, depends_on: &[&str]) -> Package {
        let depends_on = depends_on.iter().map(|name| Dependency::named(name)).collect();
        Package { name: name.to_owned(), depends_on, ..Package::default() }
    }

    #[test]
    fn dependencies_come_first_and_configuration_order_breaks_ties() {
        let packages = [package("app", &["lib", "core"]), package("core", &[]), package("lib", &["core"])];
        let graph = DependencyGraph::new(&packages).expect("acyclic");
        assert_eq!(graph.order, [1, 2, 0]);
    }

    #[test]
    fn unknown_dependencies_are_ignored() {
        let graph = DependencyGraph::new(&[package("app", &["elsewhere"])]).expect("acyclic");
        assert_eq!(graph.edges, [vec![]]);
    }

    #[test]
    fn a_cycle_is_named_from_where_it_closes() {
        let packages = [package("a", &["b"]), package("b", &["c"]), package("c", &["b"])];
        let error = DependencyGraph::new(&packages).expect_err("cyclic");
        assert_eq!(error.to_string(), "cycle detected: b → c → b");
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_packages_fits_the_stack() {
        let names: Vec<String> = (0..100_000).map(|index| format!("p{index}")).collect();
        let packages: Vec<Package> = (0..names.len())
            .map(|index| package(&names[index], names.get(index + 1).map(String::as_str).as_slice()))
            .collect();
        assert_eq!(DependencyGraph::new(&packages).expect("acyclic").order[0], names.len() - 1);
    }
}
