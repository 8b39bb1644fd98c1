//! Shared paths that HEAD doesn't have, so that no change ever counts for them.

use crate::config::SharedPattern;
use crate::history::HeadPath;
use crate::workspace::{Workspace, WorkspaceError};

/// A warning for each such path. What lies in the work tree needs no look.
///
/// # Errors
/// When HEAD's tree can't be read.
pub fn warnings(workspace: &Workspace) -> Result<Vec<String>, WorkspaceError> {
    let mut warnings = Vec::new();
    for package in &workspace.config().package {
        for shared in &package.shared_paths {
            let problem = match SharedPattern::new(shared) {
                Some(pattern) => problem_of_pattern(workspace, shared, &pattern)?,
                None if workspace.root().join(shared).exists() => None,
                None => problem_of_path(workspace, shared)?,
            };
            warnings.extend(problem.map(|problem| format!("Warning: package {} shares {problem}", package.name)));
        }
    }
    Ok(warnings)
}

fn problem_of_path(workspace: &Workspace, shared: &str) -> Result<Option<String>, WorkspaceError> {
    let what = format!("path \"{shared}\", which HEAD doesn't have");
    Ok(match workspace.head_path(shared)? {
        HeadPath::Exists => None,
        HeadPath::Missing { nearest: Some(nearest) } => Some(format!("{what}; did you mean \"{nearest}\"?")),
        HeadPath::Missing { nearest: None } => Some(format!("{what}, so that no change counts for it")),
    })
}

/// A pattern whose folder isn't there, or that matches nothing in it.
fn problem_of_pattern(
    workspace: &Workspace,
    shared: &str,
    pattern: &SharedPattern,
) -> Result<Option<String>, WorkspaceError> {
    if workspace.head_matches(pattern)? {
        return Ok(None);
    }
    let what = format!("pattern \"{shared}\", which matches nothing that HEAD has");
    Ok(Some(match workspace.head_path(pattern.base())? {
        HeadPath::Missing { nearest: Some(nearest) } => {
            let rest = shared.strip_prefix(pattern.base()).unwrap_or_default();
            format!("{what}; did you mean \"{nearest}{rest}\"?")
        }
        _ => format!("{what}, so that no change counts for it"),
    }))
}
