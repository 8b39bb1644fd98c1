//! Turns answers into what is printed: text for people, JSON for machines.

mod diff;
mod explanation;
mod graph;
mod graph_svg;
mod impact;
mod json;
mod release;
mod status;
mod text;
mod validation;

pub use diff::write_diff;
pub use explanation::{
    CommitLine, Decision, DependencyLine, Explanation, FileLine, LastTag, TouchCheck, write_explanation_json,
    write_explanation_text,
};
pub use graph::{GraphView, write_graph_dot, write_graph_json, write_graph_text};
pub use graph_svg::write_graph_svg;
pub use impact::{write_impact_json, write_impact_text};
pub use json::write_json;
pub use release::{ReleaseReport, write_release_json, write_release_text};
pub use status::{StatusLine, write_status_json, write_status_text};
pub use text::{TextOptions, release_line, write_text};
pub use validation::{ValidationView, write_validation_json, write_validation_text};

use std::io::{self, Write};

use serde::Serialize;

use crate::history::History;
use crate::plan::{Plan, PlannedHooks};

/// Stands for a version that nobody knows yet.
const SET_BY_COMMAND: &str = "set by versionCommand at release";

/// A plan together with what its reports quote.
#[derive(Debug, Clone, Copy)]
pub struct PlanView<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The history whose commits releases refer to by index.
    pub history: &'a History,
    /// What the user should know, for the machine's report; beside a text report it stands on standard error.
    pub warnings: &'a [String],
    /// Says how many commits have no type that is known, where that matters.
    pub unknown_types: Option<&'a str>,
    /// Files changed by HEAD, for verbose text; may be empty otherwise.
    pub head_files: &'a [String],
    /// Hooks that a release would run.
    pub hooks: &'a PlannedHooks,
    /// Commands whose output a release would append to the versions in files.
    pub build_metadata: &'a [String],
    /// Whether several packages share the repository.
    pub is_monorepo: bool,
    /// The commit that was planned at, for the machine's report.
    pub head: Option<gix_hash::ObjectId>,
}

impl<'a> PlanView<'a> {
    /// A view of `plan` that quotes nothing but commits.
    pub fn new(plan: &'a Plan, history: &'a History) -> Self {
        let hooks = const { &PlannedHooks { while_bumping: Vec::new(), afterwards: Vec::new() } };
        Self {
            plan,
            history,
            warnings: &[],
            unknown_types: None,
            head_files: &[],
            hooks,
            build_metadata: &[],
            is_monorepo: false,
            head: None,
        }
    }
}

/// Says how many commits have no type that is known, if there are any.
pub fn unknown_types(history: &History) -> Option<String> {
    let unknown = history.unknown?;
    let have = if unknown.commits == 1 { "has" } else { "have" };
    let commits = if unknown.of == 1 { "commit" } else { "commits" };
    Some(format!("{} of {} {commits} {have} no type relplan knows; see commit_formats", unknown.commits, unknown.of))
}

/// Writes `document` as JSON that people can read too.
fn write_pretty<T: Serialize + ?Sized>(document: &T, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}
