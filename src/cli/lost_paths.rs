//! Shared paths that HEAD doesn't have, so that no change ever counts for them.

use crate::history::HeadPath;
use crate::workspace::{Workspace, WorkspaceError};

/// A warning for each such path. What lies in the work tree needs no look.
///
/// # Errors
/// When HEAD's tree can't be read.
pub fn warnings(workspace: &Workspace) -> Result<Vec<String>, WorkspaceError> {
    let mut warnings = Vec::new();
    for package in &workspace.config().package {
        for shared in package.shared_paths.iter().filter(|shared| !workspace.root().join(shared).exists()) {
            let what = format!("Warning: package {} shares path \"{shared}\", which HEAD doesn't have", package.name);
            match workspace.head_path(shared)? {
                HeadPath::Exists => {}
                HeadPath::Missing { nearest: Some(nearest) } => {
                    warnings.push(format!("{what}; did you mean \"{nearest}\"?"));
                }
                HeadPath::Missing { nearest: None } => {
                    warnings.push(format!("{what}, so that no change counts for it"))
                }
            }
        }
    }
    Ok(warnings)
}
