//! The statistics of paired measurements: robust means of log-ratios, bootstrap bounds, and tests of many cases at once.

pub mod bootstrap;
pub mod distribution;
pub mod holm;
pub mod quartiles;
pub mod random;
pub mod trimmed_mean;

pub use distribution::Distribution;
pub use random::Random;
