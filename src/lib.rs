//! relplan: from conventional commits to the next versions of every package in a repository.
//!
//! Start with a [`Workspace`]: it opens a repository with its configuration, and gives the state of every package and the
//! plan. Underneath, the library is laid out as the work flows: [`config`] says what the packages are, [`history`] reads in
//! one pass which commits are theirs, [`commit`] and [`version`] turn commits into next versions (which [`version_files`] may
//! hold), [`plan`] decides. [`validation`] says what is wrong with a configuration. [`cli`] is the program around them, with
//! the reports it prints and the first configuration it proposes.

pub mod cli;
pub mod commit;
mod compatibility;
pub mod config;
pub mod history;
mod init;
mod jsonc;
pub mod plan;
mod release;
mod report;
mod timing;
pub mod validation;
pub mod version;
pub mod version_files;
mod workspace;

pub use workspace::{OpenOptions, SharedPlace, Workspace, WorkspaceError};
