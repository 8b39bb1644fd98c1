//! Reproducible, bench-gated PGO releases: trains a program under fixed conditions, proves that the profile is
//! reproducible and applied, measures what it wins, and packs the result.
//!
//! `pgo.toml` ([`declaration`]) declares the pipeline, [`pipeline`] chains it, [`gates`] decide, [`cli`] is the command
//! line.

pub mod check;
pub mod cli;
pub mod compile;
pub mod declaration;
pub mod gates;
pub mod init;
pub mod layout;
pub mod package;
pub mod pipeline;
pub mod profile_report;
pub mod rehearsal;
pub mod toolchain;
pub mod training;
pub mod verify;
