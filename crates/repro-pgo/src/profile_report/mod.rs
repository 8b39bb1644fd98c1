//! What a profile says about a program, and how far two profiles agree: figures, text and one HTML page.
//!
//! All but [`load`] is pure. Shares are shares of all block counts: how often the instrumented blocks ran, summed up.

pub mod comparison;
pub mod concentration;
pub mod function;
pub mod html;
pub mod load;
pub mod overview;
pub mod part;
mod plot;
pub mod symbol;
pub mod tables;
pub mod text;

pub use comparison::Comparison;
pub use load::{ProfileFileError, Shown};
pub use overview::Overview;

#[cfg(test)]
mod tests;
