//! Checks on a finished binary: what its file needs and gives away, and whether it answers as the baseline does.

pub mod age;
pub mod elf;
mod forbidden;
pub mod output;
pub mod written;

pub(crate) use forbidden::printable;
pub use forbidden::{Forbidden, Occurrence};
