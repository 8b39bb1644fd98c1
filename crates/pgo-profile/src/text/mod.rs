//! The text format: one number or name a line, comments from `#` on.

mod lines;
mod number;
mod reader;
mod writer;

pub(crate) use reader::read;
pub(crate) use writer::write;

/// Stands for the target of an indirect call that has no profile of its own.
const EXTERNAL_SYMBOL: &str = "** External Symbol **";
