//! What the tests of every crate share: [`require()`] for tools that a machine may lack, [`git()`] without anybody's
//! configuration, [`script()`] for programs that are stood in for.
//!
//! A crate, because test programs of several crates can't share a module; only ever a dev-dependency.

mod git;
mod require;
mod script;

pub use git::{answer, git, git_command, git_with_input};
pub use require::{REQUIRE_VARIABLE, on_path, require, require_found};
pub use script::script;
