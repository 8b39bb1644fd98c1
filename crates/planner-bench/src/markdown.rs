//! The comparison as Markdown, and its place in a document.

use std::fmt::Write;

use render::escape::markdown as escape;
use render::markdown::table;
use thiserror::Error;

use super::figures::PeersReport;
use super::tables;

/// Where the tables begin in a document.
pub const BEGIN: &str = "<!-- peers: begin -->";
/// Where they end.
pub const END: &str = "<!-- peers: end -->";

/// Tables, what each row does, what could not be measured.
pub fn peers(report: &PeersReport) -> String {
    let mut text = String::new();
    table(&mut text, &tables::wall(report));
    if let Some((name, figures)) = tables::last_repository(report) {
        let _ = writeln!(text, "\n### {}\n", escape(&name));
        table(&mut text, &figures);
    }
    text.push('\n');
    list(&mut text, tables::notes(report).iter().map(|note| escape(note)));
    text.push_str("\n### What each row does\n\n");
    // Commands stand between backticks there.
    let does = tables::what_they_do(report).into_iter();
    list(&mut text, does.map(|(title, does)| format!("**{}**: {does}", escape(&title))));
    let missing = tables::without_figures(report);
    if !missing.is_empty() {
        text.push_str("\n### Not measured\n\n");
        list(&mut text, missing.iter().map(|reason| escape(reason)));
    }
    text
}

fn list(text: &mut String, items: impl Iterator<Item = String>) {
    for item in items {
        let _ = writeln!(text, "- {item}");
    }
}

/// A document without a place for the tables.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("no lines `{BEGIN}` and, below it, `{END}`; put them where the tables belong")]
pub struct NoMarkers;

/// `document` with `tables` between its markers.
///
/// # Errors
/// [`NoMarkers`].
pub fn updated(document: &str, tables: &str) -> Result<String, NoMarkers> {
    let begin = document.find(BEGIN).ok_or(NoMarkers)? + BEGIN.len();
    let end = begin + document[begin..].find(END).ok_or(NoMarkers)?;
    Ok(format!("{}\n\n{}\n\n{}", &document[..begin], tables.trim_end(), &document[end..]))
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
