//! The one pass over the history, on repositories made with git itself.

mod commits;
mod damage;
mod opening;
mod oracle;
mod repository;
mod request;
mod tags;
mod threads;
mod work;
