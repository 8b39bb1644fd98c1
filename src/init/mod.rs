//! A first configuration for a repository: its packages as the build tools know them, what they depend on, and the tags
//! they already have.

mod cargo;
mod error;
mod go;
mod gradle;
mod member;
mod merge;
mod npm;
mod python;
mod render;
mod tag_template;
mod text;
mod walk;

use std::path::Path;

pub use error::InitError;
pub use render::{Format, render};

use crate::config::{Config, detected};
use member::Member;
use walk::Folders;

/// A configuration, and what could not be put into it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proposal {
    /// The configuration.
    pub config: Config,
    /// What the user should look at, one sentence each.
    pub notes: Vec<String>,
}

/// Makes a configuration for the repository at `root`, whose tags are `tags`.
///
/// Workspaces of Cargo, npm, pnpm, yarn, Go, Gradle and uv are asked for their members; without any, the version files in
/// the root make one package.
///
/// # Errors
/// When a manifest can't be read, or nothing is found.
pub fn propose(root: &Path, tags: &[String]) -> Result<Proposal, InitError> {
    let folders = Folders::below(root);
    let mut notes = Vec::new();
    let mut members: Vec<Member> = Vec::new();
    for find in [cargo::find, npm::find, go::find, gradle::find, python::find] {
        members.extend(find(root, &folders, &mut notes)?);
    }
    let mut config = if members.is_empty() { detected(root) } else { merge::merge(root, members, &mut notes) };
    if config.package.is_empty() {
        return Err(InitError::Nothing);
    }
    config.workspace.tag_template = tag_template::of(&config, tags);
    Ok(Proposal { config, notes })
}
