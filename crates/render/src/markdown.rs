//! Tables in Markdown.

use std::fmt::Write;

use super::escape::markdown as escape;
use super::table::Table;

/// Appends the table: the first column to the left, figures to the right.
pub fn table(text: &mut String, table: &Table) {
    let columns = (0..table.heading.len()).map(|column| if column == 0 { ":--" } else { "--:" }.to_owned()).collect();
    let escaped = |cells: &Vec<String>| -> Vec<String> { cells.iter().map(|cell| escape(cell)).collect() };
    let rows = table.rows.iter().map(escaped);
    for cells in [escaped(&table.heading), columns].into_iter().chain(rows) {
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
}
