//! Figures for people: numbers with units, tables, Markdown, one self-contained HTML page, and charts as SVG.
//!
//! Everything here is a pure function of plain values, and nothing knows what the values are about.

pub mod bars;
pub mod escape;
pub mod lines;
pub mod markdown;
pub mod number;
pub mod page;
pub mod scale;
pub mod section;
pub mod table;

pub use table::Table;
