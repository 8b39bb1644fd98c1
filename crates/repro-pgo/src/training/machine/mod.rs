//! Training in a whole emulated machine, whose clock counts instructions: one processor, a fixed date, no randomness from
//! outside, nothing but memory to talk to. Threads, timers, process ids and random numbers then take the same course every
//! time, so that programs which race get the same counts again, to the byte.
//!
//! All runs on one CPU model share one boot. The archive it boots from holds everything they need; what they leave comes
//! back through memory that the host shares: disks and network would complete in the host's time.

pub mod archive;
mod boot;
mod error;
mod libraries;
mod plan;
mod results;
mod runs;
mod services;

pub use error::MachineError;
pub use runs::run_all;
