//! `graph`: which packages depend on which, the order they are released in, and what one release takes along.

use super::arguments::{BumpLevel, GlobalArguments, GraphArguments, GraphFormat};
use super::failure::CommandError;
use super::selection::find_package;
use super::{environment, messages};
use crate::commit::Bump;
use crate::plan::{self, DependencyGraph, Impact, PlanError};
use crate::report::{self, GraphView};
use crate::workspace::WorkspaceError;

/// Prints the graph, or what the release of one package would take along.
///
/// # Errors
/// When the configuration can't be used, a package isn't there, or packages depend on each other in a circle; a graph with
/// a circle is printed before it is refused.
pub fn run(global: &GlobalArguments, arguments: &GraphArguments) -> Result<(), CommandError> {
    let workspace = environment::open(global)?;
    if arguments.format() == GraphFormat::Text {
        messages::write_warnings(workspace.warnings())?;
    }
    environment::require_packages(&workspace)?;
    let asked = arguments.impact.as_deref().map(|name| find_package(workspace.config(), name)).transpose()?;
    let packages = &workspace.config().package;
    let edges = plan::dependencies(packages);
    let sorted = DependencyGraph::new(packages);
    let (order, cycle) = match &sorted {
        Ok(graph) => (&graph.order[..], None),
        Err(cycle) => (&[] as &[usize], Some(cycle)),
    };
    let view = GraphView { packages, edges: &edges, order, cycle };
    match asked {
        Some(seed) => {
            let impact = workspace.impact(seed, assumed(arguments.bump))?;
            print_impact(&view, &impact, arguments.format())
        }
        None => {
            print_graph(&view, arguments.format())?;
            sorted.map(drop).map_err(|cycle| WorkspaceError::from(PlanError::from(cycle)).into())
        }
    }
}

fn print_graph(view: &GraphView<'_>, format: GraphFormat) -> Result<(), CommandError> {
    super::print(|out| match format {
        GraphFormat::Text => report::write_graph_text(view, out),
        GraphFormat::Json => report::write_graph_json(view, out),
        GraphFormat::Dot => report::write_graph_dot(view, None, out),
        GraphFormat::Svg => report::write_graph_svg(view, None, out),
    })
}

fn assumed(bump: Option<BumpLevel>) -> Bump {
    match bump {
        Some(BumpLevel::Major) => Bump::Major,
        Some(BumpLevel::Minor) | None => Bump::Minor,
        Some(BumpLevel::Patch) => Bump::Patch,
    }
}

fn print_impact(view: &GraphView<'_>, impact: &Impact, format: GraphFormat) -> Result<(), CommandError> {
    super::print(|out| match format {
        GraphFormat::Text => report::write_impact_text(impact, out),
        GraphFormat::Json => report::write_impact_json(impact, out),
        GraphFormat::Dot => report::write_graph_dot(view, Some(impact), out),
        GraphFormat::Svg => report::write_graph_svg(view, Some(impact), out),
    })
}
