//! The gates: what they run on, how they decide for this pipeline, and what they report.

pub mod bench;
pub mod merge;
pub mod report;
pub mod ship;
