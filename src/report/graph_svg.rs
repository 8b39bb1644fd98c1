//! The dependency graph as a picture: one row of boxes a level, dependencies below their dependents.

use std::io::{self, Write};

use super::graph::GraphView;
use super::impact::versions;
use crate::config::Propagate;
use crate::plan::Impact;

const BOX_HEIGHT: usize = 40;
const ROW_HEIGHT: usize = 100;
const GAP: usize = 24;
const MARGIN: usize = 20;
/// Width of a character at the font size used, rounded up; the font is monospaced so that this holds everywhere.
const CHARACTER_WIDTH: usize = 9;

/// A package's box.
struct Node {
    lines: Vec<String>,
    x: usize,
    y: usize,
    width: usize,
    moves: bool,
}

impl Node {
    fn middle(&self) -> usize {
        self.x + self.width / 2
    }
}

/// Writes the graph as an SVG document: arrows lead from dependents to dependencies and carry the policy where it isn't
/// `same`; a cycle is red and dashed, and what `impact` moves has a thick border and its versions.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_graph_svg(view: &GraphView<'_>, impact: Option<&Impact>, out: &mut dyn Write) -> io::Result<()> {
    let (nodes, width, height) = layout(view, impact);
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"monospace\" font-size=\"14\" role=\"img\">\n  <title>Dependency graph</title>"
    )?;
    writeln!(out, "{STYLE}")?;
    write_edges(view, &nodes, out)?;
    nodes.iter().try_for_each(|node| write_node(node, out))?;
    writeln!(out, "</svg>")
}

/// Readable on paper, in the dark and without colour.
const STYLE: &str = "  <style>\n    \
    svg { background: white; } rect { fill: #f4f6f8; stroke: #333; } rect.moves { fill: #fff3c4; stroke-width: 3; }\n    \
    path { fill: none; stroke: #555; } path.cycle { stroke: #b00; stroke-dasharray: 6 3; } text { fill: #111; text-anchor: middle; }\n  \
    </style>\n  \
    <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">\
    <path d=\"M0 0L8 4L0 8z\" style=\"fill:#555\"/></marker></defs>";

fn layout(view: &GraphView<'_>, impact: Option<&Impact>) -> (Vec<Node>, usize, usize) {
    let levels = levels(view);
    let rows = levels.iter().max().map_or(0, |highest| highest + 1);
    let mut ends = vec![MARGIN; rows];
    let node = |(package, &level): (usize, &usize)| {
        let moved = impact.and_then(|impact| impact.moves.iter().find(|moved| moved.package == package));
        let lines: Vec<String> =
            std::iter::once(view.packages[package].name.clone()).chain(moved.map(versions)).collect();
        let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or_default();
        let width = (longest + 2) * CHARACTER_WIDTH;
        let x = ends[level];
        ends[level] += width + GAP;
        Node { lines, x, y: MARGIN + (rows - 1 - level) * ROW_HEIGHT, width, moves: moved.is_some() }
    };
    let nodes = levels.iter().enumerate().map(node).collect();
    let width = ends.iter().max().copied().unwrap_or(MARGIN);
    (nodes, width.max(2 * MARGIN), rows.max(1) * ROW_HEIGHT - (ROW_HEIGHT - BOX_HEIGHT) + 2 * MARGIN)
}

/// Per package: how many dependencies lie one below the other under it; all zero where a cycle leaves no order.
fn levels(view: &GraphView<'_>) -> Vec<usize> {
    let mut levels = vec![0; view.packages.len()];
    for &package in view.order {
        let below = view.edges[package].iter().map(|edge| levels[edge.dependency] + 1);
        levels[package] = below.max().unwrap_or_default();
    }
    levels
}

fn write_edges(view: &GraphView<'_>, nodes: &[Node], out: &mut dyn Write) -> io::Result<()> {
    for (package, edges) in view.edges.iter().enumerate() {
        for edge in edges {
            let class = if view.is_on_cycle(package, edge) { "cycle" } else { "edge" };
            write_edge(&nodes[package], &nodes[edge.dependency], class, out)?;
            if edge.propagate != Propagate::Same {
                let (from, to) = (&nodes[package], &nodes[edge.dependency]);
                let (x, y) = ((from.middle() + to.middle()) / 2, (from.y + to.y + BOX_HEIGHT) / 2);
                writeln!(out, "  <text x=\"{x}\" y=\"{y}\" font-size=\"11\">{}</text>", edge.propagate.name())?;
            }
        }
    }
    Ok(())
}

/// From the lower edge of one box to the upper edge of another, or, between boxes of one row, in an arc below them.
fn write_edge(from: &Node, to: &Node, class: &str, out: &mut dyn Write) -> io::Result<()> {
    let (start, end, bottom) = (from.middle(), to.middle(), from.y + BOX_HEIGHT);
    if from.y == to.y {
        let depth = bottom + ROW_HEIGHT / 4;
        return writeln!(
            out,
            "  <path class=\"{class}\" marker-end=\"url(#tip)\" d=\"M{start} {bottom}C{start} {depth} {end} {depth} {end} {bottom}\"/>"
        );
    }
    let (top, bend) = (to.y, (bottom + to.y) / 2);
    writeln!(
        out,
        "  <path class=\"{class}\" marker-end=\"url(#tip)\" d=\"M{start} {bottom}C{start} {bend} {end} {bend} {end} {top}\"/>"
    )
}

fn write_node(node: &Node, out: &mut dyn Write) -> io::Result<()> {
    let class = if node.moves { " class=\"moves\"" } else { "" };
    let (x, y, width) = (node.x, node.y, node.width);
    writeln!(out, "  <rect{class} x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{BOX_HEIGHT}\" rx=\"4\"/>")?;
    let first = if node.lines.len() > 1 { 17 } else { 25 };
    for (index, line) in node.lines.iter().enumerate() {
        writeln!(out, "  <text x=\"{}\" y=\"{}\">{}</text>", node.middle(), y + first + index * 16, escaped(line))?;
    }
    Ok(())
}

/// Text as XML holds it. Control characters, which XML can't hold at all, are replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            control if control.is_control() => escaped.push(char::REPLACEMENT_CHARACTER),
            other => escaped.push(other),
        }
    }
    escaped
}
