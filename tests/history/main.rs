//! The one pass over the history, on repositories made with git itself.

mod commits;
mod repository;
mod request;
