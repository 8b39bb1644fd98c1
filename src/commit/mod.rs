//! What a commit message says about the next release.

mod bump;

pub use bump::Bump;
