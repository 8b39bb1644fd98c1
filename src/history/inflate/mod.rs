//! Inflates zlib streams that resemble one another, as the versions of a directory do, faster than a decoder could.

mod bits;
mod block;
mod checksum;
mod code;
mod follow;
mod model;
mod spelled;

pub(crate) use model::{Model, Tools};

#[cfg(test)]
mod tests;
