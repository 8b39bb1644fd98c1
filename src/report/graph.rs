//! The dependency graph: as text with the release order, as JSON, and as a drawing for Graphviz.

use std::io::{self, Write};

use serde::Serialize;

use super::impact::versions;
use crate::config::{Package, Propagate};
use crate::plan::{CycleError, Edge, Impact, Move};

/// The graph of all packages.
#[derive(Debug, Clone, Copy)]
pub struct GraphView<'a> {
    /// The packages, in configuration order.
    pub packages: &'a [Package],
    /// Per package: its dependencies.
    pub edges: &'a [Vec<Edge>],
    /// Dependencies before dependents; empty where a cycle leaves no such order.
    pub order: &'a [usize],
    /// The first cycle there is.
    pub cycle: Option<&'a CycleError>,
}

#[derive(Serialize)]
struct GraphDocument<'a> {
    packages: Vec<PackageDocument<'a>>,
    release_order: Vec<&'a str>,
    cycle: Option<&'a [String]>,
}

#[derive(Serialize)]
struct PackageDocument<'a> {
    name: &'a str,
    depends_on: Vec<&'a str>,
    dependents: Vec<&'a str>,
}

impl<'a> GraphView<'a> {
    fn name(&self, package: usize) -> &'a str {
        &self.packages[package].name
    }

    fn depends_on(&self, package: usize) -> Vec<&'a str> {
        self.edges[package].iter().map(|edge| self.name(edge.dependency)).collect()
    }

    /// Per package: the names of those that depend on it, in configuration order.
    fn dependents(&self) -> Vec<Vec<&'a str>> {
        let mut dependents = vec![Vec::new(); self.packages.len()];
        for (package, edges) in self.edges.iter().enumerate() {
            for edge in edges {
                dependents[edge.dependency].push(self.name(package));
            }
        }
        dependents
    }

    fn order(&self) -> Vec<&'a str> {
        self.order.iter().map(|&package| self.name(package)).collect()
    }

    /// Whether the edge from `package` is part of the cycle.
    pub(super) fn is_on_cycle(&self, package: usize, edge: &Edge) -> bool {
        let path = self.cycle.map_or(&[] as &[String], |cycle| &cycle.path);
        path.windows(2).any(|step| step[0] == self.name(package) && step[1] == self.name(edge.dependency))
    }
}

/// Writes each package with what it depends on and what depends on it, then the release order or the cycle.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_graph_text(view: &GraphView<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "relplan — Dependency graph\n")?;
    for (package, dependents) in view.dependents().iter().enumerate() {
        writeln!(out, "  {}", view.name(package))?;
        writeln!(out, "    depends on  {}", listed(&view.depends_on(package)))?;
        writeln!(out, "    required by {}", listed(dependents))?;
    }
    match view.cycle {
        None => writeln!(out, "\n  release order {}", view.order().join(" → ")),
        Some(cycle) => writeln!(out, "\n  ✗ {cycle}\n  no release order exists while this cycle stands"),
    }
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "—".to_owned() } else { names.join(", ") }
}

/// Writes the graph as one JSON document.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_graph_json(view: &GraphView<'_>, out: &mut dyn Write) -> io::Result<()> {
    let dependents = view.dependents();
    let package = |(index, dependents)| PackageDocument {
        name: view.name(index),
        depends_on: view.depends_on(index),
        dependents,
    };
    let document = GraphDocument {
        packages: dependents.into_iter().enumerate().map(package).collect(),
        release_order: view.order(),
        cycle: view.cycle.map(|cycle| &cycle.path[..]),
    };
    super::write_pretty(&document, out)
}

/// Writes the graph for Graphviz: arrows lead from dependents to dependencies and carry the policy where it isn't `same`,
/// a cycle is red, and what `impact` moves is filled.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_graph_dot(view: &GraphView<'_>, impact: Option<&Impact>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "digraph packages {{\n  rankdir=\"BT\";\n  node [shape=\"box\"];")?;
    for (package, declared) in view.packages.iter().enumerate() {
        let moved = impact.and_then(|impact| impact.moves.iter().find(|moved| moved.package == package));
        writeln!(out, "  {}{};", quoted(&declared.name), moved.map(node_attributes).unwrap_or_default())?;
    }
    for (package, edges) in view.edges.iter().enumerate() {
        for edge in edges {
            let (from, to) = (quoted(view.name(package)), quoted(view.name(edge.dependency)));
            writeln!(out, "  {from} -> {to}{};", edge_attributes(edge, view.is_on_cycle(package, edge)))?;
        }
    }
    writeln!(out, "}}")
}

fn node_attributes(moved: &Move) -> String {
    let label = quoted(&format!("{}\n{}", moved.name, versions(moved)));
    format!(" [label={label}, style=\"filled\", fillcolor=\"lightyellow\"]")
}

fn edge_attributes(edge: &Edge, on_cycle: bool) -> String {
    let mut attributes = Vec::new();
    if edge.propagate != Propagate::Same {
        attributes.push(format!("label=\"{}\"", edge.propagate.name()));
    }
    if on_cycle {
        attributes.push("color=\"red\"".to_owned());
    }
    if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) }
}

/// A name as Graphviz reads it, whatever characters it has.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
