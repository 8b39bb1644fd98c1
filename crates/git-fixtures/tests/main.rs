//! Repositories made from definitions: their bytes, what git says about them, and what is refused.

mod common;
mod generating;
mod git_agrees;
