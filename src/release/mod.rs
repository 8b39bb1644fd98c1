//! Carries a plan out: writes versions and changelogs, commits, tags, pushes.
//!
//! Nothing is changed while a release is being made. Its files, its commits and its annotated tags are written as git objects
//! first, which nobody sees, then a [`journal`] says what the release is, and only then branch, tags and files move. Whenever
//! the process dies, either there is no journal and nothing happened, or there is one and the next run finishes that very
//! release. Steps in their order, each in a file of its own: [`refusals`], [`writes`], [`changelog`], [`commits`], [`tags`],
//! [`journal`], [`carry_out`], [`push`].
//!
//! Reading stays with gitoxide. What writes objects, refs and the index is git itself: it knows every ref format, hash
//! function, filter and signing program that a repository may be configured with, and it locks against other gits.

mod before_commit;
mod build;
mod carry_out;
mod catch_up;
mod changelog;
mod commits;
mod dependents;
mod error;
mod files;
mod git;
mod hooks;
mod journal;
mod lock;
mod lock_files;
mod merged;
mod moments;
mod prepare;
mod preview;
mod push;
mod redact;
mod refs;
mod refusals;
mod run;
mod settings;
mod stale_locks;
mod tags;
mod undo;
mod versions;
mod writes;

pub(crate) use error::ReleaseError;
pub(crate) use journal::{Outcome, Released};
pub(crate) use prepare::Preview;
pub(crate) use preview::preview;
pub(crate) use run::{Ended, Planned, abort, run};
pub(crate) use settings::{Mode, Options};
