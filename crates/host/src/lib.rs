//! What touches the machine: files that are written whole or not at all, copies in a fixed order, hashes, git,
//! processes and their cost, CPU affinity, progress on the terminal.
//!
//! Nothing here knows what it is used for.

pub mod atomic_write;
pub mod background;
pub mod copy;
pub mod digest;
pub mod exit_code;
pub mod git;
pub mod guard;
pub mod linux;
pub mod machine;
pub mod process;
pub mod programs;
pub mod progress;
pub mod stop;
pub mod tree_hash;
