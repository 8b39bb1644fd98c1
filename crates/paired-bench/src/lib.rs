//! Compares two programs honestly.
//!
//! [`measure`] runs them in interleaved pairs, beside a copy of the baseline under another name (the A/A arm), and counts
//! instructions; [`statistics`] turns the pairs into bounds; [`gate`] holds the bounds to rules that were fixed before
//! the first run, and keeps the history. What the two programs are, and why they differ, is the caller's business.

pub mod cli;
pub mod gate;
pub mod measure;
pub mod statistics;
