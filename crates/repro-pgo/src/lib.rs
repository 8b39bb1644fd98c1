//! Reproducible, bench-gated PGO releases: trains a program under fixed conditions, proves that the profile is
//! reproducible and applied, measures what it wins, and packs the result.
//!
//! `pgo.toml` ([`spec`]) declares the pipeline, [`stage`] chains it, [`cli`] is the command line.

pub mod build;
pub mod check;
pub mod cli;
pub mod dist;
pub mod doctor;
pub mod placement;
pub mod profile;
pub mod release;
pub mod report;
pub mod spec;
pub mod stage;
pub mod toolchain;
pub mod training;
pub mod verify;
