//! Verdicts and counts for people: Markdown for a pull request, and one HTML page with a plot.

pub mod number;
