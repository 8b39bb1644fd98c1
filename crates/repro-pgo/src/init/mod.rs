//! A first `pgo.toml` for a program that has none: what can be found out about it is found out, commands are tried before
//! they are written down, and what could not be known is said.

mod binaries;
mod flags;
mod flake;
mod program;
mod releases;
mod remarks;
mod samples;
mod text;
mod trials;
mod usage;

pub use flake::snippet;
pub use program::{Program, ProgramError};
pub use samples::{Samples, find as find_samples};
pub use text::{Draft, Tried, write};
pub use trials::{Found, Workable, workable};
pub use usage::Usage;
