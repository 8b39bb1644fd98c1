//! Configuration: where it is found, how it is read, and what it says.

mod model;

pub use model::*;
