//! relplan: from conventional commits to the next versions of every package in a repository.
//!
//! The library is laid out as the work flows: [`config`] says what the packages are, [`history`] reads in one pass
//! which commits are theirs, [`commit`] and [`version`] turn commits into next versions, [`plan`] decides, and
//! [`report`] prints the decision.

pub mod commit;
pub mod config;
pub mod history;
