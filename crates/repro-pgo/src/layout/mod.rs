//! The order of the functions in the optimized binary: those that the training executes stand together, in the order in
//! which they are first executed, so that a short run touches few pages.
//!
//! The build's last link is recorded ([`recorder`]), so that it can be repeated without compiling anything again ([`link`]).
//! A twin that has the names of its functions and fixed entropy runs the training under an emulator that writes down each
//! block it meets ([`trace()`], [`trace`](mod@trace)). The functions are merged into one list ([`order`]), by which the final link
//! places them; its map says whether it did ([`map`]).

mod error;
pub mod link;
pub mod map;
pub mod order;
pub mod record;
pub mod recorder;
mod session;
pub mod symbols;
pub mod trace;

pub use error::LayoutError;
pub use link::RecordedLink;
pub use record::LayoutRecord;
pub use session::{Traced, trace};

/// The list of functions, one a line, in a stage's folder.
pub const ORDER: &str = "order.txt";
/// What it was made from.
pub const RECORD: &str = "layout.json";
