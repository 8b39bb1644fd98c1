//! Driver for reproducible, bench-gated PGO builds: the stages of the pipeline as a library.

pub mod check;
pub mod digest;
pub mod dist;
pub mod gate;
pub mod measure;
pub mod report;
pub mod statistics;
